import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { dealingRanges, shareBounds, zeroDealingRanges } from '../../../src/schemes/sharing/bounds.js';
import {
  compile,
  describeCompileError,
  type LinearSharing,
  type SharingRow,
  sharingLimits,
} from '../../../src/schemes/sharing/compile.js';
import { coefficientBits, statisticalSecurityBits } from '../../../src/schemes/sharing/hiding.js';
import { factorial } from '../../../src/schemes/sharing/integers.js';
import { addedRanges, scaledRanges } from '../../../src/schemes/sharing/ranges.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { sweepingVector } from '../../../src/schemes/sharing/sweep.js';
import { right } from '../../support/right.js';
import { gate, member } from './policies.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

/** Gates of two of so many, each the first child of the next. */
const levels = (sizes: readonly number[]) =>
  sizes.reduce((inner, size) => gate(2, inner, ...names(size - 1)), member('a'));

/** The same sharing with other entries in its first row. */
function damaged(sharing: LinearSharing, change: (entries: SharingRow['entries']) => SharingRow['entries']) {
  const [first, ...rest] = sharing.rows;
  if (first === undefined) throw new Error('no rows');
  return { ...sharing, rows: [{ ...first, entries: change(first.entries) }, ...rest] };
}

/** Every way to change one coefficient of a row of two. */
const oneChanged = [0, 1].map(
  (column) => (entries: SharingRow['entries']) =>
    entries.map((entry) => (entry.column === column ? { ...entry, coefficient: -entry.coefficient } : entry)),
);

describe('compile', () => {
  it('charges no factorial for any-of and all-of gates', () => {
    expect(right(compile(gate(1, 'a', 'b', 'c'), integers)).scale).toBe(1n);
    expect(right(compile(gate(3, 'a', 'b', 'c'), integers)).scale).toBe(1n);
    expect(right(compile(member('a'), integers)).scale).toBe(1n);
  });

  it('charges (n!)^2 for each level of proper threshold gates, not the factorial of all leaves', () => {
    expect(right(compile(gate(3, ...names(5)), integers)).scale).toBe(120n ** 2n);
    const organization = gate(3, ...names(5));
    expect(right(compile(gate(3, ...names(5).map(() => organization)), integers)).scale).toBe(120n ** 4n);
  });

  it('lifts children of different scales to a common one', () => {
    const policy = gate(2, gate(2, 'a', 'b', 'c'), gate(3, ...names(4)), 'x');
    expect(right(compile(policy, integers)).scale).toBe(6n ** 2n * 24n ** 2n);
  });

  it('charges n! for each level over residues, where values are not multiplied', () => {
    expect(right(compile(gate(3, ...names(5)), residues)).scale).toBe(120n);
    const organization = gate(3, ...names(5));
    expect(right(compile(gate(3, ...names(5).map(() => organization)), residues)).scale).toBe(120n ** 2n);
    expect(right(compile(gate(5, ...names(5)), residues)).scale).toBe(1n);
  });

  it('gives a child of weight w that many places in its list', () => {
    const weighted = { ...gate(4, 'a', gate(1, 'b', 'c'), 'd'), weights: [3, 1, 2] };
    const plain = gate(4, 'a', 'a', 'a', gate(1, 'b', 'c'), 'd', 'd');
    expect(compile(weighted, integers)).toEqual(compile(plain, integers));
    const unreachable = { ...weighted, k: 7 };
    expect(compile(unreachable, integers)).toEqual(E.left({ _tag: 'BadThreshold', k: 7, fanIn: 6 }));
  });

  it('refuses weights that would grow beyond its limits before anything grows', () => {
    const heavy = { ...gate(2, 'a', 'b'), weights: [sharingLimits.maxFanIn, 1] };
    expect(compile(heavy, integers)).toEqual(E.left({ _tag: 'PolicyTooLarge', limit: 'maxFanIn', fanIn: 256 }));
    const deep = names(6).reduce<Policy>(
      (inner) => ({ _tag: 'threshold', k: 2, of: [inner, member('x')], weights: [250, 1] }),
      gate(1, 'a', 'b'),
    );
    expect(compile(deep, integers)).toEqual(E.left({ _tag: 'PolicyTooLarge', limit: 'maxNodeCount' }));
  });

  it('says what a gate that is too heavy weighs', () => {
    const of = ['a', 'b', 'c'].map(member);
    const refused = compile({ _tag: 'threshold', k: 300, of, weights: [200, 150, 50] }, integers);
    expect(refused).toEqual(E.left({ _tag: 'PolicyTooLarge', limit: 'maxFanIn', fanIn: 400 }));
  });

  it.each([
    [{ _tag: 'BadThreshold', k: 4, fanIn: 3 }, 'a gate asks for 4 of its 3 places'],
    [
      { _tag: 'PolicyTooLarge', limit: 'maxFanIn', fanIn: 400 },
      'a gate of 400 places, one for each unit of weight, where 255 is the most: give its children smaller weights ' +
        'that accept the same sets, or approximate ones, or split it into gates of fewer children',
    ],
    [
      { _tag: 'PolicyTooLarge', limit: 'maxNodeCount' },
      'more than 1024 places in all, those of weighted gates counted as often as they weigh: ' +
        'use smaller weights, above all in gates that stand below others',
    ],
    [{ _tag: 'PolicyTooLarge', limit: 'maxDepth' }, 'more than 16 levels of gates: write it with fewer'],
    [
      { _tag: 'PolicyTooLarge', limit: 'maxScaleBits' },
      'shares would grow by more than 8192 bits: use smaller gates, or fewer levels of large ones',
    ],
  ] as const)('says of %o what to do', (error, text) => {
    expect(describeCompileError(error)).toBe(text);
  });

  it('refuses a threshold outside 1..n and an empty gate', () => {
    for (const policy of [gate(0, 'a'), gate(2, 'a'), gate(1), gate(1.5, 'a', 'b')]) {
      expect(compile(policy, integers)).toMatchObject(E.left({ _tag: 'BadThreshold' }));
    }
  });

  it.each([
    ['maxFanIn', gate(1, ...names(256))],
    ['maxNodeCount', gate(1, ...names(200).map(() => gate(1, ...names(10))))],
    ['maxDepth', names(20).reduce((inner) => gate(1, inner), member('a'))],
    ['maxScaleBits', names(5).reduce((inner) => gate(2, inner, ...names(149)), member('a'))],
    ['maxScaleBits', names(5).reduce((inner) => gate(2, ...names(149), inner), member('a'))],
    ['maxScaleBits', gate(1, 'b', levels([255, 255, 92, 60]), 'c')],
  ] as const)('refuses what exceeds %s', (limit, policy) => {
    expect(compile(policy, integers)).toMatchObject(E.left({ _tag: 'PolicyTooLarge', limit }));
  });

  it('accepts as many nodes, levels and bits of scale as there may be, and not one more', () => {
    const nodes = (last: number) => gate(1, ...[255, 255, 255, last].map((size) => gate(1, ...names(size))));
    const nested = (depth: number) => names(depth).reduce((inner) => gate(1, inner), member('a'));
    const compiles = (policy: Policy) => E.isRight(compile(policy, integers));
    expect([254, 255].map((last) => compiles(nodes(last)))).toEqual([true, false]);
    expect([16, 17].map((depth) => compiles(nested(depth)))).toEqual([true, false]);
    const longest = right(compile(levels([255, 255, 91, 61]), integers));
    expect(longest.scale.toString(2)).toHaveLength(8192);
    expect([255, 255, 92, 60].reduce((scale, size) => scale * factorial(size) ** 2n, 1n).toString(2)).toHaveLength(
      8193,
    );
    expect(compiles(levels([255, 255, 92, 60]))).toBe(false);
  });

  it('accepts the largest flat gate', () => {
    const sharing = right(compile(gate(128, ...names(sharingLimits.maxFanIn)), integers));
    expect(sharing.scale).toBe(factorial(255) ** 2n);
    expect(sharing.columnCount).toBe(128);
  });
});

describe('reconstruction', () => {
  it('never returns what is not exact', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    for (const change of oneChanged) {
      expect(() => reconstruction(damaged(sharing, change), () => true)).toThrow('D times the secret and nothing else');
    }
    const alone = right(compile(member('a'), integers));
    expect(() =>
      reconstruction(
        damaged(alone, () => []),
        () => true,
      ),
    ).toThrow('D times the secret and nothing else');
  });
});

describe('sweepingVector', () => {
  it('does not exist for a qualified set', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    expect(sweepingVector(sharing, (process) => process !== 'c')).toEqual(E.left({ _tag: 'Qualified' }));
  });

  it('is never one that shows in a share of the set', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    for (const change of oneChanged) {
      expect(() => sweepingVector(damaged(sharing, change), (process) => process === 'a')).toThrow(
        'shows in no share of the set',
      );
    }
  });
});

describe('shareBounds', () => {
  it('are never of shares that differ in length', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    const [, negative = () => []] = oneChanged;
    expect(() => shareBounds(damaged(sharing, negative), dealingRanges(sharing, 64))).toThrow(
      'every share of a row has the same number of bits',
    );
  });

  const organization = (name: string, k: number, size: number) => gate(k, ...names(size).map((one) => `${name}${one}`));

  it.each([
    ['3 of 5', gate(3, ...names(5)), 2187, 2195, 2203],
    ['11 of 16', gate(11, ...names(16)), 2228, 2274, 2281],
    ['11 of 21', gate(11, ...names(21)), 2249, 2298, 2306],
    ['13 of 25', gate(13, ...names(25)), 2267, 2328, 2336],
    [
      '2 of (2 of 3, 2 of 3, 3 of 5)',
      gate(2, organization('a', 2, 3), organization('b', 2, 3), organization('c', 3, 5)),
      2192,
      2206,
      2214,
    ],
    ['3 of 5 of 3 of 5', gate(3, ...names(5).map((name) => organization(name, 3, 5))), 2198, 2216, 2224],
  ] as const)('has the published sizes for %s at 2048 bits', (_, policy, randomness, fresh, refreshed) => {
    const sharing = right(compile(policy, integers));
    expect(statisticalSecurityBits).toBe(128);
    expect(coefficientBits(sharing, 2048)).toBe(randomness);
    const box = dealingRanges(sharing, 2048);
    const twenty = addedRanges([box, scaledRanges(zeroDealingRanges(sharing, 2048), 100n)]);
    expect([box, twenty].map((one) => Math.max(...shareBounds(sharing, one).shareBits))).toEqual([fresh, refreshed]);
  });
});
