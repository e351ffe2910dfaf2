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
    this.heap.push({ atMs: Math.max(atMs, this.nowMs), order: this.count, run });
    this.rise(this.heap.length - 1);
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
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    this.nowMs = first.atMs;
    first.run();
  }

  private rise(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  private sink(start: number): void {
    for (let index = start; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const [leftEntry, rightEntry] = [this.heap[left], this.heap[right]];
      if (leftEntry === undefined) return;
      const child = rightEntry !== undefined && isBefore(rightEntry, leftEntry) ? right : left;
      if (!this.swapIfBefore(child, index)) return;
      index = child;
    }
  }

  private swapIfBefore(lower: number, upper: number): boolean {
    const [a, b] = [this.heap[lower], this.heap[upper]];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.heap[lower] = b;
    this.heap[upper] = a;
    return true;
  }
}
