import { describe, expect, it } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { type DecidedRange, leadsToCertificate } from '../../src/consensus/range.js';
import { LogVerifier } from '../../src/client/verify.js';
import { DecidedLog } from '../../src/server/decided-log.js';
import { MemoryLogStore } from '../../src/storage/memory.js';
import { CertifiedLog } from '../support/certified-log.js';
import { testRequest } from '../support/cluster.js';
import { right } from '../support/right.js';

/** A store whose records can be spoiled, as a failing disk would. */
class SpoilableStore extends MemoryLogStore {
  readonly damaged = new Set<number>();
  readonly replaced = new Map<number, Uint8Array>();
  damagedName: string | undefined;
  longestRead = 0;

  override read(...[from, limits]: Parameters<MemoryLogStore['read']>): ReturnType<MemoryLogStore['read']> {
    const run = super.read(from, limits).map(({ slot, record }) => {
      if (this.damaged.has(slot)) throw new Error(`slot ${slot} is not intact`);
      return { slot, record: this.replaced.get(slot) ?? record };
    });
    this.longestRead = Math.max(this.longestRead, run.length);
    return run;
  }

  override get(name: string): Uint8Array | undefined {
    if (name === this.damagedName) throw new Error(`${name} is not intact`);
    return super.get(name);
  }
}

interface Setting {
  readonly store: SpoilableStore;
  readonly log: DecidedLog;
  readonly source: CertifiedLog;
  readonly complaints: string[];
}

async function logOf(source: CertifiedLog, certified: readonly number[], stored = source.last): Promise<Setting> {
  const store = new SpoilableStore();
  const complaints: string[] = [];
  const log = new DecidedLog(store, source.anchor.allianceId, (error) => complaints.push(String(error)));
  for (const [index, batch] of source.batches.slice(0, stored).entries())
    await log.append(index + 1, source.chainAt(index + 1), batch);
  for (const slot of certified) await log.putCertificate(source.certificate(slot));
  return { store, log, source, complaints };
}

function shape(range: DecidedRange | undefined): readonly number[] | undefined {
  return range && [range.from, range.batches.length, range.tail.length, range.certificate.slot];
}

describe('a range of the decided log', () => {
  const source = new CertifiedLog().decide(10);

  it.each<[string, number, number[], number, number[] | undefined]>([
    ['there is no certificate', 10, [], 1, undefined],
    ['the newest certificate lies before', 10, [4], 5, undefined],
    ['the newest certificate is of its first slot', 10, [4], 4, [4, 1, 0, 4]],
    ['several certificates lie within: the last of them counts', 10, [2, 5, 7], 1, [1, 7, 0, 7]],
    ['it begins behind the last slot', 10, [10], 11, undefined],
    ['the certificate is of the last slot', 10, [10], 10, [10, 1, 0, 10]],
    ['the newest is of a slot that is not stored, an older one within', 7, [6, 8], 1, [1, 6, 0, 6]],
    ['the only certificate is of a slot that is not stored', 7, [9], 1, undefined],
  ])('where %s', async (_, stored, certified, from, expected) => {
    const { log } = await logOf(source, certified, stored);
    const range = log.range(from);
    expect(shape(range)).toEqual(expected);
    if (range !== undefined) expect(leadsToCertificate(range, source.chainAt(from - 1))).toBe(true);
  });

  it('ends with digests where the next certificate is beyond what one message carries', async () => {
    const large = new CertifiedLog();
    const big = {
      requests: [
        testRequest(
          1,
          Array.from({ length: 15 }, () => 'x'.repeat(60_000)),
        ),
      ],
    };
    large.decide(9, big);
    const { log, store } = await logOf(large, [9]);
    const verifier = LogVerifier.fromStart(large.anchor);
    const shapes: (readonly number[] | undefined)[] = [];
    for (let from = 1; from <= 9; from = verifier.nextSlot) {
      const range = log.range(from);
      shapes.push(shape(range));
      if (range !== undefined) expect(E.isRight(await verifier.take(range))).toBe(true);
    }
    expect(shapes).toEqual([
      [1, 2, 7, 9],
      [3, 2, 5, 9],
      [5, 2, 3, 9],
      [7, 2, 1, 9],
      [9, 1, 0, 9],
    ]);
    expect(store.longestRead).toBe(2);
  });

  it('has a batch that alone exceeds what one message should carry', async () => {
    const large = new CertifiedLog();
    const request = testRequest(
      1,
      Array.from({ length: 40 }, () => 'x'.repeat(60_000)),
    );
    large.decide(2, { requests: [request] });
    const { log } = await logOf(large, [2]);
    expect(shape(log.range(1))).toEqual([1, 1, 1, 2]);
  });

  it('carries at most 1024 batches, and stays within the tail that a receiver takes', async () => {
    const long = new CertifiedLog().decide(9218, { requests: [] });
    const { log } = await logOf(long, [9217, 9218]);
    expect(shape(log.range(1))).toBeUndefined();
    expect(shape(log.range(2))).toEqual([2, 1024, 8192, 9217]);
  });

  it.each(['damaged', 'malformed'] as const)('is refused where a record is %s, and the disk given up', async (how) => {
    const { log, store, complaints } = await logOf(source, [10]);
    if (how === 'damaged') store.damaged.add(4);
    else store.replaced.set(4, new Uint8Array(40));
    expect(log.range(3)).toBeUndefined();
    expect(log.chainAt(4)).toBeUndefined();
    expect(complaints).toHaveLength(2);
    expect(shape(log.range(5))).toEqual([5, 6, 0, 10]);
  });

  it('does not go back to an older certificate', async () => {
    const { log, store } = await logOf(source, [8, 5]);
    expect(log.newestCertificate?.slot).toBe(8);
    const again = new DecidedLog(store, source.anchor.allianceId, () => undefined);
    expect(right(again.recover()).certificate?.slot).toBe(8);
    expect(shape(again.range(1))).toEqual([1, 8, 0, 8]);
  });
});

describe('recovery of the decided log', () => {
  const source = new CertifiedLog().decide(5);

  it('gives what the machine needs', async () => {
    const { log } = await logOf(source, [3]);
    const { decidedUpTo, chains, certificate, delivery } = right(log.recover());
    expect([decidedUpTo, certificate?.slot]).toEqual([5, 3]);
    expect([...chains.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(chains.get(5)).toEqual(source.chainAt(5));
    expect(delivery.lastSequence('acme/app', 1)).toBe(5);
  });

  it('of nothing is the beginning', async () => {
    const { log } = await logOf(source, [], 0);
    expect(right(log.recover())).toMatchObject({ decidedUpTo: 0 });
  });

  it.each<[string, (setting: Setting) => void]>([
    ['a record is damaged', ({ store }) => store.damaged.add(3)],
    ['a record is malformed', ({ store }) => store.replaced.set(3, new Uint8Array(3))],
    ['a record is another slot’s', ({ store }) => store.replaced.set(3, storedRecord(store, 2))],
    ['the newest certificate is damaged', ({ store }) => (store.damagedName = 'certificate')],
    ['the newest certificate is malformed', ({ store }) => void store.put('certificate', new Uint8Array(3))],
  ])('is refused where %s', async (_, spoil) => {
    const setting = await logOf(source, [3]);
    spoil(setting);
    const again = new DecidedLog(setting.store, source.anchor.allianceId, () => undefined);
    expect(again.recover()).toMatchObject({ _tag: 'Left', left: { _tag: 'CorruptLog' } });
  });

  it('is refused for another alliance’s log', async () => {
    const { store } = await logOf(source, []);
    const other = new DecidedLog(store, new CertifiedLog('other').anchor.allianceId, () => undefined);
    expect(E.isLeft(other.recover())).toBe(true);
  });
});

function storedRecord(store: SpoilableStore, slot: number): Uint8Array {
  return store.read(slot, { maxCount: 1, maxBytes: 0 })[0]?.record ?? new Uint8Array();
}
