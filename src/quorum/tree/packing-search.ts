/** The exact search behind `pack`, for what bounds and heuristics leave open. */
import { type Budget, outOfTime } from '../verdict.js';

export type Packing =
  | {
      readonly _tag: 'packed';
      /** For each item the index of its bin. */
      readonly binOf: readonly number[];
    }
  | { readonly _tag: 'impossible' }
  | { readonly _tag: 'unknown'; readonly reason: string };

/** It gives up after so many placements, and keeps to so many items. */
const maxSteps = 100_000;
const maxSearchedItems = 1_000;

export interface PackingTask {
  /** For each bin the weight of each item. */
  readonly columns: readonly (readonly number[])[];
  readonly limits: readonly number[];
  /** Of the items, where they are the same in every bin. */
  readonly weights: readonly number[] | undefined;
  /** The items, heaviest first. */
  readonly order: readonly number[];
}

/**
 * Branch and bound: the heaviest item left goes into each bin that has room and differs from those tried; what is left must fit into
 * the room of all bins; no combination of rooms is searched twice.
 */
export class PackingSearch {
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
    private readonly task: PackingTask,
    private readonly budget: Budget,
  ) {
    const { columns, limits, weights, order } = task;
    this.room = [...limits];
    this.binOf = order.map(() => -1);
    this.price = limits.map((limit) => (weights === undefined ? 1 / Math.max(1, limit) : 1));
    this.kinds = kindsOf(columns);
    const rest = [0];
    for (const item of order.toReversed()) {
      const least = Math.min(...columns.map((column, bin) => (column[item] ?? 0) * (this.price[bin] ?? 0)));
      rest.push((rest.at(-1) ?? 0) + least);
    }
    this.rest = rest.reverse();
  }

  run(): Packing {
    if (this.task.order.length > maxSearchedItems) {
      return { _tag: 'unknown', reason: `a search among more than ${maxSearchedItems} weights is not begun` };
    }
    if (this.place(0)) return { _tag: 'packed', binOf: this.binOf };
    if (!this.ended) return { _tag: 'impossible' };
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

/** For each bin the first that weighs every item alike. */
export function kindsOf(columns: readonly (readonly number[])[]): readonly number[] {
  return columns.map((column) => columns.findIndex((other) => other.every((weight, item) => weight === column[item])));
}
