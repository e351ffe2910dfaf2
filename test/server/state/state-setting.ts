/** A server's replicated state over simulated disks, with nobody around it but the test. */
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Event } from '../../../src/consensus/event.js';
import { DecidedLog } from '../../../src/server/log/decided-log.js';
import type { ExecutorParts } from '../../../src/server/state/executor.js';
import { recoverState } from '../../../src/server/state/installation.js';
import { ReplicatedState } from '../../../src/server/state/replicated-state.js';
import { openSnapshotStore, type SnapshotStore } from '../../../src/server/state/snapshot-store.js';
import type { TransferFrame } from '../../../src/server/state/transfer-frames.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import type { StoredSlot } from '../../../src/storage/storage.js';
import { right } from '../../support/right.js';
import { SimulatedDisk } from '../../support/simulated-disk.js';
import { allianceId, batchesUpTo, chainsOf, type Ledger, ledgerExecutor } from './replicated-log.js';

/** A log store whose changes are steps of the same disk: where the power goes, they have not happened. */
export class SteppedLogStore extends MemoryLogStore {
  constructor(private readonly disk: SimulatedDisk) {
    super();
  }

  override async append(entry: StoredSlot): Promise<void> {
    await this.step();
    return super.append(entry);
  }

  override async prune(upTo: number, base: Uint8Array, names?: readonly string[]): Promise<void> {
    await this.step();
    return super.prune(upTo, base, names);
  }

  override async reset(slot: number, base: Uint8Array): Promise<void> {
    await this.step();
    return super.reset(slot, base);
  }

  private async step(): Promise<void> {
    await Promise.resolve();
    this.disk.step();
  }
}

export interface Wish {
  readonly disk?: SimulatedDisk;
  readonly store?: MemoryLogStore;
  readonly retainSlots?: number;
  readonly executor?: Partial<ExecutorParts>;
  readonly send?: (to: ProcessId, frame: TransferFrame) => void;
  readonly padding?: Uint8Array;
}

export interface Setting {
  readonly state: ReplicatedState;
  readonly log: DecidedLog;
  readonly store: MemoryLogStore;
  readonly disk: SimulatedDisk;
  readonly snapshots: SnapshotStore;
  readonly ledger: Ledger;
  /** What the machine of epoch 1 was told. */
  readonly heard: Event[];
  readonly failures: unknown[];
  /** The slots whose results were told, and how many. */
  readonly executions: (readonly [number, number])[];
}

/** Recovers what is on the disks. */
export async function open(wish: Wish = {}): Promise<Setting> {
  const { disk = new SimulatedDisk(), retainSlots = 0, send = () => undefined } = wish;
  const store = wish.store ?? new SteppedLogStore(disk);
  const snapshots = right(await openSnapshotStore('states', disk)());
  const failures: unknown[] = [];
  const executions: (readonly [number, number])[] = [];
  const log = new DecidedLog(store, allianceId, (error) => failures.push(error));
  const { ledger, executor } = ledgerExecutor(wish.executor);
  if (wish.padding !== undefined) ledger.padding = wish.padding;
  const parts = { snapshots, log, executor };
  const recovered = right(await recoverState(parts)());
  const state = new ReplicatedState(
    {
      ...parts,
      retainSlots,
      send,
      onExecuted: (slot, { executed }) => executions.push([slot, executed.length]),
      onBlame: (_, reason) => failures.push(reason),
      onFailed: (error) => failures.push(error),
      clock: () => performance.now(),
    },
    recovered.resumed,
  );
  const heard: Event[] = [];
  state.attach(1, (event) => heard.push(event));
  return { state, log, store, disk, snapshots, ledger, heard, failures, executions };
}

/** Decides slots `from` to `last`, as the machine would; resolves with what it hears. */
export async function decide(
  { state }: Setting,
  from: number,
  last: number,
  given: ReadonlyMap<number, Uint8Array> = new Map(),
  journaled?: Promise<void>,
): Promise<readonly Event[]> {
  const batches = batchesUpTo(last, given);
  const chains = chainsOf(batches);
  const decided = batches
    .slice(from - 1)
    .map((batch, index) =>
      state.decide({ slot: from + index, chain: present(chains[from + index], 'a chain'), batch }, journaled),
    );
  const events = (await Promise.all(decided)).flat();
  await state.settled();
  return events;
}

export const tagsOf = (events: readonly Event[]): readonly string[] => events.map(({ _tag }) => _tag);
