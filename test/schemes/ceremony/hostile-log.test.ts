/** Whatever stands in the log, in whatever order, and whoever starts again: boards agree, and nobody honest is blamed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { empty, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { CeremonyBoard } from '../../../src/schemes/ceremony/board.js';
import { refreshRules } from '../../../src/schemes/ceremony/kinds/refresh.js';
import { blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import { nextAttempt } from '../../../src/schemes/ceremony/next-attempt.js';
import { CeremonyParticipant, type PendingShare } from '../../../src/schemes/ceremony/participant.js';
import { dealRound } from '../../../src/schemes/ceremony/rounds/deal-round.js';
import { readEnvelope, writeEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import { firstRound } from '../../../src/schemes/ceremony/rounds/kind-rounds.js';
import { kindByte, messageKinds } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { settlementRound } from '../../../src/schemes/ceremony/rounds/settlement-round.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import { Transcript } from '../../../src/schemes/ceremony/transcript.js';
import type { ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import { type Adversary, begun, ceremonyRules, type LogEntry, runCeremony } from '../../support/ceremony.js';
import { seededRandom } from '../../support/seeded-random.js';
import { policy, trust } from '../../support/trust.js';
import { changing, complainingOf, dealingBadSharesTo, longer } from './adversaries.js';
import { expectSigns, id, type Move, rsaKey, rsaSetting, type Shares } from './keys.js';

type AnySetting = CeremonySetting<unknown, { readonly epoch: number }>;
type AnyBoard = CeremonyBoard<unknown, { readonly epoch: number }>;
type Rsa = Adversary<bigint, ShoupRsaPublicKey>;

const model = 'f=1 of (a, b, c, d)';
const rule = '2 of (a, b, c, d)';
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id) as [ProcessId, ProcessId, ProcessId, ProcessId];
const rsa = rsaKey(rule);
const rsaMove = (kind: Move['kind'], move: Partial<Move> = {}) =>
  rsaSetting(rsa.publicKey, { kind, trust: model, ...move });

function generation(attempt = 1) {
  const nothing = { context: empty, attempt, culprits: [], absent: [] };
  const plan = { suite: 'min-pk-pop', usage: 'document', policy: policy(rule), epoch: 1, ...nothing } as const;
  return begun(blsGeneration(plan, ceremonyRules(trust(model), policy(rule))));
}

const settings = {
  refresh: rsaMove('refresh'),
  'reshare-plain': rsaMove('reshare-plain'),
  'reshare-quotient': rsaMove('reshare-quotient'),
  generate: generation(),
  accept: rsaMove('accept'),
} as const;

type Kind = keyof typeof settings;

const kinds = Object.keys(settings) as Kind[];

/** The ceremony of a kind, whatever its group. */
function settingOf(kind: Kind): { readonly setting: AnySetting; readonly shares: Shares } {
  const setting = settings[kind] as unknown as AnySetting;
  return { setting, shares: kind === 'generate' ? new Map() : rsa.shares };
}

/** All that a board comes to, but for positions. */
function summary({ state, culprits, transcript }: AnyBoard): readonly unknown[] {
  const said =
    state._tag === 'committed'
      ? [toHex(state.settlement.key.digest), toHex(state.settlement.acknowledgement), state.unacknowledged]
      : state._tag === 'aborted'
        ? state.reason
        : [state.round.kinds, state.awaited];
  return [state._tag, said, culprits.map(({ process, fault }) => [process, fault]), toHex(transcript.dealt)];
}

function fed(setting: AnySetting, log: readonly LogEntry[]): AnyBoard {
  const board = new CeremonyBoard(setting);
  for (const { from, bytes } of log) board.receive(from, bytes);
  return board;
}

const kindOf = ({ bytes }: LogEntry) => present(readEnvelope(bytes), 'a message').kind;

const honest = Object.fromEntries(kinds.map((kind) => [kind, runCeremony(settingOf(kind)).log] as const)) as Readonly<
  Record<Kind, readonly LogEntry[]>
>;

/** What changes nothing where it stands: at a place of the log, entries to put before it. */
function noise(kind: Kind, seed: number): (at: number) => readonly LogEntry[] {
  const log = honest[kind];
  const { setting } = settingOf(kind);
  const random = seededRandom(seed);
  const pick = <A>(items: readonly A[]): A | undefined => items[(random(2)[0] ?? 0) % Math.max(1, items.length)];
  const others = kinds.filter((other) => other !== kind).flatMap((other) => honest[other]);
  const junk = (length: number) =>
    messageKinds.map((each) => writeEnvelope({ ceremonyId: setting.id, kind: each, body: new Uint8Array(length) }));
  return (at) => {
    const isTooEarly = (entry: LogEntry) => at < log.findIndex((each) => kindOf(each) === kindOf(entry));
    const isSingle = (entry: LogEntry) => !['acknowledge', 'complain'].includes(kindOf(entry));
    return [
      pick(log.filter(isTooEarly)),
      pick(log.slice(0, at).filter(isSingle)),
      pick(log.slice(0, at)),
      pick(others),
      { from: id('x'), bytes: pick(log)?.bytes ?? empty },
      { from: id('x'), bytes: pick(junk(100_000)) ?? empty },
      { from: id('x'), bytes: writeEnvelope({ ceremonyId: setting.id, kind: 'close', body: Uint8Array.of(1) }) },
      { from: a, bytes: random(40) },
      { from: a, bytes: utf8('x') },
      { from: a, bytes: empty },
    ].filter((entry): entry is LogEntry => entry !== undefined);
  };
}

describe('a log with entries out of order, from outsiders, twice, of other ceremonies, too long, and after the end', () => {
  it.each(kinds)('comes to what it comes to without them: %s', (kind) => {
    const { setting } = settingOf(kind);
    const expected = summary(fed(setting, honest[kind]));
    expect(expected.slice(0, 3)).toMatchObject(['committed', [expect.anything(), expect.anything(), []], []]);
    for (const seed of [1, 2, 3]) {
      const before = noise(kind, seed);
      const log = honest[kind].flatMap((entry, at) => [...before(at), entry]);
      const board = fed(setting, log);
      expect(summary(board)).toEqual(expected);
      for (const entry of [...honest[kind], ...before(honest[kind].length)]) board.receive(entry.from, entry.bytes);
      for (const from of [a, b, c, d]) {
        for (const voted of messageKinds) {
          const body = Uint8Array.of(kindByte(voted));
          board.receive(from, writeEnvelope({ ceremonyId: setting.id, kind: 'close', body }));
        }
      }
      expect(summary(board)).toEqual(expected);
    }
  });
});

/** Logs with cheats of several sorts in them: who cheats, and how. */
const cheats: readonly (readonly ['refresh' | 'reshare-plain' | 'reshare-quotient', ProcessId, Rsa])[] = [
  ['refresh', b, dealingBadSharesTo(c)],
  ['reshare-plain', b, complainingOf(a, new Uint8Array(32).fill(1))],
  ['reshare-quotient', b, changing('confirm', longer)],
  ['reshare-quotient', a, changing('masks', longer)],
  ['refresh', b, changing('keys', longer)],
];

const hostile = cheats.map(([kind, cheater, adversary]) => {
  const schedule = (waiting: number) => waiting - 1;
  const adversaries = new Map([[cheater, adversary]]);
  const { log, culprits } = runCeremony({ setting: settings[kind], shares: rsa.shares, schedule, adversaries });
  expect([kind, culprits]).toEqual([kind, [cheater]]);
  return { setting: settingOf(kind).setting, log };
});

it('boards end equal that were fed one log: at once, in pieces, asked in between, or begun again from the start', () => {
  const run = fc.record({ at: fc.constantFrom(...hostile), cuts: fc.array(fc.nat(40), { maxLength: 6 }) });
  fc.assert(
    fc.property(run, ({ at: { setting, log }, cuts }) => {
      const whole = fed(setting, log);
      const asked = new CeremonyBoard(setting);
      const watcher = new CeremonyParticipant(asked, {
        me: id('x'),
        share: undefined,
        claim: () => true,
        random: seededRandom(1),
      });
      for (const [at, { from, bytes }] of log.entries()) {
        if (cuts.includes(at)) {
          expect(summary(fed(setting, log.slice(0, at)))).toEqual(summary(asked));
          expect(nextAttempt(asked).attempt).toBe(2);
          expect(watcher.messages()).toEqual([]);
        }
        asked.receive(from, Uint8Array.from(bytes));
      }
      expect(summary(asked)).toEqual(summary(whole));
      expect(asked.culprits).toEqual(whole.culprits);
    }),
    { numRuns: 12 },
  );
});

/** Runs a ceremony in which `b` starts anew before the entry at `place`, from nothing but its old share and its claims. */
function restarted(kind: Kind, place: number, isClaimLost: boolean) {
  const { setting, shares } = settingOf(kind);
  const board = new CeremonyBoard(setting);
  const claims = new Set<string>();
  const start = (me: ProcessId, seed: number) => {
    const claim = (ceremonyId: Uint8Array) => {
      const name = `${me} ${toHex(ceremonyId)}`;
      const isNew = isClaimLost || !claims.has(name);
      claims.add(name);
      return isNew;
    };
    return new CeremonyParticipant(board, { me, share: shares.get(me), claim, random: seededRandom(seed) });
  };
  const participants = new Map([a, b, c, d].map((me, index) => [me, start(me, index)] as const));
  const log: LogEntry[] = [];
  const post = (from: ProcessId, bytes: Uint8Array): void => {
    if (log.length === place) participants.set(b, start(b, 99));
    log.push({ from, bytes });
    board.receive(from, bytes);
  };
  const speak = (): boolean => {
    const said = [...participants].flatMap(([from, each]) => each.messages().map((bytes) => [from, bytes] as const));
    for (const [from, bytes] of said) post(from, bytes);
    return said.length > 0;
  };
  for (let turn = 0; turn < 30 && (speak() || board.state._tag === 'running'); turn++) {
    if (speak() || board.state._tag !== 'running') continue;
    for (const [from, each] of participants) {
      const vote = each.voteToClose();
      if (vote !== undefined) post(from, vote);
    }
  }
  return { board, log, newShare: participants.get(b)?.newShare };
}

describe('T11: a participant that starts again before any entry of the log', () => {
  it.each(kinds)('says nothing more, and is blamed for nothing, even where its claim was lost: %s', (kind) => {
    for (let place = 0; place <= honest[kind].length; place++) {
      for (const isClaimLost of place % 4 === 1 ? [false, true] : [true]) {
        const { board, log, newShare } = restarted(kind, place, isClaimLost);
        expect(board.culprits).toEqual([]);
        expect(board.state._tag).not.toBe('running');
        const saidAnew = log.slice(place).filter((entry) => entry.from === b && kindOf(entry) !== 'close');
        const firsts = new Set(saidAnew.map(kindOf));
        // What it had said already it says never again; a share it has only where it began before it had said anything.
        const saidBefore = new Set(
          log
            .slice(0, place)
            .filter((entry) => entry.from === b)
            .map(kindOf),
        );
        if (kind !== 'accept') expect([...firsts].some((each) => saidBefore.has(each))).toBe(false);
        if (board.state._tag === 'committed')
          expect(newShare?.epoch ?? board.setting.terms.nextEpoch).toBe(board.setting.terms.nextEpoch);
      }
    }
  });
});

it('T11: a dealer that receives nothing deals once, even where its claim was lost', () => {
  const setting = rsaMove('reshare-plain', { next: '2 of (c, d, e, f)', nextTrust: 'f=1 of (c, d, e, f)' });
  const { log } = runCeremony({ setting, shares: rsa.shares });
  const dealt = log.findIndex((entry) => entry.from === a);
  const board = new CeremonyBoard(setting);
  const messages = () => {
    const options = { me: a, share: rsa.shares.get(a), claim: () => true, random: seededRandom(5) };
    return new CeremonyParticipant(board, options).messages();
  };
  for (const { from, bytes } of log.slice(0, dealt)) board.receive(from, bytes);
  expect(messages()).toHaveLength(1);
  board.receive(a, present(log[dealt], 'a deal').bytes);
  expect(board.state).toMatchObject({ _tag: 'running', round: { kinds: ['deal'] } });
  expect(messages()).toEqual([]);
});

it('T11: a share that was made durable before it was acknowledged is the next one, even after a restart', () => {
  const setting = settings.refresh;
  const board = new CeremonyBoard(setting);
  const participants = new Map(
    [a, b, c, d].map((me, index) => {
      const random = seededRandom(index);
      return [
        me,
        new CeremonyParticipant(board, { me, share: rsa.shares.get(me), claim: () => true, random }),
      ] as const;
    }),
  );
  const durable = new Map<ProcessId, PendingShare>();
  for (let turn = 0; turn < 4; turn++) {
    for (const [from, participant] of participants) {
      for (const bytes of participant.messages()) {
        const { pendingShare } = participant;
        expect(pendingShare !== undefined).toBe(
          kindOf({ from, bytes }) === 'acknowledge' && board.state._tag === 'running',
        );
        if (pendingShare !== undefined) durable.set(from, pendingShare);
        board.receive(from, bytes);
      }
    }
  }
  const { state } = board;
  if (state._tag !== 'committed') throw new Error('committed');
  expect([...durable.keys()]).toEqual([a, b, c]);
  const { publicKey } = state.settlement.key;
  const shares = new Map([...durable].map(([process, { share }]) => [process, share]));
  for (const { acknowledgement } of durable.values()) expect(acknowledgement).toEqual(state.settlement.acknowledgement);
  expectSigns({ publicKey, shares }, ['a', 'b']);
  for (const [process, participant] of participants) {
    participant.messages();
    expect(participant.pendingShare).toBeUndefined();
    if (durable.has(process)) expect(participant.newShare?.rows).toEqual(durable.get(process)?.share.rows);
  }
});

describe('a round', () => {
  it('changes nothing of the transcript when it is made, only when it begins', () => {
    const setting = settings.refresh;
    const transcript = new Transcript<bigint, ShoupRsaPublicKey>(setting.id);
    const rules = refreshRules(setting);
    const dealing = dealRound(setting, transcript, rules);
    const settling = settlementRound(setting, transcript, rules);
    firstRound(settings.accept, transcript);
    expect(transcript).toEqual(new Transcript(setting.id));
    dealing.begin?.();
    expect(transcript.rules).toBe(rules);
    expect(transcript.settled).toBeUndefined();
    settling.begin?.();
    expect(transcript.settled).toMatchObject({ _tag: 'Left', left: { _tag: 'TooFew' } });
  });
});
