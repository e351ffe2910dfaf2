/**
 * Where a data frame from another server goes: to the machine of its epoch; where that epoch is over here, its HANDOFF is the
 * answer; where it is to come, this server asks how its own ended. Frames of epoch 0 belong to none (spec/wire.md, "Links").
 */
import { Writer } from '../../prelude/canonical.js';
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { frameEpoch } from '../../consensus/codec.js';
import type { Handoff } from '../../consensus/handoff.js';
import type { ReplicatedState } from '../state/replicated-state.js';
import { decodeTransferFrame, encodeTransferFrame, type TransferFrame } from '../state/transfer-frames.js';
import { AnswerBudget } from '../answer-budget.js';

export interface RoutedEpochs {
  /** The epoch that this server is in, or waits for. */
  readonly epoch: number;
  /** Whether `process` is a server of `epoch`; of epoch 0, or of one whose servers are not known here: of any that is known. */
  isServerOf(epoch: number, process: ProcessId): boolean;
  handoffOf(epoch: number): Handoff | undefined;
  /** A frame of `epoch`, if its machine runs. */
  onFrame(from: ProcessId, frame: Uint8Array): void;
  onHandoff(from: ProcessId, handoff: Handoff): void;
}

export interface FrameRouterParts {
  readonly epochs: RoutedEpochs;
  readonly state: Pick<ReplicatedState, 'onChunk' | 'serveChunk'>;
  readonly send: (to: ProcessId, frame: Uint8Array) => void;
  readonly onBlame: (process: ProcessId, reason: string) => void;
  readonly clock: () => number;
}

/** What one peer is answered, and how often one is asked how an epoch ended, in one interval. */
const answersPerInterval = 64;
const questionsPerInterval = 1;
const intervalMs = 100;

const noEpoch = 0;

/** A data frame of no epoch. */
export function dataFrame(frame: TransferFrame): Uint8Array {
  return new Writer().u64(noEpoch).fixed(encodeTransferFrame(frame)).finish();
}

export class FrameRouter {
  private readonly answers: AnswerBudget;
  private readonly questions: AnswerBudget;

  constructor(private readonly parts: FrameRouterParts) {
    this.answers = new AnswerBudget(answersPerInterval, intervalMs, parts.clock);
    this.questions = new AnswerBudget(questionsPerInterval, intervalMs, parts.clock);
  }

  /** A frame of another epoch is nobody's fault; one of no server of its epoch is dropped. */
  route(from: ProcessId, frame: Uint8Array): void {
    const { epochs, onBlame } = this.parts;
    const epoch = frameEpoch(frame);
    if (E.isLeft(epoch)) {
      onBlame(from, 'its frame names no epoch');
      return;
    }
    if (!epochs.isServerOf(epoch.right, from)) return;
    if (epoch.right === noEpoch) this.onTransferFrame(from, frame.subarray(8));
    else if (epoch.right < epochs.epoch) this.answerHandoff(from, epoch.right);
    else if (epoch.right > epochs.epoch) this.askHandoff(from);
    else if (epochs.handoffOf(epoch.right) !== undefined) this.answerHandoff(from, epoch.right);
    else epochs.onFrame(from, frame);
  }

  /** Asks how this server's own epoch ended. */
  private askHandoff(peer: ProcessId): void {
    if (this.questions.take(peer)) this.send(peer, { _tag: 'AskHandoff', epoch: this.parts.epochs.epoch });
  }

  private answerHandoff(peer: ProcessId, epoch: number): void {
    const handoff = this.parts.epochs.handoffOf(epoch);
    if (handoff !== undefined && this.answers.take(peer)) this.send(peer, { _tag: 'Handoff', handoff });
  }

  private onTransferFrame(from: ProcessId, bytes: Uint8Array): void {
    const { epochs, state, onBlame } = this.parts;
    const decoded = decodeTransferFrame(bytes);
    if (E.isLeft(decoded)) {
      onBlame(from, `its frame is malformed at byte ${8 + decoded.left.offset}`);
      return;
    }
    const frame = decoded.right;
    switch (frame._tag) {
      case 'AskHandoff':
        this.answerHandoff(from, frame.epoch);
        return;
      case 'Handoff':
        epochs.onHandoff(from, frame.handoff);
        return;
      case 'AskChunk':
        if (this.answers.take(from)) state.serveChunk(from, frame.state, frame.index);
        return;
      case 'Chunk':
        state.onChunk(from, frame.chunk);
        return;
      default:
        assertNever(frame);
    }
  }

  private send(to: ProcessId, frame: TransferFrame): void {
    this.parts.send(to, dataFrame(frame));
  }
}
