/** A BLS key: its public part, which everyone holds, and one process's share of the secret. No node: import here or below. */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import type { KeyId, KeyUsage } from '../contract/distributed-signer.js';
import type { LinearKeyShare } from '../contract/linear-key-share.js';
import type { BlsSuite } from './ciphersuite.js';

export const blsSchemeId = 'bls';

/** Public. Whoever only verifies signatures needs no more of it than suite and group key. */
export interface BlsPublicKey {
  readonly _tag: typeof blsSchemeId;
  readonly usage: KeyUsage;
  readonly suite: BlsSuite;
  /** Who may sign together; its canonical form is what the secret is shared along. */
  readonly policy: Policy;
  readonly epoch: number;
  /** The public key of all of them together, g^s, compressed: an ordinary BLS public key. */
  readonly groupKey: Uint8Array;
  /** g^ρ_j for every column j of the sharing, compressed; D times the first is the group key. */
  readonly commitments: readonly Uint8Array[];
}

/** Secret: one process's rows, numbers modulo r in 32 bytes each. */
export type BlsKeyShare = LinearKeyShare<typeof blsSchemeId>;

/** The usages that BLS keys may have. */
export const blsUsages = ['statement', 'document', 'beacon', 'time-lock'] as const satisfies readonly KeyUsage[];

const keyIdTag = 'koinon key v1';

/** What stays the same for the life of a key, through refreshes and reshares: scheme, suite, usage and group key. */
export function keyIdOf({ usage, suite, groupKey }: Pick<BlsPublicKey, 'usage' | 'suite' | 'groupKey'>): KeyId {
  return digest(new Writer().text(keyIdTag).text(blsSchemeId).text(suite).text(usage).bytes(groupKey).finish());
}

const dealingTag = 'koinon bls dealing v1';

/** Names one sharing of a key among all: digest of key, policy, epoch and commitments. */
export function dealingDigestOf(publicKey: BlsPublicKey): Digest {
  const { policy, epoch, commitments } = publicKey;
  const writer = new Writer().text(dealingTag).fixed(keyIdOf(publicKey)).fixed(policyDigest(policy)).u64(epoch);
  return digest(writer.list(commitments, (out, commitment) => out.bytes(commitment)).finish());
}
