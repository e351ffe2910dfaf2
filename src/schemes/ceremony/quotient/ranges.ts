/**
 * How large shares are after a masked-quotient reshare: from public data only, and never more than a number that depends on
 * the modulus, the next policy and the number of contributors alone, whatever they deal. That is what keeps a key usable for
 * ever (spec/ceremonies.md).
 *
 * Receivers can hold each sub-share against its range, but not the dealt secrets behind them: those they only know bounded as
 * far as in-range sub-shares bound them. The secret itself, the sum of it all, is the same integer as before.
 */
import type { LinearSharing, SharingNode } from '../../sharing/compile.js';
import { exactQuotient, magnitude } from '../../sharing/integers.js';
import {
  addedRanges,
  type CoefficientRanges,
  type IntegerRange,
  scaledRange,
  scaledRanges,
  sumOfRanges,
  zeroRange,
} from '../../sharing/ranges.js';
import { largestFactor } from './factor-bounds.js';
import type { QuotientPlan } from './plan.js';

/**
 * A box whose secret is in `secret`, and in whose row ranges every share is that is in a row range of `dealt`: what is known
 * better of the secret than of what was dealt is made up for by wider coefficients. A row that is the secret itself has the
 * range of the secret.
 */
export function knownSecretRanges(
  sharing: LinearSharing,
  dealt: CoefficientRanges,
  secret: IntegerRange,
): CoefficientRanges {
  const excess = largest([secret.low - dealt.secret.low, dealt.secret.high - secret.high, 0n]);
  const slacks = sharing.rows.map(({ entries }) => {
    const [own, others] = [entries.filter(({ column }) => column === 0), entries.filter(({ column }) => column !== 0)];
    const reach = others.reduce((sum, { coefficient }) => sum + magnitude(coefficient), 0n);
    const need = excess * magnitude(own[0]?.coefficient ?? 0n);
    return reach === 0n ? 0n : (need + reach - 1n) / reach;
  });
  const slack = largest([0n, ...slacks]);
  const { low, high } = dealt.coefficients;
  return { secret, coefficients: { low: low - slack, high: high + slack } };
}

/** The sum of all contributors' dealings, and the secret that it is the rest of. */
interface QuotientSum {
  /** The next sharing. */
  readonly next: LinearSharing;
  /** Where the secret is. */
  readonly secret: IntegerRange;
  /** The box of the sum of all honest dealings. */
  readonly dealt: CoefficientRanges;
}

/**
 * The box of the new shares, given the public constant c. As long as c is what honest contributors leave, it is the same box
 * every time.
 */
export function quotientRanges(sum: QuotientSum, constant: bigint): CoefficientRanges {
  const usual = constantsFor(sum.secret, sum.dealt.secret);
  return rangesFor(sum, {
    low: constant < usual.low ? constant : usual.low,
    high: constant >= usual.high ? constant + 1n : usual.high,
  });
}

/** Where c is if all sub-shares are in their ranges, those of some qualified set of honest receivers at least. */
export function possibleConstants({ next, secret, subShares, contributors }: QuotientPlan): IntegerRange {
  const low = largestSecret(next, subShares);
  return constantsFor(secret, scaledRange({ low: -low, high: low + 1n }, BigInt(contributors.length)));
}

/**
 * A box with sizes that shares never exceed, however many of the contributors deal as badly as nobody can prove, unless somebody
 * knows the order of the group: what there is to publish of a policy.
 */
export function greatestRanges(plan: QuotientPlan): CoefficientRanges {
  return rangesFor(sumOf(plan), possibleConstants(plan));
}

/** The sum of the plan's dealings. */
export function sumOf({ next, secret, dealing, contributors }: QuotientPlan): QuotientSum {
  return { next, secret, dealt: scaledRanges(dealing, BigInt(contributors.length)) };
}

/** Where c, the secret without the sum of the low parts, is. */
function constantsFor(secret: IntegerRange, lowParts: IntegerRange): IntegerRange {
  return sumOfRanges([secret, scaledRange(lowParts, -1n)]);
}

function rangesFor({ next, secret, dealt }: QuotientSum, constants: IntegerRange): CoefficientRanges {
  return knownSecretRanges(next, addedRanges([dealt, { secret: constants, coefficients: zeroRange }]), secret);
}

/**
 * The largest magnitude of a dealt secret of which some qualified set's shares are all in their ranges: they reconstruct D
 * times it. Node by node the largest D times its value.
 */
export function largestSecret(sharing: LinearSharing, rows: readonly IntegerRange[]): bigint {
  const visit = (node: SharingNode): bigint => {
    if (node._tag === 'leaf') {
      const { low, high } = rows[node.row] ?? { low: 0n, high: 1n };
      return largest([-low, high - 1n]);
    }
    const parts = node.children.map(
      (child, index) => visit(child) * exactQuotient(node.childScale, child.scale) * largestFactor(node, index + 1),
    );
    return parts
      .toSorted((a, b) => (a < b ? 1 : -1))
      .slice(0, node.k)
      .reduce((sum, part) => sum + part, 0n);
  };
  return visit(sharing.root) / sharing.scale;
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}
