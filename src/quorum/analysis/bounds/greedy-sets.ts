/** Sets of members found by taking one step after another, none back: good ones, of which nothing is proven but what they show. */
import type { Budget } from '../../verdict.js';
import { flags, membersIn, type Property, shrink } from './minimal-set-search.js';

type Flags = readonly boolean[];

/** Two sets with the property, each of which avoids the other as far as taking members out one by one leads in the time that there is. */
export function leastMeeting(
  holds: Property,
  start: Flags,
  { orders, budget }: { readonly orders: Iterable<readonly number[]>; readonly budget: Budget },
): readonly [Flags, Flags] {
  const all = flags(start.length, true);
  const isSpent = (): boolean => budget.isSpent();
  const avoiding = (other: Flags): Flags =>
    shrink(holds, all, [...membersIn(other), ...membersIn(other.map((chosen) => !chosen))], isSpent);
  const pairFrom = (first: Flags): readonly [Flags, Flags] => {
    const second = avoiding(first);
    const third = avoiding(second);
    return meeting(second, third) < meeting(first, second) ? [second, third] : [first, second];
  };
  let best = pairFrom(shrink(holds, start, start.keys(), isSpent));
  for (const order of orders) {
    if (meeting(...best) === 0) break;
    const pair = pairFrom(shrink(holds, all, order, isSpent));
    if (meeting(...pair) < meeting(...best)) best = pair;
  }
  return best;
}

function meeting(a: Flags, b: Flags): number {
  return a.filter((chosen, index) => chosen && b[index] === true).length;
}

interface GreedyFit {
  readonly setCount: number;
  readonly orders: Iterable<readonly number[]>;
  readonly budget: Budget;
}

/** Every member in one of so many sets without the property: each goes into the first that still lacks it then. Undefined if no order leads there in time. */
export function fitIntoSets(holds: Property, { setCount, orders, budget }: GreedyFit): readonly Flags[] | undefined {
  for (const order of orders) {
    const sets = firstFit(holds, order, { setCount, budget });
    if (sets !== undefined) return sets;
  }
  return undefined;
}

function firstFit(
  holds: Property,
  order: readonly number[],
  { setCount, budget }: Omit<GreedyFit, 'orders'>,
): readonly Flags[] | undefined {
  const sets = Array.from({ length: setCount }, () => [...flags(order.length, false)]);
  const fits = (set: boolean[], index: number): boolean => {
    set[index] = true;
    if (!holds(set)) return true;
    set[index] = false;
    return false;
  };
  return order.every((index) => !budget.isSpent() && sets.some((set) => fits(set, index))) ? sets : undefined;
}

/** All indices in their order, from each one on, and backwards: every index is the last of two orders, its neighbours before it. */
export function* rotations(count: number, budget: Budget): Generator<readonly number[]> {
  const indices = [...flags(count, true).keys()];
  for (const start of indices) {
    const order = [...indices.slice(start), ...indices.slice(0, start)];
    if (budget.isSpent()) return;
    yield order;
    yield order.toReversed();
  }
}
