/**
 * Closing a round early. Delays are unbounded and silence is no fault, so a round that lacks messages is closed only by votes of
 * a recovery quorum of the dealers, which contains a correct process: nobody shuts others out alone, and everybody agrees at
 * which entry of the log a round was over.
 */
import { Writer } from '../../../prelude/canonical.js';
import type { ProcessId } from '../../../prelude/process.js';
import { kindByte, kindOfByte, type MessageKind } from './message-kind.js';
import type { Round } from './round.js';
import type { CeremonySetting } from '../setting.js';

/** Bytes of a body. */
export const voteLength = 1;

/** Body of a vote: the kind that names the round. */
export function writeVote(round: Round): Uint8Array {
  return new Writer().u8(kindByte(round.kinds[0])).finish();
}

/** What a body votes to close; `undefined` for none. */
export function readVote(body: Uint8Array): MessageKind | undefined {
  return body.length === voteLength ? kindOfByte(body[0]) : undefined;
}

/** Whether these votes close a round. */
export function mayClose<G, Key>({ rules }: CeremonySetting<G, Key>, votes: ReadonlySet<ProcessId>): boolean {
  return rules.dealers.isRecoveryQuorum(rules.dealers.processes.universe.of(votes));
}
