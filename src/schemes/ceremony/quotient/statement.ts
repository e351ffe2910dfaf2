/**
 * What everybody checks of a masked-quotient reshare (spec/ceremonies.md). A contributor's remainder, high
 * part and commitment to its low part determine each other: the group has no elements of small order, so that there is one
 * Q_i with Q_i^D v^(r_i + D 2^W h_i) = Y_i, and whoever publishes another is named.
 */
import type { ProcessId } from '../../../prelude/process.js';
import { combinedKey } from '../../sharing/combined-rows.js';
import type { CommitmentGroup } from '../../sharing/commitments.js';
import { type IntegerRange, isInRange } from '../../sharing/ranges.js';
import { type Contributor, contributorsAfter, contributorsBefore, type QuotientPlan } from './plan.js';

/** What a contributor publishes of its part of the quotient. */
export interface QuotientStatement {
  /** r_i. */
  readonly remainder: bigint;
  /** h_i. */
  readonly high: bigint;
}

/** What is wrong with a contributor's statement. */
export type QuotientFault = 'remainder out of range' | 'high part out of range' | 'not the quotient';

/** v^(z_ij) of every pair of contributors, the one that comes first named first. */
type MaskKeys<G> = (first: ProcessId, second: ProcessId) => G;

/** Y_i, to which a contributor's masked combination of shares is committed. */
export function numeratorKey<G>(
  plan: QuotientPlan,
  group: CommitmentGroup<G>,
  { process, factors }: Contributor,
  rowKey: (row: number) => G,
  maskKeys: MaskKeys<G>,
): G {
  const after = contributorsAfter(plan, process).map((other) => maskKeys(process, other));
  const before = contributorsBefore(plan, process).map((other) => maskKeys(other, process));
  const own = combinedKey(group, factors, rowKey);
  return product(group, [own, ...after, group.power(product(group, before), -1n)]);
}

/** Judges a statement against Y_i and Q_i, the commitment to the secret of the contributor's dealing. */
export function checkQuotient<G>(
  plan: QuotientPlan,
  group: CommitmentGroup<G>,
  contributor: Contributor,
  { remainder, high }: QuotientStatement,
  keys: { readonly numerator: G; readonly quotient: G },
): QuotientFault | undefined {
  if (!isInRange(remainder, remainders(plan))) return 'remainder out of range';
  if (!isInRange(high, contributor.high)) return 'high part out of range';
  const exponent = remainder + ((plan.sharing.scale * high) << BigInt(plan.windowBits));
  const numerator = group.multiply(group.power(keys.quotient, plan.sharing.scale), powerOfBase(group, exponent));
  return group.equals(numerator, keys.numerator) ? undefined : 'not the quotient';
}

/** Where every r_i is. */
function remainders({ sharing }: QuotientPlan): IntegerRange {
  return { low: 0n, high: sharing.scale };
}

/**
 * c, what the low parts lack of the secret; public. `undefined` where the remainders show that the old shares do not add up to
 * a multiple of D, which cannot happen unless somebody knows the order of the group or a root of v, and then nobody can be
 * named. There is no other bound on c: one contributor could exceed it unnoticed, and stop every attempt (`possibleConstants`).
 */
export function constantOf(plan: QuotientPlan, statements: readonly QuotientStatement[]): bigint | undefined {
  const remainder = statements.reduce((sum, statement) => sum + statement.remainder, 0n);
  const high = statements.reduce((sum, statement) => sum + statement.high, 0n);
  if (remainder % plan.sharing.scale !== 0n) return undefined;
  return remainder / plan.sharing.scale + (high << BigInt(plan.windowBits));
}

/** v to a public power of either sign. */
function powerOfBase<G>(group: CommitmentGroup<G>, exponent: bigint): G {
  return exponent < 0n ? group.power(group.commit(-exponent), -1n) : group.commit(exponent);
}

function product<G>(group: CommitmentGroup<G>, elements: readonly G[]): G {
  return elements.reduce((whole, element) => group.multiply(whole, element), group.identity);
}
