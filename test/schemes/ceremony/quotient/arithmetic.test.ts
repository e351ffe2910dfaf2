/** The arithmetic of the masked-quotient reshare without any messages: exactness, sizes, and what dealers can do to them. */
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { RandomBytes } from '../../../../src/prelude/random.js';
import type { Policy } from '../../../../src/quorum/policy/policy.js';
import {
  floorQuotient,
  planQuotient,
  type QuotientPlan,
  shiftBits,
} from '../../../../src/schemes/ceremony/quotient/plan.js';
import {
  greatestRanges,
  knownSecretRanges,
  largestSecret,
  possibleConstants,
  quotientRanges,
  sumOf,
} from '../../../../src/schemes/ceremony/quotient/ranges.js';
import { drawMask, maskedNumerator, splitNumerator } from '../../../../src/schemes/ceremony/quotient/split.js';
import { constantOf } from '../../../../src/schemes/ceremony/quotient/statement.js';
import { dealingRanges, shareBounds } from '../../../../src/schemes/sharing/bounds.js';
import { combinedSecret } from '../../../../src/schemes/sharing/combined-rows.js';
import { compile, type LinearSharing } from '../../../../src/schemes/sharing/compile.js';
import { dealOverIntegers, rowProduct, shiftedDealing } from '../../../../src/schemes/sharing/dealing.js';
import { coefficientBits, rowShifts } from '../../../../src/schemes/sharing/hiding.js';
import { bitLength } from '../../../../src/schemes/sharing/integers.js';
import { type IntegerRange, isInRange, rowRanges } from '../../../../src/schemes/sharing/ranges.js';
import { isQualified, reconstruction } from '../../../../src/schemes/sharing/reconstruction.js';
import { integers } from '../../../../src/schemes/sharing/ring.js';
import { sweepingVector } from '../../../../src/schemes/sharing/sweep.js';
import { right } from '../../../support/right.js';
import { seededRandom } from '../../../support/seeded-random.js';
import { gate, seededNumbers, randomTree } from '../../sharing/policies.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const secretBits = 64;

const policies = {
  flat: gate(3, 'a', 'b', 'c', 'd', 'e'),
  nested: gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'c', 'd', 'e'), gate(2, 'e', 'f', 'g')),
  weighted: gate(5, 'a', 'a', 'a', 'b', 'b', 'c', 'd', 'e'),
  mixed: gate(2, gate(2, 'a', 'b', 'c'), gate(1, 'd', gate(2, 'e', 'f'))),
  wide: gate(4, ...names),
} as const;

interface State {
  readonly sharing: LinearSharing;
  readonly secret: IntegerRange;
  readonly rows: readonly IntegerRange[];
  readonly shares: readonly bigint[];
  readonly bits: readonly number[];
}

function deal(policy: Policy, secret: bigint, random: RandomBytes): State {
  const sharing = right(compile(policy, integers));
  const ranges = dealingRanges(sharing, secretBits);
  const bounds = shareBounds(sharing, ranges);
  const dealing = shiftedDealing(sharing, dealOverIntegers(sharing, ranges, secret, random), bounds.columnShift);
  return { sharing, secret: ranges.secret, rows: bounds.rows, shares: dealing.shares, bits: bounds.shareBits };
}

function reconstructed({ sharing, shares }: State, available: readonly string[]): bigint {
  const lambda = present(
    reconstruction(sharing, (process) => available.includes(process)),
    'qualified',
  );
  const sum = [...lambda].reduce((whole, [row, factor]) => whole + factor * (shares[row] ?? 0n), 0n);
  expect(sum % sharing.scale).toBe(0n);
  return sum / sharing.scale;
}

/** Deals a contributor's low part, or something else in its place. */
type Dealer = (plan: QuotientPlan, split: { high: bigint; low: bigint }, random: RandomBytes) => Dealt;

interface Dealt {
  readonly high: bigint;
  readonly shares: readonly bigint[];
}

const honestDealer: Dealer = (plan, { high, low }, random) => ({
  high,
  shares: dealOverIntegers(plan.next, plan.dealing, low, random).shares,
});

interface Reshared {
  readonly state: State;
  readonly plan: QuotientPlan;
  readonly constant: bigint;
}

function reshare(
  old: State,
  policy: Policy,
  random: RandomBytes,
  available: readonly string[] = names,
  dealerOf: (process: ProcessId) => Dealer = () => honestDealer,
): Reshared {
  const next = right(compile(policy, integers));
  const plan = present(planQuotient({ ...old, next }, available as readonly ProcessId[]), 'qualified');
  const masks = plan.contributors.map((_, i) => plan.contributors.map((_, j) => (i < j ? drawMask(plan, random) : 0n)));
  const dealt = plan.contributors.map(({ process, factors, high: range }, i) => {
    const combined = present(combinedSecret(factors, new Map(old.shares.entries())), 'own shares');
    const given = masks[i]?.slice(i + 1) ?? [];
    const received = masks.slice(0, i).map((own) => own[i] ?? 0n);
    const split = splitNumerator(plan, maskedNumerator(combined, given, received), random);
    expect(isInRange(split.high, range)).toBe(true);
    expect(isInRange(split.low, plan.dealing.secret)).toBe(true);
    return { remainder: split.remainder, ...dealerOf(process)(plan, split, random) };
  });
  const constant = present(constantOf(plan, dealt), 'an exact sum');
  for (const { shares } of dealt)
    for (const [row, share] of shares.entries())
      if (!isInRange(share, present(plan.subShares[row], 'a row'))) throw new Error('a sub-share is out of its range');
  const bounds = shareBounds(next, quotientRanges(sumOf(plan), constant));
  const shift = [constant, ...bounds.columnShift.slice(1)];
  const shares = next.rows.map((own, row) =>
    dealt.reduce((sum, { shares: subShares }) => sum + (subShares[row] ?? 0n), rowProduct(own, shift)),
  );
  for (const [row, share] of shares.entries())
    if (!isInRange(share, present(bounds.rows[row], 'a row'))) throw new Error('a share is out of its range');
  return {
    state: { sharing: next, secret: old.secret, rows: bounds.rows, shares, bits: bounds.shareBits },
    plan,
    constant,
  };
}

describe('the masked quotient', () => {
  it('keeps the integer secret through every pair of policies, with any qualified set of contributors', () => {
    const random = seededRandom(1);
    const secret = 2n ** 64n + 987654321n;
    for (const from of Object.values(policies)) {
      for (const to of Object.values(policies)) {
        const old = deal(from, secret, random);
        const { state } = reshare(old, to, random);
        expect(reconstructed(state, names)).toBe(secret);
        expect(reconstructed(state, [...names].reverse())).toBe(secret);
      }
    }
  });

  it('keeps sizes the same from the second reshare on, fixed for every row, however often', () => {
    const random = seededRandom(2);
    const secret = 2n ** 64n + 5n;
    let state = deal(policies.flat, secret, random);
    for (const policy of Object.values(policies)) {
      let usual: readonly number[] | undefined;
      state = reshare(state, policy, random).state;
      for (let epoch = 0; epoch < 5; epoch++) {
        const { state: next, plan } = reshare(state, policy, random);
        usual ??= next.bits;
        expect(next.bits).toEqual(usual);
        expect(next.shares.map(bitLength)).toEqual(usual);
        expect(isAtMost(usual, shareBounds(plan.next, greatestRanges(plan)).shareBits)).toBe(true);
        state = next;
      }
    }
    expect(reconstructed(state, names)).toBe(secret);
  });

  it('gives those who hold the whole secret a share that is the secret', () => {
    const random = seededRandom(3);
    const secret = 2n ** 65n - 1n;
    const policy = gate(1, 'a', gate(2, 'b', 'c', 'd'));
    let { state } = reshare(deal(policies.flat, secret, random), policy, random);
    ({ state } = reshare(state, policy, random));
    expect(state.shares[0]).toBe(secret);
    expect(state.bits[0]).toBe(65);
  });

  it('shows nothing but what is uniform: remainders and high parts change with every attempt', () => {
    const random = seededRandom(4);
    const old = deal(policies.flat, 2n ** 64n + 5n, random);
    const [one, two] = [reshare(old, policies.flat, random), reshare(old, policies.flat, random)];
    expect(one.constant).not.toBe(two.constant);
    expect(one.state.shares).not.toEqual(two.state.shares);
  });

  it('asks for masks and windows that hide the secret by σ bits', () => {
    for (const policy of Object.values(policies)) {
      const old = deal(policy, 2n ** 64n, seededRandom(5));
      const next = right(compile(policies.wide, integers));
      const rowShift = rowShifts(old.sharing);
      for (const available of [ids, [...ids].reverse(), ids.slice(1), ids.slice(2)]) {
        const plan = planQuotient({ ...old, next }, available);
        if (plan === undefined) continue;
        for (const { factors } of plan.contributors) {
          const move = [...factors].reduce((sum, [row, factor]) => sum + magnitude(factor) * (rowShift[row] ?? 0n), 0n);
          expect((move << 64n) * BigInt(plan.contributors.length)).toBeLessThanOrEqual(plan.mask.high >> 128n);
        }
        expect(plan.windowBits).toBe(64 + 128 + 1);
        expect(plan.dealing.coefficients).toEqual({ low: 0n, high: 1n << BigInt(coefficientBits(next, 64)) });
        expect(plan.dealing.secret).toEqual({ low: 1n - (1n << 193n), high: 1n << 193n });
        expect(plan.subShares).toEqual(rowRanges(next, plan.dealing));
      }
    }
  });

  it('expects of honest high parts all that their shares and masks allow, and no more', () => {
    const old = deal(policies.nested, 2n ** 64n, seededRandom(5));
    const plan = present(planQuotient({ ...old, next: old.sharing }, ids), 'qualified');
    const greatestMask = plan.mask.high - 1n;
    const window = 1n << BigInt(plan.windowBits);
    for (const [position, { factors, high }] of plan.contributors.entries()) {
      const others = BigInt(plan.contributors.length - 1 - position);
      let [least, most] = [-BigInt(position) * greatestMask, others * greatestMask];
      for (const [row, factor] of factors) {
        const range = present(old.rows[row], 'a row');
        const ends = [factor * range.low, factor * (range.high - 1n)];
        least += ends.reduce((x, y) => (x < y ? x : y));
        most += ends.reduce((x, y) => (x > y ? x : y));
      }
      const rounded = (numerator: bigint, offset: bigint) =>
        floorQuotient(floorQuotient(numerator, plan.sharing.scale) + offset, window);
      expect(high).toEqual({ low: rounded(least, 0n), high: rounded(most, window - 1n) + 1n });
    }
  });

  it('rounds up as often as the quotient is far above the window below it', () => {
    const random = seededRandom(9);
    const old = deal(policies.flat, 2n ** 64n, random);
    const plan = present(planQuotient({ ...old, next: old.sharing }, ids), 'qualified');
    const window = 1n << BigInt(plan.windowBits);
    const ups = (rest: bigint) =>
      Array.from({ length: 400 }, () => splitNumerator(plan, (5n * window + rest) * plan.sharing.scale, random)).filter(
        ({ high }) => high === 6n,
      ).length;
    expect(ups(0n)).toBe(0);
    expect(ups(window - 1n)).toBe(400);
    expect(ups(window / 4n)).toBeGreaterThan(60);
    expect(ups(window / 4n)).toBeLessThan(140);
  });

  it('measures how far two secrets lie apart', () => {
    expect(shiftBits({ low: 2n ** 64n, high: 2n ** 65n })).toBe(64);
    expect(shiftBits({ low: -4n, high: 5n })).toBe(4);
    expect(shiftBits({ low: 7n, high: 8n })).toBe(0);
    expect(floorQuotient(-7n, 3n)).toBe(-3n);
    expect(floorQuotient(7n, 3n)).toBe(2n);
    expect(floorQuotient(-6n, 3n)).toBe(-2n);
  });

  it('hides what a plain reshare has multiplied as well as what it was before', () => {
    const old = deal(policies.flat, 2n ** 64n, seededRandom(6));
    const secret = { low: (120n ** 2n) << 64n, high: (120n ** 2n) << 65n };
    const plain = present(planQuotient({ ...old, next: old.sharing }, ids), 'qualified');
    const plan = present(planQuotient({ ...old, secret, next: old.sharing }, ids), 'qualified');
    const more = bitLength(120n ** 2n);
    expect(plan.windowBits - plain.windowBits).toBe(more);
    expect(plan.mask.high).toBe(plain.mask.high << BigInt(more));
    expect(plan.dealing.coefficients.high).toBe(plain.dealing.coefficients.high << BigInt(more));
  });

  it('is not planned for those who are not qualified', () => {
    const old = deal(policies.flat, 2n ** 64n, seededRandom(6));
    const next = right(compile(policies.nested, integers));
    expect(planQuotient({ ...old, next }, ids.slice(0, 2))).toBeUndefined();
    expect(planQuotient({ ...old, next }, ids)?.contributors.map(({ process }) => process)).toEqual(['a', 'b', 'c']);
    expect(planQuotient({ ...old, next }, ids.slice(1))?.contributors.map(({ process }) => process)).toEqual([
      'b',
      'c',
      'd',
    ]);
  });
});

describe('malicious dealers at the bound', () => {
  it.each(Object.entries(policies))(
    'T8: along %s, no share grows beyond the constant bound in 200 epochs, and the next reshare brings it back',
    (name, policy) => {
      const random = seededRandom(name.length);
      let state = reshare(deal(policies.flat, 2n ** 64n + 77n, random), policy, random).state;
      const usual = reshare(state, policy, random).state.bits;
      let greatest: readonly number[] | undefined;
      for (let epoch = 0; epoch < 200; epoch++) {
        const dealer = dealers[epoch % dealers.length] ?? honestDealer;
        const isBad = (process: ProcessId) => (names.indexOf(process as (typeof names)[number]) + epoch) % 2 === 0;
        const { state: next, plan } = reshare(state, policy, random, names, (process) =>
          isBad(process) ? dealer : honestDealer,
        );
        const bound = shareBounds(plan.next, greatestRanges(plan)).shareBits;
        greatest ??= bound;
        expect(bound).toEqual(greatest);
        expect(isAtMost(next.shares.map(bitLength), next.bits)).toBe(true);
        expect(isAtMost(next.bits, greatest)).toBe(true);
        state = next;
      }
      expect(reshare(state, policy, random).state.bits).toEqual(usual);
      expect(reconstructed(state, names)).toBe(2n ** 64n + 77n);
    },
  );

  it('do shift the constant beyond what honest dealers leave, so that the bound is not idle', () => {
    const random = seededRandom(8);
    const old = deal(policies.flat, 2n ** 64n + 77n, random);
    const { plan, constant } = reshare(old, policies.flat, random, names, () => pushing(1n));
    const honest = reshare(old, policies.flat, random);
    expect(magnitude(constant)).toBeGreaterThan(20n * magnitude(honest.constant));
    const reach = 3n * largestSecret(plan.next, plan.subShares);
    expect(possibleConstants(plan)).toEqual({ low: 2n ** 64n - reach, high: 2n ** 65n + reach });
    expect(isInRange(constant, possibleConstants(plan))).toBe(true);
    expect(quotientRanges(sumOf(plan), constant)).not.toEqual(quotientRanges(sumOf(plan), honest.constant));
    const low = plan.dealing.secret.high - 1n;
    const usual = { low: 2n ** 64n - 3n * low, high: 2n ** 65n + 3n * low };
    const boxOf = (value: bigint) => quotientRanges(sumOf(plan), value);
    for (const value of [honest.constant, usual.low, usual.high - 1n]) expect(boxOf(value)).toEqual(boxOf(0n));
    for (const value of [usual.low - (1n << 60n), usual.high + (1n << 60n)])
      expect(boxOf(value)).not.toEqual(boxOf(0n));
    const { high } = plan.dealing.coefficients;
    expect(sumOf(plan).dealt).toEqual({
      secret: { low: -3n * low, high: 3n * low + 1n },
      coefficients: { low: 0n, high: 3n * (high - 1n) + 1n },
    });
  });
});

describe('ranges', () => {
  it('of a known secret contain those of what was dealt, in every row', () => {
    const number = seededNumbers(3);
    const range = (): IntegerRange => {
      const low = BigInt(Math.floor(number() * 2000) - 1000);
      return { low, high: low + 1n + BigInt(Math.floor(number() * 2000)) };
    };
    for (let count = 0; count < 300; count++) {
      const policy = randomTree(number, { members: names, maxDepth: 3, maxFanIn: 5 });
      const sharing = right(compile(policy, integers));
      const [dealt, secret] = [{ secret: range(), coefficients: range() }, range()];
      const known = knownSecretRanges(sharing, dealt, secret);
      expect(known.secret).toEqual(secret);
      const [inner, outer] = [rowRanges(sharing, dealt), rowRanges(sharing, known)];
      for (const [row, { entries }] of sharing.rows.entries()) {
        if (entries.every(({ column }) => column === 0)) continue;
        expect(inner[row]?.low).toBeGreaterThanOrEqual(outer[row]?.low ?? Infinity);
        expect(inner[row]?.high).toBeLessThanOrEqual(outer[row]?.high ?? -Infinity);
      }
    }
  });

  it('of all shares of a qualified set bound the secret that they are shares of', () => {
    const number = seededNumbers(4);
    for (let count = 0; count < 300; count++) {
      const policy = randomTree(number, { members: names, maxDepth: 3, maxFanIn: 5 });
      const sharing = right(compile(policy, integers));
      const bound = largestSecret(
        sharing,
        sharing.rows.map(() => ({ low: -1000n, high: 1001n })),
      );
      for (let sample = 0; sample < 5; sample++) {
        const order = [...names].sort(() => number() - 0.5);
        const lambda = reconstruction(sharing, (process) => order.slice(0, 4).includes(process as 'a'));
        const reach = [...(lambda?.values() ?? [])].reduce((sum, factor) => sum + magnitude(factor) * 1000n, 0n);
        expect(reach / sharing.scale).toBeLessThanOrEqual(bound);
      }
    }
  });

  it('of a threshold gate are bounded by its worst set exactly', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    expect(
      largestSecret(
        sharing,
        sharing.rows.map(() => ({ low: -6n, high: 1n })),
      ),
    ).toBe((6n * (18n + 12n)) / 36n);
  });
});

const ids = names as readonly string[] as readonly ProcessId[];

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function isAtMost(values: readonly number[], bounds: readonly number[]): boolean {
  return values.every((value, index) => value <= (bounds[index] ?? -1));
}

/** Every coefficient as large, or as small, as it may be. */
const extreme =
  (end: 'low' | 'high'): Dealer =>
  (plan, { high, low }) => {
    const { coefficients } = plan.dealing;
    const value = end === 'low' ? coefficients.low : coefficients.high - 1n;
    const vector = [low, ...new Array<bigint>(plan.next.columnCount - 1).fill(value)];
    return { high, shares: plan.next.rows.map((row) => rowProduct(row, vector)) };
  };

/**
 * Moves as much as it can from the low part to the high one, so that c grows, and hides it from a maximal unqualified set by a
 * sweeping vector and from all others by staying within their ranges.
 */
const pushing =
  (direction: 1n | -1n): Dealer =>
  (plan, { high, low }) => {
    const { coefficients } = plan.dealing;
    const swept = new Set<string>();
    const has = (extra?: string) => (process: ProcessId) => swept.has(process) || process === extra;
    for (const name of names) if (!isQualified(plan.next, has(name))) swept.add(name);
    const kappa = right(sweepingVector(plan.next, has()));
    const middle = [
      low,
      ...new Array<bigint>(plan.next.columnCount - 1).fill((coefficients.low + coefficients.high) / 2n),
    ];
    const dealt = (step: bigint) => {
      const vector = middle.map((value, column) => value + ((step * (kappa[column] ?? 0n)) << BigInt(plan.windowBits)));
      return plan.next.rows.map((row) => rowProduct(row, vector));
    };
    const fits = (step: bigint) =>
      dealt(step).every((share, row) => isInRange(share, present(plan.subShares[row], 'a row')));
    let step = 0n;
    for (let power = 1n << 80n; power > 0n; power >>= 1n) if (fits((step + power) * direction)) step += power;
    return { high: high - step * direction, shares: dealt(step * direction) };
  };

const dealers: readonly Dealer[] = [extreme('high'), pushing(1n), extreme('low'), pushing(-1n)];
