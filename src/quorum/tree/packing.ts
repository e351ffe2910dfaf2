/**
 * Can items be put into bins? The question behind every weighted gate: children that no set can hold from inside must be owned by
 * sets, each of which may own a limited weight. Bounds and heuristics first, then an exact search (Martello & Toth, "Knapsack
 * Problems", 1990, chapters 4 and 8: subset sums by dynamic programming, first fit decreasing, branch and bound).
 */
import { groupedBy } from '../../prelude/grouping.js';
import { present } from '../../prelude/invariant.js';
import { type Budget, unlimited } from '../verdict.js';
import { fillKnapsack } from './knapsack.js';
import { packByTable } from './packing-table.js';
import { kindsOf, type Packing, PackingSearch, type PackingTask } from './packing-search.js';
import { sum, withoutCommonFactor } from './weights.js';

export type { Packing } from './packing-search.js';

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
  if (items.every((weights) => weights.every((weight) => weight === 1))) return packEqual(items.length, capacities);
  const { columns, limits } = withoutCommonFactors(items, capacities);
  const first = columns[0];
  if (first === undefined) return items.length === 0 ? packed([]) : impossible;
  const weights = columns.every((column) => column.every((weight, index) => weight === first[index]))
    ? first
    : undefined;
  if (weights?.every((weight) => weight === 1) === true) return packEqual(weights.length, limits);
  const task: PackingTask = { columns, limits, weights, order: decreasing(columns, items.length) };
  if (exceedsBounds(task)) return impossible;
  const quick = firstFit(task) ?? fillOneByOne(task, budget) ?? packByKind(task, budget);
  if (quick !== undefined) return quick;
  const searched = new PackingSearch(task, budget).run();
  return searched._tag === 'unknown' ? (packByTable(task, budget) ?? searched) : searched;
}

const impossible: Packing = { _tag: 'impossible' };

function packed(binOf: readonly number[]): Packing {
  return { _tag: 'packed', binOf };
}

function withoutCommonFactors(
  items: readonly (readonly number[])[],
  capacities: readonly number[],
): { readonly columns: readonly (readonly number[])[]; readonly limits: readonly number[] } {
  const columns: (readonly number[])[] = [];
  const limits: number[] = [];
  for (const [bin, capacity] of capacities.entries()) {
    const column = items.map((item) => present(item[bin], 'an item has a weight in each bin'));
    const { weights, factor } = withoutCommonFactor(column);
    columns.push(weights);
    limits.push(Math.floor(capacity / factor));
  }
  return { columns, limits };
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
function exceedsBounds({ columns, limits, order }: PackingTask): boolean {
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

/** First fit decreasing. */
function firstFit({ columns, limits, order }: PackingTask): Packing | undefined {
  const room = [...limits];
  const binOf = order.map(() => -1);
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
function fillOneByOne({ weights, limits, order }: PackingTask, budget: Budget): Packing | undefined {
  if (weights === undefined || budget.isSpent()) return undefined;
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
): readonly { readonly weight: number; readonly members: readonly number[] }[] {
  return [...groupedBy(items, (item) => weights[item] ?? 0)].map(([weight, members]) => ({ weight, members }));
}

/**
 * Where bins are of two kinds, which weigh items differently: lets the first kind have what weighs most in the second, as far as the
 * first has room in all; the second must have room for the rest, and then each kind is packed by itself.
 */
function packByKind({ columns, limits, weights, order }: PackingTask, budget: Budget): Packing | undefined {
  const kindOf = kindsOf(columns);
  const second = kindOf.findIndex((kind) => kind !== 0);
  if (weights !== undefined || !kindOf.every((kind) => kind === 0 || kind === second)) return undefined;
  const roomOf = (kind: number): number => sum(limits.filter((_, bin) => kindOf[bin] === kind));
  const other = columns[second] ?? [];
  const taken = fillKnapsack(columns[0] ?? [], other, roomOf(0), budget);
  if (taken === undefined) return undefined;
  if (sum(other.filter((_, item) => !taken.has(item))) > roomOf(second)) return impossible;
  const binOf = order.map(() => -1);
  for (const kind of [0, second]) {
    const own = [...order.keys()].filter((item) => taken.has(item) === (kind === 0));
    const bins = [...limits.keys()].filter((bin) => kindOf[bin] === kind);
    const packing = pack(
      own.map((item) => bins.map((bin) => columns[bin]?.[item] ?? 0)),
      bins.map((bin) => limits[bin] ?? 0),
      budget,
    );
    if (packing._tag !== 'packed') return undefined;
    for (const [place, item] of own.entries()) binOf[item] = bins[packing.binOf[place] ?? -1] ?? -1;
  }
  return packed(binOf);
}
