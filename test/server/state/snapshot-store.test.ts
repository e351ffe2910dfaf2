/** The snapshots on disk: what is read back, what is kept, and what a power cut at any step leaves. */
import { describe, expect, it } from 'vitest';
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import { noEpochChange } from '../../../src/consensus/epoch-change.js';
import {
  chunkBytes,
  isChunk,
  type SnapshotCertificate,
  type StateTarget,
  stateDigest,
} from '../../../src/consensus/manifest.js';
import type { Chunk } from '../../../src/consensus/state-transfer.js';
import { pinMs, prunableUpTo, SnapshotPin } from '../../../src/server/state/retention.js';
import { encodeSnapshot, type SnapshotContent } from '../../../src/server/state/snapshot-content.js';
import { stateName } from '../../../src/server/state/snapshot-files.js';
import { openSnapshotStore, type SnapshotStore } from '../../../src/server/state/snapshot-store.js';
import { nodeDisk } from '../../../src/storage/disk.js';
import { right } from '../../support/right.js';
import { SimulatedDisk, survivals } from '../../support/simulated-disk.js';

const open = async (disk: SimulatedDisk): Promise<SnapshotStore> => right(await openSnapshotStore('snapshots', disk)());
const openError = async (disk: SimulatedDisk) => {
  const opened = await openSnapshotStore('snapshots', disk)();
  return E.isLeft(opened) ? opened.left : undefined;
};

/** A state of `chunkCount` chunks. */
function content(slot: number, chunkCount = 1): SnapshotContent {
  const state = new Uint8Array((chunkCount - 1) * chunkBytes + 9).fill(slot % 251);
  const chain = digest(utf8(`chain ${slot}`));
  return {
    slot,
    chain,
    epoch: 1,
    delivery: DeliveryTable.empty(),
    change: noEpochChange,
    states: new Map([['a', state]]),
  };
}

const bytesOf = (snapshot: SnapshotContent): Uint8Array => concatBytes(...encodeSnapshot(snapshot));
const certificate = (target: StateTarget): SnapshotCertificate => ({ ...target, signature: utf8('signed') as never });
/** Comparing large arrays one by one takes too long. */
const digestOf = (bytes: Uint8Array | undefined) => (bytes === undefined ? 'nothing' : hash('sha256', bytes));
const slotsOf = (store: SnapshotStore) => store.held.map(({ slot, isCertified }) => (isCertified ? slot : -slot));
const stateOf = ({ slot, manifest }: StateTarget) => stateDigest(slot, manifest);

/** A state that another server holds, with its chunks. */
async function elsewhere(snapshot: SnapshotContent) {
  const store = await open(new SimulatedDisk());
  const held = await store.put(snapshot);
  const chunks: Chunk[] = [];
  for (let index = 0; index < held.manifest.chunkCount; index++)
    chunks.push(present(await store.chunk(held.state, index), 'a chunk'));
  const { slot, chain, manifest, state } = held;
  return { target: { slot, chain, manifest }, state, chunks };
}

describe('a snapshot store', () => {
  it('gives back what was put, whole and by chunks with their paths, also after a restart', async () => {
    const disk = new SimulatedDisk();
    let store = await open(disk);
    const snapshot = content(64, 40);
    const held = await store.put(snapshot);
    expect(held).toMatchObject({ slot: 64, chain: snapshot.chain, isCertified: false, state: stateOf(held) });
    expect(held.manifest).toMatchObject({ chunkCount: 40, byteLength: bytesOf(snapshot).length });
    for (let round = 0; round < 2; round++) {
      expect(digestOf((await store.read(held.state))?.bytes)).toBe(digestOf(bytesOf(snapshot)));
      for (const index of [0, 15, 16, 39]) {
        const { bytes, path } = present(await store.chunk(held.state, index), 'a chunk');
        expect(isChunk(held.manifest, index, bytes, path)).toBe(true);
      }
      expect(await store.chunk(held.state, 40)).toBeUndefined();
      expect(await store.chunk(snapshot.chain, 0)).toBeUndefined();
      expect(await store.put(snapshot)).toMatchObject({ state: held.state });
      expect(store.held).toHaveLength(1);
      disk.restart('none');
      store = await open(disk);
    }
  });

  it('works on a real disk', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'koinon-snapshots-'));
    const { target, state, chunks } = await elsewhere(content(128, 3));
    let store = right(await openSnapshotStore(directory, nodeDisk)());
    const held = await store.put(content(64, 2));
    await store.begin(target);
    for (const chunk of chunks.slice(1)) await store.storeChunk(chunk);
    await store.close();
    store = right(await openSnapshotStore(directory, nodeDisk)());
    expect(digestOf((await store.chunk(held.state, 1))?.bytes)).toBe(
      digestOf(bytesOf(content(64, 2)).subarray(chunkBytes)),
    );
    expect([0, 1, 2].map((index) => store.resumed?.has(index))).toEqual([false, true, true]);
    await store.storeChunk(present(chunks[0], ''));
    await store.adopt(present(await store.read(state), 'a state'));
    await store.close();
    store = right(await openSnapshotStore(directory, nodeDisk)());
    expect(digestOf((await store.read(state))?.bytes)).toBe(digestOf(bytesOf(content(128, 3))));
    expect([slotsOf(store), store.resumed]).toEqual([[-64, 128], undefined]);
    await store.close();
    expect(readdirSync(directory)).toHaveLength(6);
    rmSync(directory, { recursive: true });
  });

  it('knows what is certified, before and after it has the state', async () => {
    const disk = new SimulatedDisk();
    let store = await open(disk);
    const later = await elsewhere(content(128));
    const first = await store.put(content(64));
    await store.putCertificate(certificate(later.target));
    expect([slotsOf(store), store.certificate?.slot]).toEqual([[-64], 128]);
    await store.putCertificate(certificate(first));
    expect([slotsOf(store), store.certificate?.slot]).toEqual([[64], 128]);
    await store.put(content(128));
    const last = await store.put(content(192));
    expect(slotsOf(store)).toEqual([64, 128, -192]);
    await store.markCertified(last.state);
    disk.restart('none');
    store = await open(disk);
    expect([slotsOf(store), store.certificate]).toEqual([[64, 128, 192], certificate(later.target)]);
  });

  it('keeps two certified, two above, and one that is being fetched, as long as it is', async () => {
    const disk = new SimulatedDisk();
    let store = await open(disk);
    const put = async (slot: number, isCertified = true): Promise<void> => {
      const held = await store.put(content(slot));
      if (isCertified) await store.markCertified(held.state);
    };
    for (const slot of [1, 2, 3]) await put(slot);
    const pin = new SnapshotPin();
    const [one, two] = store.held;
    const [p, q] = ['p', 'q'] as ProcessId[] as [ProcessId, ProcessId];
    pin.note(p, present(one, '').state, 0);
    await store.retain(pin, 0);
    expect(slotsOf(store)).toEqual([1, 2, 3]);
    await put(4);
    pin.note(q, present(two, '').state, 10);
    await store.retain(pin, 10);
    expect(slotsOf(store)).toEqual([1, 3, 4]);
    await put(5);
    const three = present(store.held[1], '').state;
    pin.note(q, three, 20);
    await store.retain(pin, pinMs - 1);
    expect(slotsOf(store)).toEqual([1, 4, 5]);
    for (const slot of [6, 7, 8]) await put(slot, false);
    const four = present(store.held[1], '').state;
    await store.retain(pin, pinMs);
    expect(slotsOf(store)).toEqual([4, 5, -7, -8]);
    expect([await store.chunk(three, 0), (await store.chunk(four, 0))?.index]).toEqual([undefined, 0]);
    disk.restart('none');
    store = await open(disk);
    expect(slotsOf(store)).toEqual([4, 5, -7, -8]);
  });

  it('lets the log be dropped up to the oldest snapshot kept, and a reserve, once one is certified', async () => {
    const store = await open(new SimulatedDisk());
    const [first] = [await store.put(content(100)), await store.put(content(200))];
    expect(prunableUpTo(store.held, 0)).toBe(0);
    await store.markCertified(first.state);
    expect([0, 30, 100, 1000].map((reserve) => prunableUpTo(store.held, reserve))).toEqual([100, 70, 0, 0]);
    expect(prunableUpTo([], 0)).toBe(0);
  });

  it.each(['chunks', 'leaves', 'snapshot', 'certificate', 'install'])(
    'never gives back or sends what is damaged in its file %s',
    async (file) => {
      const disk = new SimulatedDisk();
      let store = await open(disk);
      const held = await store.put(content(64, 3));
      await store.putCertificate(certificate(held));
      await store.mark(held.state);
      disk.flip(file, 20);
      if (file === 'chunks') {
        expect(await store.read(held.state)).toBeUndefined();
        await expect(store.chunk(held.state, 0)).rejects.toMatchObject({ fact: { _tag: 'Corrupt' } });
        await expect(store.put(content(65))).rejects.toMatchObject({ fact: { _tag: 'Corrupt' } });
        disk.restart('none');
        store = await open(disk);
        expect(await store.chunk(held.state, 1)).toMatchObject({ index: 1 });
      } else expect(await openError(disk)).toMatchObject({ _tag: 'Corrupt' });
    },
  );

  it('refuses a directory with something else in it', async () => {
    const disk = new SimulatedDisk();
    await disk.createZeroed('snapshots/ledger', 0);
    expect(await openError(disk)).toMatchObject({ _tag: 'NotAccessible', path: 'snapshots' });
  });

  it('refuses everything once closed', async () => {
    const store = await open(new SimulatedDisk());
    await store.close();
    await expect(store.put(content(64))).rejects.toMatchObject({ fact: { _tag: 'Closed' } });
  });
});

describe('a state that is fetched', () => {
  it('is found again after a restart, without the chunks that are damaged', async () => {
    const { target, state, chunks } = await elsewhere(content(64, 5));
    const disk = new SimulatedDisk();
    let store = await open(disk);
    await store.begin(target);
    for (const index of [4, 2, 0]) await store.storeChunk(present(chunks[index], ''));
    await store.storeChunk({ ...present(chunks[1], ''), state: target.chain });
    disk.flip('chunks', 2 * chunkBytes + 7);
    disk.restart('none');
    store = await open(disk);
    expect(store.resumed?.target).toEqual(target);
    expect([0, 1, 2, 3, 4].map((index) => store.resumed?.has(index))).toEqual([true, false, false, false, true]);
    expect(await store.read(state)).toBeUndefined();
    for (const index of [3, 2, 1]) await store.storeChunk(present(chunks[index], ''));
    expect(digestOf((await store.read(state))?.bytes)).toBe(digestOf(bytesOf(content(64, 5))));
    expect(store.held).toEqual([]);
  });

  it('gives way to another, to itself from nothing, and to the same state of the server’s own', async () => {
    const [lower, higher] = [await elsewhere(content(64, 2)), await elsewhere(content(128, 2))];
    const disk = new SimulatedDisk();
    let store = await open(disk);
    const restart = async (): Promise<void> => {
      disk.restart('none');
      store = await open(disk);
    };
    await store.begin(lower.target);
    await store.storeChunk(present(lower.chunks[0], ''));
    await store.begin(higher.target);
    await store.storeChunk(present(higher.chunks[0], ''));
    await restart();
    expect([store.resumed?.target.slot, store.resumed?.has(0)]).toEqual([128, true]);
    await store.begin(higher.target);
    await restart();
    expect([store.resumed?.target.slot, store.resumed?.has(0)]).toEqual([128, false]);
    await store.put(content(128, 2));
    expect([slotsOf(store), store.resumed]).toEqual([[-128], undefined]);
    await store.storeChunk(present(higher.chunks[1], ''));
    await store.begin(higher.target);
    expect(store.resumed).toBeUndefined();
    await store.begin(lower.target);
    await store.discardIncoming();
    await restart();
    expect([slotsOf(store), store.resumed]).toEqual([[-128], undefined]);
    expect(await disk.list('snapshots')).toHaveLength(3);
  });
});

describe('a power cut at any step', () => {
  type Elsewhere = Awaited<ReturnType<typeof elsewhere>>;

  /** Everything that a store does, in a row. */
  const story = async (disk: SimulatedDisk, other: Elsewhere, fetched: Elsewhere): Promise<void> => {
    const store = await open(disk);
    const first = await store.put(content(1, 2));
    await store.putCertificate(certificate(first));
    for (const slot of [2, 3]) await store.markCertified((await store.put(content(slot))).state);
    await store.retain(new SnapshotPin(), 0);
    await store.begin(other.target);
    await store.begin(fetched.target);
    for (const chunk of fetched.chunks) await store.storeChunk(chunk);
    await store.mark(fetched.state);
    await store.adopt(present(await store.read(fetched.state), 'a state'));
    await store.unmark();
  };

  it.each(survivals)('leaves a store that opens, with everything intact that it names (%s)', async (survival) => {
    const [other, fetched] = [await elsewhere(content(10, 2)), await elsewhere(content(20, 3))];
    const whole = new SimulatedDisk();
    await story(whole, other, fetched);
    const seen = new Set<string>();
    for (let cutAt = 1; cutAt <= whole.steps; cutAt++) {
      const disk = new SimulatedDisk();
      disk.cutAt = cutAt;
      await expect(story(disk, other, fetched)).rejects.toThrow();
      disk.restart(survival);
      const store = await open(disk);
      for (const { state, slot } of store.held) {
        const chunks = slot === 20 ? 3 : slot === 1 ? 2 : 1;
        expect(digestOf((await store.read(state))?.bytes)).toBe(digestOf(bytesOf(content(slot, chunks))));
      }
      const { resumed, marked } = store;
      const stored = `snapshots/${stateName(fetched.target)}.chunks`;
      for (const { index, bytes } of fetched.chunks) {
        if (resumed?.target.slot !== 20 || !resumed.has(index)) continue;
        const found = await disk.readPart(stored, index * chunkBytes, bytes.length);
        expect(digestOf(found)).toBe(digestOf(bytes));
      }
      if (marked !== undefined)
        expect(digestOf((await store.read(marked))?.bytes)).toBe(digestOf(bytesOf(content(20, 3))));
      seen.add(
        `${slotsOf(store).join(' ')} | ${resumed?.target.slot ?? '-'} | ${marked === undefined ? '-' : toHex(marked).slice(0, 2)}`,
      );
      await store.put(content(30));
      expect(store.held.at(-1)?.slot).toBe(30);
      expect((await disk.list('snapshots')).some((name) => name.endsWith('.new'))).toBe(false);
    }
    expect(seen.size).toBeGreaterThan(9);
  });
});
