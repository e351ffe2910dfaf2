/** What waits for a `Persist` to be durable, let go in its order. */

interface Held {
  readonly after: number;
  readonly act: () => void;
}

export class DurableOrder {
  private durableIndex = 0;
  private held: Held[] = [];

  /** Acts once everything up to number `after` is durable; at once where it is. */
  when(after: number, act: () => void): void {
    if (after <= this.durableIndex) act();
    else this.held.push({ after, act });
  }

  onDurable(index: number): void {
    this.durableIndex = Math.max(this.durableIndex, index);
    const ready = this.held.filter(({ after }) => after <= this.durableIndex);
    if (ready.length === 0) return;
    this.held = this.held.filter(({ after }) => after > this.durableIndex);
    for (const { act } of ready) act();
  }

  forget(): void {
    this.held = [];
  }
}
