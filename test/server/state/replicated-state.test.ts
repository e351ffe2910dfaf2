/** The log, executed and snapshotted, pruned behind certificates, and replaced by a state of others; power cuts included. */
import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { encodeControl } from '../../../src/consensus/epoch-change.js';
import { chunkBytes, type StateTarget } from '../../../src/consensus/manifest.js';
import { ExecutionFailure } from '../../../src/server/state/replicated-state.js';
import {
  decodeTransferFrame,
  encodeTransferFrame,
  type TransferFrame,
} from '../../../src/server/state/transfer-frames.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import { right } from '../../support/right.js';
import { SimulatedDisk, survivals } from '../../support/simulated-disk.js';
import { trust } from '../../support/trust.js';
import { CommandedEpochs } from '../../support/commanded-epochs.js';
import { shortTerms } from './replicated-log.js';
import { decide, open, type Setting, SteppedLogStore, tagsOf } from './state-setting.js';

const [left, other] = ['a/1', 'b/1'] as ProcessId[] as [ProcessId, ProcessId];
const certificate = ({ slot, chain, manifest }: StateTarget) => ({
  slot,
  chain,
  manifest,
  signature: utf8('signed') as never,
});
const heldSlots = ({ snapshots }: Setting) => snapshots.held.map(({ slot }) => slot);

const configuration = digest(utf8('configuration 2'));
const { system } = trust('f=1 of (a, b, c, d)');
const anyReady = { keyId: digest(utf8('identities')), verify: () => true };
const ending = () =>
  new CommandedEpochs({ terms: shortTerms, configurationOf: () => ({ system, identities: anyReady }) });
const ready = (position: number) =>
  encodeControl({ _tag: 'Ready', configuration, position, signature: new Uint8Array(64) });
/** PREPARE in slot 3, ACTIVATE in 7: the epoch ends with slot 16. */
const controls = new Map([
  [3, encodeControl({ _tag: 'Prepare', configuration })],
  [4, ready(0)],
  [5, ready(1)],
  [6, ready(3)],
  [7, encodeControl({ _tag: 'Activate', configuration })],
]);

/** Waits until `holds`. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(holds()).toBe(true);
}

describe('a replicated state', () => {
  /** A store whose slots are durable when a test says so. */
  function heldStore() {
    const releases: (() => void)[] = [];
    class HeldStore extends MemoryLogStore {
      override append(entry: Parameters<MemoryLogStore['append']>[0]): Promise<void> {
        void super.append(entry);
        return new Promise((resolve) => releases.push(resolve));
      }
    }
    return { store: new HeldStore(), releases };
  }

  it('executes a slot when it is durable, and not before; then all of its predecessors are', async () => {
    const { store, releases } = heldStore();
    const setting = await open({ store });
    const decided = decide(setting, 1, 2);
    releases[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect([setting.ledger.text, setting.executions]).toEqual(['', []]);
    releases[0]?.();
    expect(tagsOf(await decided)).toEqual(['Stored', 'Stored']);
    expect(setting.ledger.text).toBe('1;2;');
    expect(setting.executions).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('tells results once: not again when it executes what it finds after a restart', async () => {
    const store = new MemoryLogStore();
    await decide(await open({ store }), 1, 3);
    const again = await open({ store });
    expect([again.ledger.text, again.executions]).toEqual(['1;2;3;', []]);
  });

  it('executes what the journal has before the log has it; snapshots and the machine wait for the log', async () => {
    const { store, releases } = heldStore();
    const setting = await open({ store });
    let events: readonly string[] = [];
    const settled = decide(setting, 1, 4, new Map(), Promise.resolve()).then((told) => (events = tagsOf(told)));
    await new Promise((resolve) => setImmediate(resolve));
    expect([setting.ledger.text, events, setting.heard]).toEqual(['1;2;3;4;', [], []]);
    for (const release of releases) release();
    await settled;
    expect([setting.ledger.text, events]).toEqual(['1;2;3;4;', ['Stored', 'Stored', 'Stored', 'Stored']]);
    expect(tagsOf(setting.heard)).toEqual(['Snapshotted']);
  });

  it('tells the boundary before the slot that fixed it is called stored, to the machine of its epoch alone', async () => {
    const setting = await open({ executor: { control: ending() } });
    const events = await decide(setting, 1, 8, controls);
    const at = tagsOf(events).indexOf('Boundary');
    expect(events[at]).toEqual({ _tag: 'Boundary', since: 7, slot: 16, configuration });
    expect(events[at + 1]).toEqual({ _tag: 'Stored', slot: 7 });
    expect(setting.state.boundaryOf(1)).toMatchObject({ slot: 16 });

    const later = await open({ executor: { control: ending() } });
    later.state.attach(2, () => undefined);
    expect(tagsOf(await decide(later, 1, 8, controls))).not.toContain('Boundary');
    expect(right(later.state.recovered(2, undefined, true)).boundary).toBeUndefined();
    expect(right(setting.state.recovered(1, undefined, true)).boundary).toMatchObject({ slot: 16 });
  });

  it('announces snapshots when they are durable, and prunes behind certified ones as far as it may', async () => {
    const setting = await open({ retainSlots: 3 });
    await decide(setting, 1, 17);
    expect(setting.heard.flatMap((event) => (event._tag === 'Snapshotted' ? [event.slot] : []))).toEqual([
      4, 8, 12, 16,
    ]);
    expect(setting.log.first).toBe(1);
    setting.state.certified(
      certificate(
        present(
          setting.snapshots.held.find(({ slot }) => slot === 16),
          'held',
        ),
      ),
    );
    await setting.state.settled();
    // It keeps 16 alone: two certified ones, and there is but one.
    expect([heldSlots(setting), setting.log.first]).toEqual([[16], 14]);
    expect(setting.heard.at(-1)).toEqual({ _tag: 'Pruned', first: 14 });
    expect(setting.state.status).toMatchObject({ certifiedState: 16, first: 14 });
    expect(setting.failures).toEqual([]);
  });

  it('goes on after a restart from its newest snapshot, and tells the next machine what is there', async () => {
    const before = await open({ retainSlots: 0 });
    await decide(before, 1, 9);
    before.state.certified(certificate(present(before.snapshots.held.at(-1), 'held')));
    await before.state.settled();
    before.disk.restart('none');
    const after = await open(before);
    expect([after.ledger.text, after.log.first, after.log.last]).toEqual(['1;2;3;4;5;6;7;8;9;', 9, 9]);
    expect(after.heard).toMatchObject([
      { _tag: 'Pruned', first: 9 },
      { _tag: 'Snapshotted', slot: 8 },
    ]);
    const { decidedUpTo, delivery, snapshot } = right(after.state.recovered(1, undefined, true));
    expect([decidedUpTo, delivery.lastSequence('acme/app', 1), snapshot?.slot]).toEqual([9, 9, 8]);
    expect(tagsOf(await decide(after, 10, 12))).toEqual(['Stored', 'Stored', 'Stored']);
    expect(heldSlots(after)).toEqual([8, 12]);
  });

  it('gives a machine nothing that was certified under the keys of an earlier epoch', async () => {
    const setting = await open();
    await decide(setting, 1, 8);
    const held = present(setting.snapshots.held.at(-1), 'held');
    setting.state.certified(certificate(held));
    const chain = present(setting.log.chainAt(8), 'a chain');
    await setting.log.putCertificate({ slot: 8, chain, signature: utf8('signed') as never });
    await setting.state.settled();
    const found = (start: StateTarget | undefined, keepsKey: boolean) => {
      const { certificate: decided, snapshot } = right(setting.state.recovered(2, start, keepsKey));
      return [decided?.slot, snapshot?.slot];
    };
    expect(found(undefined, false)).toEqual([8, 8]);
    expect(found(held, true)).toEqual([8, undefined]);
    expect(found(held, false)).toEqual([undefined, undefined]);
  });

  it('fails with what an application throws', async () => {
    const setting = await open();
    setting.ledger.apply = () => {
      throw new Error('a bug');
    };
    await expect(decide(setting, 1, 1)).rejects.toThrow(ExecutionFailure);
    await expect(decide(setting, 2, 2)).rejects.toThrow('a bug');
  });
});

/** A server that is ahead, with a state of several chunks, and one that knows nothing; frames travel as bytes. */
async function pair(
  {
    chunks = 5,
    ...wish
  }: { readonly disk?: SimulatedDisk; readonly store?: MemoryLogStore; readonly chunks?: number } = {},
  change: (frame: TransferFrame) => TransferFrame = (frame) => frame,
) {
  const settings: { ahead?: Setting; behind?: Setting } = {};
  const carry = (frame: TransferFrame) => right(decodeTransferFrame(encodeTransferFrame(frame)));
  const ahead = await open({
    padding: new Uint8Array(chunks * chunkBytes),
    send: (_, frame) => {
      const sent = carry(change(frame));
      if (sent._tag === 'Chunk') settings.behind?.state.onChunk(left, sent.chunk);
    },
  });
  await decide(ahead, 1, 10);
  const behind = await open({
    ...wish,
    send: (_, frame) => {
      const sent = carry(frame);
      if (sent._tag === 'AskChunk') settings.ahead?.state.serveChunk(other, sent.state, sent.index);
    },
  });
  Object.assign(settings, { ahead, behind });
  const target = present(ahead.snapshots.held.at(-1), 'held');
  return { ahead, behind, target };
}

const isWhole = ({ heard }: Setting) => heard.some(({ _tag }) => _tag === 'Transferred');

describe('a state of others', () => {
  it('is fetched, installed in the place of everything, and gone on from', async () => {
    const { ahead, behind, target } = await pair();
    await decide(behind, 1, 2);
    behind.state.onConnected(left);
    behind.state.transfer(target);
    await until(() => isWhole(behind));
    expect(behind.state.status.transfer).toEqual({ slot: 8, chunkCount: 6, stored: 6 });
    const events = right(await behind.state.install());
    expect(events).toMatchObject([
      { _tag: 'Installed', slot: 8, chain: target.chain, manifest: target.manifest },
      { _tag: 'Pruned', first: 9 },
    ]);
    expect(behind.ledger.text).toBe('1;2;3;4;5;6;7;8;');
    expect(behind.state.status).toEqual({ certifiedState: 0, first: 9, last: 8, transfer: undefined });
    expect(tagsOf(await decide(behind, 9, 10))).toEqual(['Stored', 'Stored']);
    expect(behind.ledger.text).toBe(ahead.ledger.text);
    expect([...ahead.failures, ...behind.failures]).toEqual([]);
  });

  it('waits for what was decided before it', async () => {
    class SlowStore extends MemoryLogStore {
      override async append(entry: Parameters<MemoryLogStore['append']>[0]): Promise<void> {
        await super.append(entry);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const { behind, target } = await pair({ store: new SlowStore() });
    behind.state.onConnected(left);
    behind.state.transfer(target);
    await until(() => isWhole(behind));
    const deciding = decide(behind, 1, 3);
    expect(tagsOf(right(await behind.state.install()))).toEqual(['Installed', 'Pruned']);
    await deciding;
    expect([behind.ledger.text, behind.log.last]).toEqual(['1;2;3;4;5;6;7;8;', 8]);
  });

  it('that is wanted again when all of it is there is complete at once, for the next machine too', async () => {
    const { behind, target } = await pair();
    behind.state.onConnected(left);
    behind.state.transfer(target);
    await until(() => isWhole(behind));
    const next: string[] = [];
    behind.state.attach(2, ({ _tag }) => next.push(_tag));
    behind.state.transfer(target);
    expect(next).toEqual(['Transferred']);
  });

  it('B9: is fetched again where a chunk was torn on this disk, and given up where that happens twice', async () => {
    const { behind, target } = await pair();
    behind.state.onConnected(left);
    behind.state.transfer(target);
    await until(() => isWhole(behind));
    behind.disk.flip('chunks', 3 * chunkBytes);
    expect(right(await behind.state.install())).toEqual([{ _tag: 'Damaged', slot: target.slot }]);
    await until(() => tagsOf(behind.heard).filter((tag) => tag === 'Transferred').length === 2);
    expect(tagsOf(right(await behind.state.install()))).toEqual(['Installed', 'Pruned']);
    expect(behind.failures).toEqual([]);

    const twice = await pair();
    twice.behind.state.onConnected(left);
    twice.behind.state.transfer(twice.target);
    await until(() => isWhole(twice.behind));
    twice.behind.disk.flip('chunks', 0);
    const { snapshots } = twice.behind;
    const read = snapshots.read.bind(snapshots);
    let reads = 0;
    snapshots.read = (state) => ((reads += 1) > 1 ? Promise.resolve(undefined) : read(state));
    await twice.behind.state.install();
    await until(() => tagsOf(twice.behind.heard).filter((tag) => tag === 'Transferred').length === 2);
    await twice.behind.state.install();
    await until(() => twice.behind.failures.length > 0);
    expect(String(twice.behind.failures[0])).toMatch(/slot 8 was damaged on this disk twice/);
  });

  it('that contradicts its certificate is not installed', async () => {
    const { behind, target, ahead } = await pair();
    const chain = digest(utf8('another log'));
    const lying = { ...target, chain };
    behind.state.onConnected(left);
    behind.state.transfer(lying);
    await until(() => isWhole(behind));
    expect(await behind.state.install()).toMatchObject(E.left({ _tag: 'Divergence', slot: 8 }));
    expect(behind.log.last).toBe(0);
    expect(ahead.failures).toEqual([]);
  });

  it('is refused where a chunk is another than was asked for, and its sender blamed', async () => {
    const { behind, target } = await pair({}, (frame) =>
      frame._tag === 'Chunk' && frame.chunk.index === 2
        ? { _tag: 'Chunk', chunk: { ...frame.chunk, bytes: new Uint8Array(chunkBytes).fill(1) } }
        : frame,
    );
    behind.state.onConnected(left);
    behind.state.transfer(target);
    await until(() => behind.failures.length > 0);
    expect(behind.failures).toEqual(['a chunk that is not of the state it was asked for']);
  });

  it('that is wanted no more leaves nothing behind, whatever is wanted next', async () => {
    const { behind, target } = await pair();
    behind.state.transfer(target);
    behind.state.abandon();
    behind.state.transfer(target);
    behind.state.onConnected(left);
    await until(() => isWhole(behind));
    expect(right(await behind.state.install())).toHaveLength(2);
    const { behind: quiet } = await pair();
    quiet.state.transfer(target);
    quiet.state.abandon();
    await until(() => quiet.snapshots.resumed === undefined);
    expect(await quiet.disk.list('states')).toEqual([]);
  });

  it.each(survivals)(
    'B9: is the old state or the new one after a power cut at any step of fetching and installing (%s)',
    async (survival) => {
      const story = async (disk: SimulatedDisk, store: MemoryLogStore): Promise<Setting> => {
        const { behind, target } = await pair({ disk, store, chunks: 1 });
        await decide(behind, 1, 5);
        behind.state.onConnected(left);
        behind.state.transfer(target);
        for (let turn = 0; turn < 2000 && !isWhole(behind) && behind.failures.length === 0; turn++)
          await new Promise((resolve) => setImmediate(resolve));
        if (behind.failures.length > 0) throw new Error(String(behind.failures[0]));
        right(await behind.state.install());
        await decide(behind, 9, 9);
        return behind;
      };
      const whole = new SimulatedDisk();
      await story(whole, new SteppedLogStore(whole));
      const seen = new Set<string>();
      for (let cutAt = 1; cutAt <= whole.steps; cutAt++) {
        const disk = new SimulatedDisk();
        const store = new SteppedLogStore(disk);
        disk.cutAt = cutAt;
        await expect(story(disk, store)).rejects.toThrow();
        disk.restart(survival);
        const after = await open({ disk, store });
        const { last } = after.log;
        expect(after.ledger.text.split(';').filter((word) => word !== '')).toHaveLength(last);
        expect(last <= 5 || last >= 8).toBe(true);
        // B6: what was due is there, though the power went before it was.
        expect(after.snapshots.held.length > 0).toBe(last >= 4);
        seen.add(`${last} ${after.snapshots.resumed === undefined ? '-' : 'fetching'}`);
        await decide(after, last + 1, last + 2);
        expect(fromUtf8(utf8(after.ledger.text))).toContain(`${last + 2};`);
      }
      expect(seen).toContain('5 fetching');
      expect(seen).toContain('8 -');
    },
  );
});
