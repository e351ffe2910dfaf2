/** The sets of children that satisfy a weighted gate, as a family with a cheapest set for any prices (a knapsack, by dynamic programming). */
import { present } from '../../prelude/invariant.js';
import { Fraction } from '../analysis/fraction.js';
import type { LoadedChild } from '../analysis/gate-load.js';
import type { QuorumFamily, Uses } from './capacity-program.js';

/** Children of one weight and capacity, which an optimum may treat alike: the mean over their permutations is one too. */
interface ChildClass {
  readonly weight: number;
  readonly capacity: Fraction;
  count: number;
}

/** Children times weight beyond which the table would take too long. */
const maxTable = 20_000_000;

/** @param k - from 1 to the weight of all. Undefined where the weights are too large. */
export function coverFamily(k: number, children: readonly LoadedChild[]): QuorumFamily | undefined {
  if (children.length * (k + 1) > maxTable) return undefined;
  const classes = classesOf(k, children);
  return {
    supplies: classes.map(({ capacity, count }) => capacity.times(Fraction.of(BigInt(count)))),
    maxUses: classes.map(({ count }) => count),
    seeds: windows(k, classes),
    cheapest: (prices) => cheapestCover(k, classes, prices),
  };
}

function classesOf(k: number, children: readonly LoadedChild[]): readonly ChildClass[] {
  const classes = new Map<string, ChildClass>();
  for (const { weight, capacity } of children) {
    const clipped = Math.min(weight, k);
    const key = `${clipped} ${capacity.toString()}`;
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { weight: clipped, capacity, count: 1 });
    else known.count += 1;
  }
  return [...classes.values()];
}

/** All the children around a table: from each of them on, as many neighbours as it takes. So all are used about equally. */
function windows(k: number, classes: readonly ChildClass[]): readonly Uses[] {
  const seats = classes.flatMap(({ count, weight }, index) => Array.from({ length: count }, () => ({ index, weight })));
  return seats.map((_, start) => {
    const uses = classes.map(() => 0);
    for (let step = 0, weight = 0; weight < k; step++) {
      const seat = present(seats[(start + step) % seats.length], 'a place at the table');
      weight += seat.weight;
      uses[seat.index] = (uses[seat.index] ?? 0) + 1;
    }
    return uses;
  });
}

/** For each weight up to k the least that children of that weight or more cost, child by child; then back from k. */
function cheapestCover(
  k: number,
  classes: readonly ChildClass[],
  prices: readonly number[],
): { readonly uses: Uses; readonly cost: number } {
  const items = classes.flatMap(({ count }, index) => Array.from({ length: count }, () => index));
  const least = new Float64Array(k + 1).fill(Infinity);
  least[0] = 0;
  const taken = items.map((index) => {
    const { weight } = present(classes[index], 'a class of these');
    const price = prices[index] ?? 0;
    const row = new Uint8Array(k + 1);
    for (let need = k; need > 0; need--) {
      const cost = (least[Math.max(0, need - weight)] ?? Infinity) + price;
      if (cost >= (least[need] ?? Infinity)) continue;
      least[need] = cost;
      row[need] = 1;
    }
    return row;
  });
  const uses = classes.map(() => 0);
  let need = k;
  for (let item = items.length - 1; item >= 0 && need > 0; item--) {
    const index = items[item] ?? 0;
    if (taken[item]?.[need] !== 1) continue;
    uses[index] = (uses[index] ?? 0) + 1;
    need = Math.max(0, need - (classes[index]?.weight ?? 0));
  }
  return { uses, cost: least[k] ?? Infinity };
}
