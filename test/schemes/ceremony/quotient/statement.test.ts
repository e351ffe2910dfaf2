/** What everybody checks of a contributor's remainder, high part and commitment, in the group of a 1024-bit modulus. */
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import { planQuotient } from '../../../../src/schemes/ceremony/quotient/plan.js';
import { drawMask, maskedNumerator, splitNumerator } from '../../../../src/schemes/ceremony/quotient/split.js';
import { checkQuotient, constantOf, numeratorKey } from '../../../../src/schemes/ceremony/quotient/statement.js';
import { dealingRanges, shareBounds } from '../../../../src/schemes/sharing/bounds.js';
import { combinedSecret } from '../../../../src/schemes/sharing/combined-rows.js';
import { compile } from '../../../../src/schemes/sharing/compile.js';
import { dealOverIntegers, shiftedDealing } from '../../../../src/schemes/sharing/dealing.js';
import { modularInverse } from '../../../../src/schemes/sharing/modular-inverse.js';
import { integers } from '../../../../src/schemes/sharing/ring.js';
import { deriveBase } from '../../../../src/schemes/shoup-rsa/derived-base.js';
import { makeExponentiation } from '../../../../src/schemes/shoup-rsa/exponentiation.js';
import { jacobi } from '../../../../src/schemes/shoup-rsa/jacobi.js';
import { modularPower } from '../../../../src/schemes/shoup-rsa/modular-power.js';
import { residueGroup } from '../../../../src/schemes/shoup-rsa/residue-group.js';
import { right } from '../../../support/right.js';
import { safePrimes1024 } from '../../../support/rsa-keys.js';
import { seededRandom } from '../../../support/seeded-random.js';
import { gate } from '../../sharing/policies.js';

const random = seededRandom(1);
const { p, q } = safePrimes1024;
const modulus = p * q;
const order = ((p - 1n) / 2n) * ((q - 1n) / 2n);
const group = residueGroup(makeExponentiation(modulus, random), present(deriveBase(modulus, 65537n), 'a base'), true);

const names = ['a', 'b', 'c', 'd', 'e'] as readonly string[] as readonly ProcessId[];
const sharing = right(compile(gate(3, ...names), integers));
const ranges = dealingRanges(sharing, 1024);
const bounds = shareBounds(sharing, ranges);
const secret = 2n ** 1024n + 3n ** 500n;
const { shares } = shiftedDealing(sharing, dealOverIntegers(sharing, ranges, secret, random), bounds.columnShift);
const setting = {
  sharing,
  secret: ranges.secret,
  rows: bounds.rows,
  next: right(compile(gate(2, ...names), integers)),
};
const plan = present(planQuotient(setting, names), 'qualified');
const { contributors } = plan;

/** z_ij by the names of the two. */
const masks = new Map(
  contributors.flatMap(({ process: i }, at) =>
    contributors.slice(at + 1).map(({ process: j }) => [`${i}${j}`, drawMask(plan, random)] as const),
  ),
);
const maskOf = (i: ProcessId, j: ProcessId) => masks.get(`${i}${j}`);
const splits = contributors.map(({ process, factors }) => {
  const defined = (mask: bigint | undefined) => (mask === undefined ? [] : [mask]);
  const given = contributors.flatMap((other) => defined(maskOf(process, other.process)));
  const received = contributors.flatMap((other) => defined(maskOf(other.process, process)));
  const combined = present(combinedSecret(factors, new Map(shares.entries())), 'own shares');
  return splitNumerator(plan, maskedNumerator(combined, given, received), random);
});

function commit(number: bigint): bigint {
  return number < 0n ? group.power(group.commit(-number), -1n) : group.commit(number);
}

/** The honest statement of the contributor at `index`, and its Y and Q; changed by `change`. */
function judge(
  index: number,
  change: Partial<{ remainder: bigint; high: bigint; quotient: bigint }> = {},
): ReturnType<typeof checkQuotient> {
  const contributor = present(contributors[index], 'a contributor');
  const { remainder, high, low } = present(splits[index], 'its split');
  const rowKey = (row: number) => commit(shares[row] ?? 0n);
  const numerator = numeratorKey(plan, group, contributor, rowKey, (i, j) => commit(maskOf(i, j) ?? 0n));
  const statement = { remainder, high, quotient: commit(low), ...change };
  return checkQuotient(plan, group, contributor, statement, { numerator, quotient: statement.quotient });
}

const { scale } = sharing;
const first = present(splits[0], 'a split');

describe('the check of a quotient', () => {
  it('passes every honest contributor', () => {
    expect(contributors.map((_, index) => judge(index))).toEqual([undefined, undefined, undefined]);
    expect(constantOf(plan, splits)).toBe(secret - splits.reduce((sum, { low }) => sum + low, 0n));
  });

  it('names whoever deals one more, or the inverse, or nothing', () => {
    const quotient = commit(first.low);
    expect(judge(0, { quotient: group.multiply(quotient, group.base) })).toBe('not the quotient');
    expect(judge(0, { quotient: group.power(quotient, -1n) })).toBe('not the quotient');
    expect(judge(0, { quotient: group.identity })).toBe('not the quotient');
  });

  it('names whoever publishes another remainder or high part', () => {
    const { remainder, high } = first;
    expect(judge(0, { remainder: (remainder + 1n) % scale })).toBe('not the quotient');
    expect(judge(0, { high: high + 1n })).toBe('not the quotient');
    expect(judge(0, { high: high - 1n })).toBe('not the quotient');
    expect(judge(0, { remainder: remainder + scale, quotient: commit(first.low - 1n) })).toBe('remainder out of range');
    expect(judge(0, { remainder: remainder - scale, quotient: commit(first.low + 1n) })).toBe('remainder out of range');
  });

  it('allows another cut of the same quotient, as far as honest high parts reach', () => {
    const window = 1n << BigInt(plan.windowBits);
    const { high, low } = first;
    expect(judge(0, { high: high + 1n, quotient: commit(low - window) })).toBe(undefined);
    const range = present(contributors[0], 'a contributor').high;
    for (const value of [range.low, range.high - 1n]) {
      expect(judge(0, { high: value, quotient: commit(low + (high - value) * window) })).toBe(undefined);
    }
    for (const value of [range.low - 1n, range.high]) {
      expect(judge(0, { high: value, quotient: commit(low + (high - value) * window) })).toBe('high part out of range');
    }
  });

  it('T7: half a quotient needs a root of the base: the one that everybody knows is no element of the group', () => {
    const half = halved(hashOfBase());
    expect(judge(0, half)).toBe(undefined);
    expect(group.isCanonical(half.quotient)).toBe(true);
    expect(group.contains(half.quotient)).toBe(false);
  });

  it('T13: whoever knows the order passes with half a quotient; the remainders show it, and no one is named', () => {
    const root = group.canonical(modularPower(group.base, (order + 1n) / 2n, modulus));
    expect(group.multiply(root, root)).toBe(group.base);
    expect(group.contains(root)).toBe(true);
    const half = halved(root);
    expect(judge(0, half)).toBe(undefined);
    expect(group.contains(half.quotient)).toBe(true);
    expect(constantOf(plan, [{ ...first, ...half }, ...splits.slice(1)])).toBe(undefined);
  });
});

/** The statement of half a unit more or less, with a square root of v. */
function halved(root: bigint): { readonly remainder: bigint; readonly quotient: bigint } {
  const isAbove = first.remainder >= scale / 2n;
  const factor = isAbove ? root : present(modularInverse(root, modulus), 'a unit');
  return {
    remainder: isAbove ? first.remainder - scale / 2n : first.remainder + scale / 2n,
    quotient: group.canonical(commit(first.low) * factor),
  };
}

/** A square root of v of Jacobi symbol -1, found with the factors: h up to sign, or its like. */
function hashOfBase(): bigint {
  const rootModulo = (prime: bigint) => modularPower(group.base % prime, (prime + 1n) / 4n, prime);
  const [x, y] = [rootModulo(p), rootModulo(q)];
  const lift = (a: bigint, b: bigint) =>
    (a * q * present(modularInverse(q, p), 'a unit') + b * p * present(modularInverse(p, q), 'a unit')) % modulus;
  const isRoot = (value: bigint) => group.canonical(value * value) === group.base && jacobi(value, modulus) === -1;
  return present([lift(x, y), lift(x, q - y)].find(isRoot), 'a root of Jacobi symbol -1');
}
