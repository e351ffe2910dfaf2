/** What ceremonies are said to put on the log, against what real ones do. */
import { describe, expect, it } from 'vitest';
import { empty } from '../../../src/prelude/bytes.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { messageLengths, messageSizes } from '../../../src/schemes/ceremony/ceremony-size.js';
import { blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { MessageKind } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import type { ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import {
  type Adversary,
  begun,
  ceremonyRules,
  committed,
  type LogEntry,
  runCeremony,
  silent,
} from '../../support/ceremony.js';
import { policy, trust } from '../../support/trust.js';
import { complainingOf } from './adversaries.js';
import { blsKey, blsSetting, id, rsaKey, rsaSetting, type Shares } from './keys.js';

type Rsa = Adversary<bigint, ShoupRsaPublicKey>;

const members = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`).join(', ');

/** The policy of a key, the one that it is moved to, and a trust model for both. */
const scenes = {
  four: ['2 of (a, b, c, d)', '3 of (a, b, c, d)', 'f=1 of (a, b, c, d)'],
  nested: [
    '2 of (2 of (a, b, c), 2 of (d, e, f), all of (a, f))',
    'all of (any of (a, b, c), any of (d, e, f))',
    'f=0 of (a, b, c, d, e, f)',
  ],
  weighted: [
    'weight >= 6 of (a*4, b*3, c*2, d*1, e*1)',
    'weight >= 3 of (a*2, b*1, c*2, d*1, e*1)',
    'f=1 of (a, b, c, d, e)',
  ],
  shared: ['any of (a, all of (b, c, d))', '2 of (a, b, c, d)', 'f=0 of (a, b, c, d)'],
  every: ['all of (a, b, c, d)', '2 of (a, b, c)', 'f=0 of (a, b, c, d)'],
  ten: [`4 of (${members(10)})`, `2 of (${members(9)})`, `f=2 of (${members(10)})`],
  twenty: [`3 of (${members(20)})`, `2 of (${members(18)})`, `f=1 of (${members(20)})`],
} as const;

type Scene = keyof typeof scenes;

/** By kind, from the longest to the shortest. */
function lengthsOf(log: readonly LogEntry[]): ReadonlyMap<MessageKind, readonly number[]> {
  const lengths = new Map<MessageKind, number[]>();
  for (const { bytes } of log) {
    const kind = readEnvelope(bytes)?.kind;
    if (kind === undefined || kind === 'close') continue;
    lengths.set(
      kind,
      [...(lengths.get(kind) ?? []), bytes.length].sort((one, other) => other - one),
    );
  }
  return lengths;
}

/** Whether each message is at most as long as one that was promised, one by one from the longest down. */
function expectPromised<G, Key>(setting: CeremonySetting<G, Key>, log: readonly LogEntry[]): void {
  const promised = messageLengths(setting);
  for (const [kind, actual] of lengthsOf(log)) {
    const most = [...(promised.get(kind) ?? [])].sort((one, other) => other - one);
    expect([kind, actual.length <= most.length]).toEqual([kind, true]);
    for (const [index, length] of actual.entries()) {
      expect([kind, length, length <= (most[index] ?? 0)]).toEqual([kind, length, true]);
    }
  }
}

/** Runs it with everybody, and holds what was posted against what was said before, from both sides. */
function expectTight<G, Key>(setting: CeremonySetting<G, Key>, shares: Shares, slack: number): void {
  const outcome = runCeremony({ setting, shares });
  committed(outcome);
  expectPromised(setting, outcome.log);
  const { longest, total } = messageSizes(setting);
  const lengths = [...lengthsOf(outcome.log).values()].flat();
  expect(longest).toBeLessThanOrEqual(Math.ceil(Math.max(...lengths) * slack));
  expect(total).toBeLessThanOrEqual(Math.ceil(lengths.reduce((sum, length) => sum + length, 0) * slack));
}

const moved = (scene: Scene) => ({ trust: scenes[scene][2], next: scenes[scene][1] });

describe('what a ceremony puts on the log is what was promised', () => {
  it.each(Object.keys(scenes) as Scene[])('a refresh: %s', (scene) => {
    const { publicKey, shares } = rsaKey(scenes[scene][0]);
    expectTight(rsaSetting(publicKey, { kind: 'refresh', trust: scenes[scene][2] }), shares, 1);
  });

  it.each(['four', 'nested', 'weighted', 'shared', 'ten'] as const)('a plain reshare: %s', (scene) => {
    const { publicKey, shares } = rsaKey(scenes[scene][0]);
    // Rows are dealt in ranges of different widths, and counted in the widest.
    expectTight(rsaSetting(publicKey, { kind: 'reshare-plain', ...moved(scene) }), shares, 1.05);
  });

  it.each([
    ['every', 1.005],
    // A qualified set with fewer contributors than there may be puts less on the log.
    ['four', 1.35],
    ['nested', 1.6],
    ['weighted', 2.3],
    ['twenty', 1.35],
  ] as const)('a masked quotient: %s', (scene, slack) => {
    const { publicKey, shares } = rsaKey(scenes[scene][0]);
    const setting = rsaSetting(publicKey, { kind: 'reshare-quotient', ...moved(scene) });
    expectTight(setting, shares, slack);
    expect([...messageLengths(setting).keys()]).toEqual(['keys', 'masks', 'confirm', 'deal', 'acknowledge']);
  });

  it.each(['four', 'weighted', 'twenty'] as const)('bls: %s', (scene) => {
    const [text, next, model] = scenes[scene];
    const { publicKey, shares } = blsKey(text);
    expectTight(blsSetting(publicKey, { kind: 'refresh', trust: model }), shares, 1);
    if (scene !== 'twenty')
      expectTight(blsSetting(publicKey, { kind: 'reshare-plain', trust: model, next }), shares, 1);
  });

  it('a generation', () => {
    const rule = policy(scenes.weighted[0]);
    const nothing = { context: empty, attempt: 1, culprits: [], absent: [] };
    const plan = { suite: 'min-pk-pop', usage: 'document', policy: rule, epoch: 1, ...nothing } as const;
    expectTight(begun(blsGeneration(plan, ceremonyRules(trust(scenes.weighted[2]), rule))), new Map(), 1);
  });
});

describe('no quotient puts more on the log than was promised', () => {
  it.each(['four', 'nested', 'weighted', 'shared'] as const)('whoever does not announce a key: %s', (scene) => {
    const { publicKey, shares } = rsaKey(scenes[scene][0]);
    const setting = rsaSetting(publicKey, { kind: 'reshare-quotient', ...moved(scene) });
    const { processes } = setting.rules.dealers;
    const { universe } = setting.rules.receivers;
    const rules = {
      dealers: {
        processes,
        containsCorrect: () => true,
        isRecoveryQuorum: (set: ProcessSet) => set.size >= processes.size - 1,
      },
      receivers: { universe, isCommitQuorum: () => true },
    };
    const counts = setting.dealers.map((missing) => {
      const adversaries = new Map<ProcessId, Rsa>([[missing, silent()]]);
      const { log, board } = runCeremony({ setting: { ...setting, rules }, shares, adversaries });
      expectPromised(setting, log);
      expect([missing, board.state._tag]).toEqual([missing, 'committed']);
      return board.transcript.quotient?.plan.contributors.length;
    });
    if (scene === 'shared') expect(new Set(counts)).toEqual(new Set([1, 3]));
  });

  it('nor is a message longer for the complaints that are in it', () => {
    const { publicKey, shares } = rsaKey(scenes.four[0]);
    const setting = rsaSetting(publicKey, { kind: 'refresh', trust: scenes.four[2] });
    const adversaries = new Map<ProcessId, Rsa>([[id('b'), complainingOf(id('a'), new Uint8Array(32).fill(7))]]);
    const { log } = runCeremony({ setting, shares, adversaries });
    expect(Math.max(...log.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(messageSizes(setting).longest);
  });
});
