/** Boards take anything, throw nothing, agree with one another, and let nobody end a round alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, empty, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { CeremonyBoard } from '../../../src/schemes/ceremony/board.js';
import { writeComplaint } from '../../../src/schemes/ceremony/rounds/complaint.js';
import { readEnvelope, writeEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import { messageKinds } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { nextAttempt } from '../../../src/schemes/ceremony/next-attempt.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import type { ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import { type Adversary, committed, type LogEntry, runCeremony, silent } from '../../support/ceremony.js';
import { seededRandom } from '../../support/seeded-random.js';
import { changing, dealingAnotherSecret, dealingBadSharesTo, flipped, shorter, without } from './adversaries.js';
import { expectSigns, id, type Move, rsaKey, rsaSetting, signatureBy } from './keys.js';

type Rsa = Adversary<bigint, ShoupRsaPublicKey>;
type RsaBoard = CeremonyBoard<bigint, ShoupRsaPublicKey>;

const model = 'f=1 of (a, b, c, d)';
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id) as [ProcessId, ProcessId, ProcessId, ProcessId];
const held = rsaKey('2 of (a, b, c, d)');
const settingOf = (move: Partial<Move>) => rsaSetting(held.publicKey, { kind: 'refresh', trust: model, ...move });
const setting = settingOf({});
const honest = runCeremony({ setting, shares: held.shares });

/** All that a board says of itself. */
function summary(board: RsaBoard): string {
  const { state, culprits } = board;
  const said =
    state._tag === 'committed'
      ? [toHex(state.settlement.key.digest), state.settlement.dealers, state.unacknowledged]
      : state._tag === 'aborted'
        ? state.reason
        : [state.round.kinds, state.awaited];
  return JSON.stringify([state._tag, said, culprits]);
}

function replay(log: readonly LogEntry[], over: CeremonySetting<bigint, ShoupRsaPublicKey> = setting): RsaBoard {
  const board = new CeremonyBoard(over);
  for (const { from, bytes } of log) board.receive(from, bytes);
  return board;
}

describe('a board', () => {
  it('is determined by the log', () => {
    const { board, log, boards } = runCeremony({
      setting,
      shares: held.shares,
      separateBoards: true,
      adversaries: new Map([[b, dealingBadSharesTo<bigint, ShoupRsaPublicKey>(c)]]),
      schedule: (waiting) => waiting - 1,
    });
    const expected = summary(board);
    for (const each of [replay(log), ...boards.values()]) expect(summary(each)).toBe(expected);
  });

  it.each(['refresh', 'reshare-quotient'] as const)('keeps nothing of a buffer that is used again: %s', (kind) => {
    const { log, board } = runCeremony({ setting: settingOf({ kind }), shares: held.shares });
    const other = new CeremonyBoard(settingOf({ kind }));
    const buffer = new Uint8Array(Math.max(...log.map(({ bytes }) => bytes.length)));
    for (const { from, bytes } of log) {
      buffer.set(bytes);
      other.receive(from, buffer.subarray(0, bytes.length));
      buffer.fill(0xff);
    }
    expect(summary(other)).toBe(summary(board));
    const { keys, deals, quotient } = board.transcript;
    expect(other.transcript.keys).toEqual(keys);
    expect(other.transcript.deals).toEqual(deals);
    expect(other.transcript.quotient?.masks).toEqual(quotient?.masks);
  });

  it('throws at nothing, and blames nobody for what is not of this attempt', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(a, b, id('x')), fc.uint8Array({ maxLength: 80 })), { maxLength: 20 }),
        (entries) => {
          const board = replay(entries.map(([from, bytes]) => ({ from, bytes })));
          expect(board.culprits).toEqual([]);
          expect(board.state).toMatchObject({ _tag: 'running', awaited: [a, b, c, d] });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('throws at no body of any kind in any round, and blames only who wrote it', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...honest.log.map(({ bytes }) => bytes.subarray(33))),
    );
    fc.assert(
      fc.property(
        fc.nat(honest.log.length),
        fc.constantFrom(...messageKinds),
        body,
        fc.constantFrom(a, b),
        (at, kind, junk, from) => {
          const log = [...honest.log];
          // What the others posted after they saw other keys is not what they would have posted after these.
          if (at < 4) log.length = at;
          log.splice(at, 0, { from, bytes: writeEnvelope({ ceremonyId: setting.id, kind, body: junk }) });
          const board = replay(log);
          expect(board.culprits.filter(({ process }) => process !== from)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('survives every message of the log with one bit changed or the end cut off', () => {
    for (const [at, { from, bytes }] of honest.log.entries()) {
      for (const change of [
        flipped(bytes, 33),
        flipped(bytes, -1),
        flipped(bytes, bytes.length >> 1),
        shorter(bytes),
        empty,
        concatBytes(bytes, bytes),
      ]) {
        const log = [...honest.log];
        log[at] = { from, bytes: change };
        if (at < 4) log.length = at + 1;
        expect(replay(log).culprits.every(({ process }) => process === from)).toBe(true);
      }
    }
  });

  it('takes no notice of what is replayed from another ceremony, attempt or epoch', () => {
    const others = [
      settingOf({ attempt: 2 }),
      settingOf({ context: utf8('another role') }),
      settingOf({ kind: 'reshare-plain' }),
      settingOf({ absent: ['d'] }),
      settingOf({ culprits: ['d'] }),
      rsaSetting({ ...held.publicKey, epoch: 5 }, { kind: 'refresh', trust: model }),
    ];
    const dealtAgain = rsaKey('2 of (a, b, c, d)', { random: seededRandom(99) }).publicKey;
    const all = [setting, ...others, rsaSetting(dealtAgain, { kind: 'refresh', trust: model })];
    expect(new Set(all.map(({ id: name }) => toHex(name))).size).toBe(8);
    for (const other of others) {
      const board = replay(honest.log, other);
      expect(board.culprits).toEqual([]);
      expect(board.state).toMatchObject({ _tag: 'running', awaited: other.receivers });
      const outcome = runCeremony({ setting: other, shares: held.shares, prefix: honest.log });
      expect(outcome.culprits).toEqual([]);
    }
  });

  it('counts the first message of each sender in each round, and nobody else’s', () => {
    const doubled = honest.log.flatMap((entry) => [entry, entry, { from: id('x'), bytes: entry.bytes }]);
    expect(summary(replay(doubled))).toBe(summary(replay(honest.log)));
    const keys = honest.log.filter(({ bytes }) => readEnvelope(bytes)?.kind === 'keys');
    const [first, second] = keys as [LogEntry, LogEntry];
    const board = replay([first, { from: first.from, bytes: second.bytes }]);
    expect(board.transcript.keys.get(first.from)?.deal.get(a)).toEqual(first.bytes.subarray(33, 65));
  });

  it('names a process once, by its first fault', () => {
    const junk = (kind: 'keys' | 'deal') => ({
      from: b,
      bytes: writeEnvelope({ ceremonyId: setting.id, kind, body: Uint8Array.of(1) }),
    });
    const keys = honest.log.filter(({ bytes, from }) => readEnvelope(bytes)?.kind === 'keys' && from !== b);
    const board = replay([junk('keys'), ...keys, junk('deal')]);
    expect(board.state).toMatchObject({ _tag: 'running', round: { kinds: ['deal'] }, awaited: [a, c, d] });
    expect(board.culprits).toMatchObject([{ process: b, evidence: [0] }]);
  });

  it('does not take the messages of one process from another', () => {
    const swapped = honest.log.map(({ from, bytes }) => ({ from: from === a ? b : from === b ? a : from, bytes }));
    const board = replay(swapped);
    expect(board.state._tag).not.toBe('committed');
  });
});

describe('a round', () => {
  const vote = (kind: (typeof messageKinds)[number]) =>
    writeEnvelope({ ceremonyId: setting.id, kind: 'close', body: Uint8Array.of(messageKinds.indexOf(kind) + 1) });

  it('is closed by a recovery quorum of the dealers only, each counted once, for this round', () => {
    const board = replay(honest.log.slice(0, 3));
    for (const from of [a, a, b, b, id('x'), id('y')]) board.receive(from, vote('keys'));
    for (const from of [c, d]) board.receive(from, vote('deal'));
    expect(board.state).toMatchObject({ _tag: 'running', awaited: [d] });
    board.receive(c, vote('keys'));
    expect(board.state).toMatchObject({ _tag: 'running', round: { kinds: ['deal'] } });
    expect(board.transcript.keys.has(d)).toBe(false);
  });

  it('that too few took part in ends the attempt without blame, at once, wherever it was', () => {
    for (const [length, round, missing] of [
      [2, 'keys', [c, d]],
      [6, 'deal', [c, d]],
      [9, 'acknowledge', [b, c, d]],
    ] as const) {
      const board = replay(honest.log.slice(0, length));
      for (const from of [a, b, c]) board.receive(from, vote(round));
      expect(board.state).toEqual({ _tag: 'aborted', reason: { _tag: 'TooFew', round, missing } });
      expect(board.culprits).toEqual([]);
      for (const { from, bytes } of honest.log) board.receive(from, bytes);
      board.receive(d, writeEnvelope({ ceremonyId: setting.id, kind: round, body: Uint8Array.of(1) }));
      expect(board.state._tag).toBe('aborted');
      expect(board.culprits).toEqual([]);
    }
  });
});

it('T4: k acknowledgements do not move a key, nor those of whom one may lie; after k + f the liar may vanish', () => {
  // b says that it has a share, whatever it has, before anybody else does; d hears of nothing after it has dealt.
  const adversaries = new Map<ProcessId, Rsa>([[d, without('complain', 'acknowledge')]]);
  const { log, newShares, board } = runCeremony({ setting, shares: held.shares, adversaries });
  const acknowledgements = log
    .filter(({ bytes }) => readEnvelope(bytes)?.kind === 'acknowledge')
    .map(({ from }) => from);
  expect(acknowledgements).toEqual([a, b, c]);
  expect(replay(log.slice(0, -1)).state).toMatchObject({ _tag: 'running', awaited: [c, d] });
  const { publicKey } = committed({ board });
  expectSigns({ publicKey, shares: newShares }, ['a', 'c']);
});

it('a deal that falls makes all acknowledgements void, and those who made them acknowledge the next key', () => {
  const adversaries = new Map<ProcessId, Rsa>([[b, dealingBadSharesTo(c)]]);
  const { log, board } = runCeremony({ setting, shares: held.shares, adversaries });
  const at = log.findIndex(({ bytes }) => readEnvelope(bytes)?.kind === 'complain');
  expect(replay(log.slice(0, at)).state).toMatchObject({ awaited: [c, d] });
  expect(replay(log.slice(0, at + 1)).state).toMatchObject({ _tag: 'running', awaited: [a, b, c, d] });
  expect(log.slice(at + 1).map(({ from }) => from)).toContain(a);
  expect(board.state).toMatchObject({ _tag: 'committed', settlement: { dealers: [a, c, d] } });
});

describe('an attempt that fails', () => {
  it('leaves the old key as it was, and the next one succeeds', () => {
    const adversaries = new Map<ProcessId, Rsa>([
      [c, silent()],
      [d, silent()],
    ]);
    const failed = runCeremony({ setting, shares: held.shares, adversaries });
    // Two silent of four are more than the trust model has: nobody can even close a round.
    expect(failed.board.state._tag).toBe('running');
    expect(failed.newShares.size).toBe(0);
    expectSigns(held, ['a', 'b']);
    const voters: LogEntry[] = [a, b, c].map((from) => ({ from, bytes: vote('keys') }));
    for (const { from, bytes } of voters) failed.board.receive(from, bytes);
    expect(failed.board.state._tag).toBe('aborted');
    for (const participant of failed.participants.values()) expect(participant.messages()).toEqual([]);
    const retried = runCeremony({ setting: settingOf({ attempt: 2 }), shares: held.shares });
    expectSigns({ publicKey: committed(retried).publicKey, shares: retried.newShares }, ['a', 'b']);
    expect(signatureBy({ publicKey: held.publicKey, shares: retried.newShares }, ['a', 'b'])).toBeUndefined();
  });

  const vote = (kind: (typeof messageKinds)[number]) =>
    writeEnvelope({ ceremonyId: setting.id, kind: 'close', body: Uint8Array.of(messageKinds.indexOf(kind) + 1) });

  it('for want of honest dealers is one that nobody was fooled in', () => {
    const bad = new Map<ProcessId, Rsa>([
      [b, dealingAnotherSecret()],
      [c, dealingAnotherSecret(2n)],
      [d, without('deal')],
    ]);
    const { board } = runCeremony({ setting, shares: held.shares, adversaries: bad });
    expect(board.state).toEqual({ _tag: 'aborted', reason: { _tag: 'TooFew', round: 'deal', missing: [b, c, d] } });
    expect(new Set(board.culprits.map(({ process }) => process))).toEqual(new Set([b, c]));
    expect(nextAttempt(board)).toEqual({ attempt: 2, culprits: [b, c], absent: [] });
  });

  it('is tried again without culprits for good, without the silent while the others are enough', () => {
    const quotient = settingOf({ kind: 'reshare-quotient' });
    const first = runCeremony({
      setting: quotient,
      shares: held.shares,
      adversaries: new Map([[b, without<bigint, ShoupRsaPublicKey>('deal', 'masks', 'confirm')]]),
    });
    expect(first.board.state._tag).toBe('aborted');
    const second = nextAttempt(first.board);
    // Whoever was proven wrong elsewhere deals no more either; with two out only one would be left beside the silent.
    expect(nextAttempt(first.board, [d])).toEqual({ attempt: 2, culprits: [d], absent: [b] });
    expect(nextAttempt(first.board, [c, d])).toEqual({ attempt: 2, culprits: [c, d], absent: [] });
    expect(second).toEqual({ attempt: 2, culprits: [], absent: [b] });
    const again = settingOf({ kind: 'reshare-quotient', attempt: 2, absent: ['b'] });
    const cheated = runCeremony({
      setting: again,
      shares: held.shares,
      adversaries: new Map([[a, changing<bigint, ShoupRsaPublicKey>('deal', shorter)]]),
    });
    expect(cheated.board.state).toMatchObject({ _tag: 'aborted', reason: { _tag: 'CulpritNeeded', processes: [a] } });
    expect(nextAttempt(cheated.board)).toEqual({ attempt: 3, culprits: [a], absent: [b] });
    const third = settingOf({ kind: 'reshare-quotient', attempt: 3, culprits: ['a'], absent: ['b'] });
    const last = runCeremony({
      setting: third,
      shares: held.shares,
      adversaries: new Map([[c, without<bigint, ShoupRsaPublicKey>('deal', 'masks', 'confirm')]]),
    });
    // Without c nobody is left to deal with d: all but the culprit are asked again.
    expect(nextAttempt(last.board)).toEqual({ attempt: 4, culprits: [a], absent: [] });
    const done = runCeremony({ setting: third, shares: held.shares });
    expect(present(done.newShares.get(a), 'a culprit receives all the same').epoch).toBe(2);
    expectSigns({ publicKey: committed(done).publicKey, shares: done.newShares }, ['a', 'b']);
  });
});

describe('whatever the schedule and whoever cheats within the trust model', () => {
  const cheats: readonly ((victim: ProcessId) => Rsa)[] = [
    (victim) => dealingBadSharesTo(victim),
    () => dealingAnotherSecret(),
    () => silent(),
    () => without('deal'),
    () => without('complain', 'acknowledge'),
    () => changing('deal', (body) => flipped(body, -1)),
    () => changing('deal', shorter),
    () => changing('acknowledge', (body) => flipped(body, 3)),
    () => ({}),
  ];

  it('no honest process is blamed, the key moves, and every receiver that acknowledged signs', () => {
    const scene = fc.record({
      kind: fc.constantFrom('refresh' as const, 'reshare-plain' as const),
      cheat: fc.constantFrom(...cheats),
      cheater: fc.constantFrom(a, b, c, d),
      victim: fc.constantFrom(a, b, c, d),
      turns: fc.infiniteStream(fc.nat(1000)),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(scene, ({ kind, cheat, cheater, victim, turns, seed }) => {
        const schedule = () => turns.next().value as number;
        const moved = settingOf({ kind });
        const adversaries = new Map([[cheater, cheat(victim)]]);
        const outcome = runCeremony({ setting: moved, shares: held.shares, adversaries, schedule, seed });
        expect(outcome.culprits.filter((process) => process !== cheater)).toEqual([]);
        const { publicKey } = committed(outcome);
        const able = [...outcome.newShares.keys()].filter((process) => process !== cheater);
        expect(able.length).toBeGreaterThanOrEqual(2);
        expectSigns({ publicKey, shares: outcome.newShares }, able.slice(0, 2));
      }),
      { numRuns: 12 },
    );
  });
});

describe('an entry', () => {
  /** A refresh in which b deals badly to d and is found out, and c complains of everybody. */
  const tampered = new Map<ProcessId, Rsa>([[b, dealingBadSharesTo(d)]]);
  const { log } = runCeremony({ setting, shares: held.shares, adversaries: tampered });
  const noise = log.flatMap(({ from, bytes }, index): readonly LogEntry[] => {
    const { id: ceremonyId, dealers } = setting;
    const secret = new Uint8Array(32).fill(index);
    const complaint = writeComplaint(dealers, { dealer: present(dealers[index % 4], 'a dealer'), secret });
    return [
      { from, bytes },
      { from, bytes: Uint8Array.from(bytes) },
      { from: id('x'), bytes: writeEnvelope({ ceremonyId, kind: 'close', body: Uint8Array.of(index % 9) }) },
      { from: c, bytes: writeEnvelope({ ceremonyId, kind: 'complain', body: complaint }) },
      { from, bytes: writeEnvelope({ ceremonyId, kind: 'acknowledge', body: new Uint8Array(32) }) },
    ];
  });

  it('of which nothing came can be left out, and what comes of the others is the same', () => {
    const [full, lean] = [new CeremonyBoard(setting), new CeremonyBoard(setting)];
    const useful = noise.filter(({ from, bytes }, position) => full.receive(from, bytes, position));
    expect(useful.length).toBeLessThan(log.length + 4);
    expect(useful.length).toBeGreaterThanOrEqual(log.length);
    for (const { from, bytes } of useful) {
      expect(
        lean.receive(
          from,
          bytes,
          noise.findIndex((entry) => entry.from === from && entry.bytes === bytes),
        ),
      ).toBe(true);
    }
    expect(summary(lean)).toBe(summary(full));
    expect(new Set(full.culprits.map(({ process }) => process))).toEqual(new Set([b, c]));
    expect(lean.transcript.dealt).toEqual(full.transcript.dealt);
  });

  it('came to something if it costs its sender the ear of the others, even where it was proven wrong before', () => {
    const board = replay(log);
    const complaint = { dealer: a, secret: new Uint8Array(32).fill(1) };
    const body = writeComplaint(setting.dealers, complaint);
    const bytes = writeEnvelope({ ceremonyId: setting.id, kind: 'complain', body });
    expect([board.receive(b, bytes), board.receive(b, bytes)]).toEqual([true, false]);
    expect(board.culprits.map(({ process }) => process)).toEqual([b]);
  });

  it('is never longer than the present round takes, if it is an honest one', () => {
    const board = new CeremonyBoard(setting);
    for (const { from, bytes } of honest.log) {
      expect(bytes.length).toBeLessThanOrEqual(board.maxMessageLength);
      board.receive(from, bytes);
    }
  });
});
