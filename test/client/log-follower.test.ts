/** A listener that takes long over each range takes what came meanwhile at once, and believes no more than one that does not. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { LogFollower } from '../../src/client/log-follower.js';
import type { ServerLink } from '../../src/client/server-link.js';
import type { DecidedRange } from '../../src/consensus/range.js';
import { CertifiedLog } from '../support/certified-log.js';

const server = 'a/1' as ProcessId;

class Listener {
  /** First and last slot of what was taken at once. */
  readonly taken: (readonly [number, number])[] = [];
  readonly doubts: string[] = [];
  private finish: (() => void)[] = [];
  private readonly follower: LogFollower;

  constructor(log: CertifiedLog, joinsRanges: boolean, later?: CertifiedLog) {
    const link = { isUp: true, send: () => true } as unknown as ServerLink;
    // A key that comes with what the first range brings.
    const otherKeys = () => (later === undefined || this.taken.length === 0 ? [] : [later.anchor.allianceKey]);
    this.follower = new LogFollower({
      anchor: { ...log.anchor, otherKeys },
      from: 1,
      joinsRanges,
      now: () => 0,
      links: () => new Map([[server, link]]),
      containsCorrect: () => false,
      hasProposed: () => false,
      waitingSinceMs: () => 0,
      onBegun: () => undefined,
      onDoubt: (_, reason) => this.doubts.push(reason),
      onVerified: async (_, { from, batches }) => {
        this.taken.push([from, from + batches.length - 1]);
        await new Promise<void>((resolve) => this.finish.push(resolve));
        return 0;
      },
    });
    this.follower.onUp(server);
    this.follower.onBegin(server, { _tag: 'Begin', from: 1, previous: log.chainAt(0) });
  }

  hear(...ranges: readonly DecidedRange[]): void {
    for (const range of ranges) this.follower.onRange(server, range, 100);
  }

  /** Lets everything be taken that waits. */
  async rest(): Promise<void> {
    for (let idle = 0; idle < 20; idle++) {
      await turn();
      const waiting = this.finish.splice(0);
      if (waiting.length > 0) idle = 0;
      for (const finish of waiting) finish();
    }
  }
}

async function heard(listener: Listener, ...ranges: readonly DecidedRange[]): Promise<Listener['taken']> {
  const [first, ...others] = ranges;
  listener.hear(present(first, 'a range'));
  // It is being taken while the others come.
  await turn();
  listener.hear(...others);
  await listener.rest();
  return listener.taken;
}

describe('ranges that come while one is taken', () => {
  const log = new CertifiedLog().decide(9);
  const ranges = [log.range(1, 2), log.range(3, 4), log.range(5, 6, 7), log.range(7, 9)];

  it('are taken at once where that is asked for', async () => {
    const listener = new Listener(log, true);
    expect(await heard(listener, ...ranges)).toEqual([
      [1, 2],
      [3, 9],
    ]);
    expect(listener.doubts).toEqual([]);
  });

  it('are taken one by one otherwise', async () => {
    expect(await heard(new Listener(log, false), ...ranges)).toHaveLength(4);
  });

  it('are not joined where they do not follow on one another', async () => {
    const taken = await heard(
      new Listener(log, true),
      log.range(1, 2),
      log.range(3, 4),
      log.range(3, 6),
      log.range(7, 9),
    );
    expect(taken).toEqual([
      [1, 2],
      [3, 4],
      [5, 9],
    ]);
  });

  it('are taken one by one where the certificate of the last is not believed, and no lie is', async () => {
    const lie = new CertifiedLog('alliance', 1, 'other keys').decide(9);
    const listener = new Listener(log, true);
    expect(await heard(listener, log.range(1, 2), log.range(3, 4), lie.range(5, 9))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(listener.doubts).toHaveLength(1);
  });
});

it('splits what waits where a key comes with the first of it', async () => {
  const log = new CertifiedLog().decide(6);
  const later = new CertifiedLog('alliance', 2, 'later keys').decide(6);
  const listener = new Listener(log, true, later);
  listener.hear(log.range(1, 2), later.range(3, 4), later.range(5, 6));
  await listener.rest();
  expect(listener.taken).toEqual([
    [1, 2],
    [3, 6],
  ]);
  expect(listener.doubts).toEqual([]);
});
