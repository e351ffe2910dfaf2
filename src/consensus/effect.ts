/** What the machine asks of its surroundings. Effects are carried out in order, but those that wait may be overtaken. */
import type { ProcessId } from '../prelude/process.js';
import type { Signature, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Digest } from '../prelude/digest.js';
import type { Batch, Request } from './batch.js';
import type { DeliveredRun } from './delivery.js';
import type { Handoff } from './handoff.js';
import type { SnapshotCertificate, StateTarget } from './manifest.js';
import type { EvidenceRecord } from './evidence-record.js';
import type { Equivocation, Message } from './message.js';
import type { PrefixCertificate } from './range.js';
import type { DurableRecord } from './record.js';

/** Why a process is known to misbehave. */
export type Fault =
  /** Anyone can verify it. At most once a process and kind in the life of a machine. */
  | { readonly _tag: 'Proven'; readonly record: EvidenceRecord }
  /** It sent, on its own link, something that no correct process sends. */
  | { readonly _tag: 'InvalidMessage'; readonly reason: string };

/** Why the machine stops for good: its trust model has been violated, or its own past. */
export type HaltReason =
  /** More processes are proven Byzantine than may be. */
  | { readonly _tag: 'TrustModelViolated'; readonly slot: number; readonly evidence: readonly Equivocation[] }
  /** Two decisions of one slot, or a certificate against what is decided here. */
  | { readonly _tag: 'Disagreement'; readonly slot: number }
  /** It has signed what its disk does not know of: the disk was lost, or an old one put in its place (rule R13). */
  | {
      readonly _tag: 'Amnesia';
      readonly what: 'accepted' | 'commit' | 'report';
      readonly view: number;
      /** Absent for a report. */
      readonly slot?: number;
    }
  /** The applications, or the end of the epoch, came out otherwise here than elsewhere, from the same log. */
  | { readonly _tag: 'Divergence'; readonly slot: number };

export type Effect =
  /** Make `record` durable. Persists are numbered 1, 2, … by each machine and become durable in this order. */
  | { readonly _tag: 'Persist'; readonly record: DurableRecord; readonly index: number }
  /** Send, to oneself too, once every `Persist` up to number `after` is durable (0: at once). */
  | { readonly _tag: 'Send'; readonly to: readonly ProcessId[]; readonly message: Message; readonly after: number }
  /** Send `Timer` at this time; replaces the earlier wish. */
  | { readonly _tag: 'SetTimer'; readonly atMs: number }
  /** Sign with the alliance key's share, with a proof where it is asked for and the key has any; answered by `Signed`. */
  | { readonly _tag: 'Sign'; readonly statement: Uint8Array; readonly isProven: boolean }
  /** Combine under the alliance key; answered by `Combined`. */
  | {
      readonly _tag: 'Combine';
      readonly statement: Uint8Array;
      readonly shares: ReadonlyMap<ProcessId, SignatureShare>;
    }
  /** Check a signature of the alliance key; answered by `Verified`. Nothing that is decided waits for the answer. */
  | { readonly _tag: 'Verify'; readonly statement: Uint8Array; readonly signature: Signature }
  /** Append the next slot to the decided log; answered by `Stored` when durable. */
  | {
      readonly _tag: 'Decide';
      readonly slot: number;
      readonly batch: Batch;
      readonly chain: Digest;
      readonly delivered: readonly DeliveredRun[];
      readonly path: 'fast' | 'slow' | 'transfer';
      /** The batch is in the journal, with this process's vote for it, after this `Persist`; absent: the log alone will have it. */
      readonly journaled?: number;
    }
  /** A new certificate of the alliance key covers the decided log up to its slot. */
  | { readonly _tag: 'Certify'; readonly certificate: PrefixCertificate }
  /** Send a `Range` from the decided log, beginning with slot `from`, to a server that fell behind. */
  | { readonly _tag: 'SendRange'; readonly to: ProcessId; readonly from: number }
  /**
   * A slow quorum has the state after the certificate's slot; the newest such certificate. Make it durable: where this
   * process's own snapshot is of that slot, what is older may be pruned.
   */
  | { readonly _tag: 'SnapshotCertified'; readonly certificate: SnapshotCertificate }
  /** These processes say that they have another state after `slot`. For people; again where others join them. */
  | { readonly _tag: 'StatesDiffer'; readonly slot: number; readonly processes: readonly ProcessId[] }
  /** Fetch this certified state, a higher one in the place of a lower; answered by `Transferred` when all of it is durable. */
  | ({ readonly _tag: 'Transfer' } & StateTarget)
  /** No state is to be fetched any more. */
  | { readonly _tag: 'Abandon' }
  /** Put the state that was fetched in the place of log and applications' states; answered by `Installed`. Nothing is decided until then. */
  | { readonly _tag: 'Install'; readonly slot: number }
  /** The epoch has ended. Make `handoff` durable, tell all servers of both epochs, and stop this machine. */
  | { readonly _tag: 'HandedOver'; readonly handoff: Handoff }
  /** A request that cannot be taken, and why. */
  | { readonly _tag: 'Refuse'; readonly request: Request; readonly reason: string }
  /** The machine has entered a view. For people and metrics. */
  | { readonly _tag: 'View'; readonly view: number; readonly leader: ProcessId }
  | { readonly _tag: 'Blame'; readonly process: ProcessId; readonly fault: Fault }
  | { readonly _tag: 'Halt'; readonly reason: HaltReason };
