/**
 * The most profitable choice of items for several knapsacks (Martello & Toth, "Knapsack Problems", 1990, chapter 6): counting where
 * weights are equal, dynamic programming for one knapsack, bounds and branch and bound for more.
 */
import { fillKnapsack } from '../../tree/knapsack.js';
import { pack } from '../../tree/packing.js';
import { sum } from '../../tree/weights.js';
import type { Budget } from '../../verdict.js';

export interface KnapsackItem {
  /** Not negative. */
  readonly profit: number;
  /** In each knapsack. */
  readonly weights: readonly number[];
}

export interface Filling {
  /** For each item its knapsack, or -1 where it is left out. */
  readonly binOf: readonly number[];
  readonly profit: number;
  /** No choice has more profit; equal to `profit` where this one is proven best. */
  readonly atMost: number;
}

/** The search gives up after so many placements, and keeps to so many items. */
const maxSteps = 50_000;
const maxSearchedItems = 1_000;

export function fillKnapsacks(items: readonly KnapsackItem[], limits: readonly number[], budget: Budget): Filling {
  if (limits.length === 0)
    return filling(
      items,
      items.map(() => -1),
    );
  if (items.every(({ weights }) => weights.every((weight) => weight === 1))) return fillPlaces(items, limits);
  if (limits.length === 1) return withRest(items, limits, fillOne(items, limits[0] ?? 0, budget));
  return withRest(items, limits, fillSeveral(items, limits, budget));
}

function filling(items: readonly KnapsackItem[], binOf: readonly number[], atMost?: number): Filling {
  const profit = items.reduce((sum, item, index) => sum + (binOf[index] === -1 ? 0 : item.profit), 0);
  return { binOf, profit, atMost: atMost ?? profit };
}

/** Where every item weighs 1: the most profitable ones. */
function fillPlaces(items: readonly KnapsackItem[], limits: readonly number[]): Filling {
  const places = limits.flatMap((limit, bin) => Array.from({ length: Math.min(limit, items.length) }, () => bin));
  const binOf = items.map(() => -1);
  const order = [...items.keys()].sort((a, b) => (items[b]?.profit ?? 0) - (items[a]?.profit ?? 0));
  for (const [place, item] of order.entries()) binOf[item] = places[place] ?? -1;
  return filling(items, binOf);
}

/** Adds what still fits though it brings nothing, so that what is left out is minimal. */
function withRest(items: readonly KnapsackItem[], limits: readonly number[], { binOf, atMost }: Filling): Filling {
  const room = [...limits];
  for (const [index, bin] of binOf.entries()) {
    if (bin !== -1) room[bin] = (room[bin] ?? 0) - (items[index]?.weights[bin] ?? 0);
  }
  const filled = binOf.map((bin, index) => {
    if (bin !== -1) return bin;
    const found = room.findIndex((left, at) => (items[index]?.weights[at] ?? Infinity) <= left);
    if (found !== -1) room[found] = (room[found] ?? 0) - (items[index]?.weights[found] ?? 0);
    return found;
  });
  return filling(items, filled, atMost);
}

function fillOne(items: readonly KnapsackItem[], limit: number, budget: Budget): Filling {
  const taken = fillKnapsack(
    items.map((item) => item.weights[0] ?? 0),
    items.map((item) => item.profit),
    limit,
    budget,
  );
  if (taken === undefined) return new Search(items, [limit], budget).run(Infinity);
  return filling(
    items,
    items.map((_, index) => (taken.has(index) ? 0 : -1)),
  );
}

/**
 * One knapsack with the room of all bounds the profit; what it takes may fit into the several as it is. Where all profits are equal,
 * the lightest items are best, as many as fit.
 */
function fillSeveral(items: readonly KnapsackItem[], limits: readonly number[], budget: Budget): Filling {
  const lightest = items.map((item) => Math.min(...item.weights));
  const joined = items.map(({ profit }, index) => ({ profit, weights: [lightest[index] ?? 0] }));
  const relaxed = fillOne(joined, sum(limits), budget);
  const bound = relaxed.atMost;
  const chosen = [...items.keys()].filter((index) => relaxed.binOf[index] === 0);
  const direct = packChosen(items, chosen, limits, budget);
  if (direct?.profit === bound) return direct;
  const isUniform = items.every(({ weights }) => weights.every((weight) => weight === weights[0]));
  if (isUniform && items.every(({ profit }) => profit === items[0]?.profit)) {
    const each = items[0]?.profit ?? 0;
    return fillAlike(items, each === 0 ? 0 : Math.floor(bound / each), { limits, budget });
  }
  return new Search(items, limits, budget).run(bound);
}

function packChosen(
  items: readonly KnapsackItem[],
  chosen: readonly number[],
  limits: readonly number[],
  budget: Budget,
): Filling | undefined {
  const packing = pack(
    chosen.map((index) => items[index]?.weights ?? []),
    limits,
    budget,
  );
  if (packing._tag !== 'packed') return undefined;
  const binOf = items.map(() => -1);
  for (const [place, index] of chosen.entries()) binOf[index] = packing.binOf[place] ?? -1;
  return filling(items, binOf);
}

/** Items of one profit that weigh the same everywhere: the lightest, at most `count`, as many as fit. */
function fillAlike(
  items: readonly KnapsackItem[],
  count: number,
  { limits, budget }: { readonly limits: readonly number[]; readonly budget: Budget },
): Filling {
  const weightOf = (index: number): number => items[index]?.weights[0] ?? 0;
  const order = [...items.keys()].sort((a, b) => weightOf(a) - weightOf(b));
  let atMost: number | undefined;
  for (let size = count; size >= 0; size--) {
    const chosen = order.slice(0, size);
    const packing = pack(
      chosen.map((index) => items[index]?.weights ?? []),
      limits,
      budget,
    );
    if (packing._tag === 'unknown') atMost ??= size * (items[0]?.profit ?? 0);
    if (packing._tag !== 'packed') continue;
    const binOf = items.map(() => -1);
    for (const [place, index] of chosen.entries()) binOf[index] = packing.binOf[place] ?? -1;
    return filling(items, binOf, atMost);
  }
  return filling(
    items,
    items.map(() => -1),
    atMost,
  );
}

/** Branch and bound: the item that brings most for its weight goes into each knapsack that has room, or is left out. */
class Search {
  private readonly order: readonly number[];
  private readonly room: number[];
  private readonly binOf: number[];
  private best: readonly number[];
  private bestProfit = -1;
  private steps = 0;
  private ended: boolean;
  /** Whether knapsacks with the same room are alike. */
  private readonly isUniform: boolean;

  constructor(
    private readonly items: readonly KnapsackItem[],
    limits: readonly number[],
    private readonly budget: Budget,
  ) {
    const worth = (index: number): number => (items[index]?.profit ?? 0) / Math.max(1e-9, this.lightest(index));
    this.ended = budget.isSpent();
    this.order = [...items.keys()].sort((a, b) => worth(b) - worth(a));
    this.room = [...limits];
    this.binOf = items.map(() => -1);
    this.best = [...this.binOf];
    this.isUniform = items.every(({ weights }) => weights.every((weight) => weight === weights[0]));
  }

  /** @param bound - no choice has more profit, as is known already. */
  run(bound: number): Filling {
    const root = Math.min(bound, this.possible(0));
    if (this.order.length > maxSearchedItems) return filling(this.items, this.best, root);
    this.place(0, 0, root);
    const found = filling(this.items, this.best);
    return { ...found, atMost: this.ended ? Math.max(root, found.profit) : found.profit };
  }

  private place(depth: number, profit: number, target: number): void {
    if (profit > this.bestProfit) {
      this.bestProfit = profit;
      this.best = [...this.binOf];
    }
    const item = this.order[depth];
    if (item === undefined || this.ended || this.bestProfit >= target) return;
    this.steps += 1;
    this.ended = this.steps > maxSteps || (this.steps % 256 === 0 && this.budget.isSpent());
    if (profit + this.possible(depth) <= this.bestProfit) return;
    for (const bin of this.room.keys()) {
      const weight = this.items[item]?.weights[bin] ?? 0;
      if ((this.room[bin] ?? 0) < weight || (this.isUniform && this.room.indexOf(this.room[bin] ?? 0) < bin)) continue;
      this.room[bin] = (this.room[bin] ?? 0) - weight;
      this.binOf[item] = bin;
      this.place(depth + 1, profit + (this.items[item]?.profit ?? 0), target);
      this.binOf[item] = -1;
      this.room[bin] = (this.room[bin] ?? 0) + weight;
    }
    this.place(depth + 1, profit, target);
  }

  /** What the items from `depth` on could bring if they could be cut and the knapsacks were one. */
  private possible(depth: number): number {
    let room = sum(this.room);
    let profit = 0;
    for (let place = depth; place < this.order.length && room >= 0; place++) {
      const index = this.order[place] ?? 0;
      const weight = this.lightest(index);
      const gain = this.items[index]?.profit ?? 0;
      profit += weight <= room ? gain : (gain * room) / weight;
      room -= weight;
    }
    return Math.floor(profit + 1e-6);
  }

  private lightest(index: number): number {
    return Math.min(...(this.items[index]?.weights ?? [0]));
  }
}
