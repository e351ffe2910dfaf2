/** Random trust trees some of whose gates have weights. */
import fc from 'fast-check';
import type { TrustGate, TrustTree } from '../../src/quorum/trust/trust-tree.js';
import { arbitraryTree } from './quorum.js';

/** Trees as `arbitraryTree` makes them, of at most `maxMembers`; every other gate gets weights from 1 to 4. */
export function arbitraryWeightedTree(maxChildren: number, maxMembers = Infinity): fc.Arbitrary<TrustGate> {
  return fc
    .tuple(arbitraryTree(maxChildren), fc.array(fc.nat({ max: 1000 }), { minLength: 50, maxLength: 50 }))
    .map(([tree, dice]) => {
      let next = 0;
      return weighted(tree, () => dice[next++ % dice.length] ?? 0);
    })
    .filter((tree) => countMembers(tree) <= maxMembers);
}

function weighted(gate: TrustGate, die: () => number): TrustGate {
  const of = gate.of.map((child) => (child._tag === 'member' ? child : weighted(child, die)));
  if (die() % 2 === 0) return { ...gate, of };
  const weights = of.map(() => 1 + (die() % 4));
  const f = die() % weights.reduce((sum, weight) => sum + weight, 0);
  return { _tag: 'gate', f, t: die() % (f + 1), of, weights };
}

function countMembers(tree: TrustTree): number {
  return tree._tag === 'member' ? 1 : tree.of.reduce((count, child) => count + countMembers(child), 0);
}
