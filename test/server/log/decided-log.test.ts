import { describe, expect, it } from 'vitest';
import { Writer } from '../../../src/prelude/canonical.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import { type DecidedRange, leadsToCertificate } from '../../../src/consensus/range.js';
import { LogVerifier } from '../../../src/client/verify.js';
import { DecidedLog } from '../../../src/server/log/decided-log.js';
import type { LogStart } from '../../../src/server/log/replay.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import { CertifiedLog } from '../../support/certified-log.js';
import { testRequest } from '../../support/cluster.js';
import { right } from '../../support/right.js';

/** A store whose records can be spoiled, as a failing disk would. */
class SpoilableStore extends MemoryLogStore {
  readonly damaged = new Set<number>();
  readonly replaced = new Map<number, Uint8Array>();
  damagedName: string | undefined;
  longestRead = 0;
  readonly pruned: number[] = [];

  override prune(...parameters: Parameters<MemoryLogStore['prune']>): Promise<void> {
    this.pruned.push(parameters[0]);
    return super.prune(...parameters);
  }

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

  it.each<[string, number, number[], number, number[]]>([
    ['certificates of the epoch go without those of the next', 5, [2, 4, 7, 9], 1, [1, 4, 0, 4]],
    ['the one of its last slot counts', 5, [4, 5, 9], 3, [3, 3, 0, 5]],
    ['where no other covers its end, the first of the next does', 5, [4, 7, 9], 5, [5, 3, 0, 7]],
    ['an end beyond what is held changes nothing', 20, [4, 7, 9], 1, [1, 9, 0, 9]],
  ])('in an epoch that has ended: %s', async (_, end, certified, from, expected) => {
    const { log } = await logOf(source, certified);
    const range = present(log.range(from, end), 'a range');
    expect(shape(range)).toEqual(expected);
    expect(leadsToCertificate(range, source.chainAt(from - 1))).toBe(true);
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

describe('recovery above a snapshot', () => {
  const source = new CertifiedLog().decide(9);
  const stateAfter = (slot: number) => {
    const delivery = DeliveryTable.empty();
    for (const [index, batch] of source.batches.slice(0, slot).entries()) delivery.deliver(index + 1, batch);
    return { slot, chain: source.chainAt(slot), delivery };
  };
  const bytesOf = (table: DeliveryTable): Uint8Array => {
    const writer = new Writer();
    table.write(writer);
    return writer.finish();
  };

  it.each([
    [0, 0],
    [0, 4],
    [0, 9],
    [3, 3],
    [3, 5],
    [9, 9],
  ])('with the log pruned up to %i and a state after %i delivers the rest', async (pruned, slot) => {
    const { store, log } = await logOf(source, [3, 8]);
    await log.prune(pruned);
    const start = stateAfter(slot);
    const before = bytesOf(start.delivery);
    const visited: number[] = [];
    const again = new DecidedLog(store, source.anchor.allianceId, () => undefined);
    const { decidedUpTo, chains, delivery } = right(
      again.recover(start, (visitedSlot, chain, batch) => {
        expect([chain, batch]).toEqual([source.chainAt(visitedSlot), source.batches[visitedSlot - 1]]);
        visited.push(visitedSlot);
      }),
    );
    expect(visited).toEqual(Array.from({ length: 9 - slot }, (_, index) => slot + 1 + index));
    expect([...chains]).toEqual(
      Array.from({ length: 10 - pruned }, (_, index) => [pruned + index, source.chainAt(pruned + index)]),
    );
    expect([decidedUpTo, bytesOf(delivery)]).toEqual([9, bytesOf(stateAfter(9).delivery)]);
    expect(bytesOf(start.delivery)).toEqual(before);
  });

  it.each<[string, number, () => LogStart | undefined, string]>([
    ['lies below the first slot', 4, () => stateAfter(3), 'slots 5 to 9 do not go on from the state after slot 3'],
    ['is missing where slots are', 4, () => undefined, 'slots 5 to 9 do not go on from the state after slot 0'],
    ['lies above the last slot', 0, () => ({ ...stateAfter(9), slot: 10 }), 'slots 1 to 9 do not go on'],
    ['is of another log', 0, () => ({ ...stateAfter(5), chain: source.chainAt(4) }), 'slot 5 does not continue'],
    ['is of another log, at its base', 5, () => ({ ...stateAfter(5), chain: source.chainAt(4) }), 'slot 5 does not'],
  ])('is refused where the state %s', async (_, pruned, start, detail) => {
    const { log } = await logOf(source, []);
    await log.prune(pruned);
    expect(log.recover(start())).toMatchObject({ left: { detail: expect.stringContaining(detail) as string } });
  });

  it('gives back the chain digests that the machine wants, and no more', async () => {
    const long = new CertifiedLog().decide(4200, { requests: [] });
    const { log } = await logOf(long, []);
    const delivery = DeliveryTable.empty();
    const { chains } = right(log.recover({ slot: 4150, chain: long.chainAt(4150), delivery }));
    expect([Math.min(...chains.keys()), Math.max(...chains.keys())]).toEqual([4200 - 4095, 4200]);
  });
});

describe('a pruned log', () => {
  const source = new CertifiedLog().decide(9);

  it('drops slots with their certificates, and still knows the chain before its first', async () => {
    const { store, log } = await logOf(source, [2, 5, 8]);
    await log.prune(5);
    expect([log.first, log.last]).toEqual([6, 9]);
    expect([2, 5, 8].map((slot) => store.get(`certificate/${slot}`) === undefined)).toEqual([true, true, false]);
    expect([log.chainAt(5), log.chainAt(4)]).toEqual([source.chainAt(5), undefined]);
    expect([shape(log.range(5)), shape(log.range(6))]).toEqual([undefined, [6, 3, 0, 8]]);
    await log.prune(3);
    expect(log.first).toBe(6);
    await log.prune(100);
    expect([log.first, log.last, log.chainAt(9)]).toEqual([10, 9, source.chainAt(9)]);
  });

  it('goes on behind a state that came from others', async () => {
    const longer = new CertifiedLog().decide(22);
    const { store, log } = await logOf(longer, [2, 9], 9);
    await log.reset({ slot: 20, chain: longer.chainAt(20) });
    expect([log.first, log.last, log.chainAt(20)]).toEqual([21, 20, longer.chainAt(20)]);
    expect(store.get('certificate/2')).toBeUndefined();
    expect(log.range(9)).toBeUndefined();
    for (const slot of [21, 22]) await log.append(slot, longer.chainAt(slot), present(longer.batches[slot - 1], ''));
    await log.putCertificate(longer.certificate(22));
    expect(shape(log.range(21))).toEqual([21, 2, 0, 22]);
    const again = new DecidedLog(store, longer.anchor.allianceId, () => undefined);
    const start = { slot: 20, chain: longer.chainAt(20), delivery: DeliveryTable.empty() };
    expect(right(again.recover(start))).toMatchObject({ decidedUpTo: 22, certificate: { slot: 22 } });
  });

  it('drops a long log in steps', async () => {
    const long = new CertifiedLog().decide(3000, { requests: [] });
    const { store, log } = await logOf(long, []);
    await log.prune(2500);
    expect(store.pruned).toEqual([1024, 2048, 2500]);
  });
});

function storedRecord(store: SpoilableStore, slot: number): Uint8Array {
  return store.read(slot, { maxCount: 1, maxBytes: 0 })[0]?.record ?? new Uint8Array();
}
