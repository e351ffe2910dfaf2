/** The keys that an alliance shares among its servers, by what they are for. */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { recoveryPolicy, vouchPolicy } from '../../quorum/trust/derived-policy.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import type { BlsSuite } from '../../schemes/bls/ciphersuite.js';
import type { KeyUsage } from '../../schemes/contract/distributed-signer.js';
import { multisigKeyId } from '../../schemes/multisig/multisig-verifier.js';
import { type AlliancePublicKey, keyIdOf } from '../../schemes/public-key.js';
import type { Digest } from '../../prelude/digest.js';
import type { Alliance } from '../alliance.js';
import { slowMultisigOf } from '../alliance-keys.js';
import type { KeyRole } from './action.js';

/** `alliance`, `slow` or `document NAME`: its place in every order of keys. */
export function roleName(role: KeyRole): string {
  return role._tag === 'document' ? `document ${role.name}` : role._tag;
}

/** How a key comes from one epoch into the next. */
export type MoveKind =
  /** Multisignatures of the same servers: nothing is done. */
  | 'keep'
  /** Multisignatures: servers bring their keys. */
  | 'collect'
  | 'refresh'
  | 'reshare'
  | 'generate'
  /** Who will hold it accepts what a dealer made. */
  | 'accept';

export interface KeyMove {
  readonly role: KeyRole;
  readonly kind: MoveKind;
  /** Along which it is shared next. */
  readonly policy: Policy;
  /** Of those who hold it now: they deal nothing, from the first attempt on. Sorted, like the next. */
  readonly absent: readonly ProcessId[];
  /** Of `collect`: whose keys are wanted. */
  readonly bringing?: readonly ProcessId[];
  /** Of `generate`. */
  readonly suite?: BlsSuite;
  /** Of `accept`: as it was dealt. */
  readonly publicKey?: AlliancePublicKey;
  /** Of `accept`: the organization that made it. */
  readonly dealer?: string;
}

export function usageOf(role: KeyRole): KeyUsage {
  return role._tag === 'document' ? 'document' : 'statement';
}

/** Who may use a key of this role together under `trust`. */
export function sharingPolicy(role: KeyRole, trust: TrustModel): Policy {
  return role._tag === 'slow' ? recoveryPolicy(trust) : vouchPolicy(trust);
}

/** The key in force; `undefined` where there is none, and of slow keys that the servers have side by side. */
export function keyOfRole(
  { allianceKey, slowKey, documentKeys }: Pick<Alliance, 'allianceKey' | 'slowKey' | 'documentKeys'>,
  role: KeyRole,
): AlliancePublicKey | undefined {
  switch (role._tag) {
    case 'alliance':
      return allianceKey;
    case 'slow':
      return slowKey;
    case 'document':
      return documentKeys.find(({ name }) => name === role.name)?.publicKey;
    default:
      return assertNever(role);
  }
}

/** The keys in force, by the names of their roles and in the order of these. */
export function keysByRole(
  document: Pick<Alliance, 'allianceKey' | 'slowKey' | 'documentKeys'>,
): ReadonlyMap<string, AlliancePublicKey> {
  const keys = new Map<string, AlliancePublicKey>();
  for (const role of rolesOf(document)) {
    const key = keyOfRole(document, role);
    if (key !== undefined) keys.set(roleName(role), key);
  }
  return keys;
}

/** What names the key in force, whatever its form. */
export function keyIdOfRole(alliance: Alliance, role: KeyRole): Digest | undefined {
  const key = keyOfRole(alliance, role);
  if (key !== undefined) return keyIdOf(key);
  const multisig = role._tag === 'slow' ? slowMultisigOf(alliance) : undefined;
  return multisig === undefined ? undefined : multisigKeyId(multisig);
}

/** The roles of a document, in the order of their names. */
export function rolesOf({ documentKeys }: Pick<Alliance, 'documentKeys'>): readonly KeyRole[] {
  return inOrder([
    { _tag: 'alliance' },
    { _tag: 'slow' },
    ...documentKeys.map(({ name }): KeyRole => ({ _tag: 'document', name })),
  ]);
}

export function inOrder(roles: readonly KeyRole[]): readonly KeyRole[] {
  return [...roles].sort((a, b) => (roleName(a) < roleName(b) ? -1 : 1));
}
