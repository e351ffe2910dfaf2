/** One timer on a clock of the caller's: each wish takes the place of the one before. */

/** The longest that Node's timers can wait. */
const longestMs = 2 ** 31 - 1;

export class Alarm {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: () => number,
    private readonly ring: () => void,
  ) {}

  set(atMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.ring, Math.min(longestMs, Math.max(0, atMs - this.clock())));
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
