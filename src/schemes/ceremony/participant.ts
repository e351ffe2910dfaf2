/**
 * The private half of a ceremony: one process's secrets in one attempt. It watches a board that its caller feeds from the log,
 * and says what to post; it has no clock, no network and no disk. Its secrets are in memory only, belong to this attempt alone,
 * and each is forgotten as soon as it has served (spec/ceremonies.md).
 */
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { type LinearKeyShare, secretsOf } from '../contract/linear-key-share.js';
import type { CeremonyBoard } from './board.js';
import { writeVote } from './rounds/close-votes.js';
import { writeComplaint } from './rounds/complaint.js';
import { DealerPart } from './parts/dealer-part.js';
import { isGoodShare, isLostWithoutShare } from './parts/old-share.js';
import { writeEnvelope } from './rounds/envelope.js';
import type { MessageKind } from './rounds/message-kind.js';
import { keyPeers, writeKeys } from './rounds/keys-round.js';
import { ReceiverPart } from './parts/receiver-part.js';
import { QuotientContributor } from './quotient/contributor.js';
import { oneTimeKeys } from './sealing/one-time-key.js';
import { type Settlement, settlementOf } from './settlement.js';

/** One process, and what it brings to an attempt. */
export interface ParticipantOptions {
  readonly me: ProcessId;
  /** Its share of the old key, which stays the caller's; where a dealt key is accepted, the share that was handed over. */
  readonly share: LinearKeyShare<string> | undefined;
  /**
   * Makes durable that this process takes part in the attempt of this id; false if it did before. Then it was restarted, what it
   * had drawn is gone, and it says nothing for the rest of the attempt: masks drawn twice would show the old share.
   */
  readonly claim: (ceremonyId: Digest) => boolean;
  readonly random: RandomBytes;
}

/** A share of the key that stands, and what is said of it. It is the next share if the ceremony commits with that. */
export interface PendingShare {
  readonly share: LinearKeyShare<string>;
  /** That of the settlement which it is a share of. */
  readonly acknowledgement: Digest;
}

export class CeremonyParticipant<G, Key> {
  /** Whether the process should have a good share of the old key and has none: it deals nothing, and receives where it can. */
  readonly needsRepair: boolean;
  private readonly isSilent: boolean;
  private readonly receiver: ReceiverPart<G, Key>;
  private readonly dealer: DealerPart<G, Key>;
  private readonly contributor: QuotientContributor<G, Key>;
  private readonly posted = new Set<MessageKind>();
  #pending: PendingShare | undefined;
  #newShare: LinearKeyShare<string> | undefined;
  #isOver = false;

  constructor(
    private readonly board: CeremonyBoard<G, Key>,
    private readonly options: ParticipantOptions,
  ) {
    const { setting } = board;
    const { me, share, random, claim } = options;
    const peers = keyPeers(setting, me);
    this.needsRepair = !isGoodShare(setting, me, share);
    const isLost = this.needsRepair && isLostWithoutShare(setting, me);
    this.isSilent = isLost || this.wasHeard() || !claim(setting.id);
    this.receiver = new ReceiverPart(setting, me, oneTimeKeys(peers.deal, random));
    this.dealer = new DealerPart(setting, me, random);
    this.contributor = new QuotientContributor(setting, me, oneTimeKeys(peers.mask, random), random);
  }

  /** What to post now, in this order. Each message is returned once; ask again whenever the board has moved. */
  messages(): readonly Uint8Array[] {
    if (this.isSilent || this.#isOver || !this.hasOwnKeys()) return [];
    const { state } = this.board;
    switch (state._tag) {
      case 'aborted':
        this.erase();
        return [];
      case 'committed':
        return this.conclude(state.settlement);
      case 'running': {
        const [kind] = state.round.kinds;
        if (kind === 'acknowledge') return this.settle();
        if (this.posted.has(kind) || !state.round.senders.has(this.options.me)) return [];
        const body = this.bodyOf(kind);
        if (body === undefined) return [];
        this.posted.add(kind);
        return [this.envelope(kind, body)];
      }
    }
  }

  /** A vote to close the present round with whoever is there; for the caller to post when it has waited long enough. */
  voteToClose(): Uint8Array | undefined {
    const { state } = this.board;
    return state._tag === 'running' ? this.envelope('close', writeVote(state.round)) : undefined;
  }

  /**
   * What was acknowledged last, until COMMIT or ABORT: to be made durable before the acknowledgement is posted. A process that was
   * restarted in between has this alone, and it is its new share where the settlement that was committed has this acknowledgement.
   */
  get pendingShare(): PendingShare | undefined {
    return this.#pending;
  }

  /** After COMMIT, and after {@link messages}: this process's share of the next key; `undefined` where it has to be repaired. */
  get newShare(): LinearKeyShare<string> | undefined {
    return this.#newShare;
  }

  /** Forgets everything but a new share that was committed. */
  erase(): void {
    this.#isOver = true;
    this.#pending = undefined;
    this.receiver.erase();
    this.dealer.erase();
    this.contributor.erase();
  }

  private envelope(kind: MessageKind, body: Uint8Array): Uint8Array {
    return writeEnvelope({ ceremonyId: this.board.setting.id, kind, body });
  }

  /** The body of a message that is posted once; none where this process has nothing to say. */
  private bodyOf(kind: MessageKind): Uint8Array | undefined {
    const { transcript } = this.board;
    switch (kind) {
      case 'keys':
        return this.ownKeys();
      case 'commit':
        return this.dealer.commit();
      case 'masks':
        return this.contributor.masks(transcript);
      case 'confirm':
        return this.contributor.confirm(transcript);
      case 'deal':
        return this.dealt();
      default:
        return undefined;
    }
  }

  private dealt(): Uint8Array | undefined {
    if (this.needsRepair) return undefined;
    const { transcript } = this.board;
    const shares = this.oldShares();
    return this.dealer.deal(transcript, shares, () => this.contributor.split(transcript, shares));
  }

  /** Complaints of what is bad; or the acknowledgement of the present key, where all that stands is good. */
  private settle(): readonly Uint8Array[] {
    if (!this.canReceive()) return [];
    const complaints = this.complaints();
    if (complaints.length > 0) return complaints;
    const settlement = settlementOf(this.board.transcript);
    if (this.hasAcknowledged(settlement)) return [];
    const { acknowledgement } = settlement;
    const shares = this.sharesOf(settlement);
    if (shares === undefined) return [];
    this.#pending = { share: settlement.key.keyShare(this.options.me, shares), acknowledgement };
    return [this.envelope('acknowledge', acknowledgement)];
  }

  /** Takes the new share, late or in time, and forgets all that it was made of. */
  private conclude(settlement: Settlement<G, Key>): readonly Uint8Array[] {
    if (!this.canReceive()) {
      this.erase();
      return [];
    }
    const complaints = this.complaints();
    const shares = this.sharesOf(settlement);
    const wasAcknowledged = this.hasAcknowledged(settlement);
    this.erase();
    if (shares === undefined) return complaints;
    this.#newShare = settlement.key.keyShare(this.options.me, shares);
    if (wasAcknowledged) return [];
    return [this.envelope('acknowledge', settlement.acknowledgement)];
  }

  private hasAcknowledged({ acknowledgement }: Settlement<G, Key>): boolean {
    return this.#pending !== undefined && equalBytes(this.#pending.acknowledgement, acknowledgement);
  }

  /** Whether boxes were sealed for this process; or, where a dealt key is accepted, a share was handed over. */
  private canReceive(): boolean {
    const { setting, transcript } = this.board;
    const { me } = this.options;
    return setting.receivers.includes(me) && (setting.terms.kind === 'accept' || transcript.keys.has(me));
  }

  private complaints(): readonly Uint8Array[] {
    const { transcript } = this.board;
    if (transcript.rules === undefined) return [];
    const { dealers } = transcript.rules;
    const found = this.receiver.examine(transcript);
    return found.map((complaint) => this.envelope('complain', writeComplaint(dealers, complaint)));
  }

  /** Where a dealt key is accepted there is nothing to add up: the share that was handed over is the new one. */
  private sharesOf(settlement: Settlement<G, Key>): ReadonlyMap<number, bigint> | undefined {
    const { kind } = this.board.setting.terms;
    const old = kind === 'refresh' || kind === 'accept' ? this.oldShares() : undefined;
    return this.receiver.sharesOf(settlement, (row) => old?.get(row) ?? 0n);
  }

  private oldShares(): ReadonlyMap<number, bigint> {
    const { share } = this.options;
    return share === undefined || this.needsRepair ? new Map() : secretsOf(share);
  }

  /** Whether the log has something of this process already: it was said with secrets that are gone, whatever was claimed. */
  private wasHeard(): boolean {
    const { keys, commits, deals } = this.board.transcript;
    return [keys, commits, deals].some((said) => said.has(this.options.me));
  }

  /** Whether no other keys than these were announced in this process's name, as by itself before a restart. */
  private hasOwnKeys(): boolean {
    const announced = this.board.transcript.keys.get(this.options.me);
    return announced === undefined || equalBytes(writeKeys(announced), this.ownKeys());
  }

  private ownKeys(): Uint8Array {
    return writeKeys({ deal: this.receiver.publicKeys, mask: this.contributor.publicKeys });
  }
}
