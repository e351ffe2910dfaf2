/** What the effect of a proposal is. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { StandingGate } from './gates.js';
import type { MoveKind } from './key-roles.js';
import type { Standing } from './standing.js';

export interface Effect {
  readonly before: Standing;
  readonly after: Standing;
  /** Of each policy for which somebody gains or loses one; in the order of their names. */
  readonly vetoes: readonly VetoChange[];
  readonly moves: readonly ToldMove[];
  /** Gates of the document, overridden or not. */
  readonly gates: readonly StandingGate[];
  /** Who has to do what before the change can be made; a line each. */
  readonly firstToAct: readonly string[];
  /** What will be felt of it; a line each. */
  readonly pause: readonly string[];
}

export interface VetoChange {
  readonly policy: string;
  /** Organizations, sorted. */
  readonly gained: readonly ProcessId[];
  readonly lost: readonly ProcessId[];
}

/** What becomes of a key. */
export interface ToldMove {
  /** The name of its role. */
  readonly key: string;
  readonly kind: MoveKind;
  readonly absent: readonly ProcessId[];
  readonly bringing: readonly ProcessId[];
  /** What it is now, where it becomes another: a proposal to replace it is not one to replace what has come in its place. */
  readonly present: Digest | undefined;
  /** Of a key that a dealer made. */
  readonly dealt: Digest | undefined;
}
