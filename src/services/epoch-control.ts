/** What consensus is told of its own epochs by whoever manages them: a function of the log, the same on every server (rule R11). */
import type { Digest } from '../prelude/digest.js';
import type { Delivered } from '../consensus/delivery.js';
import type { Control, EpochChange, NextConfiguration } from '../consensus/epoch-change.js';

/** What the log of an epoch is executed under. */
export interface EpochTerms {
  readonly windowSlots: number;
  readonly checkpointInterval: number;
  /** S: after every slot that is a multiple of it a snapshot is taken. */
  readonly snapshotInterval: number;
}

export interface EpochControl {
  /** The controls that this command has come to, in their order; asked once, after the command was applied. */
  controlsOf(delivered: Delivered): readonly Control[];
  /** How the change of epochs stands after controls; what that comes to. Ends with none. */
  see(slot: number, change: EpochChange): readonly Control[];
  /** How it stands in a state that was restored. Nothing comes of that: whoever has executed the log has taken no step there. */
  restored(change: EpochChange): void;
  /** Before the first command of an epoch is applied. */
  beginEpoch(epoch: number): void;
  /** Of the epoch that the log is in. */
  termsOf(epoch: number): EpochTerms;
  /** A valid configuration of the epoch that follows `epoch`, as far as the log holds it. */
  configurationOf(epoch: number, digest: Digest): NextConfiguration | undefined;
}
