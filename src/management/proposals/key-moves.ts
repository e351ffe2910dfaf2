/** How each key comes from a document into its draft: the table of spec/management.md, "Changes of epoch". */
import { equalBytes } from '../../prelude/bytes.js';
import { assertNever } from '../../prelude/invariant.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import type { Alliance } from '../alliance.js';
import type { KeyRole } from './action.js';
import type { Drafted, NewKey } from './drafted-document.js';
import { inOrder, type KeyMove, keyOfRole, roleName, rolesOf, sharingPolicy } from './key-roles.js';
import type { ServerChanges } from './server-changes.js';

interface Setting {
  readonly base: Alliance;
  readonly drafted: Drafted;
  readonly servers: ServerChanges;
}

/** In the order of the names of their roles. Slow keys that servers have side by side, and bring themselves, are no move. */
export function keyMoves(base: Alliance, drafted: Drafted, servers: ServerChanges): readonly KeyMove[] {
  const setting = { base, drafted, servers };
  const added = [...drafted.newKeys.values()].filter(({ isAdded }) => isAdded).map(({ role }) => role);
  const roles = inOrder([...rolesOf(drafted.document), ...added]);
  return roles.flatMap((role) => moveOf(role, setting) ?? []);
}

/** Whether only a dealer could make the slow key of the next epoch, and no action names one. */
export function needsDealer(base: Alliance, { newKeys }: Drafted): boolean {
  return base.slowKey?._tag === 'shoup-rsa' && !newKeys.has('slow');
}

function moveOf(role: KeyRole, setting: Setting): KeyMove | undefined {
  const made = setting.drafted.newKeys.get(roleName(role));
  if (made !== undefined) return newKeyMove(made, setting);
  const key = keyOfRole(setting.base, role);
  return key === undefined ? undefined : presentKeyMove(role, key, setting);
}

function newKeyMove({ role, source }: NewKey, { drafted, servers }: Setting): KeyMove {
  const move = { role, policy: sharingPolicy(role, drafted.document.trust), absent: [] };
  switch (source._tag) {
    case 'multisig':
      return { ...move, kind: 'collect', bringing: servers.next };
    case 'bls':
      return { ...move, kind: 'generate', suite: source.suite };
    case 'dealt':
      return { ...move, kind: 'accept', publicKey: source.publicKey, dealer: source.organization };
    default:
      return assertNever(source);
  }
}

function presentKeyMove(role: KeyRole, key: AlliancePublicKey, { drafted, servers }: Setting): KeyMove {
  const policy = sharingPolicy(role, drafted.document.trust);
  const { absent, receiving, leaving } = servers;
  if (key._tag === 'multisig') {
    const isSame = receiving.length === 0 && leaving.length === 0;
    if (isSame) return { role, kind: 'keep', policy, absent: [] };
    return { role, kind: 'collect', policy, absent: [], bringing: receiving };
  }
  // Without a dealer's word there is no RSA key here: see needsDealer.
  if (role._tag === 'slow' && key._tag === 'bls')
    return { role, kind: 'generate', policy, absent: [], suite: key.suite };
  const isSame = equalBytes(policyDigest(policy), policyDigest(key.policy));
  const isRefresh = isSame && receiving.length === 0 && leaving.length === 0;
  return { role, kind: isRefresh ? 'refresh' : 'reshare', policy, absent };
}
