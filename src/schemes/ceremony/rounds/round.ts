/**
 * The rounds of a ceremony. The board feeds each the messages of its kinds in the order of the log; a round says when it has
 * what it needs, and what follows. Deterministic: no clock, no randomness, no secrets, and no batch whose verdict could differ.
 */
import type { MalformedBytes } from '../../../prelude/canonical.js';
import type { Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { AbortReason, CeremonyFault } from '../fault.js';
import type { MessageKind } from './message-kind.js';

/** Names a process that did wrong; `evidence` are positions in the log besides that of the message at hand. */
export type Blame = (process: ProcessId, fault: CeremonyFault, evidence?: readonly number[]) => void;

/** A message of the round's kinds from one of its senders. */
export interface RoundMessage {
  readonly from: ProcessId;
  readonly kind: MessageKind;
  readonly body: Uint8Array;
  /** In the log, from 0. */
  readonly position: number;
}

export interface Round {
  /** By the first of its kinds the round is named in votes to close it. */
  readonly kinds: readonly [MessageKind, ...MessageKind[]];
  /** Whose messages are awaited. All others are ignored. */
  readonly senders: ReadonlySet<ProcessId>;
  /** Whether only the first message of each sender counts. */
  readonly isSingle: boolean;
  /** No honest sender's body is longer. */
  readonly maxBodyLength: number;
  /** Writes to the transcript what holds from now on; once, before anything else is asked of the round. */
  begin?(): void;
  /** Takes a message. Left where no honest process would have written it, which blames the sender; false if nothing comes of it. */
  receive(message: RoundMessage, blame: Blame): Either<MalformedBytes, boolean>;
  /**
   * What follows; `undefined` while there is something left to wait for.
   *
   * @param heard - who has sent a message of this round, good or not.
   */
  outcome(heard: ReadonlySet<ProcessId>): RoundEnd | undefined;
  /** What follows when the log closes the round as it is. */
  close(heard: ReadonlySet<ProcessId>): RoundEnd;
}

export type RoundEnd =
  | { readonly _tag: 'next'; readonly round: Round }
  | { readonly _tag: 'committed' }
  | { readonly _tag: 'aborted'; readonly reason: AbortReason };

/** The same end whether everybody was heard or the log closed the round. */
export function afterAll(
  senders: ReadonlySet<ProcessId>,
  close: (heard: ReadonlySet<ProcessId>) => RoundEnd,
): Pick<Round, 'outcome' | 'close'> {
  const isComplete = (heard: ReadonlySet<ProcessId>) => [...senders].every((process) => heard.has(process));
  return { outcome: (heard) => (isComplete(heard) ? close(heard) : undefined), close };
}

/** A round that was closed without those who were needed. Nobody is blamed. */
export function tooFew(
  round: MessageKind,
  needed: Iterable<ProcessId>,
  there: { has(process: ProcessId): boolean },
): RoundEnd {
  return { _tag: 'aborted', reason: { _tag: 'TooFew', round, missing: [...needed].filter((id) => !there.has(id)) } };
}
