/**
 * Transfer of a state from other servers, chunk by chunk. Every chunk is checked against the manifest, which a certificate
 * fixes, so one honest peer suffices and no other can do more than delay. Pure as the machine is: the surroundings carry out
 * the effects and report what comes of them. It outlives restarts, since what is stored is found again.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import { assertNever } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import { ChunkMap } from './chunk-map.js';
import { type Chunk, isChunk, type StateTarget, stateDigest } from './manifest.js';
import { TransferPeers } from './transfer-peers.js';

export type { Chunk } from './manifest.js';

export type TransferEvent =
  /** A certified state that the machine wants; the highest counts. */
  | { readonly _tag: 'Wanted'; readonly target: StateTarget }
  /** The target with this digest is durable, as `StoreTarget` asked. */
  | { readonly _tag: 'TargetStored'; readonly state: Digest }
  /** A link to a server of the current or the former configuration is up, or down. */
  | { readonly _tag: 'Connected'; readonly peer: ProcessId }
  | { readonly _tag: 'Disconnected'; readonly peer: ProcessId }
  | { readonly _tag: 'Chunk'; readonly from: ProcessId; readonly chunk: Chunk }
  /** A chunk is durable, as `StoreChunk` asked. */
  | { readonly _tag: 'ChunkStored'; readonly state: Digest; readonly index: number }
  /** What was stored turned out to be damaged when it was read: it is fetched again. */
  | { readonly _tag: 'Damaged'; readonly state: Digest }
  /** The state is installed, or wanted no more. */
  | { readonly _tag: 'Settled' }
  /** The time asked for by `SetTimer` has come. */
  | { readonly _tag: 'Timer' };

export type TransferEffect =
  /** Make the target durable, with none of its chunks, in the place of an earlier one; answered by `TargetStored`. */
  | { readonly _tag: 'StoreTarget'; readonly target: StateTarget }
  | { readonly _tag: 'Ask'; readonly to: ProcessId; readonly state: Digest; readonly index: number }
  /** Make the chunk durable; answered by `ChunkStored`. */
  | { readonly _tag: 'StoreChunk'; readonly chunk: Chunk }
  | { readonly _tag: 'Blame'; readonly process: ProcessId; readonly reason: string }
  /** Every chunk is durable. */
  | { readonly _tag: 'Complete'; readonly target: StateTarget }
  /** The same state was damaged twice: the disk is not to be built on. */
  | { readonly _tag: 'GiveUp'; readonly target: StateTarget }
  /** Send `Timer` at this time; replaces the earlier wish. */
  | { readonly _tag: 'SetTimer'; readonly atMs: number };

/** A target that was found on disk, with what is stored of it. */
export interface ResumedTransfer {
  readonly target: StateTarget;
  /** Whether chunk `index` (from 0) is stored and intact. */
  readonly has: (index: number) => boolean;
}

/** How long an answer is waited for before another server is asked; also how long bars last where everybody is barred. */
export const answerMs = 2000;

/** How long a transfer may stand still before a higher state is fetched instead. */
export const standstillMs = 30_000;

/** Chunks that are unanswered or not yet durable. */
export const chunksInFlight = 32;

interface Transfer {
  readonly target: StateTarget;
  readonly state: Digest;
  readonly chunks: ChunkMap;
  isDurable: boolean;
  isComplete: boolean;
  /** When the last new chunk came, or the transfer began. */
  progressMs: number;
}

export class StateTransfer {
  private current: Transfer | undefined;
  /** The highest certified state that is known to be wanted, where it is not the current one. */
  private higher: StateTarget | undefined;
  private readonly peers = new TransferPeers();
  /** The state that was damaged once, in hexadecimal. */
  private damaged: string | undefined;
  private effects: TransferEffect[] = [];
  private timerAtMs: number | undefined;

  /** @param resumed - what was under way before a restart, all of it perhaps: `Timer`, or any event, lets it go on. */
  constructor(resumed?: ResumedTransfer, nowMs = 0) {
    if (resumed === undefined) return;
    this.current = { ...begin(resumed.target, nowMs), isDurable: true };
    for (let index = 0; index < resumed.target.manifest.chunkCount; index++)
      if (resumed.has(index)) this.current.chunks.keep(index);
  }

  /** The state that is being fetched, and how much of it is durable. For people. */
  get progress(): { readonly slot: number; readonly chunkCount: number; readonly stored: number } | undefined {
    if (this.current === undefined) return undefined;
    const { target, chunks } = this.current;
    return { slot: target.slot, chunkCount: target.manifest.chunkCount, stored: chunks.storedCount };
  }

  /** @param nowMs - never goes back. */
  step(event: TransferEvent, nowMs: number): readonly TransferEffect[] {
    this.effects = [];
    this.take(event, nowMs);
    this.completeIfAll();
    this.lookAtTimes(nowMs);
    this.ask(nowMs);
    this.setTimer(nowMs);
    return this.effects;
  }

  private take(event: TransferEvent, nowMs: number): void {
    switch (event._tag) {
      case 'Wanted':
        this.onWanted(event.target, nowMs);
        return;
      case 'TargetStored':
        this.onTargetStored(event.state);
        return;
      case 'Connected':
        this.peers.add(event.peer);
        return;
      case 'Disconnected':
        this.returnAll(this.peers.remove(event.peer));
        return;
      case 'Chunk':
        this.onChunk(event.from, event.chunk, nowMs);
        return;
      case 'ChunkStored':
        this.transferOf(event.state)?.chunks.keep(event.index);
        return;
      case 'Damaged':
        this.onDamaged(event.state, nowMs);
        return;
      case 'Settled':
        this.onSettled();
        return;
      case 'Timer':
        this.timerAtMs = undefined;
        return;
      default:
        assertNever(event);
    }
  }

  private onWanted(target: StateTarget, nowMs: number): void {
    if (this.current === undefined) this.begin(target, nowMs);
    else if (target.slot > Math.max(this.current.target.slot, this.higher?.slot ?? 0)) this.higher = target;
  }

  private onTargetStored(state: Digest): void {
    const transfer = this.transferOf(state);
    if (transfer !== undefined) transfer.isDurable = true;
  }

  private begin(target: StateTarget, nowMs: number): void {
    this.current = begin(target, nowMs);
    if (this.higher !== undefined && this.higher.slot <= target.slot) this.higher = undefined;
    this.peers.forgetQuestions();
    this.peers.liftBars();
    this.effects.push({ _tag: 'StoreTarget', target });
  }

  private onChunk(from: ProcessId, chunk: Chunk, nowMs: number): void {
    const transfer = this.transferOf(chunk.state);
    if (transfer === undefined || !this.peers.wasAsked(from, chunk.index)) return;
    const { target, chunks } = transfer;
    const isWanted = chunks.isMissing(chunk.index);
    if (isWanted && !isChunk(target.manifest, chunk.index, chunk.bytes, chunk.path)) {
      this.returnAll(this.peers.bar(from, nowMs));
      this.effects.push({ _tag: 'Blame', process: from, reason: 'a chunk that is not of the state it was asked for' });
      return;
    }
    this.peers.noteAnswer(from, chunk.index);
    if (!isWanted) return;
    transfer.progressMs = nowMs;
    chunks.receive(chunk.index);
    this.effects.push({ _tag: 'StoreChunk', chunk });
  }

  private onDamaged(state: Digest, nowMs: number): void {
    const target = this.transferOf(state)?.target;
    if (target === undefined) return;
    if (this.damaged === toHex(state)) {
      this.current = undefined;
      this.effects.push({ _tag: 'GiveUp', target });
      return;
    }
    this.damaged = toHex(state);
    this.begin(target, nowMs);
  }

  private onSettled(): void {
    this.current = undefined;
    this.higher = undefined;
    this.damaged = undefined;
    this.peers.forgetQuestions();
  }

  private completeIfAll(): void {
    const { current } = this;
    if (current === undefined || current.isComplete || !current.isDurable || !current.chunks.isComplete) return;
    current.isComplete = true;
    this.effects.push({ _tag: 'Complete', target: current.target });
  }

  private lookAtTimes(nowMs: number): void {
    this.returnAll(this.peers.takeOverdue(nowMs - answerMs));
    this.peers.liftOldBars(nowMs - answerMs);
    const { current, higher } = this;
    if (current === undefined || higher === undefined || current.isComplete) return;
    if (nowMs >= current.progressMs + standstillMs) this.begin(higher, nowMs);
  }

  private ask(nowMs: number): void {
    const { current } = this;
    if (current?.isDurable !== true) return;
    const { chunks, state } = current;
    while (chunks.inFlight < chunksInFlight) {
      const question = this.peers.nextQuestion(chunks);
      if (question === undefined) return;
      const { to, index } = question;
      chunks.expect(index);
      this.peers.noteQuestion(to, index, nowMs);
      this.effects.push({ _tag: 'Ask', to, state, index });
    }
  }

  private setTimer(nowMs: number): void {
    const { current, higher } = this;
    if (current === undefined || current.isComplete) return;
    const times = [this.peers.oldestQuestionMs + answerMs, this.peers.newestBarMs + answerMs];
    if (higher !== undefined) times.push(current.progressMs + standstillMs);
    const atMs = Math.max(nowMs, Math.min(...times));
    if (atMs === this.timerAtMs || !Number.isFinite(atMs)) return;
    this.timerAtMs = atMs;
    this.effects.push({ _tag: 'SetTimer', atMs });
  }

  private returnAll(indices: readonly number[]): void {
    for (const index of indices) this.current?.chunks.putBack(index);
  }

  private transferOf(state: Digest): Transfer | undefined {
    return this.current !== undefined && equalBytes(this.current.state, state) ? this.current : undefined;
  }
}

function begin(target: StateTarget, nowMs: number): Transfer {
  return {
    target,
    state: stateDigest(target.slot, target.manifest),
    chunks: new ChunkMap(target.manifest.chunkCount),
    isDurable: false,
    isComplete: false,
    progressMs: nowMs,
  };
}
