/** What is agreed before a ceremony begins, and the id that everything in it is bound to. */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';

/**
 * `refresh`: new shares along the same policy. `reshare-plain`, `reshare-quotient`: new shares along another policy, or along
 * the same one so that who lost a share gets one. `generate`: a new key that nobody ever knows. `accept`: the holders of a key
 * that a trusted dealer made acknowledge their shares.
 */
export type CeremonyKind = 'refresh' | 'reshare-plain' | 'reshare-quotient' | 'generate' | 'accept';

/** Public, and the same for everybody. */
export interface CeremonyTerms {
  readonly kind: CeremonyKind;
  /** Whatever else the ceremony is bound to: the alliance, the role of the key, the trust model. Canonical bytes. */
  readonly context: Uint8Array;
  /** The dealing that it starts from (its dealing digest), or a digest of what is to be made. */
  readonly subject: Digest;
  /** Who holds the shares afterwards. Shared along as it is: already with its weights reduced. */
  readonly nextPolicy: Policy;
  readonly nextEpoch: number;
  /** From 1, and never used again, whatever became of it. */
  readonly attempt: number;
  /** Old holders that were proven culprits in earlier attempts: they deal no more. In any order. */
  readonly culprits: readonly ProcessId[];
  /** Old holders that were silent in earlier attempts, or have lost their share: they do not deal this time. In any order. */
  readonly absent: readonly ProcessId[];
}

const termsTag = 'koinon ceremony v1';

/** Names one attempt at one ceremony. */
export function ceremonyIdOf(terms: CeremonyTerms): Digest {
  const { kind, context, subject, nextPolicy, nextEpoch, attempt, culprits, absent } = terms;
  const writer = new Writer().text(termsTag).text(kind).bytes(context).fixed(subject).fixed(policyDigest(nextPolicy));
  writer.u64(nextEpoch).u64(attempt);
  for (const names of [culprits, absent]) writer.list([...new Set(names)].sort(), (each, name) => each.text(name));
  return digest(writer.finish());
}

/** Whether a process deals nothing. It may receive all the same. */
export function isExcluded({ culprits, absent }: CeremonyTerms, process: ProcessId): boolean {
  return culprits.includes(process) || absent.includes(process);
}
