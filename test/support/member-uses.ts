/** What a strategy over a tree does to each member: for tests that hold it to its figures. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { Fraction } from '../../src/quorum/analysis/load/fraction.js';
import type { TreeStrategy } from '../../src/quorum/analysis/load/tree-strategy.js';

/** How likely each member is to be in a sampled quorum; members that never are have 0. In the order of the tree. */
export function memberUses(strategy: TreeStrategy): ReadonlyMap<ProcessId, Fraction> {
  const uses = new Map<ProcessId, Fraction>();
  spreadUse(strategy, Fraction.one, uses);
  return uses;
}

function spreadUse(strategy: TreeStrategy, use: Fraction, uses: Map<ProcessId, Fraction>): void {
  if (strategy._tag === 'member') {
    uses.set(strategy.id, use);
    return;
  }
  const { children, plans } = strategy;
  const total = plans.reduce((sum, { share }) => sum + share, 0n);
  const ofChildren = children.map(() => Fraction.zero);
  for (const { share, uses: ofPlan, outOf } of plans) {
    for (const { child, times } of ofPlan) {
      const before = present(ofChildren[child], 'a plan uses children of its gate');
      ofChildren[child] = before.plus(Fraction.of(share * times, total * outOf));
    }
  }
  for (const [index, child] of children.entries()) {
    spreadUse(child, use.times(present(ofChildren[index], 'every child has its use')), uses);
  }
}
