/** Changes that take their time, made one after another; one that fails is told. */
import { E, type Either } from '../../prelude/fp.js';
import { describeServerError, type ServerError } from '../server-errors.js';

export class Changes {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;
  private isClosed = false;

  constructor(private readonly onFailed: (detail: string) => void) {}

  /** Whether one is being made, or waits. */
  get isBusy(): boolean {
    return this.waiting > 0;
  }

  add(work: () => Promise<Either<ServerError, void>>): void {
    this.waiting += 1;
    this.last = this.last.then(async () => {
      if (!this.isClosed) await this.make(work);
      this.waiting -= 1;
    });
  }

  /** Resolves when the one under way is made; those that wait are not. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
  }

  private async make(work: () => Promise<Either<ServerError, void>>): Promise<void> {
    try {
      const done = await work();
      if (E.isLeft(done)) this.onFailed(describeServerError(done.left));
    } catch (error) {
      this.onFailed(error instanceof Error ? error.message : String(error));
    }
  }
}
