/** `node:fs` whose writing calls fail where a test says so: once, as a full disk does, or all from one on, as when power is lost. */
import type * as Fs from 'node:fs';

class FailingDisk {
  /** How many calls are still good; `undefined` where all are. */
  private left: number | undefined;
  private isCrash = false;
  /** Whether a call has failed since the disk was armed. */
  hasFailed = false;

  arm(good: number, isCrash: boolean): void {
    [this.left, this.isCrash, this.hasFailed] = [good, isCrash, false];
  }

  heal(): void {
    this.left = undefined;
  }

  call(): void {
    if (this.left === undefined) return;
    if (this.left > 0) {
      this.left -= 1;
      return;
    }
    if (!this.isCrash) this.left = undefined;
    this.hasFailed = true;
    throw Object.assign(new Error('the disk of the test fails'), { code: 'EIO' });
  }
}

/** One for all that a test file does. */
export const disk = new FailingDisk();

type Synchronous = (...given: never[]) => unknown;

const writing = [
  'writeFileSync',
  'renameSync',
  'fsyncSync',
  'unlinkSync',
  'mkdirSync',
  'mkdtempSync',
  'rmSync',
  'rmdirSync',
] as const;

/** The real module, whose calls ask {@link disk} first. */
export function failing(real: typeof Fs): typeof Fs {
  const wrapped = writing.map((name) => {
    const call = real[name] as Synchronous;
    return [
      name,
      (...given: never[]): unknown => {
        disk.call();
        return call(...given);
      },
    ] as const;
  });
  const calls = { ...real, ...Object.fromEntries(wrapped) };
  // No machine stops here, and waiting for disks would be most of the time that a simulation takes.
  const writeFileSync = ((path, data, options) => {
    const unflushed = typeof options === 'object' && options !== null ? { ...options, flush: false } : options;
    calls.writeFileSync(path, data, unflushed);
  }) as typeof Fs.writeFileSync;
  const fsyncSync = (): void => {
    disk.call();
  };
  return { ...calls, writeFileSync, fsyncSync };
}
