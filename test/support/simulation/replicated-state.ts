/**
 * What a simulated server has besides its machine: the decided log, the executor that ships, its snapshots, and how they come back
 * after a crash or are replaced by another server's state. Every step may be the last before the power goes.
 */
import { concatBytes, equalBytes } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import type { SnapshotCertificate, StateTarget } from '../../../src/consensus/manifest.js';
import type { Chunk } from '../../../src/consensus/state-transfer.js';
import type { Recovered } from '../../../src/consensus/state.js';
import { chainStart } from '../../../src/consensus/statement.js';
import type { Execution, Executor } from '../../../src/server/state/executor.js';
import { prunableUpTo, retained, SnapshotPin } from '../../../src/server/state/retention.js';
import type { Membership } from '../../../src/services/membership/membership.js';
import { decodeSnapshot, type SnapshotContent } from '../../../src/server/state/snapshot-content.js';
import { right } from '../right.js';
import { type SimulatedServices, simulatedServices } from './application.js';
import { allianceIdOfRun, type SimulatedConfiguration } from './configuration.js';
import type { Coverage } from './coverage.js';
import { DecidedLog, type LogChange } from './decided-log.js';
import { AppendOnly } from './disk.js';
import { FoldedDisk } from './folded-disk.js';
import type { Prng } from './random.js';
import type { Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';
import { applyToStore, emptyStore, type StoreChange, type StoredState, storedState, verified } from './state-store.js';

/** The server whose state it is. */
export interface StateOwner {
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly coverage: Coverage;
  readonly random: Prng;
  /** Of the machine that runs. */
  readonly epoch: number | undefined;
  /** Whether the power lasts for one more step. */
  step(): boolean;
  /** For the machine that runs, if one does. */
  feed(event: Event): void;
  /** What was stored is damaged. */
  onDamaged(target: StateTarget, state: Digest): void;
  onInstalled(target: StateTarget): void;
  onExecuted(execution: Execution): void;
}

/** How many own snapshots a machine is told of. */
const announced = 2;

export class ReplicatedState {
  readonly log: DecidedLog;
  readonly store: FoldedDisk<ReturnType<typeof emptyStore>, StoreChange>;
  private services: SimulatedServices;
  private pin = new SnapshotPin();
  private rotten: Digest | undefined;
  isInstalling = false;

  constructor(private readonly owner: StateOwner) {
    const { schedule, random, scenario } = owner;
    const { diskMs } = scenario.faults;
    this.log = new DecidedLog(new AppendOnly<LogChange>(schedule, random.fork(), diskMs), this.chainStart);
    this.store = new FoldedDisk(new AppendOnly<StoreChange>(schedule, random.fork(), diskMs), emptyStore, applyToStore);
    this.services = simulatedServices(scenario);
  }

  get executor(): Executor {
    return this.services.executor;
  }

  /** Of an alliance that governs itself. */
  get membership(): Membership | undefined {
    return this.services.membership;
  }

  private get chainStart(): Digest {
    return chainStart(allianceIdOfRun(this.owner.scenario));
  }

  /** Power is lost. Whether anything else was. */
  crash(): boolean {
    if (this.isInstalling) this.owner.coverage.add('crash while installing');
    this.isInstalling = false;
    return [this.log.disk.crash(), this.store.crash()].includes(true);
  }

  forget(disk: 'loses its end' | 'is lost'): void {
    this.log.disk.forget(disk);
    this.store.forget(disk);
  }

  /** Finishes an installation, and goes on from the newest snapshot and the log above it. */
  recover(): void {
    this.finishInstallation();
    this.services = simulatedServices(this.owner.scenario);
    this.pin = new SnapshotPin();
    const start = this.newestSnapshot();
    // Only a disk that broke its promise has a log that begins above every snapshot.
    if (start === undefined && this.log.base.slot > 0)
      this.log.disk.changeNow({ _tag: 'Reset', slot: 0, chain: this.chainStart });
    if (start !== undefined) this.executor.restore(contentOf(start));
    for (const { slot, chain, batch } of this.log.above(start?.slot ?? 0)) {
      const { snapshot } = this.executor.execute(slot, chain, batch);
      if (snapshot !== undefined) this.store.changeNow({ _tag: 'Snapshot', state: storedState(snapshot) });
    }
  }

  /** For a machine that starts now. */
  recovered({ epoch, start, keys }: SimulatedConfiguration): Recovered {
    const newest = this.newestSnapshot();
    const delivery = newest === undefined ? DeliveryTable.empty() : contentOf(newest).delivery;
    for (const { slot, batch } of this.log.above(newest?.slot ?? 0)) delivery.deliver(slot, batch);
    const certificate = this.log.newestCertificate(keys.alliance.keyId);
    const boundary = this.executor.boundaryOf(epoch);
    const snapshot = this.store.view.certificate;
    return {
      decidedUpTo: this.log.last,
      chains: this.log.chains(),
      delivery,
      ...(certificate === undefined ? {} : { certificate }),
      ...(boundary === undefined ? {} : { boundary }),
      ...(snapshot === undefined || snapshot.slot <= (start?.slot ?? 0) ? {} : { snapshot }),
    };
  }

  /** What a machine is told when it has started. */
  announcements(): readonly Event[] {
    const held = this.store.view.held.filter(({ slot }) => slot <= this.log.last).slice(-announced);
    const snapshots = held.map(
      ({ slot, chain, manifest }) => ({ _tag: 'Snapshotted', slot, chain, manifest }) as const,
    );
    const { slot } = this.log.base;
    return [...snapshots, ...(slot === 0 ? [] : [{ _tag: 'Pruned', first: slot + 1 } as const])];
  }

  append({ slot, chain, batch }: Pick<Extract<Effect, { _tag: 'Decide' }>, 'slot' | 'chain' | 'batch'>): void {
    this.log.disk.change({ _tag: 'Append', slot, chain, batch }, () => {
      // A Byzantine server's log may have lost what comes before.
      if (slot !== this.executor.position.slot + 1 || !this.owner.step()) return;
      const execution = this.executor.execute(slot, chain, batch);
      const { epoch, boundary, snapshot } = execution;
      this.owner.onExecuted(execution);
      if (boundary !== undefined && epoch === this.owner.epoch) this.owner.feed({ _tag: 'Boundary', ...boundary });
      this.owner.feed({ _tag: 'Stored', slot });
      if (snapshot !== undefined && this.owner.step()) this.keep(snapshot);
    });
  }

  private keep(content: SnapshotContent): void {
    this.owner.coverage.add('snapshot');
    const state = storedState(content);
    const { slot, chain, manifest } = state;
    this.store.change({ _tag: 'Snapshot', state }, () => {
      this.owner.feed({ _tag: 'Snapshotted', slot, chain, manifest });
      this.retain();
    });
  }

  putCertificate(certificate: SnapshotCertificate): void {
    this.store.change({ _tag: 'Certificate', certificate }, () => {
      this.retain();
    });
  }

  /** A chunk of a state that is held. */
  chunk(to: ProcessId, state: Digest, index: number): Chunk | undefined {
    this.pin.note(to, state, this.owner.schedule.nowMs);
    const held = this.store.view.held.find((one) => equalBytes(one.state, state));
    const bytes = held?.chunks[index];
    return held === undefined || bytes === undefined ? undefined : { state, index, bytes, path: held.tree.path(index) };
  }

  /** Drops what nobody needs: snapshots first, and then the log below them. */
  retain(): void {
    const { snapshots } = this.owner.scenario;
    const { held } = this.store.view;
    if (snapshots === undefined || this.isInstalling || !this.owner.step()) return;
    const { nowMs } = this.owner.schedule;
    const staying = new Set<unknown>(retained(held));
    const going = held.filter((one) => !staying.has(one) && !this.pin.keeps(one.state, nowMs));
    if (going.length > 0) this.store.change({ _tag: 'Remove', states: going });
    const kept = held.filter((one) => !going.includes(one));
    const upTo = Math.min(prunableUpTo(kept, snapshots.retainSlots), this.log.last);
    if (upTo <= this.log.base.slot) return;
    this.owner.coverage.add('pruning');
    this.log.disk.change({ _tag: 'Prune', upTo }, () => {
      this.owner.feed({ _tag: 'Pruned', first: this.log.base.slot + 1 });
    });
  }

  /** Puts another server's state in the place of everything, as if it had been fetched. */
  adopt(held: StoredState): void {
    const { slot, chain, manifest } = held;
    this.store.change({ _tag: 'Target', target: { slot, chain, manifest } });
    for (const [index, bytes] of held.chunks.entries())
      this.store.change({ _tag: 'Chunk', chunk: { state: held.state, index, bytes, path: held.tree.path(index) } });
    this.store.change({ _tag: 'Unmark' }, () => {
      this.install();
    });
  }

  /** Puts the state that was fetched in the place of everything, in steps of which each is durable before the next. */
  install(): void {
    const { incoming } = this.store.view;
    if (incoming === undefined) return;
    const { state, target } = incoming;
    const whole = this.isRotten(state) ? undefined : verified(incoming);
    if (whole === undefined) {
      this.owner.onDamaged(target, state);
      return;
    }
    this.isInstalling = true;
    this.owner.coverage.add('installation');
    const inTurn = (...changes: readonly ((done: () => void) => void)[]): void => {
      const [first, ...rest] = changes;
      if (!this.owner.step()) return;
      first?.(() => {
        inTurn(...rest);
      });
    };
    inTurn(
      (done) => {
        this.store.change({ _tag: 'Mark', state }, done);
      },
      (done) => {
        this.log.disk.change({ _tag: 'Reset', slot: target.slot, chain: target.chain }, done);
      },
      (done) => {
        this.store.change({ _tag: 'Adopt', state: whole }, done);
      },
      (done) => {
        this.store.change({ _tag: 'Unmark' }, done);
      },
      () => {
        this.onInstalled(whole);
      },
    );
  }

  /** What is on the disk is not always what was written there; the simulator has it happen once a state. */
  private isRotten(state: Digest): boolean {
    const { scenario, random, coverage } = this.owner;
    const isKnown = this.rotten !== undefined && equalBytes(this.rotten, state);
    if (isKnown || !random.chance(scenario.snapshots?.rot ?? 0)) return false;
    this.rotten = state;
    coverage.add('damaged state');
    return true;
  }

  private onInstalled(state: StoredState): void {
    this.isInstalling = false;
    const content = contentOf(state);
    this.executor.restore(content);
    const { slot, chain, manifest } = state;
    const epoch = this.owner.epoch;
    const boundary = epoch === undefined ? undefined : this.executor.boundaryOf(epoch);
    this.owner.onInstalled({ slot, chain, manifest });
    this.owner.feed({ _tag: 'Installed', slot, chain, manifest, delivery: content.delivery.copy(), boundary });
    this.retain();
  }

  private finishInstallation(): void {
    const { marked, incoming, held } = this.store.view;
    if (marked === undefined) return;
    const isIncoming = incoming !== undefined && equalBytes(incoming.state, marked);
    const whole = isIncoming ? verified(incoming) : held.find(({ state }) => equalBytes(state, marked));
    if (whole !== undefined) {
      this.owner.coverage.add('finished installation');
      this.log.disk.changeNow({ _tag: 'Reset', slot: whole.slot, chain: whole.chain });
      this.store.changeNow({ _tag: 'Adopt', state: whole });
    }
    this.store.changeNow({ _tag: 'Unmark' });
  }

  private newestSnapshot(): StoredState | undefined {
    const { base, last } = this.log;
    return this.store.view.held.filter(({ slot }) => slot >= base.slot && slot <= last).at(-1);
  }
}

function contentOf({ chunks }: StoredState): SnapshotContent {
  return right(decodeSnapshot(concatBytes(...chunks)));
}
