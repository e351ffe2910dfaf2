/**
 * The private half of moving the keys of a change: what one server draws, deals and receives, attempt after attempt. It watches
 * `Moves` and says what to do, in order; it has no clock, no network and no disk. Nothing that it drew outlives the attempt that
 * it was drawn for: whoever is restarted says nothing more in an attempt that it had claimed, but that it holds the share that it
 * kept (spec/ceremonies.md).
 */
import { equalBytes, toHex } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { Attempt, AnyBoard } from '../../management/changes/attempt.js';
import type { Moves } from '../../management/changes/moves.js';
import { identityFor, type SpokenIdentity } from '../../management/changes/spoken-identity.js';
import { CeremonyParticipant } from '../../schemes/ceremony/participant.js';
import { writeVote } from '../../schemes/ceremony/rounds/close-votes.js';
import { readEnvelope, writeEnvelope } from '../../schemes/ceremony/rounds/envelope.js';
import type { LinearKeyShare } from '../../schemes/contract/linear-key-share.js';
import type { ThresholdPublicKey } from '../../schemes/public-key.js';

/** A share of a key that may come to be. Secret, but for its names. */
export interface KeptShare {
  readonly role: string;
  readonly ceremonyId: Digest;
  /** Of the settlement that it is a share of: it is worth something only if that is committed. */
  readonly acknowledgement: Digest;
  readonly share: LinearKeyShare<string>;
}

/** What the caller does. Each is durable, where it says so, before the next is begun. */
export type MoveEffect =
  /** Make durable that this process takes part in the attempt. */
  | { readonly _tag: 'claim'; readonly ceremonyId: Digest }
  /** Make durable, sealed as shares are, in the place of what was kept of the same attempt. */
  | ({ readonly _tag: 'keep' } & KeptShare)
  /** Bring into the log, signed under the identity that this document lists. */
  | ({ readonly _tag: 'post' } & MovePost)
  /** Overwrite what was kept of the attempt: it is a share of nothing. */
  | { readonly _tag: 'erase'; readonly ceremonyId: Digest };

export interface MovePost {
  readonly identity: SpokenIdentity;
  readonly message: Uint8Array;
}

export interface MoveParticipantOptions {
  readonly me: ProcessId;
  /** The documents whose identity key for `me` is at hand: both, unless it joins, leaves or is replaced. */
  readonly identities: ReadonlySet<SpokenIdentity>;
  /** Of the keys in force, by role. The caller's, as are those that were handed over. */
  readonly shares: ReadonlyMap<string, LinearKeyShare<string>>;
  /** Of keys that a dealer made and that are to be accepted, by role. */
  readonly handedOver: ReadonlyMap<string, LinearKeyShare<string>>;
  /** What is durable of before this process was started. */
  readonly claimed: readonly Digest[];
  readonly kept: readonly KeptShare[];
  readonly random: RandomBytes;
}

interface Part {
  readonly board: AnyBoard;
  readonly participant: CeremonyParticipant<unknown, ThresholdPublicKey>;
}

export class MoveParticipant {
  /** By attempt, as are the claims and what is kept. */
  readonly #parts = new Map<string, Part>();
  readonly #claimed: Set<string>;
  readonly #kept: Map<string, KeptShare>;
  /** Of {@link #kept}, what was kept before this process was started, and may not have been acknowledged then. */
  readonly #unsaid: Set<string>;

  constructor(private readonly options: MoveParticipantOptions) {
    this.#claimed = new Set(options.claimed.map(toHex));
    this.#kept = new Map(options.kept.map((kept) => [toHex(kept.ceremonyId), kept]));
    this.#unsaid = new Set(this.#kept.keys());
  }

  /** What there is to do now, in this order. Each is said once; ask again whenever the log has said something. */
  watch(moves: Moves): readonly MoveEffect[] {
    const { attempts } = moves;
    const effects = attempts.flatMap((attempt) => [...this.takePart(attempt), ...this.acknowledgeKept(attempt)]);
    return [...effects, ...this.forgetAllBut(attempts)];
  }

  /** A vote to close the present round with whoever is there; to be posted when it has been waited for long enough. */
  voteToClose({ attempts }: Moves): MovePost | undefined {
    const { me, identities } = this.options;
    for (const { state, setting } of attempts) {
      const identity = identityFor(setting, me, 'close');
      const isAsked = setting.rules.dealers.processes.has(me) && identities.has(identity);
      if (state._tag !== 'running' || !isAsked) continue;
      const body = writeVote(state.round);
      return { identity, message: writeEnvelope({ ceremonyId: setting.id, kind: 'close', body }) };
    }
    return undefined;
  }

  /** This process's shares of the keys that have come out, by role. Of a key that is not there it has none, and is to be repaired. */
  newShares({ attempts }: Moves): ReadonlyMap<string, LinearKeyShare<string>> {
    const found = attempts.flatMap((attempt) => {
      const kept = this.#kept.get(toHex(attempt.name.ceremonyId));
      return kept !== undefined && isCommitted(attempt, kept) ? [[kept.role, kept.share] as const] : [];
    });
    return new Map(found);
  }

  /** The change is over without a new epoch: forgets everything, and says what to overwrite. */
  abandon(): readonly MoveEffect[] {
    return this.forgetAllBut([]);
  }

  /** Forgets all that was drawn; what is kept stays. */
  erase(): void {
    for (const { participant } of this.#parts.values()) participant.erase();
    this.#parts.clear();
  }

  private takePart(attempt: Attempt): readonly MoveEffect[] {
    const key = toHex(attempt.name.ceremonyId);
    const claim = this.join(key, attempt);
    const part = this.#parts.get(key);
    if (part === undefined) return claim;
    if (part.board !== attempt.board) {
      // The state was installed: what was drawn belongs to a board that nobody feeds any more.
      part.participant.erase();
      return claim;
    }
    const messages = part.participant.messages();
    return [...claim, ...this.keep(key, attempt, part), ...messages.flatMap((message) => this.post(attempt, message))];
  }

  /** Begins to take part, once, in an attempt that is open and concerns this process. */
  private join(key: string, { board, setting, state, name, move }: Attempt): readonly MoveEffect[] {
    const { me, shares, handedOver, random } = this.options;
    const isConcerned = setting.dealers.includes(me) || setting.receivers.includes(me);
    if (this.#parts.has(key) || state._tag !== 'running' || !isConcerned) return [];
    const share = (move._tag === 'accept' ? handedOver : shares).get(name.role);
    const wasClaimed = this.#claimed.has(key);
    const claim = (): boolean => {
      this.#claimed.add(key);
      return !wasClaimed;
    };
    this.#parts.set(key, { board, participant: new CeremonyParticipant(board, { me, share, claim, random }) });
    const isNew = !wasClaimed && this.#claimed.has(key);
    return isNew ? [{ _tag: 'claim', ceremonyId: name.ceremonyId }] : [];
  }

  /** What has to be durable before it is acknowledged; a share that is acknowledged late, too. */
  private keep(key: string, { name, state }: Attempt, { participant }: Part): readonly MoveEffect[] {
    const found =
      state._tag === 'committed' && participant.newShare !== undefined
        ? { share: participant.newShare, acknowledgement: state.settlement.acknowledgement }
        : participant.pendingShare;
    const before = this.#kept.get(key);
    if (found === undefined) return [];
    if (before !== undefined && equalBytes(before.acknowledgement, found.acknowledgement)) return [];
    const kept: KeptShare = { role: name.role, ceremonyId: name.ceremonyId, ...found };
    before?.share.erase();
    this.#kept.set(key, kept);
    return [{ _tag: 'keep', ...kept }];
  }

  /** What was kept is said again where the log does not have it: it may have been on its way when this process was stopped. */
  private acknowledgeKept(attempt: Attempt): readonly MoveEffect[] {
    const { ceremonyId } = attempt.name;
    const key = toHex(ceremonyId);
    const { settled, acknowledged } = attempt.board.transcript;
    if (!this.#unsaid.has(key) || settled === undefined || E.isLeft(settled)) return [];
    const { acknowledgement } = settled.right;
    const kept = this.#kept.get(key);
    if (kept === undefined || !equalBytes(kept.acknowledgement, acknowledgement)) return [];
    this.#unsaid.delete(key);
    if (acknowledged.has(this.options.me)) return [];
    return this.post(attempt, writeEnvelope({ ceremonyId, kind: 'acknowledge', body: acknowledgement }));
  }

  /** What the other machine of a server that is replaced has to say is not said here. */
  private post({ setting }: Attempt, message: Uint8Array): readonly MoveEffect[] {
    const { kind } = present(readEnvelope(message), 'what a participant says is a message');
    const identity = identityFor(setting, this.options.me, kind);
    return this.options.identities.has(identity) ? [{ _tag: 'post', identity, message }] : [];
  }

  /** What is kept is held against what there is, whatever has happened in between. */
  private forgetAllBut(attempts: readonly Attempt[]): readonly MoveEffect[] {
    const live = new Map(attempts.map((attempt) => [toHex(attempt.name.ceremonyId), attempt]));
    for (const [key, { participant }] of this.#parts) {
      if (live.has(key)) continue;
      participant.erase();
      this.#parts.delete(key);
    }
    const worthless = [...this.#kept].filter(([key, kept]) => {
      const attempt = live.get(key);
      return attempt === undefined || (attempt.state._tag === 'committed' && !isCommitted(attempt, kept));
    });
    return worthless.map(([key, { ceremonyId, share }]) => {
      share.erase();
      this.#kept.delete(key);
      return { _tag: 'erase', ceremonyId };
    });
  }
}

function isCommitted({ state }: Attempt, { acknowledgement }: KeptShare): boolean {
  return state._tag === 'committed' && equalBytes(state.settlement.acknowledgement, acknowledgement);
}
