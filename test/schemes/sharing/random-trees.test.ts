/** Test T1 of the design's cryptography: random trees, over the integers and over residues. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { dealingRanges, shareBounds } from '../../../src/schemes/sharing/bounds.js';
import { compile, type LinearSharing } from '../../../src/schemes/sharing/compile.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { maxCoefficientShift, statisticalSecurityBits } from '../../../src/schemes/sharing/hiding.js';
import { bitLength, gcd } from '../../../src/schemes/sharing/integers.js';
import { isQualified, reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { sweepingVector } from '../../../src/schemes/sharing/sweep.js';
import { right } from '../../support/right.js';
import { randomTree, seededNumbers } from './policies.js';

const members = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const treeCount = 800;

/** The policy, evaluated straight from its text. */
function satisfies(policy: Policy, present: ReadonlySet<string>): boolean {
  if (policy._tag === 'member') return present.has(policy.id);
  return policy.of.filter((child) => satisfies(child, present)).length >= policy.k;
}

function* trees(): Generator<{ policy: Policy; sets: readonly ReadonlySet<string>[] }> {
  const number = seededNumbers(1);
  for (let count = 0; count < treeCount; count++) {
    const policy = randomTree(number, { members, maxDepth: 4, maxFanIn: 6 });
    const sets = Array.from({ length: 6 }, () => {
      const share = number();
      return new Set(members.filter(() => number() < share));
    });
    yield { policy, sets };
  }
}

/** The unqualified set that `start` grows into when members are added in order as long as it stays unqualified. */
function maximalUnqualified(policy: Policy, start: ReadonlySet<string>): ReadonlySet<string> {
  const set = new Set(start);
  for (const name of members) if (!satisfies(policy, new Set([...set, name]))) set.add(name);
  return set;
}

function checkReconstruction(sharing: LinearSharing, present: ReadonlySet<string>): void {
  const lambda = reconstruction(sharing, (process) => present.has(process));
  expect(lambda).toBeDefined();
  const sums = new Array<bigint>(sharing.columnCount).fill(0n);
  for (const [row, factor] of lambda ?? []) {
    expect(present.has(sharing.rows[row]?.owner ?? '')).toBe(true);
    for (const { column, coefficient } of sharing.rows[row]?.entries ?? [])
      sums[column] = (sums[column] ?? 0n) + factor * coefficient;
  }
  const [first, ...rest] = sums;
  if (first !== sharing.scale || rest.some((sum) => sum !== 0n)) throw new Error('a reconstruction is not exact');
}

function checkSweep(sharing: LinearSharing, present: ReadonlySet<string>): bigint {
  const kappa = right(sweepingVector(sharing, (process) => present.has(process)));
  expect(kappa[0]).toBe(sharing.ring === integers ? 1n : sharing.scale);
  for (const row of sharing.rows) {
    if (present.has(row.owner) && rowProduct(row, kappa) !== 0n) throw new Error('a sweeping vector shows');
  }
  return kappa.slice(1).reduce((largest, value) => (value * value > largest * largest ? value : largest), 0n);
}

describe.each([
  { name: 'the integers', ring: integers },
  { name: 'residues', ring: residues },
])('random policy trees over $name', ({ ring }) => {
  it('qualified sets reconstruct D times the secret exactly, and unqualified sets can be swept within the bounds', () => {
    let [qualified, unqualified] = [0, 0];
    for (const { policy, sets } of trees()) {
      const sharing = right(compile(policy, ring));
      const limit = ring === integers ? maxCoefficientShift(sharing) : undefined;
      expect(gcd(sharing.scale, 65537n)).toBe(1n);
      for (const set of sets) {
        const isSatisfied = satisfies(policy, set);
        expect(isQualified(sharing, (process) => set.has(process))).toBe(isSatisfied);
        if (isSatisfied) {
          qualified++;
          checkReconstruction(sharing, set);
        } else {
          unqualified++;
          expect(reconstruction(sharing, (process) => set.has(process))).toBeUndefined();
          const largest = checkSweep(sharing, maximalUnqualified(policy, set));
          if (limit !== undefined && (largest > limit || -largest > limit))
            throw new Error('a sweeping vector exceeds its bound');
        }
      }
    }
    expect(Math.min(qualified, unqualified)).toBeGreaterThan(treeCount);
  });
});

describe('bounds over random trees', () => {
  it('hide the secret by σ bits, and give every share one length, at both ends of every range', () => {
    const number = seededNumbers(2);
    for (const { policy } of trees()) {
      const sharing = right(compile(policy, integers));
      const secretBits = 64;
      const box = dealingRanges(sharing, secretBits);
      const bounds = shareBounds(sharing, box);
      const slack = maxCoefficientShift(sharing) << BigInt(secretBits + statisticalSecurityBits);
      expect(box.coefficients.high - box.coefficients.low).toBeGreaterThan(slack * BigInt(sharing.columnCount - 1));
      const extreme = bounds.columnShift.map((shift, column) => {
        const { low, high } = column === 0 ? box.secret : box.coefficients;
        return shift + (number() < 0.5 ? low : high - 1n);
      });
      for (const [index, row] of sharing.rows.entries()) {
        const share = rowProduct(row, extreme);
        const { low, high } = bounds.rows[index] ?? { low: 0n, high: 0n };
        if (share < low || share >= high || bitLength(share) !== bounds.shareBits[index])
          throw new Error('a share is out of bounds');
      }
    }
  });
});
