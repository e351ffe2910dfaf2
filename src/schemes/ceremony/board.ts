/**
 * The public half of a ceremony: what the log of one attempt comes to. Deterministic, so every replica that is fed the same
 * entries in the same order reaches the same state, the same next key and the same culprits, and so does a newcomer who replays
 * the log; there is no clock, no randomness and no secret in it.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { mayClose, readVote, voteLength } from './rounds/close-votes.js';
import { type Envelope, envelopeLength, readEnvelope } from './rounds/envelope.js';
import type { AbortReason, CeremonyFault, Culprit } from './fault.js';
import { firstRound } from './rounds/kind-rounds.js';
import type { Round, RoundEnd } from './rounds/round.js';
import type { CeremonySetting } from './setting.js';
import { type Settlement, settlementOf } from './settlement.js';
import { Transcript } from './transcript.js';

export type CeremonyState<G, Key> =
  | {
      readonly _tag: 'running';
      readonly round: Round;
      /** Who has not been heard in this round; in the last one, who has not acknowledged. */
      readonly awaited: readonly ProcessId[];
    }
  | {
      readonly _tag: 'committed';
      readonly settlement: Settlement<G, Key>;
      /** Receivers that have not said that they hold a share. Fewer as they do; those left have to be repaired. */
      readonly unacknowledged: readonly ProcessId[];
    }
  | { readonly _tag: 'aborted'; readonly reason: AbortReason };

export class CeremonyBoard<G, Key> {
  readonly transcript: Transcript<G, Key>;
  private round: Round;
  private ended: Exclude<RoundEnd, { _tag: 'next' }> | undefined;
  private readonly guilty = new Map<ProcessId, Culprit>();
  private readonly heard = new Set<ProcessId>();
  private readonly votes = new Set<ProcessId>();
  private position = -1;

  constructor(readonly setting: CeremonySetting<G, Key>) {
    this.transcript = new Transcript(setting.id);
    this.round = firstRound(setting, this.transcript);
    this.begin();
  }

  get state(): CeremonyState<G, Key> {
    const { acknowledged } = this.transcript;
    if (this.ended?._tag === 'aborted') return this.ended;
    if (this.ended?._tag === 'committed') {
      const unacknowledged = this.setting.receivers.filter((receiver) => !acknowledged.has(receiver));
      return { _tag: 'committed', settlement: settlementOf(this.transcript), unacknowledged };
    }
    const done = this.round.isSingle ? this.heard : acknowledged;
    return { _tag: 'running', round: this.round, awaited: [...this.round.senders].filter((id) => !done.has(id)) };
  }

  /** In the order in which their faults were proven. Each is named once, by the first. */
  get culprits(): readonly Culprit[] {
    return [...this.guilty.values()];
  }

  /**
   * Takes the next entry of the log. Whatever is no message of this attempt, or comes too late, twice, or from someone who is not
   * asked, changes nothing and blames nobody. The bytes stay the caller's: what is kept of them is copied.
   *
   * @param from - authenticated by the log.
   * @param position - by which evidence names the entry; one after that of the last if absent.
   * @returns whether anything came of it. A board that is fed without the entries of which nothing came reaches the same state.
   */
  receive(from: ProcessId, bytes: Uint8Array, position = this.position + 1): boolean {
    this.position = position;
    const envelope = readEnvelope(bytes);
    if (envelope === undefined || !equalBytes(envelope.ceremonyId, this.setting.id)) return false;
    if (envelope.kind === 'close') return this.vote(from, envelope.body);
    return this.isAwaited(from, envelope) && this.take(from, envelope, bytes);
  }

  /** No honest process posts a longer message in the present round; in bytes. */
  get maxMessageLength(): number {
    return envelopeLength + Math.max(voteLength, this.round.maxBodyLength);
  }

  private isAwaited(from: ProcessId, { kind }: Envelope): boolean {
    const { round, ended } = this;
    if (ended?._tag === 'aborted') return false;
    if (!round.kinds.includes(kind) || !round.senders.has(from)) return false;
    return !round.isSingle || !this.heard.has(from);
  }

  private take(from: ProcessId, { kind, body }: Envelope, bytes: Uint8Array): boolean {
    const { round, position } = this;
    let isOfUse = round.isSingle;
    this.heard.add(from);
    if (round.isSingle) this.transcript.dealt = chained(this.transcript.dealt, from, bytes);
    const blame = (process: ProcessId, fault: CeremonyFault, evidence: readonly number[] = []): void => {
      if (this.guilty.has(process)) return;
      this.guilty.set(process, { process, fault, evidence: [...evidence, position] });
      isOfUse = true;
    };
    const taken =
      body.length > round.maxBodyLength
        ? E.left({ _tag: 'MalformedBytes', offset: 0, expected: `at most ${round.maxBodyLength} bytes` } as const)
        : round.receive({ from, kind, body: Uint8Array.from(body), position }, blame);
    if (E.isLeft(taken)) blame(from, taken.left);
    else if (taken.right) isOfUse = true;
    this.advance();
    return isOfUse;
  }

  private vote(from: ProcessId, body: Uint8Array): boolean {
    if (this.ended !== undefined || readVote(body) !== this.round.kinds[0]) return false;
    if (!this.setting.rules.dealers.processes.has(from) || this.votes.has(from)) return false;
    this.votes.add(from);
    if (mayClose(this.setting, this.votes)) this.enter(this.round.close(this.heard));
    return true;
  }

  private advance(): void {
    const end = this.ended === undefined ? this.round.outcome(this.heard) : undefined;
    if (end !== undefined) this.enter(end);
  }

  private enter(end: RoundEnd): void {
    if (end._tag !== 'next') {
      this.ended = end;
      this.transcript.isCommitted = end._tag === 'committed';
      return;
    }
    this.round = end.round;
    this.heard.clear();
    this.votes.clear();
    this.begin();
  }

  private begin(): void {
    this.round.begin?.();
    this.advance();
  }
}

/** Binds a message to all before it. */
function chained(before: Uint8Array, from: ProcessId, bytes: Uint8Array) {
  return digest(new Writer().fixed(before).text(from).bytes(bytes).finish());
}
