/** What ceremonies are begun, with which sizes, and what they come to for those who were not there. */
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E, type Either } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import { canonicalPolicy } from '../../../src/quorum/policy/policy-digest.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import { blsCeremony, blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import { CeremonyBoard } from '../../../src/schemes/ceremony/board.js';
import { messageSizes } from '../../../src/schemes/ceremony/ceremony-size.js';
import { CeremonyRegister, generationId } from '../../../src/schemes/ceremony/ceremony-register.js';
import { envelopeLength, readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import { type CeremonyPlan, checkPlan } from '../../../src/schemes/ceremony/plan.js';
import { shoupRsaCeremony } from '../../../src/schemes/ceremony/moves/rsa-ceremony.js';
import { secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { shareBounds } from '../../../src/schemes/sharing/bounds.js';
import { coefficientBits, rowShifts } from '../../../src/schemes/sharing/hiding.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { isInRange } from '../../../src/schemes/sharing/ranges.js';
import { keyIdOf, type ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import { type Adversary, begun, ceremonyRules, committed, type LogEntry, runCeremony } from '../../support/ceremony.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../../support/seeded-random.js';
import { policy, trust } from '../../support/trust.js';
import { safePrimes512, safePrimes1024 } from '../../support/rsa-keys.js';
import { commitmentTo, generationRules, proveKnowledge } from '../../../src/schemes/ceremony/kinds/generation.js';
import type { CeremonyTerms } from '../../../src/schemes/ceremony/terms.js';
import { Transcript } from '../../../src/schemes/ceremony/transcript.js';
import type { BlsPublicKey } from '../../../src/schemes/bls/key.js';
import { complainingOf, dealingBadSharesTo, flipped } from './adversaries.js';
import { blsKey, blsSetting, expectSigns, id, rsaKey, rsaSetting } from './keys.js';

const model = 'f=1 of (a, b, c, d)';
const flat = '2 of (a, b, c, d)';
const rsa = rsaKey(flat);
const bls = blsKey(flat);

const left = <L>(made: Either<L, unknown>): L | undefined => (E.isLeft(made) ? made.left : undefined);

function refused(key: ShoupRsaPublicKey, change: Partial<CeremonyPlan<ShoupRsaPublicKey>>) {
  const nothing = { context: utf8('test'), attempt: 1, culprits: [], absent: [] };
  const plan = { kind: 'refresh', key, nextEpoch: key.epoch + 1, ...nothing, ...change } as const;
  return left(shoupRsaCeremony(plan, ceremonyRules(trust(model), plan.nextPolicy ?? key.policy), seededRandom(1)));
}

describe('a plan', () => {
  it('of a key that is none, or an epoch that is not later, is refused', () => {
    expect(refused({ ...rsa.publicKey, commitments: rsa.publicKey.commitments.slice(1) }, {})).toMatchObject({
      _tag: 'BadKey',
    });
    expect(refused({ ...rsa.publicKey, secretScale: 2n }, {})).toMatchObject({ _tag: 'BadKey' });
    expect(refused({ ...rsa.publicKey, modulus: 23n * safePrimes1024.p }, {})).toEqual({
      _tag: 'BadKey',
      reason: { _tag: 'SmallFactor' },
    });
    for (const nextEpoch of [0, 1]) {
      expect(refused(rsa.publicKey, { nextEpoch })).toEqual({ _tag: 'EpochNotLater', epoch: 1, nextEpoch });
    }
    expect(refused(rsa.publicKey, { kind: 'accept' })).toMatchObject({ _tag: 'EpochNotLater' });
    expect(refused(rsa.publicKey, {})).toBeUndefined();
  });

  it('whose attempt or epoch is no number to write is refused, and thrown at nobody', () => {
    const rules = ceremonyRules(trust(model), policy(flat));
    const rest = { context: utf8(''), culprits: [], absent: [] };
    const made = { suite: 'min-pk-pop', usage: 'document', policy: policy(flat), ...rest } as const;
    const moved = { kind: 'refresh', key: bls.publicKey, ...rest } as const;
    for (const value of [1.5, -1, 0, 2 ** 60, Infinity, NaN]) {
      const bad = { _tag: 'BadNumber', name: 'attempt', value };
      expect(refused(rsa.publicKey, { attempt: value })).toEqual(bad);
      expect(left(blsCeremony({ ...moved, nextEpoch: 2, attempt: value }, rules))).toEqual(bad);
      expect(left(blsGeneration({ ...made, epoch: 1, attempt: value }, rules))).toEqual(bad);
    }
    for (const value of [2.5, -1, 2 ** 60, Infinity, NaN]) {
      const bad = { _tag: 'BadNumber', name: 'epoch', value };
      expect(refused(rsa.publicKey, { nextEpoch: value })).toEqual(bad);
      expect(left(blsCeremony({ ...moved, nextEpoch: value, attempt: 1 }, rules))).toEqual(bad);
      expect(left(blsGeneration({ ...made, epoch: value, attempt: 1 }, rules))).toEqual(bad);
    }
    const largest = Number.MAX_SAFE_INTEGER;
    expect(refused(rsa.publicKey, { attempt: largest, nextEpoch: largest })).toBeUndefined();
  });

  it('T12: of shares that are residues is only a plain reshare, refused before anything is posted', () => {
    const { publicKey } = rsaKey(flat, { sharing: 'modular' });
    for (const kind of ['refresh', 'reshare-quotient'] as const) {
      expect(refused(publicKey, { kind })).toEqual({ _tag: 'SharesAreResidues', kind });
    }
    expect(refused(publicKey, { kind: 'reshare-plain' })).toBeUndefined();
    const sole = refused(publicKey, { kind: 'reshare-plain', nextPolicy: policy('any of (a, 2 of (b, c, d))') });
    expect(sole).toMatchObject({ _tag: 'SoleHolderOfResidues' });
  });

  it('of primes that are not known to be safe is only a plain reshare', () => {
    const { publicKey } = rsaKey(flat, { material: { _tag: 'imported-primes', ...safePrimes512 } });
    for (const kind of ['refresh', 'reshare-quotient'] as const) {
      expect(refused(publicKey, { kind })).toMatchObject({
        _tag: 'PrimesNotKnownSafe',
      });
    }
    expect(refused(publicKey, { kind: 'reshare-plain' })).toBeUndefined();
  });

  it('T16: of an exponent that would divide what combining undoes is refused', () => {
    const cubed = rsaKey('all of (a, b, c, d)', { exponent: 3n }).publicKey;
    expect(refused(cubed, { kind: 'reshare-plain' })).toBeUndefined();
    for (const kind of ['reshare-plain', 'reshare-quotient'] as const) {
      expect(refused(cubed, { kind, nextPolicy: policy(flat) })).toMatchObject({
        _tag: 'BadNextPolicy',
        reason: { _tag: 'BadExponent' },
      });
    }
    // From a policy with a scale of 3 a plain reshare leaves D0 divisible by 3, whatever the next policy.
    const threshold = { ...rsa.publicKey, exponent: 3n };
    expect(refused(threshold, { kind: 'reshare-plain', nextPolicy: policy('all of (a, b)') })).toMatchObject({
      _tag: 'BadKey',
    });
  });

  it('of a scale or a size beyond all use is refused', () => {
    const many = Array.from({ length: 255 }, (_, index) => `m${index}`).join(', ');
    const wide = { kind: 'reshare-plain', nextPolicy: policy(`any of (a, 100 of (${many}))`) } as const;
    expect(refused(rsa.publicKey, wide)).toBeUndefined();
    const big = dealBls({
      policy: policy(`130 of (${many})`),
      universe: new Universe(policyMembers(policy(`1 of (${many})`))),
      usage: 'document',
      epoch: 1,
      random: seededRandom(1),
    });
    const plan = {
      kind: 'refresh',
      key: right(big).publicKey,
      nextEpoch: 2,
      context: utf8(''),
      attempt: 1,
      culprits: [],
      absent: [],
    } as const;
    expect(left(blsCeremony(plan, ceremonyRules(trust(model), plan.key.policy)))).toMatchObject({
      _tag: 'CeremonyTooLarge',
      limit: 'maxElementCount',
      found: 255 * 130,
      max: 2 ** 14,
    });
  });

  it('that would flood the log, or cost too much to judge, is refused', () => {
    const names = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(', ');
    const thousand = policy(`any of (${['p', 'q', 'r', 's'].map((p) => `any of (${names(p, 250)})`).join(', ')})`);
    const rest = { context: utf8(''), attempt: 1, culprits: [], absent: [] };
    const made = { suite: 'min-pk-pop', usage: 'document', policy: thousand, epoch: 1, ...rest } as const;
    const rules = ceremonyRules(trust(model), policy(flat));
    // KEYS, COMMIT, a DEAL with one commitment, a proof of knowledge and a box for everybody, and an acknowledgement.
    const each = 33 + 32 * 1000 + (33 + 32) + (33 + 48 + 80 + 1000 * (48 + 32)) + (33 + 32);
    expect(left(blsGeneration(made, rules))).toEqual({
      _tag: 'CeremonyTooLarge',
      limit: 'maxTotalBytes',
      found: 1000 * each,
      max: 2 ** 26,
    });
    expect(left(blsGeneration({ ...made, policy: policy(`2 of (${names('m', 200)})`) }, rules))).toBeUndefined();
    const pairs = Array.from({ length: 250 }, (_, index) => `all of (a, m${index})`).join(', ');
    const sole = rsaKey(`any of (${pairs})`).publicKey;
    expect(refused(sole, { kind: 'reshare-plain', nextPolicy: thousand })).toMatchObject({
      _tag: 'CeremonyTooLarge',
      limit: 'maxMessageBytes',
      max: 2 ** 24,
    });
    expect(refused(sole, { kind: 'reshare-plain', nextPolicy: policy('weight >= 20 of (a*100, b*1)') })).toEqual({
      _tag: 'CeremonyTooLarge',
      limit: 'maxBoxPowers',
      found: 250 * 20 * 20,
      max: 2 ** 13,
    });
    expect(refused(sole, { kind: 'reshare-plain', nextPolicy: policy(flat) })).toBeUndefined();
  });

  it('that would make shares longer than any key may have is refused, but not the quotient, which shortens them', () => {
    const { ranges } = rsa.publicKey;
    if (ranges._tag !== 'integers') throw new Error('integers');
    const lengthened = (bits: number, less: bigint) => {
      const coefficients = { low: 0n, high: (1n << BigInt(bits)) - less };
      return { ...rsa.publicKey, ranges: { ...ranges, coefficients } };
    };
    // d's share is up to 4 times a coefficient, and moved to between 4 and 5 times a power of 2 above that. So no more than
    // 2^600 or so has room here.
    const longest = lengthened(2 ** 14 - 5, 1n << 600n);
    expect(refused(longest, { kind: 'accept', nextEpoch: 1 })).toBeUndefined();
    const longer = { _tag: 'BadKey', reason: { _tag: 'BadRanges' } };
    expect(refused(lengthened(2 ** 14 - 5, 0n), { kind: 'accept', nextEpoch: 1 })).toEqual(longer);
    for (const kind of ['refresh', 'reshare-plain'] as const) {
      expect(refused(longest, { kind })).toEqual({ _tag: 'SharesTooLong' });
      expect(refused(lengthened(2 ** 14 - 100, 0n), { kind })).toBeUndefined();
    }
    expect(refused(longest, { kind: 'reshare-quotient' })).toBeUndefined();
  });

  it('counts the bytes that are posted, and no fewer', () => {
    for (const kind of ['refresh', 'reshare-plain'] as const) {
      const setting = rsaSetting(rsa.publicKey, { kind, trust: model });
      const { log } = runCeremony({ setting, shares: rsa.shares });
      expect(messageSizes(setting)).toEqual({
        longest: Math.max(...log.map(({ bytes }) => bytes.length)),
        total: log.reduce((sum, { bytes }) => sum + bytes.length, 0),
      });
    }
  });

  it('counts the masks of those who contribute to a quotient, and no others', () => {
    const names = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(', ');
    const sharings = [`all of (${names('m', 180)})`, `all of (${names('m', 181)})`, `2 of (${names('m', 200)})`].map(
      (text) => right(compile(canonicalPolicy(policy(text)), integers)),
    );
    const next = right(compile(policy('any of (a, b)'), integers));
    const found = sharings.map((old) =>
      checkPlan({ kind: 'reshare-quotient', key: { epoch: 1 }, nextEpoch: 2, attempt: 1 }, old, next),
    );
    expect(found.map((each) => each?._tag)).toEqual([undefined, 'CeremonyTooLarge', undefined]);
    expect(found[1]).toMatchObject({ found: 181 + (181 * 180) / 2 });
  });

  it('of BLS asks for no quotient, and for usages that there are', () => {
    const nothing = { context: utf8(''), attempt: 1, culprits: [], absent: [] };
    const rules = ceremonyRules(trust(model), policy(flat));
    const plan = { kind: 'reshare-quotient', key: bls.publicKey, nextEpoch: 2, ...nothing } as const;
    expect(left(blsCeremony(plan, rules))).toMatchObject({ _tag: 'OrderIsKnown' });
    const generation = {
      suite: 'min-pk-pop',
      usage: 'decryption',
      policy: policy(flat),
      epoch: 1,
      ...nothing,
    } as const;
    expect(left(blsGeneration(generation, rules))).toMatchObject({ _tag: 'BadNextPolicy' });
  });
});

describe('sizes', () => {
  it('follow from what was added up, and every share is within them', () => {
    let held = rsa;
    for (const kind of ['refresh', 'reshare-plain', 'refresh', 'reshare-quotient', 'refresh'] as const) {
      const setting = rsaSetting(held.publicKey, { kind, trust: model });
      const outcome = runCeremony({ setting, shares: held.shares });
      const before = held.publicKey;
      held = { publicKey: committed(outcome).publicKey, shares: outcome.newShares };
      const { ranges, secretScale } = held.publicKey;
      if (ranges._tag !== 'integers' || before.ranges._tag !== 'integers') throw new Error('integers');
      const { rows, shareBits } = shareBounds(setting.scheme.next, ranges);
      for (const share of held.shares.values()) {
        for (const [row, secret] of secretsOf(share)) {
          expect(isInRange(secret, present(rows[row], 'a range'))).toBe(true);
          expect(bitLength(secret)).toBe(shareBits[row]);
        }
      }
      // The secret is where it was, times D in a plain reshare; so what hides it does not grow by σ each time (X1, X2).
      const scale = kind === 'reshare-plain' ? present(setting.scheme.old, 'an old key').sharing.scale : 1n;
      expect(secretScale).toBe(before.secretScale * scale);
      expect(ranges.secret.low).toBe(before.ranges.secret.low * scale);
      expect(ranges.secret.high - 1n).toBe((before.ranges.secret.high - 1n) * scale);
    }
  });

  it('hide as much as D0 has made of the secret, in a refresh and in a plain reshare', () => {
    const plain = runCeremony({
      setting: rsaSetting(rsa.publicKey, { kind: 'reshare-plain', trust: model }),
      shares: rsa.shares,
    });
    const key = committed(plain).publicKey;
    for (const [publicKey, scaleBits] of [
      [rsa.publicKey, 0],
      [key, bitLength(24n * 24n) - 1],
    ] as const) {
      const { scheme } = rsaSetting(publicKey, { kind: 'refresh', trust: model });
      const shift = 512 + scaleBits + (scaleBits === 0 ? 0 : 1);
      const zero = scheme.formOf({ _tag: 'zero' }).ranges;
      expect(zero.secret).toEqual({ low: 0n, high: 1n });
      expect(bitLength(zero.coefficients.high) - 1).toBe(coefficientBits(scheme.next, shift) + 1);
      const row = scheme.formOf({ _tag: 'row', row: 1 }).ranges;
      const moves = shift + bitLength(present(rowShifts(scheme.next)[1], 'a shift')) + 3;
      expect(bitLength(row.coefficients.high) - 1).toBe(coefficientBits(scheme.next, moves));
    }
  });

  it('grow by a few bits in a refresh and by the scale in a plain reshare, not by the hiding each time', () => {
    const bitsAfter = (kind: 'refresh' | 'reshare-plain', times: number) => {
      let held = rsa;
      const bits: number[] = [];
      for (let time = 0; time < times; time++) {
        const outcome = runCeremony({
          setting: rsaSetting(held.publicKey, { kind, trust: model }),
          shares: held.shares,
        });
        held = { publicKey: committed(outcome).publicKey, shares: outcome.newShares };
        const [secret = 0n] = secretsOf(present(held.shares.get(id('d')), 'a share')).values();
        bits.push(bitLength(secret));
      }
      return bits;
    };
    const refreshed = bitsAfter('refresh', 4);
    expect((refreshed[3] ?? 0) - (refreshed[0] ?? 0)).toBeLessThanOrEqual(4);
    const reshared = bitsAfter('reshare-plain', 4);
    const steps = reshared.slice(1).map((bits, index) => bits - (reshared[index] ?? 0));
    for (const step of steps) expect(step).toBeLessThanOrEqual(24);
  });
});

describe('keys of other origins', () => {
  it('residues become integers by one plain reshare, and then do all that integers do', () => {
    let held = rsaKey(flat, { sharing: 'modular' });
    for (const kind of ['reshare-plain', 'refresh', 'reshare-quotient', 'reshare-plain'] as const) {
      const outcome = runCeremony({ setting: rsaSetting(held.publicKey, { kind, trust: model }), shares: held.shares });
      held = { publicKey: committed(outcome).publicKey, shares: outcome.newShares };
      for (const names of [
        ['a', 'b'],
        ['c', 'd'],
      ])
        expectSigns(held, names);
    }
  });

  it('an ordinary key is reshared plainly, with cheats and all', () => {
    const held = rsaKey(flat, { material: { _tag: 'imported-primes', ...safePrimes512 } });
    const outcome = runCeremony({
      setting: rsaSetting(held.publicKey, {
        kind: 'reshare-plain',
        trust: model,
        next: '2 of (b, c, d, e)',
        nextTrust: 'f=1 of (b, c, d, e)',
      }),
      shares: held.shares,
    });
    expectSigns({ publicKey: committed(outcome).publicKey, shares: outcome.newShares }, ['d', 'e']);
  });

  it('a dealt key is accepted when those who hold it say so, and only they', () => {
    for (const [held, setting] of [
      [rsa, rsaSetting(rsa.publicKey, { kind: 'accept', trust: model })],
      [bls, blsSetting(bls.publicKey, { kind: 'accept', trust: model })],
    ] as const) {
      const wrong = new Map([...held.shares].filter(([process]) => process !== 'b'));
      const outcome = runCeremony({ setting: setting as ReturnType<typeof rsaSetting>, shares: wrong });
      expect(outcome.board.state).toMatchObject({ _tag: 'committed', unacknowledged: [id('b')] });
      expect(toHex(committed(outcome).digest)).toBe(toHex(setting.terms.subject));
      const few = new Map([...wrong].slice(1));
      expect(runCeremony({ setting: setting as ReturnType<typeof rsaSetting>, shares: few }).board.state).toMatchObject(
        { _tag: 'aborted', reason: { missing: [id('a'), id('b')] } },
      );
    }
  });
});

describe('T24: a newcomer', () => {
  const next = {
    kind: 'reshare-plain',
    trust: model,
    next: '2 of (c, d, e, f)',
    nextTrust: 'f=1 of (c, d, e, f)',
  } as const;
  const replayed = (log: readonly LogEntry[], key: ShoupRsaPublicKey) => {
    const board = new CeremonyBoard(rsaSetting(key, next));
    for (const { from, bytes } of log) board.receive(from, bytes);
    return board;
  };
  const { log } = runCeremony({ setting: rsaSetting(rsa.publicKey, next), shares: rsa.shares });

  it('that trusts only N, e and the usage finds the same key in the log as those who were there', () => {
    const { state } = replayed(log, rsa.publicKey);
    if (state._tag !== 'committed') throw new Error('committed');
    const { publicKey } = state.settlement.key;
    expect(toHex(keyIdOf(publicKey))).toBe(toHex(keyIdOf(rsa.publicKey)));
    expect(publicKey.secretScale).toBe(24n * 24n);
  });

  it('is not told that another root, scale or row was the old one', () => {
    const [root, ...others] = rsa.publicKey.commitments as [bigint, ...bigint[]];
    const square = (root * root) % rsa.publicKey.modulus;
    const canonical = square * 2n < rsa.publicKey.modulus ? square : rsa.publicKey.modulus - square;
    expect(() => replayed(log, { ...rsa.publicKey, commitments: [canonical, ...others] })).toThrow(
      'CommittedToAnotherSecret',
    );
    expect(() => replayed(log, { ...rsa.publicKey, secretScale: 4n })).toThrow('CommittedToAnotherSecret');
    const rows = {
      ...rsa.publicKey,
      commitments: [root, ...others.map((value) => (value * value) % rsa.publicKey.modulus)],
    };
    const known = rows.commitments.map((value) =>
      2n * value < rsa.publicKey.modulus ? value : rsa.publicKey.modulus - value,
    );
    expect(replayed(log, { ...rows, commitments: known }).state._tag).toBe('running');
  });
});

describe('the register of ceremonies', () => {
  const [keyId, old, next] = ['key', 'old', 'next'].map((text) => digest(utf8(text))) as [
    ReturnType<typeof digest>,
    ReturnType<typeof digest>,
    ReturnType<typeof digest>,
  ];
  const attempt = (name: string, subject = old) => ({ keyId, ceremonyId: digest(utf8(name)), subject });

  it('admits one attempt at a time for each key, none twice, and only from the latest dealing', () => {
    const register = new CeremonyRegister();
    expect(register.open(attempt('one'))).toEqual(E.right(undefined));
    expect(register.open(attempt('two'))).toEqual(E.left({ _tag: 'AnotherIsOpen', ceremonyId: digest(utf8('one')) }));
    expect(register.open({ ...attempt('three'), keyId: next })).toEqual(E.right(undefined));
    register.end(keyId, digest(utf8('two')), next);
    expect(register.open(attempt('two'))).toMatchObject(E.left({ _tag: 'AnotherIsOpen' }));
    register.end(keyId, digest(utf8('one')));
    expect(register.open(attempt('one'))).toEqual(E.left({ _tag: 'AttemptedBefore' }));
    expect(register.open(attempt('two'))).toEqual(E.right(undefined));
    register.end(keyId, digest(utf8('two')), next);
    expect(register.open(attempt('four'))).toEqual(E.left({ _tag: 'NotTheLatestDealing' }));
    expect(register.open(attempt('five', next))).toEqual(E.right(undefined));
  });

  it('admits a generation for each context, subject and epoch, once', () => {
    const terms = { context: utf8('role'), subject: old, nextEpoch: 1 } as CeremonyTerms;
    const ids = [terms, { ...terms, context: utf8('other') }, { ...terms, subject: next }, { ...terms, nextEpoch: 2 }];
    expect(new Set(ids.map((each) => toHex(generationId(each)))).size).toBe(4);
    const register = new CeremonyRegister();
    const made = (name: string, epoch: number) =>
      register.open({ ...attempt(name), keyId: generationId({ ...terms, nextEpoch: epoch }) });
    expect(made('one', 1)).toEqual(E.right(undefined));
    register.end(generationId(terms), digest(utf8('one')), next);
    expect(made('two', 1)).toEqual(E.left({ _tag: 'NotTheLatestDealing' }));
    expect(made('two', 2)).toEqual(E.right(undefined));
  });
});

describe('a proof of knowledge', () => {
  const rule = policy(flat);
  const setting = begun(
    blsGeneration(
      {
        suite: 'min-pk-pop',
        usage: 'document',
        policy: rule,
        epoch: 1,
        context: utf8(''),
        attempt: 1,
        culprits: [],
        absent: [],
      },
      ceremonyRules(trust(model), rule),
    ),
  );
  const [a, b] = ['a', 'b'].map(id) as [ProcessId, ProcessId];
  const { scheme } = setting;
  const coefficients = [5n, 7n];
  const commitments = coefficients.map((coefficient) => scheme.commit(coefficient));
  const judge = (dealer: ProcessId, attachment: Uint8Array, dealt = commitments, opened = setting) => {
    const transcript = new Transcript<(typeof commitments)[number], BlsPublicKey>(opened.id);
    const dealing = { commitments: dealt, attachment };
    transcript.commits.set(dealer, { digest: commitmentTo(opened, dealer, dealing), position: 0 });
    return generationRules(opened, transcript).judge(dealer, { dealings: [dealing], boxes: new Map(), position: 1 })
      ?.fault._tag;
  };

  it('holds for who made it, the numbers that it was made of, and this ceremony', () => {
    const proof = proveKnowledge(setting, a, 5n, commitments, seededRandom(1));
    expect(judge(a, proof)).toBeUndefined();
    expect(judge(b, proof)).toBe('NoProofOfKnowledge');
    expect(judge(a, proof, [scheme.commit(5n), scheme.commit(8n)])).toBe('NoProofOfKnowledge');
    expect(judge(a, proof, [scheme.commit(6n), scheme.commit(7n)])).toBe('NoProofOfKnowledge');
    const another = { ...setting, id: digest(utf8('another ceremony')) };
    expect(judge(a, proof, commitments, another)).toBe('NoProofOfKnowledge');
    for (const at of [0, 5, 47, 48, 60, 79]) expect(judge(a, flipped(proof, at))).toBe('NoProofOfKnowledge');
    const order = scheme.order ?? 0n;
    const response = bytesToBigInt(proof.subarray(48)) + order;
    const large = concatBytes(proof.subarray(0, 48), bigIntToBytes(response, 32));
    expect(judge(a, large)).toBe('NoProofOfKnowledge');
  });

  it('is fresh each time', () => {
    const [one, two] = [1, 2].map((seed) => toHex(proveKnowledge(setting, a, 5n, commitments, seededRandom(seed))));
    expect(one).not.toBe(two);
  });
});

it('whoever complained falsely once is not listened to again, so that judging stays cheap', () => {
  const seven = 'f=2 of (a, b, c, d, e, f, g)';
  const held = rsaKey('3 of (a, b, c, d, e, f, g)');
  const adversaries = new Map<ProcessId, Adversary<bigint, ShoupRsaPublicKey>>([
    [id('b'), complainingOf(id('a'), new Uint8Array(32).fill(1))],
    [id('c'), dealingBadSharesTo(id('b'))],
  ]);
  const setting = rsaSetting(held.publicKey, { kind: 'refresh', trust: seven });
  const schedule = (waiting: number) => Math.min(1, waiting - 1);
  const { culprits, board, log } = runCeremony({ setting, shares: held.shares, adversaries, schedule });
  const complaints = log.filter(({ bytes }) => readEnvelope(bytes)?.kind === 'complain');
  expect(complaints.map(({ from }) => from)).toEqual(['b', 'b']);
  expect(culprits).toEqual(['b']);
  expect(board.state).toMatchObject({ _tag: 'committed', unacknowledged: ['b'] });
});

it('generation is by all members, and without the order there is none', () => {
  const rule = policy(flat);
  const nothing = { context: utf8(''), attempt: 1, culprits: [], absent: [id('d')] };
  const setting = begun(
    blsGeneration(
      { suite: 'min-sig-nul', usage: 'beacon', policy: rule, epoch: 4, ...nothing },
      ceremonyRules(trust(model), rule),
    ),
  );
  expect(setting.dealers).toEqual(['a', 'b', 'c'].map(id));
  const outcome = runCeremony({ setting, shares: new Map() });
  const { publicKey } = committed(outcome);
  expect(publicKey).toMatchObject({ suite: 'min-sig-nul', usage: 'beacon', epoch: 4 });
  expect(outcome.newShares.size).toBe(4);
  expect(outcome.log[0]?.bytes.length).toBe(envelopeLength + 3 * 32);
});
