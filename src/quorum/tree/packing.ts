/**
 * Can items be put into bins? The question behind every weighted gate: children that no set can hold from inside must be owned by
 * sets, each of which may own a limited weight. Bounds and heuristics first, then an exact search (Martello & Toth, "Knapsack
 * Problems", 1990, chapters 4 and 8: subset sums by dynamic programming, first fit decreasing, branch and bound).
 */
import { present } from '../../prelude/invariant.js';
import { type Budget, outOfTime, unlimited } from '../verdict.js';

export type Packing =
  | { readonly _tag: 'packed' /** For each item the index of its bin. */; readonly binOf: readonly number[] }
  | { readonly _tag: 'impossible' }
  | { readonly _tag: 'unknown'; readonly reason: string };

/** The exact search gives up after so many placements, and keeps to so many items. */
const maxSteps = 100_000;
const maxSearchedItems = 1_000;
/** Subset sums are tabulated up to so many (capacity, distinct weight) pairs. */
const maxTable = 5_000_000;

/**
 * @param items - for each item its weight in each bin: not negative, safe integers.
 * @param capacities - of the bins: not negative, safe integers.
 */
export function pack(
  items: readonly (readonly number[])[],
  capacities: readonly number[],
  budget: Budget = unlimited,
): Packing {
  const { columns, limits } = withoutCommonFactors(items, capacities);
  const first = columns[0];
  if (first === undefined) return items.length === 0 ? packed([]) : impossible;
  const weights = columns.every((column) => column.every((weight, index) => weight === first[index]))
    ? first
    : undefined;
  if (weights?.every((weight) => weight === 1) === true) return packEqual(weights.length, limits);
  const task: Task = { items, columns, limits, weights, order: decreasing(columns, items.length) };
  if (exceedsBounds(task)) return impossible;
  return firstFit(task) ?? fillOneByOne(task) ?? new Search(task, budget).run();
}

interface Task {
  readonly items: readonly (readonly number[])[];
  /** For each bin the weight of each item. */
  readonly columns: readonly (readonly number[])[];
  readonly limits: readonly number[];
  /** Of the items, where they are the same in every bin. */
  readonly weights: readonly number[] | undefined;
  /** The items, heaviest first. */
  readonly order: readonly number[];
}

const impossible: Packing = { _tag: 'impossible' };

function packed(binOf: readonly number[]): Packing {
  return { _tag: 'packed', binOf };
}

/** Divides what a bin measures by the greatest common divisor of its weights; so equal weights become 1. */
function withoutCommonFactors(
  items: readonly (readonly number[])[],
  capacities: readonly number[],
): { readonly columns: readonly (readonly number[])[]; readonly limits: readonly number[] } {
  const columns: (readonly number[])[] = [];
  const limits: number[] = [];
  for (const [bin, capacity] of capacities.entries()) {
    const column = items.map((item) => present(item[bin], 'an item has a weight in each bin'));
    const divisor = column.reduce(greatestCommonDivisor, 0) || 1;
    columns.push(divisor === 1 ? column : column.map((weight) => weight / divisor));
    limits.push(Math.floor(capacity / divisor));
  }
  return { columns, limits };
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Items of weight 1 need places, nothing else. */
function packEqual(count: number, limits: readonly number[]): Packing {
  const binOf: number[] = [];
  for (const [bin, limit] of limits.entries()) {
    for (let place = 0; place < limit && binOf.length < count; place++) binOf.push(bin);
  }
  return binOf.length === count ? packed(binOf) : impossible;
}

function decreasing(columns: readonly (readonly number[])[], count: number): readonly number[] {
  const size = (item: number): number => Math.min(...columns.map((column) => column[item] ?? 0));
  const sizes = Array.from({ length: count }, (_, item) => size(item));
  return sizes.map((_, item) => item).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
}

/** Whether there is too little room in all, or too few places for the items of some weight and heavier ones. */
function exceedsBounds({ columns, limits, order }: Task): boolean {
  const room = sum(limits);
  let load = 0;
  let seen = 0;
  for (const item of order) {
    const weight = Math.min(...columns.map((column) => column[item] ?? 0));
    load += weight;
    seen += 1;
    if (load > room) return true;
    if (columns.every((column, bin) => (column[item] ?? 0) > (limits[bin] ?? 0))) return true;
    if (weight > 0 && sum(limits.map((limit) => Math.floor(limit / weight))) < seen) return true;
  }
  return false;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** First fit decreasing. */
function firstFit({ columns, limits, order, items }: Task): Packing | undefined {
  const room = [...limits];
  const binOf = items.map(() => -1);
  for (const item of order) {
    const bin = columns.findIndex((column, at) => (column[item] ?? 0) <= (room[at] ?? 0));
    if (bin === -1) return undefined;
    room[bin] = (room[bin] ?? 0) - (columns[bin]?.[item] ?? 0);
    binOf[item] = bin;
  }
  return packed(binOf);
}

/**
 * Where items weigh the same in every bin: fills bin after bin as full as the items left allow, with the heaviest that do. If no
 * choice of items reaches a capacity it is as good as the sum below it; where the room shrinks below the load, or with two bins, that
 * is a proof.
 */
function fillOneByOne({ weights, limits, order }: Task): Packing | undefined {
  if (weights === undefined) return undefined;
  const distinct = new Set(weights).size;
  if (limits.some((limit) => limit * distinct > maxTable)) return undefined;
  const tight = limits.map((limit) => sum(heaviestFill(order, weights, limit).map((item) => weights[item] ?? 0)));
  if (sum(tight) < sum(weights)) return impossible;
  const binOf = weights.map(() => -1);
  let left = order;
  for (const [bin, limit] of limits.entries()) {
    for (const item of heaviestFill(left, weights, limit)) binOf[item] = bin;
    left = left.filter((item) => binOf[item] === -1);
  }
  if (left.length === 0) return packed(binOf);
  return limits.length <= 2 ? impossible : undefined;
}

/** Of `items` (heaviest first) some whose weight is as near to `limit` from below as any choice comes. */
function heaviestFill(items: readonly number[], weights: readonly number[], limit: number): readonly number[] {
  const classes = classesOf(items, weights);
  const reachedBy = new Int32Array(limit + 1).fill(-1);
  const used = new Int32Array(limit + 1);
  reachedBy[0] = classes.length;
  for (const [index, { weight, members }] of classes.entries()) {
    for (let total = weight; weight > 0 && total <= limit; total++) {
      if (reachedBy[total] !== -1) continue;
      const before = reachedBy[total - weight] ?? -1;
      if (before === -1) continue;
      const times = before === index ? (used[total - weight] ?? 0) + 1 : 1;
      if (times > members.length) continue;
      reachedBy[total] = index;
      used[total] = times;
    }
  }
  const chosen = classes.filter(({ weight }) => weight === 0).flatMap(({ members }) => members);
  for (let total = reachedBy.findLastIndex((index) => index !== -1); total > 0; ) {
    const { weight, members } = present(classes[reachedBy[total] ?? -1], 'a reached sum was reached by a class');
    const times = used[total] ?? 0;
    chosen.push(...members.slice(0, times));
    total -= times * weight;
  }
  return chosen;
}

function classesOf(
  items: readonly number[],
  weights: readonly number[],
): readonly { readonly weight: number; readonly members: number[] }[] {
  const classes = new Map<number, number[]>();
  for (const item of items) {
    const weight = weights[item] ?? 0;
    const members = classes.get(weight);
    if (members === undefined) classes.set(weight, [item]);
    else members.push(item);
  }
  return [...classes].map(([weight, members]) => ({ weight, members }));
}

/**
 * Branch and bound: the heaviest item left goes into each bin that has room and differs from those tried; what is left must fit into
 * the room of all bins; no combination of rooms is searched twice.
 */
class Search {
  private readonly room: number[];
  private readonly binOf: number[];
  /** What measures of different bins are worth, so that they can be added. */
  private readonly price: readonly number[];
  /** For each bin a number that bins with the same weights share. */
  private readonly kinds: readonly number[];
  /** The least that the items from a place in the order on take up, by price. */
  private readonly rest: readonly number[];
  private readonly failed = new Set<string>();
  private steps = 0;
  private ended = false;

  constructor(
    private readonly task: Task,
    private readonly budget: Budget,
  ) {
    const { columns, limits, weights, order, items } = task;
    this.room = [...limits];
    this.binOf = items.map(() => -1);
    this.price = limits.map((limit) => (weights === undefined ? 1 / Math.max(1, limit) : 1));
    this.kinds = columns.map((column) =>
      columns.findIndex((other) => other.every((weight, item) => weight === column[item])),
    );
    const rest = [0];
    for (const item of order.toReversed()) {
      const least = Math.min(...columns.map((column, bin) => (column[item] ?? 0) * (this.price[bin] ?? 0)));
      rest.push((rest.at(-1) ?? 0) + least);
    }
    this.rest = rest.reverse();
  }

  run(): Packing {
    if (this.task.items.length > maxSearchedItems) {
      return { _tag: 'unknown', reason: `a search among more than ${maxSearchedItems} weights is not begun` };
    }
    if (this.place(0)) return packed(this.binOf);
    if (!this.ended) return impossible;
    if (this.budget.isSpent()) return outOfTime(this.budget, 'packing of weights');
    return { _tag: 'unknown', reason: `packing of weights: not decided within ${maxSteps} steps` };
  }

  /** Whether the items from `depth` in the order on fit. */
  private place(depth: number): boolean {
    const item = this.task.order[depth];
    if (item === undefined) return true;
    this.steps += 1;
    this.ended ||= this.steps > maxSteps || (this.steps % 1024 === 0 && this.budget.isSpent());
    if (this.ended || !this.hasRoom(depth)) return false;
    const state = this.state(depth);
    if (this.failed.has(state)) return false;
    const tried = new Set<string>();
    for (const bin of this.room.keys()) {
      const key = this.binKey(bin);
      if (tried.has(key) || !this.put(item, bin)) continue;
      tried.add(key);
      if (this.place(depth + 1)) return true;
      this.room[bin] = (this.room[bin] ?? 0) + this.weightIn(bin, item);
    }
    this.failed.add(state);
    return false;
  }

  private put(item: number, bin: number): boolean {
    const left = (this.room[bin] ?? 0) - this.weightIn(bin, item);
    if (left < 0) return false;
    this.room[bin] = left;
    this.binOf[item] = bin;
    return true;
  }

  private weightIn(bin: number, item: number): number {
    return this.task.columns[bin]?.[item] ?? 0;
  }

  /** Prices are rounded, so a hair's breadth is given away. */
  private hasRoom(depth: number): boolean {
    const room = this.room.reduce((total, left, bin) => total + left * (this.price[bin] ?? 0), 0);
    return (this.rest[depth] ?? 0) <= room * (1 + 1e-9);
  }

  private state(depth: number): string {
    return `${depth}|${Array.from(this.room.keys(), (bin) => this.binKey(bin))
      .sort()
      .join()}`;
  }

  private binKey(bin: number): string {
    return `${this.kinds[bin] ?? 0}:${this.room[bin] ?? 0}`;
  }
}
