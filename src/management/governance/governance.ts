/**
 * What management knows, a function of the log: the document in force, what is under way, what has been (spec/management.md).
 * Never changed in place: `evolve` makes the next.
 */
import { toHex } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Signature, SignatureShare } from '../../schemes/contract/distributed-signer.js';
import type { BroughtKey } from '../acts/act-body.js';
import type { Alliance } from '../alliance.js';
import type { EpochKeys } from '../alliance-succession.js';
import type { Moves } from '../changes/moves.js';
import type { Action } from '../proposals/action.js';
import type { Requirement } from '../proposals/approval.js';
import type { Draft } from '../proposals/draft.js';
import type { GateName } from '../proposals/gate-names.js';
import type { Sharing } from '../proposals/sharing.js';
import type { AgreedTime } from './agreed-time.js';
import type { Term } from './term.js';

export interface Ballot {
  readonly accepts: boolean;
  readonly overrides: readonly GateName[];
  /** As it was signed: recorded for good. */
  readonly act: Uint8Array;
}

type ProposalState = 'open' | 'accepted' | 'executing';

export interface Proposal {
  /** Digest of its PROPOSE, without the signatures. */
  readonly id: Digest;
  /** Counted from 1 over the life of the alliance: what people call it. */
  readonly number: number;
  readonly author: string;
  readonly actions: readonly Action[];
  readonly effect: Digest;
  readonly overrides: readonly GateName[];
  /** What its ballots have to satisfy, along the document in force. */
  readonly requirements: readonly Requirement[];
  readonly state: ProposalState;
  readonly term: Term;
  /** By organization. */
  readonly ballots: ReadonlyMap<string, Ballot>;
  /** Nobody but its author is asked. */
  readonly isAutonomous: boolean;
  /** The signed PROPOSE. */
  readonly act: Uint8Array;
}

/** How a proposal ended; places are encodings. */
export const endings = ['enacted', 'rejected', 'expired', 'withdrawn', 'superseded', 'failed'] as const;

export type Ending = (typeof endings)[number];

export interface ClosedProposal {
  readonly id: Digest;
  readonly number: number;
  readonly author: string;
  readonly ending: Ending;
  /** One line for people. */
  readonly why: string;
}

/** Why there is a change. */
export type ChangeOrigin =
  | { readonly _tag: 'proposal'; readonly proposal: Digest }
  /** The schedule asks for new shares. */
  | { readonly _tag: 'refresh' }
  /** Servers are without shares of the present keys. */
  | { readonly _tag: 'repair'; readonly without: readonly ProcessId[] };

export interface Joined {
  readonly slot: number;
  readonly keys: readonly BroughtKey[];
}

interface ChangeTerms {
  readonly number: number;
  readonly origin: ChangeOrigin;
  readonly draft: Draft;
  /** Digest of the draft: what is acknowledged and joined. */
  readonly draftDigest: Digest;
  /** Where it was opened. */
  readonly openedSlot: number;
  readonly term: Term;
  readonly acknowledged: ReadonlySet<string>;
  readonly joined: ReadonlyMap<ProcessId, Joined>;
}

export interface GatheringChange extends ChangeTerms {
  readonly state: 'gathering';
}

export interface MovingChange extends ChangeTerms {
  readonly state: 'moving';
  readonly moves: Moves;
}

/** Everything about the next epoch is known. */
export interface PreparedChange extends ChangeTerms {
  /** `activated`: nothing can stop it any more. */
  readonly state: 'prepared' | 'activated';
  readonly next: Alliance;
  readonly configuration: Digest;
  /** They have come to their end; who acknowledges its share late is heard until the epoch begins. */
  readonly moves: Moves;
}

export type Change = GatheringChange | MovingChange | PreparedChange;

/** A statement or document for which shares are collected. */
export interface Signing {
  /** The number of the proposal that asked for it; 0 for ENACTED. */
  readonly proposal: number;
  /** What is signed, whole. */
  readonly message: Uint8Array;
  /** A role, as `roleName` writes it. */
  readonly role: string;
  readonly shares: ReadonlyMap<ProcessId, SignatureShare>;
  /** Who sent a bad one. */
  readonly barred: ReadonlySet<ProcessId>;
  /** Once a qualified set has signed. */
  readonly signature?: Signature;
}

/** In agreed time; 0 for never, and before it is known. */
export interface Schedule {
  /** When the epoch began: new shares are due an interval later. */
  readonly enactedMs: number;
  /** When a change was abandoned, or could not open: the schedule waits a term. */
  readonly missedMs: number;
  /** How many repairs in a row have left somebody without a share, or were abandoned: the next waits twice as long. */
  readonly vainRepairs: number;
}

export interface Governance {
  readonly document: Alliance;
  /** Digest of {@link document}. */
  readonly configuration: Digest;
  readonly time: AgreedTime;
  /** The round of agreed time in which each server of the document was last heard of. */
  readonly heard: ReadonlyMap<ProcessId, number>;
  /**
   * Of the last act taken under each authority, by its key id, for ever: what was said once counts once. Not by organization: a thief
   * of one authority could leave no number to the next.
   */
  readonly numbers: ReadonlyMap<string, number>;
  readonly suspensions: ReadonlyMap<string, Term>;
  /** Those that have not ended, by {@link keyOf} their id, in the order in which they were opened. */
  readonly proposals: ReadonlyMap<string, Proposal>;
  /** Those that have not been looked at since the document in force came into force. */
  readonly unexamined: ReadonlySet<string>;
  readonly proposalCount: number;
  /** The newest that have ended, oldest first. */
  readonly closed: readonly ClosedProposal[];
  /** Digest of all that have ended, with their ballots: the head of the history. */
  readonly history: Digest;
  /** When each organization proposed something, in agreed time: at most as many as it may in an hour. */
  readonly proposed: ReadonlyMap<string, readonly number[]>;
  readonly change: Change | undefined;
  readonly changeCount: number;
  readonly schedule: Schedule;
  /** Organizations whose autonomous change was abandoned, and until when they have no other. */
  readonly held: ReadonlyMap<string, Term>;
  /** ENACTED of the document in force. */
  readonly enacted: Signing;
  /** By {@link keyOf} the proposal that asked for it; the newest. */
  readonly signings: ReadonlyMap<string, Signing>;
  readonly sharings: readonly Sharing[];
  /** Proven in ceremonies since the epoch began: they deal in none that follows. */
  readonly culprits: ReadonlySet<ProcessId>;
  /** Of the newest epochs that have been. */
  readonly formerKeys: readonly EpochKeys[];
  /** Servers of the document that hold no share of some key. */
  readonly without: readonly ProcessId[];
  /** How many applications each organization has ever had. */
  readonly applicationCounts: ReadonlyMap<string, number>;
  /** Organizations and servers that were in a document, and are not in that in force. */
  readonly gone: { readonly organizations: ReadonlySet<string>; readonly servers: ReadonlySet<ProcessId> };
  /** The last slot in which a dry run was made. */
  readonly dryRunSlot: number;
}

/** How a digest stands in a map. */
export function keyOf(id: Digest): string {
  return toHex(id);
}

export const governanceLimits = {
  openProposals: 64,
  openPerOrganization: 4,
  proposalsPerHour: 8,
  closedProposals: 256,
  signings: 64,
  /** Names that have been and gone. */
  gone: 4096,
  sharings: 1024,
  formerKeys: 64,
  /** Of a reason that is kept, in characters. */
  whyLength: 4000,
} as const;
