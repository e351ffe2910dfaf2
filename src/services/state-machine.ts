/** What is replicated: deterministic state that commands change in the order of the log. */
import type { Delivered } from '../consensus/delivery.js';

/** An application's replicated state. Everything here is deterministic, and throws only where the application has a bug. */
export interface StateMachine {
  /** Takes the next command; what it returns, at most 64 KiB, goes back to whoever sent it. */
  apply(delivered: Delivered): Uint8Array;
  /** The whole state: the same bytes for the same state. They are not changed afterwards. */
  snapshot(): Uint8Array;
  /** Puts another state in the place of its own; false where `state` is none. It owns the bytes. */
  restore(state: Uint8Array): boolean;
}
