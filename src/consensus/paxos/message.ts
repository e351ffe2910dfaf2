/**
 * What the processes of crash-fault Paxos say to each other, and what each must find again after a crash. Nothing is signed:
 * a process that has not crashed tells the truth, and links prove who speaks. Rules P1-P8: spec/paxos.md.
 */
import type { Batch, Request } from '../batch.js';

/** A vote: this batch was accepted in this view. A view has one leader, so it serves as Lamport's ballot number. */
export interface Vote {
  readonly view: number;
  readonly slot: number;
  readonly batch: Batch;
}

export type PaxosMessage =
  /** Phase 1a: promise me this view, all slots at once. */
  | { readonly _tag: 'Prepare'; readonly view: number }
  /** Phase 1b: its sender has promised `view`; its log is durable up to `stored`, and `votes` are its last ones above. */
  | { readonly _tag: 'Promise'; readonly view: number; readonly stored: number; readonly votes: readonly Vote[] }
  /** Phase 2a. */
  | ({ readonly _tag: 'Propose' } & Vote)
  /** Phase 2b, to the leader alone, which has proposed one batch for the view and slot. */
  | { readonly _tag: 'Accepted'; readonly view: number; readonly slot: number }
  /** A quorum has accepted what was proposed for `slot` in `view`. */
  | { readonly _tag: 'Decided'; readonly view: number; readonly slot: number }
  /** Where its sender is: its view, the end of its durable log, and the highest view that it has complained about, or 0. */
  | { readonly _tag: 'Status'; readonly view: number; readonly stored: number; readonly complaint: number }
  | { readonly _tag: 'Forward'; readonly requests: readonly Request[] }
  /** Asks for the log from this slot on. */
  | { readonly _tag: 'Fetch'; readonly from: number }
  /** Consecutive decided batches, the first of slot `from`. */
  | { readonly _tag: 'Log'; readonly from: number; readonly batches: readonly Batch[] };

export type PaxosRecord =
  /** The process acts in no view below `view`. */
  { readonly _tag: 'Promise'; readonly view: number } | ({ readonly _tag: 'Vote' } & Vote);
