/**
 * The bytes of HANDOFF, with which the alliance key of an epoch says how it ended and what comes next (spec/wire.md, type 10): for
 * consensus, which makes them, and for whoever checks the history of an alliance without it.
 */
import { Writer } from './canonical.js';
import type { Digest } from './digest.js';
import { encodeStatement, type StatementContext } from './statement.js';

/** How an epoch ended. */
export interface EpochEnd {
  /** Its last. */
  readonly slot: number;
  /** Of the log up to it. */
  readonly chain: Digest;
  /** Names the state after it. */
  readonly state: Digest;
  /** Digest of the configuration of the next epoch. */
  readonly configuration: Digest;
}

export function epochEndStatement(
  context: StatementContext,
  { slot, chain, state, configuration }: EpochEnd,
): Uint8Array {
  const body = new Writer().u64(slot).fixed(chain).fixed(state).fixed(configuration).finish();
  return encodeStatement(context, 'handoff', body);
}
