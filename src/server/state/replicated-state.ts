/**
 * What the decisions of a server come to: the decided log, executed slot by slot when it is durable, with snapshots of the state
 * and what becomes of them. It outlives epochs; the machine of the epoch that runs hears from it.
 */
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Batch } from '../../consensus/batch.js';
import type { Effect } from '../../consensus/effect.js';
import type { Event } from '../../consensus/event.js';
import { type SnapshotCertificate, type StateTarget, stateDigest } from '../../consensus/manifest.js';
import type { Chunk, ResumedTransfer } from '../../consensus/state-transfer.js';
import type { Recovered } from '../../consensus/state.js';
import type { CorruptLog } from '../log/decided-log.js';
import type { Execution } from './executor.js';
import { announced, installState, type StateError, type StateParts } from './installation.js';
import { SnapshotKeeping, type SnapshotKeepingParts } from './snapshot-keeping.js';
import { StateFetching, type StateFetchingParts } from './state-fetching.js';

export interface ReplicatedStateParts
  extends StateParts,
    Pick<StateFetchingParts, 'onBlame'>,
    Omit<SnapshotKeepingParts, keyof StateParts> {
  /** A slot that was decided here is durable and executed. */
  onExecuted(slot: number, execution: Execution): void;
}

type Decision = Pick<Extract<Effect, { _tag: 'Decide' }>, 'slot' | 'chain' | 'batch'>;

/** An application has a bug, or a decided slot cannot be executed for what this server lacks. */
export class ExecutionFailure extends Error {
  override readonly name = 'ExecutionFailure';
}

/** How the state stands. For people. */
export interface StateStatus {
  /** The newest certified state, which this server may not hold yet; 0: none. */
  readonly certifiedState: number;
  /** The lowest slot of the log that is held. */
  readonly first: number;
  /** The highest. */
  readonly last: number;
  readonly transfer: StateFetching['progress'];
}

/** Who listens: the machine of an epoch. */
interface Hearer {
  readonly epoch: number;
  readonly hear: (event: Event) => void;
}

export class ReplicatedState {
  private readonly fetching: StateFetching;
  private readonly keeping: SnapshotKeeping;
  private hearer: Hearer | undefined;
  /** Decided slots, one after another: executed, and then stored as well. */
  private executing: Promise<unknown> = Promise.resolve();
  private settling: Promise<unknown> = Promise.resolve();

  /** @param resumed - what was being fetched before a restart. */
  constructor(
    private readonly parts: ReplicatedStateParts,
    resumed: ResumedTransfer | undefined,
  ) {
    this.keeping = new SnapshotKeeping(parts, (event) => this.hearer?.hear(event));
    this.fetching = new StateFetching(
      {
        ...parts,
        ask: (to, state, index) => {
          parts.send(to, { _tag: 'AskChunk', state, index });
        },
        onComplete: (target) => {
          this.onComplete(target);
        },
      },
      resumed,
    );
  }

  get status(): StateStatus {
    const { snapshots, log } = this.parts;
    const { first, last } = log;
    return { certifiedState: snapshots.certificate?.slot ?? 0, first, last, transfer: this.fetching.progress };
  }

  /** How `epoch` ends, where the slots executed say so. */
  boundaryOf(epoch: number) {
    return this.parts.executor.boundaryOf(epoch);
  }

  /**
   * What the machine of an epoch that begins after `start` goes on from. All that was decided before must have settled.
   *
   * @param keepsKey - whether the alliance key is that of the epoch before, so that its DECIDED certificates are of use.
   */
  recovered(epoch: number, start: StateTarget | undefined, keepsKey: boolean): Either<CorruptLog, Recovered> {
    const { log, executor, snapshots } = this.parts;
    const found = log.recover({ ...executor.position, delivery: executor.delivered() });
    if (E.isLeft(found)) return found;
    const boundary = executor.boundaryOf(epoch);
    const { certificate: snapshot } = snapshots;
    const { certificate, ...prefix } = found.right;
    // Certificates under the keys of an earlier epoch are nothing in this one.
    const isOfEpoch = (slot: number): boolean => slot > (start?.slot ?? 0);
    const isUseful = certificate !== undefined && (keepsKey || isOfEpoch(certificate.slot));
    const isOwn = snapshot !== undefined && isOfEpoch(snapshot.slot);
    return E.right({
      ...prefix,
      ...(isUseful ? { certificate } : {}),
      ...(boundary === undefined ? {} : { boundary }),
      ...(isOwn ? { snapshot } : {}),
    });
  }

  /** The machine of `epoch` hears from now on; before all else, what is here. */
  attach(epoch: number, hear: (event: Event) => void): void {
    const { snapshots, log } = this.parts;
    this.hearer = { epoch, hear };
    if (log.first > 1) hear({ _tag: 'Pruned', first: log.first });
    const held = snapshots.held.filter(({ slot }) => slot <= log.last).slice(-announced);
    for (const { slot, chain, manifest } of held) hear({ _tag: 'Snapshotted', slot, chain, manifest });
    this.fetching.resume();
  }

  detach(): void {
    this.hearer = undefined;
  }

  /**
   * Appends the next decided slot, and executes it when it is durable. Resolves when the log has it, with what the machine is to
   * hear of it.
   *
   * @param journaled - resolves when the slot is durable in the journal, where it is there: the log is slower.
   */
  decide({ slot, chain, batch }: Decision, journaled?: Promise<void>): Promise<readonly Event[]> {
    const stored = this.parts.log.append(slot, chain, batch);
    const executed = this.executing
      .then(() => Promise.race(journaled === undefined ? [stored] : [stored, journaled]))
      .then(() => {
        const execution = this.execute(slot, chain, batch);
        this.parts.onExecuted(slot, execution);
        return execution;
      });
    const settled = this.settling
      .then(() => Promise.all([executed, stored]))
      .then(([execution]) => this.settleSlot(slot, execution));
    [this.executing, this.settling] = [executed, settled];
    // Whoever asked for it hears of a failure; so does all that comes later.
    for (const one of [stored, executed, settled]) one.catch(() => undefined);
    return settled;
  }

  private settleSlot(slot: number, { epoch, boundary, snapshot }: Execution): readonly Event[] {
    if (snapshot !== undefined) this.keeping.keep(snapshot);
    // A machine may catch up on slots of the epoch before its own.
    const isOfEpoch = boundary !== undefined && epoch === this.hearer?.epoch;
    return [...(isOfEpoch ? [{ _tag: 'Boundary', ...boundary } as const] : []), { _tag: 'Stored', slot }];
  }

  /** A slow quorum has this state: what is older may go. */
  certified(certificate: SnapshotCertificate): void {
    this.keeping.certified(certificate);
  }

  /** The HANDOFF of an epoch covers this state. */
  handedOver(target: StateTarget): void {
    this.keeping.handedOver(target);
  }

  transfer(target: StateTarget): void {
    this.fetching.want(target);
  }

  /** No state is wanted any more. */
  abandon(): void {
    const { snapshots, onFailed } = this.parts;
    this.fetching.settle();
    snapshots.discardIncoming().catch(onFailed);
  }

  /**
   * Puts the state that was fetched in the place of everything, as soon as what was decided before is durable; begins to fetch it
   * once more where it turns out to be damaged. Resolves with what the machine is to hear.
   */
  async install(): Promise<Either<StateError, readonly Event[]>> {
    const target = present(this.fetching.complete, 'a state is whole before it is installed');
    const state = stateDigest(target.slot, target.manifest);
    await this.settling;
    const outcome = await this.keeping.alone(() => installState(this.parts, state)());
    if (E.isRight(outcome)) return E.right(this.settleInstalled(target));
    if (outcome.left._tag !== 'DamagedState') return outcome;
    this.fetching.fetchAgain(state);
    return E.right([{ _tag: 'Damaged', slot: target.slot }]);
  }

  /** Resolves when all that was decided is durable and executed, and snapshots are kept. */
  async settled(): Promise<void> {
    await this.settling;
    await this.keeping.settled();
  }

  onConnected(peer: ProcessId): void {
    this.fetching.onConnected(peer);
  }

  onDisconnected(peer: ProcessId): void {
    this.fetching.onDisconnected(peer);
  }

  onChunk(from: ProcessId, chunk: Chunk): void {
    this.fetching.onChunk(from, chunk);
  }

  /** Sends a chunk of a snapshot that is held, once it was found to be intact. */
  serveChunk(to: ProcessId, state: Digest, index: number): void {
    this.keeping.serveChunk(to, state, index);
  }

  /** The same for somebody who is no server. */
  chunk(reader: ProcessId, state: Digest, index: number): Promise<Chunk | undefined> {
    return this.keeping.chunk(reader, state, index);
  }

  /** The newest state that is certified, here or elsewhere. */
  get certificate(): SnapshotCertificate | undefined {
    return this.parts.snapshots.certificate;
  }

  async close(): Promise<void> {
    this.detach();
    this.fetching.stop();
    await this.settling.catch(() => undefined);
    await this.keeping.settled();
    await this.parts.snapshots.close();
  }

  private onComplete({ slot }: StateTarget): void {
    this.hearer?.hear({ _tag: 'Transferred', slot });
  }

  private execute(slot: number, chain: Digest, batch: Batch): Execution {
    try {
      return this.parts.executor.execute(slot, chain, batch);
    } catch (error) {
      throw new ExecutionFailure(`slot ${slot}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  private settleInstalled({ slot, chain, manifest }: StateTarget): readonly Event[] {
    const { executor, log } = this.parts;
    this.fetching.settle();
    const boundary = this.hearer === undefined ? undefined : executor.boundaryOf(this.hearer.epoch);
    return [
      { _tag: 'Installed', slot, chain, manifest, delivery: executor.delivered(), boundary },
      { _tag: 'Pruned', first: log.first },
    ];
  }
}
