/**
 * Access policies: monotone rules for which sets may act (sign, decrypt, amend), as trees of gates over members.
 * A member may stand at several gates, never twice in one list.
 */
import type { ProcessId } from '../prelude/process.js';

/** `k` of the children must be satisfied; k from 1 to the number of children. */
export interface ThresholdGate {
  readonly _tag: 'threshold';
  readonly k: number;
  readonly of: readonly Policy[];
}

export interface Member {
  readonly _tag: 'member';
  readonly id: ProcessId;
}

export type Policy = Member | ThresholdGate;
