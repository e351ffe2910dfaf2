/** What every compiled policy satisfies (test T1 of the design's cryptography): checked over random trees and random sets. */
import { type Policy } from '../../../src/quorum/policy/policy.js';
import { dealingRanges, shareBounds, zeroDealingRanges } from '../../../src/schemes/sharing/bounds.js';
import { compile, type LinearSharing } from '../../../src/schemes/sharing/compile.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import {
  coefficientBits,
  maxCoefficientShift,
  rowShifts,
  statisticalSecurityBits,
} from '../../../src/schemes/sharing/hiding.js';
import { bitLength, factorial, gcd, lcm } from '../../../src/schemes/sharing/integers.js';
import { addedRanges, type CoefficientRanges, scaledRanges } from '../../../src/schemes/sharing/ranges.js';
import { isQualified, reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { integers, type Ring } from '../../../src/schemes/sharing/ring.js';
import { sweepingVector } from '../../../src/schemes/sharing/sweep.js';
import { right } from '../../support/right.js';
import { randomTree, seededNumbers } from './policies.js';

const members = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const setsPerTree = 6;

/** How often each law was put to the test. */
export interface LawCount {
  readonly reconstructions: number;
  readonly sweeps: number;
}

/** Throws where a law is broken. */
export function checkAlgebra(ring: Ring, trees: { readonly count: number; readonly seed: number }): LawCount {
  const number = seededNumbers(trees.seed);
  const counted = { reconstructions: 0, sweeps: 0 };
  for (let tree = 0; tree < trees.count; tree++) {
    const policy = randomTree(number, { members, maxDepth: 4, maxFanIn: 6 });
    const sharing = right(compile(policy, ring));
    assert(sharing.scale === scaleOf(policy, ring), 'D is the product of its gates along the tree');
    assert(gcd(sharing.scale, 65537n) === 1n && gcd(sharing.scale, 7n * 11n) === 1n, 'D has small factors only');
    for (let count = 0; count < setsPerTree; count++) {
      const density = number();
      const set = new Set(members.filter(() => number() < density));
      if (satisfies(policy, set)) {
        counted.reconstructions += 1;
        checkReconstruction(sharing, set);
      } else {
        counted.sweeps += 1;
        checkSweep(sharing, set);
        checkSweep(sharing, maximalUnqualified(policy, set));
      }
    }
  }
  return counted;
}

/** Throws where a share has another length than everybody expects. */
export function checkShareLengths(trees: { readonly count: number; readonly seed: number }): void {
  const number = seededNumbers(trees.seed);
  const secretBits = 64;
  for (let tree = 0; tree < trees.count; tree++) {
    const sharing = right(compile(randomTree(number, { members, maxDepth: 4, maxFanIn: 6 }), integers));
    const fresh = dealingRanges(sharing, secretBits);
    const slack = maxCoefficientShift(sharing) << BigInt(secretBits + statisticalSecurityBits + 1);
    const width = fresh.coefficients.high - fresh.coefficients.low;
    assert(width > slack * BigInt(sharing.columnCount - 1), 'coefficients exceed all shifts together by σ bits');
    const { secret, coefficients } = zeroDealingRanges(sharing, secretBits);
    assert(secret.low === 0n && secret.high === 1n && coefficients.low === 0n, 'a refresh shares zero');
    const refreshSlack = 2n * slack * BigInt(sharing.columnCount - 1);
    assert(coefficients.high > refreshSlack, 'those of a refresh exceed the difference of two');
    for (const box of [fresh, ...derivedBoxes(sharing, fresh, number)]) checkBox(sharing, box, number);
  }
}

/** Refreshed, moved below zero, reshared with a wide secret. */
function derivedBoxes(sharing: LinearSharing, fresh: CoefficientRanges, number: () => number): CoefficientRanges[] {
  const bits = coefficientBits(sharing, 64) - Math.floor(number() * 20);
  const wide = 1n << BigInt(64 + Math.floor(number() * 200));
  const low = (number() < 0.5 ? -1n : 1n) * (1n << BigInt(Math.floor(number() * 300)));
  const secret = { low: 3n - (number() < 0.5 ? wide : 0n), high: 7n + (number() < 0.5 ? wide : 0n) };
  return [
    addedRanges([fresh, scaledRanges(zeroDealingRanges(sharing, 64), BigInt(1 + Math.floor(number() * 50)))]),
    addedRanges([fresh, scaledRanges(fresh, -7n), scaledRanges(fresh, 12n)]),
    { secret, coefficients: { low, high: low + (1n << BigInt(bits)) } },
    { secret, coefficients: { low, high: low + 1n } },
  ];
}

function checkBox(sharing: LinearSharing, box: CoefficientRanges, number: () => number): void {
  const bounds = shareBounds(sharing, box);
  assert(
    bounds.columnShift[0] === 0n && bounds.columnShift.length === sharing.columnCount,
    'the secret is not shifted',
  );
  const extreme = bounds.columnShift.map((shift, column) => {
    const { low, high } = column === 0 ? box.secret : box.coefficients;
    return shift + (number() < 0.5 ? low : high - 1n);
  });
  for (const [index, row] of sharing.rows.entries()) {
    const share = rowProduct(row, extreme);
    const { low, high } = bounds.rows[index] ?? { low: 0n, high: 0n };
    assert(share >= low && share < high, 'a share is where it is expected');
    const bits = bounds.shareBits[index] ?? 0;
    const isSecretAlone = row.entries.every(({ column }) => column === 0);
    assert(bitLength(share < 0n ? -share : share) <= bits, 'a share is no longer than expected');
    assert(isSecretAlone || (share > 0n && bitLength(share) === bits), 'a share has its fixed length');
  }
}

/** The policy, evaluated straight from its text. */
function satisfies(policy: Policy, present: ReadonlySet<string>): boolean {
  if (policy._tag === 'member') return present.has(policy.id);
  return policy.of.filter((child) => satisfies(child, present)).length >= policy.k;
}

function scaleOf(policy: Policy, ring: Ring): bigint {
  if (policy._tag === 'member') return 1n;
  const below = policy.of.map((child) => scaleOf(child, ring)).reduce(lcm);
  const isThreshold = policy.k > 1 && policy.k < policy.of.length;
  return isThreshold ? below * factorial(policy.of.length) ** (ring === integers ? 2n : 1n) : below;
}

/** The unqualified set that `start` grows into when members are added in order as long as it stays unqualified. */
function maximalUnqualified(policy: Policy, start: ReadonlySet<string>): ReadonlySet<string> {
  const set = new Set(start);
  for (const name of members) if (!satisfies(policy, new Set([...set, name]))) set.add(name);
  return set;
}

function checkReconstruction(sharing: LinearSharing, present: ReadonlySet<string>): void {
  assert(
    isQualified(sharing, (process) => present.has(process)),
    'a qualified set is recognized',
  );
  const sums = new Array<bigint>(sharing.columnCount).fill(0n);
  for (const [row, factor] of reconstruction(sharing, (process) => present.has(process)) ?? []) {
    const { owner, entries } = sharing.rows[row] ?? { owner: '', entries: [] };
    assert(present.has(owner), 'only rows of those present are used');
    for (const { column, coefficient } of entries) sums[column] = (sums[column] ?? 0n) + factor * coefficient;
  }
  const isExact = sums.every((sum, column) => sum === (column === 0 ? sharing.scale : 0n));
  assert(isExact, 'a reconstruction is exact');
}

function checkSweep(sharing: LinearSharing, present: ReadonlySet<string>): void {
  const has = (process: string) => present.has(process);
  assert(!isQualified(sharing, has) && reconstruction(sharing, has) === undefined, 'an unqualified set is recognized');
  const kappa = right(sweepingVector(sharing, has));
  const root = sharing.ring === integers ? 1n : sharing.scale;
  assert(kappa[0] === root && kappa.length === sharing.columnCount, 'a sweeping vector moves the secret');
  const shifts = sharing.rows.map((row) => rowProduct(row, kappa));
  assert(!sharing.rows.some(({ owner }, row) => has(owner) && shifts[row] !== 0n), 'a sweeping vector shows nothing');
  if (sharing.ring !== integers) return;
  const largest = maxCoefficientShift(sharing);
  assert(!kappa.slice(1).some((shift) => shift > largest || -shift > largest), 'coefficients move within their bound');
  const rows = rowShifts(sharing);
  const isWithin = (shift: bigint, limit: bigint) => shift <= limit && -shift <= limit;
  assert(
    shifts.every((shift, row) => isWithin(shift, rows[row] ?? 0n)),
    'rows move within their bounds',
  );
}

function assert(condition: boolean, law: string): asserts condition {
  if (!condition) throw new Error(`broken: ${law}`);
}
