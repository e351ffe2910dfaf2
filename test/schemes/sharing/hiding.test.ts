/** How far sweeping vectors reach, against those of all unqualified sets. */
import { describe, expect, it } from 'vitest';
import { compile, type LinearSharing } from '../../../src/schemes/sharing/compile.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { maxCoefficientShift, rowShifts } from '../../../src/schemes/sharing/hiding.js';
import { magnitude } from '../../../src/schemes/sharing/integers.js';
import { isQualified } from '../../../src/schemes/sharing/reconstruction.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { sweepingVector } from '../../../src/schemes/sharing/sweep.js';
import { right } from '../../support/right.js';
import { gate } from './policies.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const flat = Array.from({ length: 7 }, (_, n) =>
  Array.from({ length: n + 1 }, (__, k) => [`${k + 1} of ${n + 1}`, gate(k + 1, ...names.slice(0, n + 1))] as const),
).flat();

/** The sweeping vectors of all unqualified sets. */
function sweeps(sharing: LinearSharing): readonly (readonly bigint[])[] {
  const sets = Array.from({ length: 2 ** names.length }, (_, mask) =>
    names.filter((__, index) => Math.floor(mask / 2 ** index) % 2 === 1),
  );
  const unqualified = sets.filter((set) => !isQualified(sharing, (process) => set.includes(process)));
  return unqualified.map((set) => right(sweepingVector(sharing, (process) => set.includes(process))));
}

const largestOf = (values: readonly bigint[]): bigint => values.map(magnitude).reduce((a, b) => (a < b ? b : a), 0n);

describe('a unit change of the secret', () => {
  it.each([
    ...flat,
    ['a threshold below a threshold', gate(2, 'e', 'f', gate(3, 'a', 'b', 'c', 'd'))],
    ['a threshold below all-of', gate(2, 'e', gate(2, 'a', 'b', 'c'))],
    ['any-of below a threshold', gate(2, 'e', 'f', gate(1, 'a', 'b'))],
  ] as const)(
    'moves coefficients and rows of %s as far as the worst unqualified set has it, and no farther',
    (_, policy) => {
      const sharing = right(compile(policy, integers));
      const vectors = sweeps(sharing);
      expect(maxCoefficientShift(sharing)).toBe(largestOf(vectors.flatMap((vector) => vector.slice(1))));
      const moved = sharing.rows.map((row) => largestOf(vectors.map((vector) => rowProduct(row, vector))));
      const bounds = rowShifts(sharing);
      expect(bounds).toHaveLength(sharing.rows.length);
      expect(largestOf(bounds)).toBe(largestOf(moved));
      for (const [row, bound] of bounds.entries()) expect(bound).toBeGreaterThanOrEqual(moved[row] ?? 0n);
    },
  );
});
