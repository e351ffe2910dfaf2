/** Moves as a value: kept in snapshots, fed again, flooded, and asked about what is of another change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { decodeMoves, encodeMoves, type Moves } from '../../../src/management/changes/moves.js';
import { messageSizes } from '../../../src/schemes/ceremony/ceremony-size.js';
import { writeComplaint } from '../../../src/schemes/ceremony/rounds/complaint.js';
import { readEnvelope, writeEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import { messageKinds } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { seededRandom } from '../../support/seeded-random.js';
import {
  held,
  heldAfter,
  id,
  keys,
  moved,
  moving,
  names,
  notary,
  onceBad,
  planOf,
  refresh,
  reshare,
  run,
  server,
  someOf,
  spoiled,
} from './scene.js';

/** A quotient with a cheat, a refresh, and a key that is generated: every round there is, an abort, and late words. */
const plan = planOf({
  from: 4,
  keys,
  moves: [
    reshare('alliance', 2, 4),
    refresh('document notary', notary),
    { _tag: 'generate', role: 'slow', usage: 'statement', suite: 'min-pk-pop', policy: someOf(3, 4) },
  ],
});
const cheat = names(4).map((name) =>
  server(name, name === 's1' ? { held, tamper: onceBad('deal', spoiled) } : { held }),
);
const whole = run(moving(plan), [...cheat].reverse());

/** All that a value says, to be compared. */
function seen({ outcome, entries }: Moves): string {
  const plain = (_: string, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Uint8Array) return toHex(value);
    return value instanceof Map ? [...value] : value;
  };
  return JSON.stringify([outcome, entries], plain);
}

function restored(moves: Moves): Moves {
  const decoded = decodeMoves(plan, encodeMoves(moves));
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left));
  return decoded.right;
}

/** A value at every position of the log, each with its own past. */
const states = whole.log.reduce<readonly Moves[]>(
  (before, entry) => [...before, (before.at(-1) ?? moving(plan)).feed(entry)],
  [moving(plan)],
);

describe('a snapshot', () => {
  it('has all rounds in it that there are', () => {
    expect(moved(whole.moves).sharings.map(({ role, kind, isCommitted }) => [role, kind, isCommitted])).toEqual([
      ['alliance', 'reshare-quotient', false],
      ['alliance', 'reshare-quotient', true],
      ['document notary', 'refresh', true],
      ['slow', 'generate', true],
    ]);
    const kinds = new Set(whole.moves.entries.map(({ bytes }) => readEnvelope(bytes)?.kind));
    expect([...messageKinds].filter((kind) => !kinds.has(kind))).toEqual(['close']);
  });

  it('in the middle of any round is the same state, and comes to the same end', () => {
    const rounds = new Map<string, number>();
    for (const [index, { outcome }] of states.entries()) {
      if (outcome._tag === 'running') rounds.set(`${outcome.role} ${outcome.attempt} ${outcome.round}`, index);
    }
    expect(rounds.size).toBe(17);
    for (const index of rounds.values()) {
      const before = states[index];
      if (before === undefined) throw new Error('a state');
      const again = restored(before);
      expect(seen(again)).toBe(seen(before));
      expect(encodeMoves(again)).toEqual(encodeMoves(before));
    }
    const middle = [...rounds.values()][9] ?? 0;
    const gone = whole.log
      .slice(middle)
      .reduce((moves, entry) => moves.feed(entry), restored(states[middle] ?? whole.moves));
    expect(seen(gone)).toBe(seen(whole.moves));
  });

  it('is refused for another change, with an entry of which nothing came, or cut off', () => {
    const bytes = encodeMoves(whole.moves);
    const other = { ...plan, change: plan.change + 1 };
    expect(decodeMoves(other, bytes)).toMatchObject(
      E.left({ _tag: 'MalformedBytes', expected: 'the moves of this change' }),
    );
    expect(E.isLeft(decodeMoves(plan, bytes.subarray(0, -1)))).toBe(true);
    const [first] = whole.moves.entries;
    if (first === undefined) throw new Error('an entry');
    const twice = { plan, entries: [first, first] };
    expect(decodeMoves(plan, encodeMoves(twice))).toMatchObject(
      E.left({ _tag: 'MalformedBytes', expected: 'an entry of which something came' }),
    );
  });

  it('throws at no bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(E.isLeft(decodeMoves(plan, bytes))).toBe(true);
        expect(E.isLeft(decodeMoves(plan, concatBytes(encodeMoves(moving(plan)).subarray(0, 32), bytes)))).toBe(
          !isNothing(bytes),
        );
      }),
      { numRuns: 20 },
    );
  });
});

function isNothing(bytes: Uint8Array): boolean {
  return bytes.length === 4 && bytes.every((byte) => byte === 0);
}

describe('a value', () => {
  it('does not change when it is fed, and may be fed again, even with something else', () => {
    const early = states[3];
    const [third, fourth] = whole.log.slice(3);
    if (early === undefined || third === undefined || fourth === undefined) throw new Error('a state in KEYS');
    const before = seen(early);
    expect(seen(early.feed(third))).toBe(seen(states[4] ?? early));
    expect(early.feed(third)).toBe(early.feed({ ...third }));
    const spoken = spoiled(third.message).subarray(0, 40);
    const fork = early.feed({ ...third, message: spoken });
    expect(fork.outcome.culprits).toMatchObject([{ process: third.from, fault: { _tag: 'MalformedBytes' } }]);
    expect(seen(early)).toBe(before);
    expect(seen(early.feed(third))).toBe(seen(states[4] ?? early));
  });

  it('keeps nothing of a buffer that is used again', () => {
    const buffer = new Uint8Array(100_000);
    const gone = whole.log.reduce((moves, { message, ...entry }) => {
      buffer.set(message);
      return moves.feed({ ...entry, message: buffer.subarray(0, message.length) });
    }, moving(plan));
    expect(seen(gone)).toBe(seen(whole.moves));
  });

  it('takes no notice of what was said in a change that was abandoned', () => {
    const next = moving({ ...plan, change: plan.change + 1 });
    for (const entry of whole.log) expect(next.feed(entry)).toBe(next);
  });

  it('takes no notice of what is repeated', () => {
    const end = whole.moves;
    for (const entry of whole.log) expect(end.feed(entry)).toBe(end);
  });
});

describe('whoever floods the log', () => {
  it('has only as much kept as the ceremony was said to need', () => {
    const last = states.findIndex(({ outcome }) => outcome._tag === 'running' && outcome.round === 'acknowledge');
    const start = states[last];
    const attempt = start?.attempts.at(-1);
    if (start === undefined || attempt === undefined) throw new Error('the last round');
    const { setting } = attempt;
    const random = seededRandom(5);
    const { dealers } = attempt.board.transcript.rules ?? { dealers: [] };
    const bodies = (index: number) => [
      ...(['keys', 'masks', 'confirm', 'deal'] as const).map((kind) => ({ kind, body: random(50) })),
      { kind: 'acknowledge' as const, body: random(32) },
      { kind: 'acknowledge' as const, body: random(31) },
      {
        kind: 'complain' as const,
        body: writeComplaint(dealers, { dealer: dealers[index % 2] ?? id('s1'), secret: random(32) }),
      },
      { kind: 'complain' as const, body: random(100_000) },
      { kind: 'close' as const, body: Uint8Array.of(7) },
    ];
    let moves = start;
    for (let index = 0; index < 50; index++) {
      for (const { kind, body } of bodies(index)) {
        const message = writeEnvelope({ ceremonyId: setting.id, kind, body });
        moves = moves.feed({ from: id('s3'), identity: 'draft', message });
      }
    }
    // One thing that does not decode, one false complaint, one vote.
    expect(moves.entries.length - start.entries.length).toBeLessThanOrEqual(3);
    expect(moves.outcome.culprits).toMatchObject([{ process: 's3' }]);
  });

  it('says nothing with what is longer than it may be, and is heard when it is not', () => {
    const start = moving(plan);
    const [first] = whole.log;
    const attempt = start.attempts[0];
    if (first === undefined || attempt === undefined) throw new Error('an entry');
    const longest = messageSizes(attempt.setting).longest;
    const long = { ...first, message: concatBytes(first.message, new Uint8Array(longest)) };
    expect(start.feed(long)).toBe(start);
    expect(start.feed(first)).not.toBe(start);
  });
});

describe('what may come of a plan', () => {
  it('is in the order of the names of the keys, whatever the plan says', () => {
    const turned = moving({ ...plan, moves: [...plan.moves].reverse() });
    const end = whole.log.reduce((moves, entry) => moves.feed(entry), turned);
    expect(seen(end)).toBe(seen(whole.moves));
  });

  it('is the key that its holders sign with', () => {
    const { shares, publicKey } = heldAfter(whole.moves, cheat, 'slow');
    expect([shares.size, publicKey.usage, publicKey.epoch]).toEqual([4, 'statement', 2]);
  });
});
