/** Test T2 of the design's cryptography: how much unqualified sets learn, by exact count over toy sizes. */
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { present } from '../../../src/prelude/invariant.js';
import type { QuotientPlan } from '../../../src/schemes/ceremony/quotient/plan.js';
import { splitNumerator } from '../../../src/schemes/ceremony/quotient/split.js';
import { compile, type LinearSharing } from '../../../src/schemes/sharing/compile.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { coefficientBits } from '../../../src/schemes/sharing/hiding.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { sweepingVector } from '../../../src/schemes/sharing/sweep.js';
import { right } from '../../support/right.js';
import { gate } from './policies.js';

const twoOfThree = right(compile(gate(2, 'a', 'b', 'c'), integers));
const [secret, otherSecret] = [2n, 3n];

/** How often each view is seen. */
type Views = ReadonlyMap<string, number>;

/** Half the sum of the differences of two distributions over as many equally likely draws. */
function distance(first: Views, second: Views): number {
  const total = [...first.values()].reduce((sum, count) => sum + count, 0);
  const views = new Set([...first.keys(), ...second.keys()]);
  const differences = [...views].map((view) => Math.abs((first.get(view) ?? 0) - (second.get(view) ?? 0)));
  return differences.reduce((sum, difference) => sum + difference, 0) / (2 * total);
}

function tally(views: Iterable<string>): Views {
  const counts = new Map<string, number>();
  for (const view of views) counts.set(view, (counts.get(view) ?? 0) + 1);
  return counts;
}

/** All vectors of numbers below 2^bits. */
function* vectors(bits: readonly number[]): Generator<readonly bigint[]> {
  const [first, ...rest] = bits;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of vectors(rest)) {
    for (let value = 0n; value < 1n << BigInt(first); value++) yield [value, ...tail];
  }
}

/** Who is corrupted in each epoch, by row of 2 of 3. */
type Path = readonly number[];

/** What the thief of one row an epoch has, over all draws of the dealer and of one refresher an epoch. */
function* stolenViews(path: Path, dealt: bigint, bits: readonly number[]): Generator<string> {
  for (const drawn of vectors(bits)) {
    let sum = 0n;
    const view = path.map((row, epoch) => {
      sum += drawn[epoch] ?? 0n;
      return rowProduct(present(twoOfThree.rows[row], 'a row'), [dealt, sum]);
    });
    yield view.join();
  }
}

/** The same distance without counting: every draw of one secret but those at the edges has its twin of the other. */
function distanceOfTwins(
  sharing: LinearSharing,
  path: readonly ReadonlySet<string>[],
  bits: readonly number[],
): number {
  const sweeps = path.map((set) => right(sweepingVector(sharing, (process: ProcessId) => set.has(process))));
  const remaining = sweeps.map((sweep, epoch) => {
    const moves = sweep.slice(1).map((shift, column) => shift - (sweeps[epoch - 1]?.[column + 1] ?? 0n));
    return moves.reduce((share, move) => share * (1 - Math.abs(Number(move)) / 2 ** (bits[epoch] ?? 0)), 1);
  });
  return 1 - remaining.reduce((share, epoch) => share * epoch, 1);
}

const owners = ['a', 'b', 'c'];

describe('T2: a thief of an unqualified set in every epoch', () => {
  it.each([[[0, 0, 0]], [[0, 1, 2]], [[2, 0, 2]], [[1, 1, 0]], [[2, 2, 1]]])(
    'sees two secrets as far apart as their twins tell (rows %s)',
    (path) => {
      const bits = [5, 5, 5];
      const [first, second] = [secret, otherSecret].map((dealt) => tally(stolenViews(path, dealt, bits)));
      const sets = path.map((row) => new Set([owners[row] ?? '']));
      const counted = distance(present(first, 'views'), present(second, 'views'));
      expect(counted).toBeCloseTo(distanceOfTwins(twoOfThree, sets, bits), 12);
      expect(counted).toBeGreaterThan(0);
    },
  );

  it.each([1, 10, 100, 1000])(
    'tells them apart with probability (1 + E) 2^-(σ+1) at most after %i refreshes',
    (epochs) => {
      const sigma = 10;
      const paths: readonly (readonly [LinearSharing, readonly ReadonlySet<string>[]])[] = [
        [twoOfThree, [new Set(['a']), new Set(['c'])]],
        [right(compile(gate(3, 'a', 'b', 'c', 'd', 'e'), integers)), [new Set(['a', 'b']), new Set(['c', 'e'])]],
        [
          right(compile(gate(2, gate(2, 'a', 'b', 'c'), 'd', 'e'), integers)),
          [new Set(['a', 'd']), new Set(['e', 'b'])],
        ],
      ];
      for (const [sharing, [even, odd]] of paths) {
        const bits = coefficientBits(sharing, 0, sigma);
        const path = Array.from(
          { length: epochs + 1 },
          (_, epoch) => (epoch % 2 === 0 ? even : odd) ?? new Set<string>(),
        );
        const widths = path.map((_, epoch) => (epoch === 0 ? bits : bits + 1));
        const told = distanceOfTwins(sharing, path, widths);
        expect(told).toBeLessThanOrEqual((1 + epochs) * 2 ** -(sigma + 1));
        expect(told).toBeGreaterThan(0);
      }
    },
  );
});

describe('T2: the public part of a quotient', () => {
  const [windowBits, sigma] = [7, 4];
  const dealtBits = coefficientBits(twoOfThree, 1, sigma);
  const plan = { sharing: twoOfThree, windowBits } as unknown as QuotientPlan;
  type Split = (numerator: bigint, offset: number) => { readonly high: bigint; readonly low: bigint };
  const offsets = Array.from({ length: 2 ** windowBits }, (_, offset) => offset);

  /** What all see of a contributor's quotient, with what one receiver sees of the part that is dealt. */
  function* published(quotient: bigint, split: Split) {
    const row = present(twoOfThree.rows[1], 'a row');
    for (const offset of offsets) {
      const { high, low } = split(quotient * twoOfThree.scale, offset);
      for (const [drawn] of vectors([dealtBits])) yield `${high} ${rowProduct(row, [low, drawn ?? 0n])}`;
    }
  }

  /** The offset as it is drawn: the leading bits of one byte. */
  const atRandom = (numerator: bigint, offset: number) =>
    splitNumerator(plan, numerator, () => Uint8Array.of(offset << (8 - windowBits)));

  const downwards = (numerator: bigint) => {
    const quotient = numerator / twoOfThree.scale;
    return { high: quotient >> BigInt(windowBits), low: quotient % (1n << BigInt(windowBits)) };
  };

  const highs = (quotient: bigint, split: Split) =>
    tally(offsets.map((offset) => `${split(quotient * twoOfThree.scale, offset).high}`));

  it('tells two quotients apart with their distance over 2^W at most, wherever they are', () => {
    for (let quotient = 0n; quotient < 2n ** BigInt(windowBits + 1); quotient++) {
      for (const apart of [1n, 2n, 5n]) {
        const told = distance(highs(quotient, atRandom), highs(quotient + apart, atRandom));
        expect(told).toBeLessThanOrEqual(Number(apart) / 2 ** windowBits);
        expect(told).toBeGreaterThan(0);
      }
    }
  });

  it('tells everything at some places if it is rounded down', () => {
    const edge = 2n ** BigInt(windowBits) - 1n;
    expect(distance(highs(edge, downwards), highs(edge + 1n, downwards))).toBe(1);
    expect(distance(tally(published(edge, downwards)), tally(published(edge + 1n, downwards)))).toBe(1);
  });

  it('adds little to what a receiver sees of what is dealt', () => {
    const edge = 2n ** BigInt(windowBits) - 1n;
    const told = distance(tally(published(edge, atRandom)), tally(published(edge + 1n, atRandom)));
    expect(told).toBeLessThanOrEqual(2 ** -windowBits + 2 ** -sigma);
    expect(told).toBeGreaterThan(0);
  });
});
