/**
 * Moving all shared keys of one change (spec/management.md, "Changes of epoch"): the public half, as governance holds it. A value:
 * nothing that was handed out changes, and what is fed gives another. Boards live behind it and go on in place, so feeding is as
 * cheap as the last of a line of values is fed; whoever feeds an earlier one again pays for a replay.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { type MalformedBytes, readAll, Writer } from '../../prelude/canonical.js';
import { digestLength } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { Attempt } from './attempt.js';
import type { MoveRefused } from './moves-errors.js';
import { MovesMachine, type TakenEntry } from './moves-machine.js';
import type { MovesOutcome } from './moves-outcome.js';
import { movesDigest, type MovesPlan } from './moves-plan.js';
import type { SpokenIdentity } from './spoken-identity.js';

/** What a server says in a ceremony. */
export interface CeremonyEntry {
  /** Authenticated. */
  readonly from: ProcessId;
  /** The document that lists the key which signed; either where both list the same. */
  readonly identity: SpokenIdentity;
  readonly message: Uint8Array;
}

export class Moves {
  readonly outcome: MovesOutcome;
  #machine: MovesMachine;
  readonly #takenCount: number;
  #next: { readonly entry: CeremonyEntry; readonly moves: Moves } | undefined;

  /** @param machine - as it is now. */
  constructor(machine: MovesMachine) {
    this.#machine = machine;
    this.#takenCount = machine.entries.length;
    this.outcome = machine.outcome;
  }

  get plan(): MovesPlan {
    return this.#machine.plan;
  }

  /** What was said and mattered, in the order of the log: all that the state depends on. */
  get entries(): readonly TakenEntry[] {
    return this.#machine.entries.slice(0, this.#takenCount);
  }

  /** Of {@link entries}, those until all keys had moved: late acknowledgements follow. */
  get decisive(): readonly TakenEntry[] {
    return this.entries.slice(0, this.#machine.movedAfter);
  }

  /**
   * Takes the next ceremony message of the log. Itself where nothing comes of it: what is of another change or attempt, too late,
   * too long, said twice, or under the wrong identity. Feeding the same again, as by who decides and then evolves, costs nothing.
   */
  feed(entry: CeremonyEntry): Moves {
    if (this.#next !== undefined && isSame(this.#next.entry, entry)) return this.#next.moves;
    const machine = this.machine();
    if (!machine.take(entry.from, entry.message, entry.identity)) return this;
    const moves = new Moves(machine);
    this.#next = { entry: { ...entry, message: Uint8Array.from(entry.message) }, moves };
    return moves;
  }

  /** The boards of the attempt that is open, and of those that were committed, to be read; they are this value's until it is fed. */
  get attempts(): readonly Attempt[] {
    return this.machine().live;
  }

  /** A machine at this state: made again where another value has gone on with it. */
  private machine(): MovesMachine {
    if (this.#machine.entries.length === this.#takenCount) return this.#machine;
    const { entries } = this;
    const begun = MovesMachine.begin(this.plan);
    invariant(E.isRight(begun), 'a plan that could be begun can be begun again');
    const taken = entries.every(({ from, bytes }) => begun.right.take(from, bytes));
    invariant(taken, 'what was taken once is taken again');
    this.#machine = begun.right;
    return begun.right;
  }
}

/** The keys as they stand when they begin to move. */
export function beginMoves(plan: MovesPlan): Either<MoveRefused, Moves> {
  return E.map((machine: MovesMachine) => new Moves(machine))(MovesMachine.begin(plan));
}

/** No more entries are taken of any change that a document's bounds allow. */
const maxEntryCount = 2 ** 20;
const maxNameBytes = 130;

/** For snapshots: of which change, and every entry that was taken. */
export function encodeMoves({ plan, entries }: Pick<Moves, 'plan' | 'entries'>): Uint8Array {
  const writer = new Writer().fixed(movesDigest(plan));
  return writer.list(entries, (each, { from, bytes }) => each.text(from).bytes(bytes)).finish();
}

/**
 * Reads what {@link encodeMoves} wrote of the change of this plan, and judges everything again: as dear as feeding it was. Entries
 * of which nothing comes were never taken, and are refused.
 */
export function decodeMoves(plan: MovesPlan, bytes: Uint8Array): Either<MalformedBytes | MoveRefused, Moves> {
  const begun = MovesMachine.begin(plan);
  if (E.isLeft(begun)) return begun;
  const machine = begun.right;
  return readAll(bytes, (reader) => {
    if (!equalBytes(reader.fixed(digestLength), movesDigest(plan))) reader.fail('the moves of this change');
    reader.list(maxEntryCount, (each) => {
      const from = processId(each.text(maxNameBytes)) ?? each.fail('a name');
      if (!machine.take(from, each.bytes(plan.maxMessageBytes))) each.fail('an entry of which something came');
    });
    return new Moves(machine);
  });
}

function isSame(one: CeremonyEntry, other: CeremonyEntry): boolean {
  const isAlike = one.from === other.from && one.identity === other.identity;
  return isAlike && equalBytes(one.message, other.message);
}
