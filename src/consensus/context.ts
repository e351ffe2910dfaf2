/** What every module of the machine works with: configuration, state, the time, and the effects of the current step. */
import type { Either } from '../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import { present } from '../prelude/invariant.js';
import type { StatementContext } from '../prelude/statement.js';
import type { Request } from './batch.js';
import type { Configuration } from './configuration.js';
import type { Effect, Fault, HaltReason } from './effect.js';
import type { Equivocation, Message, Report, SignedReport } from './message.js';
import type { DurableRecord } from './record.js';
import { openSlot, type RecentCount, type SlotState, type State } from './state.js';

/** Signatures that need not be checked again; then all are forgotten. */
const rememberedChecks = 8192;
/** How much of something is done for one process in so many status intervals. */
interface Limit {
  readonly most: number;
  readonly intervals: number;
}

/** Batches and ranges sent. */
const answerLimit: Limit = { most: 64, intervals: 1 };
/** What a range counts as among them: it is read from the disk, and as long as many batches. */
export const rangeCost = 16;
/** Invalid messages; then it is not heard for the rest of the time, which is long: a correct process never sends any. */
const invalidLimit: Limit = { most: 16, intervals: 64 };
/** Records of evidence against it that are checked. */
const evidenceLimit: Limit = { most: 16, intervals: 1 };

/** The highest slot that may be voted on by one whose checkpoint is `low` and says that the epoch ends at `boundary`. */
export function windowEndOf(low: number, boundary: number | undefined, windowSlots: number): number {
  return Math.min(low + windowSlots, boundary ?? Number.POSITIVE_INFINITY);
}

/** What has been checked. No check of these reads any state. */
export class Findings {
  readonly requests = new WeakMap<Request, boolean>();
  readonly reports = new WeakMap<SignedReport, Either<string, Report>>();
  /** Names of signatures that are good. */
  readonly signatures = new Set<string>();
}

export class Context {
  nowMs = 0;
  /** Machines of one epoch may share what they find: the simulator has them do so. */
  findings = new Findings();
  private effects: Effect[] = [];

  constructor(
    readonly config: Configuration,
    readonly state: State,
  ) {}

  /** The effects since the last call. */
  takeEffects(): readonly Effect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Asks for `record` to be made durable; what must wait for it is sent `after` the number returned. */
  persist(record: DurableRecord): number {
    this.state.persistCount += 1;
    this.emit({ _tag: 'Persist', record, index: this.state.persistCount });
    return this.state.persistCount;
  }

  send(to: ProcessId, message: Message, after = 0): void {
    this.emit({ _tag: 'Send', to: [to], message, after });
  }

  /** Sends to everyone, this process included. */
  broadcast(message: Message, after = 0): void {
    this.emit({ _tag: 'Send', to: this.config.system.processes.universe.ids, message, after });
  }

  /** Tells of a fault. Whoever sends much that is invalid is not told of each time, nor heard: finding it out costs signature checks. */
  blame(process: ProcessId, fault: Fault): void {
    const isTold = fault._tag === 'Proven' || this.isWithin(this.state.invalid, process, invalidLimit);
    if (isTold) this.emit({ _tag: 'Blame', process, fault });
  }

  /** Whether `process` has sent so much that is invalid that nothing of it is looked at for now: as if the link had lost it. */
  isUnheard(process: ProcessId, nowMs = this.nowMs): boolean {
    return this.recent(this.state.invalid, process, invalidLimit, nowMs).count >= invalidLimit.most;
  }

  halt(reason: HaltReason): void {
    if (this.state.halted) return;
    this.state.halted = true;
    this.emit({ _tag: 'Halt', reason });
  }

  leaderOf(view: number): ProcessId {
    const { leaders } = this.config;
    return present(leaders[(view - 1) % leaders.length], 'an alliance has eligible leaders');
  }

  get isLeader(): boolean {
    return this.leaderOf(this.state.view) === this.config.me;
  }

  /** The last slot before the epoch's first. */
  get start(): number {
    return this.config.start?.slot ?? 0;
  }

  /** The last slot of the epoch, once it is known here. */
  get boundary(): number | undefined {
    const { boundary, checkpoint } = this.state;
    return boundary?.slot ?? (checkpoint === undefined || checkpoint.boundary === 0 ? undefined : checkpoint.boundary);
  }

  /** Every slot up to here is decided, here or elsewhere. */
  get settledUpTo(): number {
    return Math.max(this.state.low, this.state.decidedUpTo);
  }

  /** Whether every slot of the epoch is decided: what waits can be decided in the next one alone. */
  get isOver(): boolean {
    return this.boundary !== undefined && this.settledUpTo >= this.boundary;
  }

  /**
   * Whether the disk is so far behind what is decided that nothing more is taken for now: what waits for it must not grow
   * without bound, and what is missed meanwhile comes by range.
   */
  get isDiskBehind(): boolean {
    const { decidedUpTo, storedUpTo } = this.state;
    return decidedUpTo >= storedUpTo + 2 * this.config.parameters.windowSlots;
  }

  /** The highest slot that may be voted on. */
  get windowEnd(): number {
    return windowEndOf(this.state.low, this.boundary, this.config.parameters.windowSlots);
  }

  /** Whether a slot up to the window's end is of use: not closed, or closed and among the next that are missing here. */
  isKept(slot: number): boolean {
    const { low, decidedUpTo } = this.state;
    if (slot <= this.start) return false;
    return slot > low || (slot > decidedUpTo && slot <= decidedUpTo + this.config.parameters.windowSlots);
  }

  setOf(processes: Iterable<ProcessId>): ProcessSet {
    return this.config.system.processes.universe.of(processes);
  }

  get accused(): ProcessSet {
    return this.setOf(this.state.evidence.keys());
  }

  /** Keeps proof against a leader, and tells of it once. */
  accuse(evidence: Equivocation): void {
    const { leader: process, ...halves } = evidence;
    if (this.state.evidence.has(process)) return;
    this.state.evidence.set(process, evidence);
    const record = { _tag: 'Equivocation', epoch: this.config.epoch, process, ...halves } as const;
    this.blame(process, { _tag: 'Proven', record });
  }

  /** The state of an open slot, made at its first mention. */
  slot(slot: number): SlotState {
    const known = this.state.slots.get(slot);
    if (known !== undefined) return known;
    const fresh = openSlot(slot);
    this.state.slots.set(slot, fresh);
    return fresh;
  }

  /** Whether `check` holds, asked once for each name that it has held for: reports repeat each other's signatures. */
  remembered(name: string, check: () => boolean): boolean {
    const { signatures } = this.findings;
    if (signatures.has(name)) return true;
    if (!check()) return false;
    if (signatures.size >= rememberedChecks) signatures.clear();
    signatures.add(name);
    return true;
  }

  /** Whether `process` may have one more costly answer: so many in each status interval, or a flood of short questions would be one of long answers. */
  mayAnswer(process: ProcessId, cost = 1): boolean {
    return this.isWithin(this.state.answers, process, answerLimit, cost);
  }

  /** Whether one more record of evidence against `process` may be checked. */
  mayCheckEvidence(process: ProcessId): boolean {
    return this.isWithin(this.state.evidenceChecks, process, evidenceLimit);
  }

  private isWithin(counts: Map<ProcessId, RecentCount>, process: ProcessId, limit: Limit, cost = 1): boolean {
    const { sinceMs, count } = this.recent(counts, process, limit);
    if (count + cost > limit.most) return false;
    counts.set(process, { sinceMs, count: count + cost });
    return true;
  }

  /** What was counted in the status intervals that run, or nothing in those that begin now. */
  private recent(
    counts: ReadonlyMap<ProcessId, RecentCount>,
    process: ProcessId,
    { intervals }: Limit,
    nowMs = this.nowMs,
  ): RecentCount {
    const known = counts.get(process);
    const lengthMs = intervals * this.config.parameters.statusMs;
    return known !== undefined && nowMs < known.sinceMs + lengthMs ? known : { sinceMs: nowMs, count: 0 };
  }

  get identityContext(): StatementContext {
    const { allianceId, epoch, identities } = this.config;
    return { allianceId, epoch, keyId: identities.keyId };
  }

  get slowContext(): StatementContext {
    const { allianceId, epoch, keys } = this.config;
    return { allianceId, epoch, keyId: keys.slow.keyId };
  }

  get allianceContext(): StatementContext {
    const { allianceId, epoch, keys } = this.config;
    return { allianceId, epoch, keyId: keys.alliance.keyId };
  }

  /** There is work to wait for: look after it soon. */
  expectProgress(): void {
    this.state.statusDueMs = Math.min(this.state.statusDueMs, this.nowMs + this.config.parameters.statusMs);
  }

  /** The wait for undecided work in the current view. */
  get timeoutMs(): number {
    const { baseTimeoutMs, maxTimeoutMs } = this.config.parameters;
    return Math.min(maxTimeoutMs, baseTimeoutMs * 2 ** Math.min(this.state.failedViews, 30));
  }
}
