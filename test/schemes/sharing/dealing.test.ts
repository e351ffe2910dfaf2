import { describe, expect, it, vi } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { dealingRanges, isOfFixedLength, maxBits, shareBounds } from '../../../src/schemes/sharing/bounds.js';
import { commitTo, rowKey, shiftedCommitments } from '../../../src/schemes/sharing/commitments.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import {
  dealOverIntegers,
  dealOverResidues,
  dividedByScale,
  rowProduct,
  shiftedDealing,
} from '../../../src/schemes/sharing/dealing.js';
import { bitLength, residue } from '../../../src/schemes/sharing/integers.js';
import {
  addedRanges,
  isInRange,
  movedRange,
  rowRanges,
  scaledRange,
  scaledRanges,
} from '../../../src/schemes/sharing/ranges.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../shoup-rsa/setup.js';
import { gate } from './policies.js';
import { toyGroup, toyOrder } from './toy-group.js';

const policy = gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'd', 'e'), gate(1, 'f', 'g'));
const overIntegers = right(compile(policy, integers));
const overResidues = right(compile(policy, residues));
const random = seededRandom('dealing');

describe('a dealing over the integers', () => {
  const box = { secret: { low: -5n, high: 6n }, coefficients: { low: 100n, high: 108n } };

  it('has the secret first, and every coefficient in its range, both ends included', () => {
    const drawn = new Set<bigint>();
    for (let count = 0; count < 100; count++) {
      const { coefficients, shares } = dealOverIntegers(overIntegers, box, -5n, random);
      expect(coefficients).toHaveLength(overIntegers.columnCount);
      expect(coefficients[0]).toBe(-5n);
      for (const coefficient of coefficients.slice(1)) drawn.add(coefficient);
      expect(shares).toEqual(overIntegers.rows.map((row) => rowProduct(row, coefficients)));
    }
    expect([...drawn].toSorted()).toEqual([100n, 101n, 102n, 103n, 104n, 105n, 106n, 107n].toSorted());
  });

  it('is refused for a secret outside its range, and for a sharing over residues', () => {
    for (const secret of [-6n, 6n]) {
      expect(() => dealOverIntegers(overIntegers, box, secret, random)).toThrow('in its range');
    }
    expect(() => dealOverIntegers(overResidues, box, 0n, random)).toThrow('over the integers');
    expect(() => shareBounds(overResidues, box)).toThrow('over the integers');
  });

  it('is shifted without a change of the secret, in shares and in commitments', () => {
    const dealing = dealOverIntegers(overIntegers, box, 3n, random);
    const { columnShift, rows } = shareBounds(overIntegers, box);
    const shifted = shiftedDealing(overIntegers, dealing, columnShift);
    expect(shifted.coefficients[0]).toBe(3n);
    expect(shifted.shares).toEqual(overIntegers.rows.map((row) => rowProduct(row, shifted.coefficients)));
    expect(shifted.shares.every((share, row) => isInRange(share, present(rows[row], 'a range')))).toBe(true);
    const commitments = shiftedCommitments(toyGroup, commitTo(toyGroup, dealing.coefficients), columnShift);
    expect(commitments).toEqual(commitTo(toyGroup, shifted.coefficients));
    const back = columnShift.map((shift) => -shift);
    expect(shiftedDealing(overIntegers, shifted, back)).toEqual(dealing);
    expect(shiftedCommitments(toyGroup, commitments, back)).toEqual(commitTo(toyGroup, dealing.coefficients));
    const committed = vi.fn((secret: bigint) => toyGroup.commit(secret));
    const unmoved = columnShift.map(() => 0n);
    expect(shiftedCommitments({ ...toyGroup, commit: committed }, commitments, unmoved)).toEqual(commitments);
    expect(committed).not.toHaveBeenCalled();
    for (const [index, row] of overIntegers.rows.entries()) {
      expect(rowKey(toyGroup, commitments, row)).toBe(toyGroup.commit(present(shifted.shares[index], 'a share')));
    }
  });
});

describe('the shift of a sharing', () => {
  const box = { secret: { low: -5n, high: 6n }, coefficients: { low: 100n, high: 108n } };
  const shiftOf = (wanted: Policy) => shareBounds(right(compile(wanted, integers)), box).columnShift;

  it('of a threshold is that of its linear coefficient: Δ b, and the power of two above all else', () => {
    // Δ b = 24 · 5, and 24 · 5 + 4 · 120 + 7 · 4 + 7 · 16 = 740 < 1024.
    expect(shiftOf(gate(3, 'a', 'b', 'c', 'd'))).toEqual([0n, 120n + 1024n - 100n, -100n]);
  });

  it('of an all-of gate is three times the power of two above the value and all coefficients together', () => {
    // 5 + 2 · 8 = 21 < 32.
    expect(shiftOf(gate(3, 'a', 'b', 'c'))).toEqual([0n, 3n * 32n - 100n, 3n * 32n - 100n]);
    const wide = { ...box, secret: { low: 0n, high: 1000n } };
    const { columnShift } = shareBounds(right(compile(gate(2, 'a', 'b'), integers)), wide);
    expect(columnShift).toEqual([0n, 3n * 1024n - 100n]);
  });

  it('of a gate below follows from where its own value is', () => {
    const threshold = gate(2, 'a', 'b', 'c');
    // The first child has 48 to 55, and 6 · 55 + 3 · 7 = 351 < 512; the last one 43 to 60, and 6 · 60 + 21 = 381 < 512.
    expect(shiftOf(gate(2, threshold, 'd'))).toEqual([0n, 48n - 100n, 512n - 100n]);
    expect(shiftOf(gate(2, 'd', threshold))).toEqual([0n, 48n - 100n, 512n - 100n]);
    // Any-of: the value itself, 6 · 5 + 3 · 30 + 3 · 7 = 141 < 256.
    expect(shiftOf(gate(1, 'd', threshold))).toEqual([0n, 30n + 256n - 100n]);
  });
});

describe('a dealing over residues', () => {
  it('draws every residue, and no other number', () => {
    const drawn = new Set<bigint>();
    for (let count = 0; count < 200; count++) {
      const { coefficients, shares } = dealOverResidues(overResidues, 11n, 7n, random);
      expect(coefficients).toHaveLength(overResidues.columnCount);
      expect(coefficients[0]).toBe(7n);
      for (const coefficient of coefficients.slice(1)) drawn.add(coefficient);
      expect(shares).toEqual(overResidues.rows.map((row) => residue(rowProduct(row, coefficients), 11n)));
    }
    expect([...drawn].toSorted((a, b) => Number(a - b))).toEqual(
      Array.from({ length: 11 }, (_, value) => BigInt(value)),
    );
  });

  it('is of any residue, and is refused for what is none, and for a sharing over the integers', () => {
    for (const secret of [0n, 10n]) {
      expect(dealOverResidues(overResidues, 11n, secret, random).coefficients[0]).toBe(secret);
    }
    for (const secret of [-1n, 11n]) {
      expect(() => dealOverResidues(overResidues, 11n, secret, random)).toThrow('a residue');
    }
    expect(() => dealOverResidues(overIntegers, 11n, 1n, random)).toThrow('over residues');
  });

  it('shares what D times is the secret', () => {
    const divided = dividedByScale(overResidues, toyOrder, 99n);
    expect(divided >= 0n && divided < toyOrder).toBe(true);
    expect(residue(divided * overResidues.scale, toyOrder)).toBe(99n);
    expect(() => dividedByScale(overResidues, 3n, 1n)).toThrow('no fan-in reaches a factor of the order');
  });
});

describe('ranges', () => {
  const range = { low: -3n, high: 5n };

  it('are of what is in them: low included, high not', () => {
    expect([-4n, -3n, 0n, 4n, 5n].map((value) => isInRange(value, range))).toEqual([false, true, true, true, false]);
    expect(movedRange(range, 10n)).toEqual({ low: 7n, high: 15n });
  });

  it('scale and add up tightly', () => {
    expect(scaledRange(range, 2n)).toEqual({ low: -6n, high: 9n });
    expect(scaledRange(range, -2n)).toEqual({ low: -8n, high: 7n });
    expect(scaledRange(range, 0n)).toEqual({ low: 0n, high: 1n });
    const box = { secret: range, coefficients: { low: 1n, high: 3n } };
    expect(scaledRanges(box, -2n)).toEqual({ secret: { low: -8n, high: 7n }, coefficients: { low: -4n, high: -1n } });
    expect(addedRanges([box, box, scaledRanges(box, -1n)])).toEqual({
      secret: { low: -10n, high: 12n },
      coefficients: { low: 0n, high: 4n },
    });
    expect(addedRanges([])).toEqual({ secret: { low: 0n, high: 1n }, coefficients: { low: 0n, high: 1n } });
  });

  it('of rows are those of what they may be dealt, to the last number', () => {
    const sharing = right(compile(gate(2, 'a', 'b', 'c'), integers));
    const box = { secret: { low: -1n, high: 2n }, coefficients: { low: 5n, high: 8n } };
    expect(rowRanges(sharing, box)).toEqual([
      { low: -6n + 5n, high: 6n + 7n + 1n },
      { low: -6n + 10n, high: 6n + 14n + 1n },
      { low: -6n + 15n, high: 6n + 21n + 1n },
    ]);
  });

  it('have the bits of their far end, and are of fixed length where both ends have as many', () => {
    expect([range, { low: -9n, high: 5n }, { low: 3n, high: 8n }, { low: -4n, high: -1n }].map(maxBits)).toEqual([
      3, 4, 3, 3,
    ]);
    expect(
      [
        { low: 4n, high: 8n },
        { low: 4n, high: 9n },
        { low: 0n, high: 1n },
        { low: -7n, high: -4n },
      ].map(isOfFixedLength),
    ).toEqual([true, false, false, false]);
  });
});

describe('shares of what may be far below zero', () => {
  it.each([
    ['all', gate(2, 'a', 'b')],
    ['all of more', gate(4, 'a', 'b', 'c', 'd')],
    ['a threshold', gate(2, 'a', 'b', 'c')],
    ['a threshold of more', gate(4, 'a', 'b', 'c', 'd', 'e', 'f', 'g')],
    ['gates below gates', gate(2, gate(2, 'a', 'b'), gate(2, 'c', 'd', 'e'), 'f')],
  ])('have one length for %s', (_, wanted) => {
    const sharing = right(compile(wanted, integers));
    const secrets = [
      { low: -(1n << 100n), high: 3n },
      { low: -(1n << 100n), high: 1n << 100n },
      { low: -(1n << 100n), high: -(1n << 99n) },
    ];
    for (const secret of secrets) {
      for (const width of [1n, 1n << 40n, 1n << 100n, 1n << 160n]) {
        for (const low of [-(1n << 120n), 0n, 1n << 120n]) {
          const { rows, shareBits } = shareBounds(sharing, { secret, coefficients: { low, high: low + width } });
          expect(rows.every(isOfFixedLength)).toBe(true);
          expect(rows.map(({ high }) => bitLength(high - 1n))).toEqual(shareBits);
        }
      }
    }
  });
});

describe('shares of the secret alone', () => {
  const sharing = right(compile(gate(1, 'a', gate(1, 'b'), gate(2, 'c', 'd')), integers));

  it('have the length of the secret, which nothing can shift', () => {
    const { rows, shareBits } = shareBounds(sharing, dealingRanges(sharing, 64));
    expect(rows.slice(0, 2)).toEqual([
      { low: 1n << 64n, high: 1n << 65n },
      { low: 1n << 64n, high: 1n << 65n },
    ]);
    expect(shareBits.slice(0, 2)).toEqual([65, 65]);
  });

  it('have the length of its far end where its range has none', () => {
    const box = { secret: { low: -100n, high: 20n }, coefficients: { low: 0n, high: 1n << 30n } };
    const { rows, shareBits } = shareBounds(sharing, box);
    expect(rows[0]).toEqual(box.secret);
    expect(shareBits[0]).toBe(bitLength(100n));
    expect(rows.slice(2).every(isOfFixedLength)).toBe(true);
  });
});
