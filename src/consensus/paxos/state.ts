/** What one process of crash-fault Paxos knows, with the effects of the current step. Only the modules beside this file change it. */
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Digest } from '../../prelude/digest.js';
import type { Batch } from '../batch.js';
import type { DeliveryTable } from '../delivery.js';
import { poolLimits, RequestPool } from '../request-pool.js';
import { type PaxosConfiguration, quorumsIntersect } from './configuration.js';
import type { PaxosEffect } from './interface.js';
import type { PaxosMessage, PaxosRecord, Vote } from './message.js';

/** A vote of this process, the number of its `Persist`, and since when it has voted in the slot. */
interface HeldVote extends Vote {
  readonly persisted: number;
  readonly sinceMs: number;
}

/** What the leader of a view does: `promises` until a quorum has given one, `proposals` from then on. */
interface Leadership {
  readonly promises: Map<ProcessId, Extract<PaxosMessage, { _tag: 'Promise' }>>;
  proposals?: Map<number, Proposal> | undefined;
  nextSlot: number;
}

export interface Proposal {
  readonly batch: Batch;
  readonly acceptors: Set<ProcessId>;
}

/** What is kept of the decided log: chain digests by slot, and what sessions have had delivered. */
interface DecidedLog {
  readonly chains: Map<number, Digest>;
  readonly delivery: DeliveryTable;
}

export class PaxosState {
  nowMs = 0;
  /** The promise. */
  view = 1;
  viewPersisted = 0;
  viewEnteredMs = 0;
  /** Views up to here began before a restart: this process proposes nothing in them. */
  spentView = 0;
  failedViews = 0;
  lastDecidedMs = 0;
  leading: Leadership = { promises: new Map(), nextSlot: 0 };
  /** Each process's last complaint. */
  readonly complaints = new Map<ProcessId, number>();
  /** This process's last votes, of slots that its log does not hold durably. */
  readonly votes = new Map<number, HeldVote>();
  /** Decided, and not yet in line. */
  readonly decided = new Map<number, Batch>();
  decidedUpTo: number;
  storedUpTo: number;
  /** When this process last asked for a part of the log. */
  fetchedMs = Number.NEGATIVE_INFINITY;
  statusDueMs = 0;
  timerAtMs: number | undefined;
  readonly pool: RequestPool;
  private persistCount = 0;
  private effects: PaxosEffect[] = [];

  constructor(
    readonly config: PaxosConfiguration,
    readonly log: DecidedLog,
    decidedUpTo: number,
  ) {
    invariant(quorumsIntersect(config.system), 'any two quorums share a process');
    const { maxInFlight, windowSlots } = config.parameters;
    invariant(maxInFlight <= windowSlots, 'what is in flight fits into the window');
    this.pool = new RequestPool(log.delivery, poolLimits(config.parameters));
    this.decidedUpTo = decidedUpTo;
    this.storedUpTo = decidedUpTo;
  }

  takeEffects(): readonly PaxosEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  emit(effect: PaxosEffect): void {
    this.effects.push(effect);
  }

  /** Asks for `record` to be made durable; what must wait for it is sent `after` the number returned. */
  persist(record: PaxosRecord): number {
    this.persistCount += 1;
    this.emit({ _tag: 'Persist', record, index: this.persistCount });
    return this.persistCount;
  }

  send(to: ProcessId, message: PaxosMessage, after = 0): void {
    this.emit({ _tag: 'Send', to: [to], message, after });
  }

  /** Sends to everyone, this process included. */
  broadcast(message: PaxosMessage, after = 0): void {
    this.emit({ _tag: 'Send', to: this.config.system.processes.universe.ids, message, after });
  }

  leaderOf(view: number): ProcessId {
    const { leaders } = this.config;
    return present(leaders[(view - 1) % leaders.length], 'somebody leads');
  }

  get isLeader(): boolean {
    return this.leaderOf(this.view) === this.config.me;
  }

  /** Any two quorums share a process, and all that may crash can be spared. */
  isQuorum(processes: Iterable<ProcessId>): boolean {
    const { system } = this.config;
    return system.isRecoveryQuorum(system.processes.universe.of(processes));
  }

  /** Whether a slot is open here: not in line yet, and not too far ahead. */
  isOpen(slot: number): boolean {
    return slot > this.decidedUpTo && slot <= this.decidedUpTo + this.config.parameters.windowSlots;
  }

  /** How long undecided work is waited for. */
  get patienceMs(): number {
    const { baseTimeoutMs, maxTimeoutMs } = this.config.parameters;
    return Math.min(maxTimeoutMs, baseTimeoutMs * 2 ** Math.min(this.failedViews, 30));
  }

  /** Since when something has been waiting to be decided; `undefined` if nothing is. */
  get workSinceMs(): number | undefined {
    const open = [...this.votes.values()].filter(({ slot }) => slot > this.decidedUpTo);
    const since = [this.pool.oldestHeadMs, ...open.map(({ sinceMs }) => sinceMs)].filter((ms) => ms !== undefined);
    return since.length === 0 ? undefined : Math.min(...since);
  }
}
