/** The sets of children that satisfy a weighted gate, as a family with a cheapest set for any prices (a knapsack: what it leaves over). */
import { present } from '../../prelude/invariant.js';
import { Fraction } from '../analysis/load/fraction.js';
import { type ChildClass, classesOf, type LoadedChild } from '../analysis/load/gate-load.js';
import { fillKnapsack } from '../tree/knapsack.js';
import type { QuorumFamily, Uses } from './capacity-program.js';

/** Children times weight beyond which the table of a knapsack would take too long. */
const maxTable = 20_000_000;

/** @param k - from 1 to the weight of all. Undefined where the weights are too large. */
export function coverFamily(k: number, children: readonly LoadedChild[]): QuorumFamily | undefined {
  const classes = classesOf(children.map((child) => ({ ...child, weight: Math.min(child.weight, k) })));
  const seats = classes.flatMap(({ weight, positions }, index) => positions.map(() => ({ index, weight })));
  const spare = seats.reduce((sum, { weight }) => sum + weight, -k);
  if (seats.length * (Math.max(k, spare) + 1) > maxTable) return undefined;
  return {
    supplies: classes.map(({ capacity, positions }) => capacity.times(Fraction.of(BigInt(positions.length)))),
    maxUses: classes.map(({ positions }) => positions.length),
    seeds: windows(k, seats, classes),
    cheapest: (prices) => cheapestCover({ seats, spare, prices }),
  };
}

/** A child, by the class that it is of. */
interface Seat {
  readonly index: number;
  readonly weight: number;
}

/** All the children around a table: from each of them on, as many neighbours as it takes. So all are used about equally. */
function windows(k: number, seats: readonly Seat[], classes: readonly ChildClass[]): readonly Uses[] {
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

/** All but the dearest children that can be spared; then without those that cost nothing, as far as they can be spared too. */
function cheapestCover({
  seats,
  spare,
  prices,
}: {
  readonly seats: readonly Seat[];
  readonly spare: number;
  readonly prices: readonly number[];
}): { readonly uses: Uses; readonly cost: number } | undefined {
  const spared = fillKnapsack(
    seats.map(({ weight }) => weight),
    seats.map(({ index }) => prices[index] ?? 0),
    spare,
  );
  if (spared === undefined) return undefined;
  const uses = prices.map(() => 0);
  let cost = 0;
  let rest = seats.reduce((room, { weight }, seat) => (spared.has(seat) ? room - weight : room), spare);
  for (const [seat, { index, weight }] of seats.entries()) {
    if (spared.has(seat)) continue;
    if (weight <= rest) {
      rest -= weight;
      continue;
    }
    uses[index] = (uses[index] ?? 0) + 1;
    cost += prices[index] ?? 0;
  }
  return { uses, cost };
}
