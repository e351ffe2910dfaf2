/** Virtual time: what is to happen, in order of time, and of arrival where times are equal. */

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A binary heap. */
export class Schedule {
  nowMs = 0;
  private readonly heap: Entry[] = [];
  private count = 0;

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  at(atMs: number, run: () => void): void {
    this.count += 1;
    this.rise({ atMs: Math.max(atMs, this.nowMs), order: this.count, run });
  }

  /** When the next thing happens; `undefined` if nothing does. */
  get nextMs(): number | undefined {
    return this.heap[0]?.atMs;
  }

  /** Lets the next thing happen. */
  step(): void {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return;
    if (this.heap.length > 0) this.sink(last);
    this.nowMs = first.atMs;
    first.run();
  }

  /** Puts an entry where it belongs, moving down what comes after it. */
  private rise(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Puts an entry in the place of the first, moving up what comes before it. */
  private sink(entry: Entry): void {
    const { heap } = this;
    for (let index = 0; ; ) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const next = isRight ? right : left;
      if (next === undefined || !isBefore(next, entry)) {
        heap[index] = entry;
        return;
      }
      heap[index] = next;
      index = 2 * index + (isRight ? 2 : 1);
    }
  }
}
