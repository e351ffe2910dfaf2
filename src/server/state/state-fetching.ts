/** Fetching a state for this server: carries out what `consensus/state-transfer` asks for, over links and disk. */
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type StateTarget, stateDigest } from '../../consensus/manifest.js';
import {
  type Chunk,
  type ResumedTransfer,
  StateTransfer,
  type TransferEffect,
  type TransferEvent,
} from '../../consensus/state-transfer.js';
import { Alarm } from '../alarm.js';
import type { SnapshotStore } from './snapshot-store.js';

export interface StateFetchingParts {
  readonly snapshots: SnapshotStore;
  readonly ask: (to: ProcessId, state: Digest, index: number) => void;
  /** Every chunk is durable. */
  readonly onComplete: (target: StateTarget) => void;
  readonly onBlame: (process: ProcessId, reason: string) => void;
  /** What is fetched cannot be kept: the disk is not to be built on. */
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
}

export class StateFetching {
  private readonly transfer: StateTransfer;
  private whole: StateTarget | undefined;
  private readonly alarm: Alarm;
  private isStopped = false;

  /** @param resumed - what was under way before a restart. */
  constructor(
    private readonly parts: StateFetchingParts,
    resumed: ResumedTransfer | undefined,
  ) {
    this.transfer = new StateTransfer(resumed, parts.clock());
    this.alarm = new Alarm(parts.clock, () => {
      this.step({ _tag: 'Timer' });
    });
  }

  /** The state that is being fetched. For people. */
  get progress(): StateTransfer['progress'] {
    return this.transfer.progress;
  }

  /** The state all of whose chunks are durable, until it is settled or turns out to be damaged. */
  get complete(): StateTarget | undefined {
    return this.whole;
  }

  /** Goes on with what was found at a restart. */
  resume(): void {
    this.step({ _tag: 'Timer' });
  }

  /** Fetches a certified state; says at once that it is complete where it is. */
  want(target: StateTarget): void {
    const { whole } = this;
    if (whole !== undefined && equalBytes(nameOf(whole), nameOf(target))) this.parts.onComplete(whole);
    else this.step({ _tag: 'Wanted', target });
  }

  /** The state is installed, or wanted no more. */
  settle(): void {
    this.whole = undefined;
    this.step({ _tag: 'Settled' });
  }

  /** What was stored turned out to be damaged: it is fetched again. */
  fetchAgain(state: Digest): void {
    this.whole = undefined;
    this.step({ _tag: 'Damaged', state });
  }

  onConnected(peer: ProcessId): void {
    this.step({ _tag: 'Connected', peer });
  }

  onDisconnected(peer: ProcessId): void {
    this.step({ _tag: 'Disconnected', peer });
  }

  onChunk(from: ProcessId, chunk: Chunk): void {
    this.step({ _tag: 'Chunk', from, chunk });
  }

  stop(): void {
    this.isStopped = true;
    this.alarm.clear();
  }

  private step(event: TransferEvent): void {
    if (this.isStopped) return;
    for (const effect of this.transfer.step(event, this.parts.clock())) this.carryOut(effect);
  }

  private carryOut(effect: TransferEffect): void {
    const { snapshots, ask, onComplete, onBlame, onFailed } = this.parts;
    switch (effect._tag) {
      case 'StoreTarget':
        this.afterwards(snapshots.begin(effect.target), { _tag: 'TargetStored', state: nameOf(effect.target) });
        return;
      case 'StoreChunk': {
        const { state, index } = effect.chunk;
        this.afterwards(snapshots.storeChunk(effect.chunk), { _tag: 'ChunkStored', state, index });
        return;
      }
      case 'Ask':
        ask(effect.to, effect.state, effect.index);
        return;
      case 'Blame':
        onBlame(effect.process, effect.reason);
        return;
      case 'Complete':
        this.whole = effect.target;
        onComplete(effect.target);
        return;
      case 'GiveUp':
        onFailed(new Error(`the state after slot ${effect.target.slot} was damaged on this disk twice`));
        return;
      case 'SetTimer':
        this.alarm.set(effect.atMs);
        return;
      default:
        assertNever(effect);
    }
  }

  private afterwards(work: Promise<void>, event: TransferEvent): void {
    work.then(() => {
      this.step(event);
    }, this.parts.onFailed);
  }
}

function nameOf({ slot, manifest }: StateTarget): Digest {
  return stateDigest(slot, manifest);
}
