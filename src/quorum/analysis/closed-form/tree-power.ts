/**
 * The voting power of members of read-once policies: Banzhaf's index, and who has none.
 * Source: Banzhaf, "Weighted voting doesn't work", Rutgers Law Review 1965; on a tree the index is a product along the path to the root.
 */
import { groupedBy } from '../../../prelude/grouping.js';
import { invariant } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy, ThresholdGate } from '../../policy/policy.js';
import { membersOf } from '../../tree/tree-check.js';
import { totalWeight, weightAt } from '../../tree/weights.js';
import { type Budget, exact, type Figure, outOfTime, unlimited } from '../../verdict.js';
import { emptySum, reachableSums, shorterSide } from '../availability/gate-sums.js';
import type { SumDistribution, Term } from '../availability/sum-distribution.js';

/**
 * The share of the sets of the others to which a member brings what they lack: 0 to 1. At gates of more than some 900 children of
 * which nearly all or nearly none must act, it may be too small for a number and is 0 then.
 * @param policy - read-once.
 */
export function treeBanzhaf(policy: Policy, budget: Budget = unlimited): Figure<ReadonlyMap<ProcessId, number>> {
  assertReadOnce(policy);
  const index = new Map<ProcessId, number>();
  const root = atEvenOdds(policy, budget);
  if (root !== undefined) spreadPower(root, 1, { index, budget });
  if (budget.isSpent()) return outOfTime(budget, 'power');
  return root === undefined ? tooManySums : exact(index);
}

/** In shares of the power of all, which add up to 1; all 0 if none has any. */
export function normalizedPower<M>(index: ReadonlyMap<M, number>): ReadonlyMap<M, number> {
  const total = [...index.values()].reduce((sum, one) => sum + one, 0);
  return new Map([...index].map(([member, one]) => [member, total === 0 ? 0 : one / total]));
}

/** The members that no set needs, in order of appearance. @param policy - read-once. */
export function treeDummies(policy: Policy, budget: Budget = unlimited): Figure<readonly ProcessId[]> {
  assertReadOnce(policy);
  const dummies = dummiesOf(policy, budget);
  if (dummies !== undefined) return exact(dummies);
  return budget.isSpent() ? outOfTime(budget, 'members that never matter') : tooManySums;
}

const tooManySums = { _tag: 'unknown', reason: 'the weights of a gate have too many different sums' } as const;

function assertReadOnce(policy: Policy): void {
  const members = membersOf(policy);
  invariant(new Set(members).size === members.length, 'every member stands once in the policy');
}

/** A node with the probability that it is satisfied when every member acts with probability 1/2. */
interface OddsNode {
  readonly policy: Policy;
  readonly satisfied: number;
  readonly unsatisfied: number;
  readonly children: readonly OddsNode[];
}

/** Undefined where a gate has too many sums, or time ran out. */
function atEvenOdds(policy: Policy, budget: Budget): OddsNode | undefined {
  if (policy._tag === 'member') return { policy, satisfied: 1 / 2, unsatisfied: 1 / 2, children: [] };
  if (budget.isSpent() || hasTooManySums(policy, budget)) return undefined;
  const children: OddsNode[] = [];
  for (const child of policy.of) {
    const node = atEvenOdds(child, budget);
    if (node === undefined) return undefined;
    children.push(node);
  }
  const { counting, limit } = shorterSide(policy.k, totalWeight(policy));
  const sum = emptySum(limit).plusTerms(termsOf(policy, children));
  const { reached, missed } = sum;
  return counting === 'up'
    ? { policy, children, satisfied: reached, unsatisfied: missed }
    : { policy, children, satisfied: missed, unsatisfied: reached };
}

function hasTooManySums(gate: ThresholdGate, budget: Budget): boolean {
  if (gate.weights === undefined) return false;
  return reachableSums(gate.weights, shorterSide(gate.k, totalWeight(gate)).limit, budget) === undefined;
}

function termsOf(gate: ThresholdGate, children: readonly OddsNode[]): readonly Term[] {
  const { counting } = shorterSide(gate.k, totalWeight(gate));
  return children.map(({ satisfied, unsatisfied }, index) => {
    const weight = weightAt(gate, index);
    return counting === 'up'
      ? { weight, hit: satisfied, miss: unsatisfied }
      : { weight, hit: unsatisfied, miss: satisfied };
  });
}

interface Spread {
  readonly index: Map<ProcessId, number>;
  readonly budget: Budget;
}

/** A member is pivotal where each gate above it is pivotal for the next, and these events are independent. Ends early when time is up. */
function spreadPower(node: OddsNode, power: number, { index, budget }: Spread): void {
  const { policy, children } = node;
  if (policy._tag === 'member') {
    index.set(policy.id, power);
    return;
  }
  if (budget.isSpent()) return;
  const { limit } = shorterSide(policy.k, totalWeight(policy));
  const swings = swingChances(termsOf(policy, children), limit, budget);
  for (const [position, child] of children.entries()) {
    spreadPower(child, power * (swings[position] ?? 0), { index, budget });
  }
}

/** Equal terms of one sum. */
interface TermClass {
  readonly term: Term;
  readonly positions: readonly number[];
}

/** Of each term, the probability that the sum of the others is below the limit, and would not be with its weight. Some only, when time is up. */
function swingChances(terms: readonly Term[], limit: number, budget: Budget): readonly number[] {
  const chances: number[] = [];
  const visit = (classes: readonly TermClass[], others: SumDistribution): void => {
    if (budget.isSpent()) return;
    const [first] = classes;
    if (first !== undefined && classes.length === 1) {
      const { term, positions } = first;
      const chance = others.plusTerms(positions.slice(1).map(() => term)).chanceFrom(limit - term.weight);
      for (const position of positions) chances[position] = chance;
      return;
    }
    const middle = Math.ceil(classes.length / 2);
    const [left, right] = [classes.slice(0, middle), classes.slice(middle)];
    visit(left, withClasses(others, right));
    visit(right, withClasses(others, left));
  };
  visit(equalTerms(terms), emptySum(limit));
  return chances;
}

function equalTerms(terms: readonly Term[]): readonly TermClass[] {
  const alike = groupedBy(terms.entries(), ([, { weight, hit, miss }]) => `${weight} ${hit} ${miss}`);
  return [...alike.values()].flatMap((entries) =>
    entries.slice(0, 1).map(([, term]) => ({ term, positions: entries.map(([position]) => position) })),
  );
}

function withClasses(sum: SumDistribution, classes: readonly TermClass[]): SumDistribution {
  return sum.plusTerms(classes.flatMap(({ term, positions }) => positions.map(() => term)));
}

/** Undefined where a gate has too many sums, or time ran out. */
function dummiesOf(policy: Policy, budget: Budget): readonly ProcessId[] | undefined {
  if (policy._tag === 'member') return [];
  const least = leastSwingingWeight(policy, budget);
  if (least === undefined) return undefined;
  const dummies: ProcessId[] = [];
  for (const [index, child] of policy.of.entries()) {
    const inner = weightAt(policy, index) < least ? membersOf(child) : dummiesOf(child, budget);
    if (inner === undefined) return undefined;
    dummies.push(...inner);
  }
  return dummies;
}

/**
 * The least weight of a child that some set of the other children needs; undefined where sums are too many. By bisection: if a child
 * is needed, so is every heavier one, which may take its place in the set or stand beside it.
 */
function leastSwingingWeight({ k, of, weights }: ThresholdGate, budget: Budget): number | undefined {
  if (weights === undefined) return 1;
  const { limit } = shorterSide(k, totalWeight({ of, weights }));
  const candidates = [...new Set(weights)].sort((a, b) => a - b);
  let low = 0;
  let high = candidates.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const weight = candidates[middle] ?? 0;
    const sums = reachableSums(weights.toSpliced(weights.indexOf(weight), 1), limit, budget);
    if (sums === undefined) return undefined;
    if (sums.chanceFrom(limit - weight) > 0) high = middle;
    else low = middle + 1;
  }
  return candidates[low];
}
