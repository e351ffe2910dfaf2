/** A zero-filled file kept ready, so that a full segment does not make the next write wait for the filling of another. */
import { join } from 'node:path';
import { E, type Either, TE } from '../prelude/fp.js';
import type { Disk } from './disk.js';
import { sparePrefix } from './recovery.js';

export class SpareFile {
  private ready: Promise<Either<unknown, string>> | undefined;
  private count = 0;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly size: number,
  ) {}

  /** Starts to fill the next file, unless one is there. */
  prepare(): void {
    this.ready ??= this.create();
  }

  /** The path of a filled file, now the caller's. What failed in the background is tried once more. */
  async take(): Promise<string> {
    const first = await (this.ready ?? this.create());
    const made = E.isLeft(first) ? await this.create() : first;
    this.ready = undefined;
    if (E.isLeft(made)) throw made.left;
    this.prepare();
    return made.right;
  }

  async discard(): Promise<void> {
    const made = await this.ready;
    this.ready = undefined;
    if (made !== undefined && E.isRight(made)) await this.disk.remove(made.right).catch(() => undefined);
  }

  private create(): Promise<Either<unknown, string>> {
    const path = join(this.directory, `${sparePrefix}${++this.count}`);
    return TE.tryCatch(
      () => this.disk.createZeroed(path, this.size).then(() => path),
      (reason) => reason,
    )();
  }
}
