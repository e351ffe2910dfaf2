/**
 * Whom a transfer asks: the connected servers in turn, few chunks at once; one at a time who let a question go unanswered;
 * nobody who has sent something else than the chunk, unless everybody has.
 */
import type { ProcessId } from '../prelude/process.js';
import type { ChunkMap } from './chunk-map.js';

/** Questions that one peer has not answered, and that are not overdue. */
export const questionsPerPeer = 4;

/** Questions remembered of one peer: an answer that comes late is welcome. */
const questionsRemembered = 16;

interface Question {
  readonly askedMs: number;
  readonly isOverdue: boolean;
}

interface Peer {
  readonly id: ProcessId;
  /** By chunk. */
  readonly questions: Map<number, Question>;
  /** It let a question go unanswered, and has answered none since. */
  isSlow: boolean;
}

export class TransferPeers {
  /** The one that was asked longest ago first. */
  private readonly connected = new Map<ProcessId, Peer>();
  private readonly barredMs = new Map<ProcessId, number>();

  add(id: ProcessId): void {
    if (!this.connected.has(id)) this.connected.set(id, { id, questions: new Map(), isSlow: false });
  }

  /** The chunks that it was still expected to send. */
  remove(id: ProcessId): readonly number[] {
    const expected = this.expectedFrom(id);
    this.connected.delete(id);
    return expected;
  }

  /** The chunks that it was still expected to send. */
  bar(id: ProcessId, nowMs: number): readonly number[] {
    const expected = this.expectedFrom(id);
    this.connected.get(id)?.questions.clear();
    this.barredMs.set(id, nowMs);
    return expected;
  }

  liftBars(): void {
    this.barredMs.clear();
  }

  /** Lifts the bars where everybody has been barred since `untilMs` or longer. */
  liftOldBars(untilMs: number): void {
    if (this.newestBarMs <= untilMs) this.barredMs.clear();
  }

  /** When the last one was barred, if everybody is; else infinity. */
  get newestBarMs(): number {
    if (this.connected.size === 0 || this.eligible().length > 0) return Number.POSITIVE_INFINITY;
    return Math.max(...this.barredMs.values());
  }

  /** When the oldest question that is not overdue was asked; infinity for none. */
  get oldestQuestionMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { questions } of this.connected.values())
      for (const { askedMs, isOverdue } of questions.values()) if (!isOverdue) oldest = Math.min(oldest, askedMs);
    return oldest;
  }

  /** Whom to ask for what next; `undefined` where nobody may be asked for anything. */
  nextQuestion(chunks: ChunkMap): { readonly to: ProcessId; readonly index: number } | undefined {
    const eligible = this.eligible();
    const everyoneWasAsked = (index: number): boolean => eligible.every(({ questions }) => questions.has(index));
    for (const peer of eligible) {
      if (outstanding(peer) >= (peer.isSlow ? 1 : questionsPerPeer)) continue;
      const index =
        chunks.findReturned((returned) => !peer.questions.has(returned)) ??
        chunks.fresh() ??
        chunks.findReturned(everyoneWasAsked);
      if (index !== undefined) return { to: peer.id, index };
    }
    return undefined;
  }

  noteQuestion(to: ProcessId, index: number, nowMs: number): void {
    const peer = this.connected.get(to);
    if (peer === undefined) return;
    this.connected.delete(to);
    this.connected.set(to, peer);
    peer.questions.delete(index);
    peer.questions.set(index, { askedMs: nowMs, isOverdue: false });
    for (const [oldest, { isOverdue }] of peer.questions)
      if (peer.questions.size > questionsRemembered && isOverdue) peer.questions.delete(oldest);
  }

  wasAsked(from: ProcessId, index: number): boolean {
    return this.connected.get(from)?.questions.has(index) === true;
  }

  /** It has answered as it should. */
  noteAnswer(from: ProcessId, index: number): void {
    const peer = this.connected.get(from);
    if (peer?.questions.delete(index) === true) peer.isSlow = false;
  }

  /** The chunks that were asked for at `untilMs` or before and have not come: each is named once. */
  takeOverdue(untilMs: number): readonly number[] {
    const overdue: number[] = [];
    for (const peer of this.connected.values()) {
      for (const [index, { askedMs, isOverdue }] of peer.questions) {
        if (isOverdue || askedMs > untilMs) continue;
        peer.questions.set(index, { askedMs, isOverdue: true });
        peer.isSlow = true;
        overdue.push(index);
      }
    }
    return overdue;
  }

  /** Nothing that was asked for is wanted any more. */
  forgetQuestions(): void {
    for (const { questions } of this.connected.values()) questions.clear();
  }

  private eligible(): readonly Peer[] {
    return [...this.connected.values()].filter(({ id }) => !this.barredMs.has(id));
  }

  private expectedFrom(id: ProcessId): readonly number[] {
    return [...(this.connected.get(id)?.questions ?? [])].flatMap(([index, { isOverdue }]) => (isOverdue ? [] : index));
  }
}

function outstanding({ questions }: Peer): number {
  let count = 0;
  for (const { isOverdue } of questions.values()) if (!isOverdue) count += 1;
  return count;
}
