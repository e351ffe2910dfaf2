import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { Universe } from '../../../src/prelude/process.js';
import { present } from '../../../src/prelude/invariant.js';
import { noop } from '../../../src/consensus/batch.js';
import { ConsensusCodec } from '../../../src/consensus/codec.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import { DecidedLog } from '../../../src/server/log/decided-log.js';
import { Replica } from '../../../src/server/replica/replica.js';
import type { AllianceKey, ReplicaParts } from '../../../src/server/replica/replica-parts.js';
import { ExecutionFailure } from '../../../src/server/state/replicated-state.js';
import type { StopReason } from '../../../src/server/replica/stop-reason.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import { MemoryJournal, MemoryLogStore } from '../../../src/storage/memory.js';
import { CertifiedLog } from '../../support/certified-log.js';

const [me, peer] = ['a/1', 'b/1'] as ProcessId[] as [ProcessId, ProcessId];
const codec = new ConsensusCodec(new Universe([me, peer]), 1);
const view = { view: 1, leader: me, decidedUpTo: 0, certified: 0, low: 0 };

interface Held {
  readonly release: () => void;
  readonly fail: (error: Error) => void;
}

/** A promise that the test settles. */
function hold(into: Held[]): Promise<void> {
  return new Promise((resolve, reject) => {
    into.push({ release: resolve, fail: reject });
  });
}

class HeldJournal extends MemoryJournal {
  readonly appends: Held[] = [];
  override append(record: Uint8Array): Promise<void> {
    void super.append(record);
    return hold(this.appends);
  }
}

class HeldStore extends MemoryLogStore {
  readonly appends: Held[] = [];
  override append(entry: Parameters<MemoryLogStore['append']>[0]): Promise<void> {
    void super.append(entry);
    return hold(this.appends);
  }
}

type Step = (event: Event) => readonly Effect[];

/** A replica around a machine that does what the test says. */
class Setting {
  readonly journal = new HeldJournal();
  readonly store = new HeldStore();
  readonly sent: number[] = [];
  readonly events: Event[] = [];
  readonly stops: StopReason[] = [];
  readonly placed: number[] = [];
  readonly handedOver: number[] = [];
  covered = 0;
  readonly blamed: string[] = [];
  readonly unheard = new Set<ProcessId>();
  readonly replica: Replica;

  constructor(step: Step, key?: Partial<AllianceKey>, state?: Partial<ReplicaParts['state']>, isHeard = true) {
    const log = new DecidedLog(this.store, new CertifiedLog().anchor.allianceId, (error) => {
      this.replica.failStorage(error);
    });
    const never = () => Promise.reject(new Error('not expected'));
    this.replica = new Replica({
      me,
      machine: {
        step: (event) => {
          this.events.push(event);
          return step(event);
        },
        isUnheard: (process) => this.unheard.has(process),
        durableRecords: () => [],
        waitingRequests: [],
        view,
      },
      codec,
      journal: this.journal,
      log,
      state: {
        decide: async ({ slot, chain, batch }) => {
          await log.append(slot, chain, batch);
          return [{ _tag: 'Stored', slot }];
        },
        certified: () => undefined,
        transfer: () => undefined,
        abandon: () => undefined,
        install: never,
        ...state,
      },
      allianceKey: { signShare: never, proveShare: never, combine: never, verify: never, ...key },
      send: (_, frame) => {
        const message = codec.decodeMessage(frame);
        if (E.isRight(message) && message.right._tag === 'FetchRange') this.sent.push(message.right.from);
      },
      observer: {
        hasListeners: () => isHeard,
        onCertified: () => undefined,
        onCovered: () => {
          this.covered += 1;
        },
        onPlaced: (delivered) => this.placed.push(...delivered.map(({ slot }) => slot)),
        onRefused: () => undefined,
        onView: () => undefined,
        onBlame: (process) => this.blamed.push(process),
        onStatesDiffer: () => undefined,
        onHandedOver: ({ slot }) => this.handedOver.push(slot),
        onStopped: (reason) => this.stops.push(reason),
      },
      clock: () => performance.now(),
    });
    this.replica.start();
  }

  tags(): readonly string[] {
    return this.events.map(({ _tag }) => _tag);
  }
}

function persist(index: number): Effect {
  return { _tag: 'Persist', record: { _tag: 'Promise', view: index }, index };
}

/** The number is to be recognized by. */
function send(number: number, after: number, to = peer): Effect {
  return { _tag: 'Send', to: [to], message: { _tag: 'FetchRange', from: number }, after };
}

function onStart(...effects: readonly Effect[]): Step {
  return (event) => (event._tag === 'Start' ? effects : []);
}

describe('a replica', () => {
  it('sends nothing before what it waits for is durable, and keeps the order', async () => {
    const setting = new Setting(
      onStart(persist(1), send(1, 1), persist(2), send(2, 2), send(3, 1), send(4, 0), send(5, 2)),
    );
    await setImmediate();
    expect(setting.sent).toEqual([4]);
    setting.journal.appends[0]?.release();
    await setImmediate();
    expect(setting.sent).toEqual([4, 1, 3]);
    setting.journal.appends[1]?.release();
    await setImmediate();
    expect(setting.sent).toEqual([4, 1, 3, 2, 5]);
  });

  it('tells where commands stand only when they are durable in its log', async () => {
    const log = new CertifiedLog().decide(1);
    const batch = present(log.batches[0], 'one slot is decided');
    const command = { slot: 1, index: 0, client: 'a/app', session: 1, firstSequence: 1, commands: [new Uint8Array()] };
    const decide: Effect = {
      _tag: 'Decide',
      slot: 1,
      batch,
      chain: log.chainAt(1),
      delivered: [command],
      path: 'fast',
    };
    const setting = new Setting(onStart(decide));
    await setImmediate();
    expect(setting.placed).toEqual([]);
    setting.store.appends[0]?.release();
    await setImmediate();
    expect(setting.placed).toEqual([1]);
  });

  it('tells where commands stand whose batch is in the journal before they are in the log', async () => {
    const log = new CertifiedLog().decide(1);
    const batch = present(log.batches[0], 'one slot is decided');
    const command = { slot: 1, index: 0, client: 'a/app', session: 1, firstSequence: 1, commands: [new Uint8Array()] };
    const decided = {
      _tag: 'Decide',
      slot: 1,
      batch,
      chain: log.chainAt(1),
      delivered: [command],
      path: 'fast',
    } as const;
    const setting = new Setting(onStart(persist(1), { ...decided, journaled: 1 }));
    await setImmediate();
    expect(setting.placed).toEqual([]);
    setting.journal.appends[0]?.release();
    await setImmediate();
    expect(setting.placed).toEqual([1]);
    setting.store.appends[0]?.release();
    await setImmediate();
    expect(setting.placed).toEqual([1]);
  });

  it('tells listeners of what comes after the certificate that covers it', async () => {
    const log = new CertifiedLog().decide(2);
    const certificate = log.certificate(1);
    const slot = (number: number) => ({
      _tag: 'Decide' as const,
      slot: number,
      batch: present(log.batches[number - 1], 'two slots are decided'),
      chain: log.chainAt(number),
      delivered: [],
      path: 'transfer' as const,
    });
    const setting = new Setting(onStart({ _tag: 'Certify', certificate }, slot(1), slot(2)));
    await setImmediate();
    expect(setting.covered).toBe(0);
    setting.store.appends[0]?.release();
    await setImmediate();
    expect(setting.covered).toBe(1);
    setting.store.appends[1]?.release();
    await setImmediate();
    expect(setting.covered).toBe(1);
  });

  it('hears its own message only when what it waits for is durable', async () => {
    const setting = new Setting(onStart(persist(1), send(1, 1, me)));
    await setImmediate();
    expect(setting.tags()).toEqual(['Start']);
    setting.journal.appends[0]?.release();
    await setImmediate();
    await setImmediate();
    expect(setting.tags()).toEqual(['Start', 'Message']);
  });

  it('hears its own message behind what leaves in the same turn', async () => {
    const setting = new Setting(onStart(send(1, 0, me), send(2, 0, peer)));
    for (let count = 0; count < 100; count++) await Promise.resolve();
    expect(setting.sent).toHaveLength(1);
    expect(setting.tags()).toEqual(['Start']);
    await setImmediate();
    expect(setting.tags()).toEqual(['Start', 'Message']);
  });

  it('stops where a record cannot be made durable: nothing more is sent, and nothing taken', async () => {
    const setting = new Setting((event) =>
      event._tag === 'Start' ? [persist(1), send(1, 1), persist(2), send(2, 2)] : [send(9, 0)],
    );
    await setImmediate();
    setting.journal.appends[0]?.fail(new Error('no space'));
    await setImmediate();
    setting.journal.appends[1]?.release();
    setting.replica.onConnected(peer);
    await setImmediate();
    expect(setting.sent).toEqual([]);
    expect(setting.tags()).toEqual(['Start']);
    expect(setting.stops).toMatchObject([{ _tag: 'StorageFailed' }]);
  });

  it('says that a slot is stored when it is durable, and stops where it cannot be stored', async () => {
    const { batches, chains } = { batches: [noop, noop], chains: new CertifiedLog().decide(2, noop) };
    const decide = (slot: number): Effect => {
      const batch = batches[slot - 1] ?? noop;
      return { _tag: 'Decide', slot, batch, chain: chains.chainAt(slot), delivered: [], path: 'fast' };
    };
    const setting = new Setting(onStart(decide(1), decide(2)));
    await setImmediate();
    expect(setting.tags()).toEqual(['Start']);
    setting.store.appends[0]?.release();
    await setImmediate();
    expect(setting.events.at(-1)).toEqual({ _tag: 'Stored', slot: 1 });
    setting.store.appends[1]?.fail(new Error('no space'));
    await setImmediate();
    expect(setting.tags()).toEqual(['Start', 'Stored']);
    expect(setting.stops).toMatchObject([{ _tag: 'StorageFailed' }]);
  });

  it('says what came of a decision in the order in which it is told', async () => {
    const configuration = new CertifiedLog().chainAt(0);
    const told: readonly Event[] = [
      { _tag: 'Boundary', since: 1, slot: 8, configuration },
      { _tag: 'Stored', slot: 1 },
    ];
    const decide: Effect = {
      _tag: 'Decide',
      slot: 1,
      batch: noop,
      chain: configuration,
      delivered: [],
      path: 'slow',
    };
    const setting = new Setting(onStart(decide), undefined, { decide: () => Promise.resolve(told) });
    await setImmediate();
    expect(setting.events.slice(1)).toEqual(told);
    const failing = { decide: () => Promise.reject(new ExecutionFailure('slot 1: a bug')) };
    const stopped = new Setting(onStart(decide), undefined, failing);
    await setImmediate();
    expect(stopped.stops).toMatchObject([{ _tag: 'ExecutionFailed' }]);
  });

  it('hands states and epochs to those that keep them, and hears of an install', async () => {
    const manifest = { chunkCount: 1, byteLength: 3, root: new CertifiedLog().chainAt(0) };
    const target = { slot: 8, chain: manifest.root, manifest };
    const certificate = { ...target, signature: new Uint8Array(1) as never };
    const handoff = { ...certificate, epoch: 1, configuration: manifest.root };
    const asked: string[] = [];
    const pruned: Event = { _tag: 'Pruned', first: 9 };
    const setting = new Setting(
      onStart(
        { _tag: 'SnapshotCertified', certificate },
        { _tag: 'Transfer', ...target },
        { _tag: 'Abandon' },
        { _tag: 'Install', slot: 8 },
        { _tag: 'HandedOver', handoff },
      ),
      undefined,
      {
        certified: ({ slot }) => asked.push(`certified ${slot}`),
        transfer: ({ slot }) => asked.push(`transfer ${slot}`),
        abandon: () => asked.push('abandon'),
        install: () => Promise.resolve(E.right([pruned])),
      },
    );
    await setImmediate();
    expect([asked, setting.handedOver]).toEqual([['certified 8', 'transfer 8', 'abandon'], [8]]);
    expect(setting.events).toEqual([{ _tag: 'Start' }, pruned]);
  });

  it.each([
    ['Divergence', { _tag: 'Divergence', slot: 8, detail: 'another state' } as const],
    ['StorageFailed', { _tag: 'CorruptLog', detail: 'a gap' } as const],
  ])('stops with %s where a state cannot be installed', async (tag, error) => {
    const install = () => Promise.resolve(E.left(error));
    const setting = new Setting(onStart({ _tag: 'Install', slot: 8 }), undefined, { install });
    await setImmediate();
    expect(setting.stops).toMatchObject([{ _tag: tag }]);
  });

  it('leaves frames of other epochs to others', async () => {
    const setting = new Setting(() => []);
    const other = new ConsensusCodec(new Universe([me, peer]), 2);
    setting.replica.onFrame(peer, other.encodeMessage({ _tag: 'FetchRange', from: 1 }));
    setting.replica.onFrame(peer, codec.encodeMessage({ _tag: 'FetchRange', from: 1 }));
    await setImmediate();
    expect([setting.tags(), setting.blamed]).toEqual([['Start', 'Message'], []]);
  });

  it('tells the machine whose frames are no messages, and does not decode those of whom it does not hear', async () => {
    const setting = new Setting(() => []);
    const frame = codec.encodeMessage({ _tag: 'FetchRange', from: 1 });
    setting.replica.onFrame(peer, frame.subarray(0, -1));
    await setImmediate();
    expect(setting.events.at(-1)).toMatchObject({ _tag: 'Malformed', from: peer });
    const decode = vi.spyOn(codec, 'decodeMessage');
    setting.unheard.add(peer);
    setting.replica.onFrame(peer, frame);
    setting.replica.onFrame(me, frame);
    await setImmediate();
    expect([decode.mock.calls.length, setting.tags()]).toEqual([1, ['Start', 'Malformed', 'Message']]);
    vi.restoreAllMocks();
  });

  it.each(['signShare', 'proveShare', 'combine', 'verify'] as const)(
    'stops where the alliance key cannot %s',
    async (operation) => {
      const failing = { [operation]: () => Promise.reject(new Error('the key is broken')) };
      const statement = new Uint8Array(3);
      const asked = {
        signShare: { _tag: 'Sign', statement, isProven: false },
        proveShare: { _tag: 'Sign', statement, isProven: true },
        verify: { _tag: 'Verify', statement, signature: new Uint8Array(3) as Signature },
        combine: { _tag: 'Combine', statement, shares: new Map() },
      } as const;
      const setting = new Setting(onStart(asked[operation]), failing);
      await setImmediate();
      expect(setting.stops).toMatchObject([{ _tag: 'AllianceKeyFailed' }]);
    },
  );

  it('has certificates checked at once where somebody listens, and in its own time where nobody does', async () => {
    const statement = new Uint8Array(3);
    const key = { verify: () => Promise.resolve(true) };
    const asked: Effect = { _tag: 'Verify', statement, signature: new Uint8Array(3) as Signature };
    const heard = new Setting(onStart(asked), key);
    await setImmediate();
    expect(heard.events.at(-1)).toEqual({ _tag: 'Verified', statement, isValid: true });
    const unheard = new Setting(onStart(asked), key, {}, false);
    await setImmediate();
    expect(unheard.tags()).toEqual(['Start']);
    await vi.waitFor(() => {
      expect(unheard.tags()).toEqual(['Start', 'Verified']);
    });
    unheard.replica.stop();
  });

  it('carries out nothing that comes after it has halted', async () => {
    const halt: Effect = { _tag: 'Halt', reason: { _tag: 'Disagreement', slot: 1 } };
    const setting = new Setting(onStart(halt, send(1, 0), { _tag: 'SetTimer', atMs: 0 }, persist(1)));
    await setTimeout(5);
    setting.replica.onConnected(peer);
    await setImmediate();
    expect(setting.sent).toEqual([]);
    expect(setting.journal.contents).toEqual([]);
    expect(setting.tags()).toEqual(['Start']);
    expect(setting.stops).toEqual([{ _tag: 'Disagreement', slot: 1 }]);
  });

  it('leaves no timer behind when it is stopped', async () => {
    const setting = new Setting(() => [{ _tag: 'SetTimer', atMs: performance.now() + 5 }]);
    await setImmediate();
    setting.replica.stop();
    await setTimeout(20);
    expect(setting.tags()).toEqual(['Start']);
  });

  it('waits for a time that no timer of Node can wait for', async () => {
    const setting = new Setting(onStart({ _tag: 'SetTimer', atMs: performance.now() + 2 ** 40 }));
    await setTimeout(20);
    expect(setting.tags()).toEqual(['Start']);
    setting.replica.stop();
  });

  it('lets timers and sockets have their turn however much it has to tell itself', async () => {
    const setting = new Setting(() => [send(1, 0, me)]);
    await setTimeout(10);
    setting.replica.stop();
    expect(setting.events.length).toBeGreaterThan(2);
  });

  it('takes all that has arrived in one go, so that it cannot pile up', async () => {
    const setting = new Setting(() => []);
    for (let count = 0; count < 5000; count++) setting.replica.onConnected(peer);
    await Promise.resolve();
    expect(setting.events).toHaveLength(5001);
  });

  it('stops where its log cannot be read any more', async () => {
    const setting = new Setting(onStart({ _tag: 'SendRange', to: peer, from: 1 }));
    setting.store.read = () => {
      throw new Error('slot 1 is not intact');
    };
    await setImmediate();
    expect(setting.stops).toMatchObject([{ _tag: 'StorageFailed' }]);
  });
});
