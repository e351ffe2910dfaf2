/** What the machine asks of its surroundings. Effects are carried out in order, but those that wait may be overtaken. */
import type { ProcessId } from '../prelude/process.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Digest } from '../prelude/digest.js';
import type { Batch, Request } from './batch.js';
import type { Delivered } from './delivery.js';
import type { Equivocation, Message } from './message.js';
import type { PrefixCertificate } from './range.js';
import type { DurableRecord } from './record.js';

/** Why a process is known to misbehave. */
export type Fault =
  | { readonly _tag: 'Equivocation'; readonly evidence: Equivocation }
  /** It sent, on its own link, something that no correct process sends. */
  | { readonly _tag: 'InvalidMessage'; readonly reason: string };

/** Why the machine stops for good: its trust model has been violated, or its own past. */
export type HaltReason =
  /** More processes are proven Byzantine than may be. */
  | { readonly _tag: 'TrustModelViolated'; readonly slot: number; readonly evidence: readonly Equivocation[] }
  /** Two decisions of one slot, or a certificate against what is decided here. */
  | { readonly _tag: 'Disagreement'; readonly slot: number };

export type Effect =
  /** Make `record` durable. Persists are numbered 1, 2, … by each machine and become durable in this order. */
  | { readonly _tag: 'Persist'; readonly record: DurableRecord; readonly index: number }
  /** Send, to oneself too, once every `Persist` up to number `after` is durable (0: at once). */
  | { readonly _tag: 'Send'; readonly to: readonly ProcessId[]; readonly message: Message; readonly after: number }
  /** Send `Timer` at this time; replaces the earlier wish. */
  | { readonly _tag: 'SetTimer'; readonly atMs: number }
  /** Sign with the alliance key's share; answered by `Signed`. */
  | { readonly _tag: 'Sign'; readonly statement: Uint8Array }
  /** Combine under the alliance key; answered by `Combined`. */
  | {
      readonly _tag: 'Combine';
      readonly statement: Uint8Array;
      readonly shares: ReadonlyMap<ProcessId, SignatureShare>;
    }
  /** Append the next slot to the decided log; answered by `Stored` when durable. */
  | {
      readonly _tag: 'Decide';
      readonly slot: number;
      readonly batch: Batch;
      readonly chain: Digest;
      readonly delivered: readonly Delivered[];
      readonly path: 'fast' | 'slow' | 'transfer';
      /** The batch is in the journal, with this process's vote for it, after this `Persist`; absent: the log alone will have it. */
      readonly journaled?: number;
    }
  /** A new certificate of the alliance key covers the decided log up to its slot. */
  | { readonly _tag: 'Certify'; readonly certificate: PrefixCertificate }
  /** Send a `Range` from the decided log, beginning with slot `from`, to a server that fell behind. */
  | { readonly _tag: 'SendRange'; readonly to: ProcessId; readonly from: number }
  /** A request that cannot be taken, and why. */
  | { readonly _tag: 'Refuse'; readonly request: Request; readonly reason: string }
  /** The machine has entered a view. For people and metrics. */
  | { readonly _tag: 'View'; readonly view: number; readonly leader: ProcessId }
  | { readonly _tag: 'Blame'; readonly process: ProcessId; readonly fault: Fault }
  | { readonly _tag: 'Halt'; readonly reason: HaltReason };
