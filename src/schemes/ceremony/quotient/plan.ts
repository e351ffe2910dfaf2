/**
 * The masked-quotient reshare of a key over the integers: its numbers, all of them public and all of them known before it
 * starts (spec/ceremonies.md; our own derivation, proved there, not yet reviewed outside).
 *
 * A qualified set's combination of old shares is D S. Each contributor i holds a part y_i of that sum, masks it with numbers
 * that it shares with every other contributor and that cancel in the sum, divides it by D publicly (remainder r_i), cuts the
 * quotient into a public high and a secret low part, and deals the low part along the next policy. The secret stays the same
 * integer S and D does not accumulate, as it would where contributors deal their shares as they are.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { factorsByOwner, combinedBounds, type OwnFactors } from '../../sharing/combined-rows.js';
import type { LinearSharing, SharingNode } from '../../sharing/compile.js';
import { coefficientBits, rowShifts, statisticalSecurityBits } from '../../sharing/hiding.js';
import { bitLength, magnitude, residue } from '../../sharing/integers.js';
import {
  type CoefficientRanges,
  type IntegerRange,
  rangeOfBits,
  rowRanges,
  scaledRange,
  sumOfRanges,
} from '../../sharing/ranges.js';
import { reconstruction } from '../../sharing/reconstruction.js';
import { factorBounds } from './factor-bounds.js';

/** What a quotient reshare starts from. */
interface QuotientSetting {
  /** The old sharing, over the integers. */
  readonly sharing: LinearSharing;
  /** Where the integer secret S is. It stays there. */
  readonly secret: IntegerRange;
  /** Where the old shares are, by row. */
  readonly rows: readonly IntegerRange[];
  /** The sharing along the next policy. */
  readonly next: LinearSharing;
}

/** One of those whose combined shares are divided. */
export interface Contributor {
  readonly process: ProcessId;
  /** λ_r of its rows. */
  readonly factors: OwnFactors;
  /** Where h_i, the high part of its quotient, is if it is honest. */
  readonly high: IntegerRange;
}

export interface QuotientPlan extends QuotientSetting {
  /** P, in the order of those available. */
  readonly contributors: readonly Contributor[];
  /** Where masks are drawn, uniformly: [0, 2^Rm). */
  readonly mask: IntegerRange;
  /** W: the low part of a quotient is between -2^W and 2^W. */
  readonly windowBits: number;
  /** The box of a contributor's dealing: its low part, and coefficients uniform in [0, 2^R'). */
  readonly dealing: CoefficientRanges;
  /** Where the sub-share of each row of the next sharing is, of any one dealing. */
  readonly subShares: readonly IntegerRange[];
}

/**
 * Fixes who contributes, with which factors, and every range. Of those available, the reconstruction's choice contributes.
 *
 * @param available - in an order that everybody knows.
 * @returns `undefined` if they are not qualified.
 */
export function planQuotient(setting: QuotientSetting, available: readonly ProcessId[]): QuotientPlan | undefined {
  const { sharing } = setting;
  const there = new Set(available);
  const lambda = reconstruction(sharing, (process) => there.has(process));
  return lambda === undefined ? undefined : planWith(setting, factorsByOwner(sharing, lambda), available);
}

/**
 * A plan in which no number is shorter than in that of any qualified set of those available: as many contributors as there may
 * be, with the largest factors that rows can have. Not one to carry out.
 */
export function greatestPlan(setting: QuotientSetting, available: readonly ProcessId[]): QuotientPlan {
  const { sharing } = setting;
  const bounds = factorsByOwner(sharing, new Map(factorBounds(sharing).entries()));
  const count = Math.min(available.length, greatestChoice(sharing.root));
  const plan = planWith(setting, bounds, available, count);
  // Two ranges of one width may have one number more or less in them, once their ends are rounded.
  const contributors = plan.contributors
    .map(({ high, ...other }) => ({ ...other, high: { low: high.low - 1n, high: high.high + 1n } }))
    .toSorted((one, other) => (widthOf(one.high) > widthOf(other.high) ? -1 : 1));
  return { ...plan, contributors: contributors.slice(0, count) };
}

/** The most rows that a reconstruction below a node takes. */
export function greatestChoice(node: SharingNode): number {
  if (node._tag === 'leaf') return 1;
  const sizes = node.children.map(greatestChoice).sort((one, other) => other - one);
  return sizes.slice(0, node.k).reduce((sum, size) => sum + size, 0);
}

/** @param contributorCount - of those available who have factors; all of them if absent. */
function planWith(
  setting: QuotientSetting,
  factors: ReadonlyMap<ProcessId, OwnFactors>,
  available: readonly ProcessId[],
  contributorCount?: number,
): QuotientPlan {
  const { sharing, secret, next } = setting;
  const owners = available.filter((process) => factors.has(process));
  const last = (contributorCount ?? owners.length) - 1;
  const shift = shiftBits(secret);
  const mask = rangeOfBits(maskBits(sharing, shift, [...factors.values()], last + 1));
  const windowBits = shift + statisticalSecurityBits + 1;
  const dealing = { secret: lowPartRange(windowBits), coefficients: rangeOfBits(coefficientBits(next, shift)) };
  const contributors = owners.map((process, position): Contributor => {
    const own = factors.get(process) ?? new Map<number, bigint>();
    const before = Math.min(position, last);
    const masks = { mask, before, after: last - before };
    return { process, factors: own, high: highPartRange(setting, own, masks, windowBits) };
  });
  return { ...setting, contributors, mask, windowBits, dealing, subShares: rowRanges(next, dealing) };
}

export function contributorOf({ contributors }: QuotientPlan, process: ProcessId): Contributor {
  return present(
    contributors.find((contributor) => contributor.process === process),
    'a contributor',
  );
}

/** Those whose masks a contributor receives. */
export function contributorsBefore(plan: QuotientPlan, process: ProcessId): readonly ProcessId[] {
  return processesOf(plan).slice(0, plan.contributors.indexOf(contributorOf(plan, process)));
}

/** Those for whom a contributor draws masks. */
export function contributorsAfter(plan: QuotientPlan, process: ProcessId): readonly ProcessId[] {
  return processesOf(plan).slice(plan.contributors.indexOf(contributorOf(plan, process)) + 1);
}

/** In the order of the contributors. */
export function processesOf({ contributors }: QuotientPlan): readonly ProcessId[] {
  return contributors.map(({ process }) => process);
}

/** Two secrets of the range are less than 2^`shiftBits` apart. */
export function shiftBits({ low, high }: IntegerRange): number {
  return bitLength(high - low - 1n);
}

/**
 * Rm: replacing the secret by another moves a mask by at most that times Σ |λ_r| h_r over the rows of one contributor, h_r
 * being how far a row moves when the secret moves by 1; σ bits more, and one for each halving of the number of masks, hide it.
 */
function maskBits(sharing: LinearSharing, shift: number, factors: readonly OwnFactors[], count: number): number {
  const rowShift = rowShifts(sharing);
  const moves = factors.map((own) =>
    [...own].reduce((sum, [row, factor]) => sum + magnitude(factor) * (rowShift[row] ?? 0n), 0n),
  );
  const largest = moves.reduce((a, b) => (a > b ? a : b), 1n);
  return shift + bitLength(largest) + statisticalSecurityBits + bitLength(BigInt(count));
}

/** h = ⌊(q + o) / 2^W⌋ for 0 ≤ o < 2^W, with q the quotient by D of the masked combination of shares. */
function highPartRange(
  { sharing, rows }: QuotientSetting,
  own: OwnFactors,
  { mask, before, after }: { readonly mask: IntegerRange; readonly before: number; readonly after: number },
  windowBits: number,
): IntegerRange {
  const masks = [scaledRange(mask, BigInt(after)), scaledRange(mask, BigInt(-before))];
  const numerator = sumOfRanges([combinedBounds({ rows }, own).range, ...masks]);
  const [lowest, highest] = [
    floorQuotient(numerator.low, sharing.scale),
    floorQuotient(numerator.high - 1n, sharing.scale),
  ];
  const window = BigInt(windowBits);
  return { low: lowest >> window, high: ((highest + (1n << window) - 1n) >> window) + 1n };
}

/** ⌊numerator / denominator⌋ for a positive denominator. */
export function floorQuotient(numerator: bigint, denominator: bigint): bigint {
  return (numerator - residue(numerator, denominator)) / denominator;
}

function widthOf({ low, high }: IntegerRange): bigint {
  return high - low;
}

function lowPartRange(windowBits: number): IntegerRange {
  const window = 1n << BigInt(windowBits);
  return { low: 1n - window, high: window };
}
