/** What happens to a replica, taken one after another and never inside one another. */
import type { Event } from '../../consensus/event.js';

/** What a replica tells itself in one go; beyond it, timers and sockets have their turn first. */
const ownEventsPerTurn = 1024;

export class Inbox {
  private readonly events: Event[] = [];
  private isDraining = false;
  private isClosed = false;

  constructor(private readonly take: (event: Event) => void) {}

  put(event: Event): void {
    if (this.isClosed) return;
    this.events.push(event);
    if (this.isDraining) return;
    this.isDraining = true;
    queueMicrotask(() => {
      this.drain();
    });
  }

  /** Nothing is taken any more. */
  close(): void {
    this.isClosed = true;
    this.events.length = 0;
  }

  /**
   * Takes everything that has arrived, so that it cannot pile up, and what the replica tells itself meanwhile as far as the
   * bound goes.
   */
  private drain(): void {
    for (let left = this.events.length + ownEventsPerTurn; left > 0 && !this.isClosed; left--) {
      const event = this.events.shift();
      if (event === undefined) {
        this.isDraining = false;
        return;
      }
      this.take(event);
    }
    if (!this.isClosed)
      setImmediate(() => {
        this.drain();
      });
  }
}
