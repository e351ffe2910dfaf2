/** A simulated disk: what was asked for becomes durable later and in order; a crash keeps some prefix of what was under way. */
import type { Prng } from './random.js';
import type { Schedule } from './schedule.js';

/** An append-only file of items. A torn item is one that was not written: checksums cut it off. */
export class AppendOnly<A> {
  /** What has survived, or will survive, every crash. */
  readonly durable: A[] = [];
  private pending: A[] = [];
  private incarnation = 0;
  private busyUntilMs = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Prng,
    private readonly slowestMs: number,
  ) {}

  append(item: A, onDurable: () => void): void {
    const { incarnation } = this;
    this.pending.push(item);
    this.busyUntilMs = Math.max(this.busyUntilMs, this.schedule.nowMs + this.random.next() * this.slowestMs);
    this.schedule.at(this.busyUntilMs, () => {
      if (incarnation !== this.incarnation) return;
      this.keep(1);
      onDurable();
    });
  }

  /** Power is lost: of what was under way, some prefix was written. Whether anything was lost. */
  crash(): boolean {
    this.incarnation += 1;
    this.keep(this.random.between(0, this.pending.length));
    const isLossy = this.pending.length > 0;
    this.pending = [];
    this.busyUntilMs = 0;
    return isLossy;
  }

  /** The disk breaks its promise: of what was durable, only a beginning is left. */
  forget(what: 'loses its end' | 'is lost'): void {
    this.durable.length = what === 'is lost' ? 0 : this.random.between(0, this.durable.length);
  }

  get isIdle(): boolean {
    return this.pending.length === 0;
  }

  /** Replaces everything at once. Only where nothing is under way. */
  replace(items: readonly A[]): void {
    this.durable.length = 0;
    this.durable.push(...items);
  }

  private keep(count: number): void {
    this.durable.push(...this.pending.splice(0, count));
  }
}
