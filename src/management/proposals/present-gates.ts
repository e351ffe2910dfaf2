/** What stands against a change when it opens, as things are (spec/management.md, "Gates"). */
import { toHex } from '../../prelude/bytes.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { isQualified, policyMembers } from '../../quorum/policy/policy.js';
import { listNames } from '../../quorum/tree/name-list.js';
import { braced } from '../../quorum/trust/process-names.js';
import { type Alliance, serversOf } from '../alliance.js';
import type { Draft } from './draft-shape.js';
import type { StandingGate } from './gates.js';
import { keyIdOfRole, roleName } from './key-roles.js';
import type { Sharing, ShareHolder } from './sharing.js';

/**
 * Whether too few of the draft's servers would be left.
 *
 * @param heard - the servers heard of in the last term.
 */
export function quorumLost(
  { document, joining, replaced }: Draft,
  heard: Iterable<ProcessId>,
): readonly StandingGate[] {
  const { system } = document.trust;
  const { universe } = system.processes;
  const there = universe.of([...heard, ...joining, ...replaced]);
  if (system.isRecoveryQuorum(there)) return [];
  const why = `Nothing has been heard of ${braced(there.complement())}, and the others are no quorum without them.`;
  return [{ gate: 'quorum-lost', why: [why] }];
}

/** Whether those who leave would hold enough of a key that goes on, who did not before. */
export function oldSharesAtLarge(draft: Draft, sharings: readonly Sharing[]): readonly StandingGate[] {
  const kept = keysThatGoOn(draft);
  const why = sharings.flatMap((sharing) => {
    const key = kept.get(toHex(sharing.keyId));
    const atLarge = key === undefined ? undefined : newlyQualified(draft, sharing);
    if (key === undefined || atLarge === undefined) return [];
    return [
      `{${listNames(atLarge)}} would hold enough shares of the key "${key}", and have not said that they erased them.`,
    ];
  });
  return why.length === 0 ? [] : [{ gate: 'old-shares-at-large', why }];
}

/** The names of their roles, by key id. */
function keysThatGoOn({ base, moves }: Draft): ReadonlyMap<string, string> {
  const goingOn = moves.filter(({ kind }) => kind === 'refresh' || kind === 'reshare');
  return new Map(
    goingOn.flatMap(({ role }) => {
      const keyId = keyIdOfRole(base, role);
      return keyId === undefined ? [] : [[toHex(keyId), roleName(role)] as const];
    }),
  );
}

/** Who holds shares outside the draft, if they are qualified and those outside the document in force are not. */
function newlyQualified({ base, document, lost }: Draft, sharing: Sharing): readonly ProcessId[] | undefined {
  const { policy, holders, erased } = sharing;
  const disbelieved = new Set(lost);
  const outside = (servers: Alliance, isErased: (holder: ShareHolder) => boolean): readonly ProcessId[] => {
    const inside = new Set(serversOf(servers).map(({ id, identityKey }) => `${id} ${toHex(identityKey)}`));
    const left = holders.filter((holder) => !inside.has(`${holder.id} ${holder.key}`) && !isErased(holder));
    return left.map(({ id }) => id);
  };
  const universe = new Universe(policyMembers(policy));
  const isEnough = (ids: readonly ProcessId[]): boolean => isQualified(policy, universe.of(ids));
  const after = outside(document, ({ id, key }) => erased.has(key) && !disbelieved.has(id));
  return isEnough(after) && !isEnough(outside(base, ({ key }) => erased.has(key))) ? after : undefined;
}
