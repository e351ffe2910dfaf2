/** Durable state as what a file of changes comes to: a crash leaves what some prefix of the changes under way comes to. */
import type { AppendOnly } from './disk.js';

export class FoldedDisk<View, Change> {
  /** What is durable. */
  view: View;

  constructor(
    private readonly disk: AppendOnly<Change>,
    private readonly empty: () => View,
    private readonly apply: (view: View, change: Change) => void,
  ) {
    this.view = empty();
  }

  change(change: Change, onDurable: () => void = () => undefined): void {
    this.disk.append(change, () => {
      this.apply(this.view, change);
      onDurable();
    });
  }

  /** Makes a change durable at once. Only where nothing is under way. */
  changeNow(change: Change): void {
    this.disk.durable.push(change);
    this.apply(this.view, change);
  }

  /** Power is lost. Whether anything else was. */
  crash(): boolean {
    const isLossy = this.disk.crash();
    this.fold();
    return isLossy;
  }

  forget(what: 'loses its end' | 'is lost'): void {
    this.disk.forget(what);
    this.fold();
  }

  get isIdle(): boolean {
    return this.disk.isIdle;
  }

  private fold(): void {
    this.view = this.empty();
    for (const change of this.disk.durable) this.apply(this.view, change);
  }
}
