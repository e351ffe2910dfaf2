/** What is shown of governance, as values: what servers build, and clients read. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Alliance } from '../../management/alliance.js';
import type { Change, ClosedProposal, Proposal } from '../../management/governance/governance.js';
import type { OrganizationState, ServerState } from '../../management/governance/member-states.js';
import type { ActionKind } from '../../management/proposals/action-kinds.js';
import type { GateName } from '../../management/proposals/gate-names.js';

/** Their places are their encoding. */
export const viewKinds = ['overview', 'document', 'next-document', 'proposal', 'signature', 'closed'] as const;

export type ViewKind = (typeof viewKinds)[number];

export interface Views {
  readonly overview: Overview;
  readonly document: Alliance;
  /** Of the change under way, once it is prepared. */
  readonly 'next-document': Alliance;
  /** The one of the number that is asked for. */
  readonly proposal: WholeProposal | EndedProposal;
  /** What the proposal of the number that is asked for has signed. */
  readonly signature: ShownSignature;
  /** All that are still known of those that have ended. */
  readonly closed: readonly ClosedProposal[];
}

/** Names are in the order of their code units. */
export interface Overview {
  readonly epoch: number;
  /** Digest of the document in force. */
  readonly configuration: Digest;
  /** Agreed time; 0 before it is known. */
  readonly timeMs: number;
  /** Whether the keys of this epoch have been seen to work. */
  readonly enacted: boolean;
  readonly organizations: readonly ShownOrganization[];
  readonly servers: readonly ShownServer[];
  /** Servers that hold no share of some key. */
  readonly without: readonly ProcessId[];
  readonly proposalCount: number;
  readonly changeCount: number;
  readonly proposals: readonly ShownProposal[];
  readonly conflicts: readonly ShownConflict[];
  /** The newest, oldest first. */
  readonly closed: readonly ClosedProposal[];
  /** Head of the history of all proposals that have ended. */
  readonly history: Digest;
  readonly change?: ShownChange;
  /** What is signed, or is about to be: the newest, by the number of the proposal that asked for it. */
  readonly signatures: readonly Omit<ShownSignature, 'message' | 'signature'>[];
  /** Of keys in force, and of shares that could still be used though their owners ought to have erased them. */
  readonly sharings: readonly ShownSharing[];
  /** When the schedule asks for new shares next, in agreed time. */
  readonly refreshMs?: number;
}

export interface ShownOrganization {
  readonly name: string;
  readonly state: OrganizationState;
  /** Of its last act: the next has to have a higher one. */
  readonly number: number;
  /** Where it is suspended, and since time was agreed. */
  readonly suspendedUntilMs?: number;
}

export interface ShownServer {
  readonly id: ProcessId;
  readonly state: ServerState;
}

interface ShownBallot {
  readonly organization: string;
  readonly accepts: boolean;
}

export interface ShownProposal {
  readonly id: Digest;
  readonly number: number;
  readonly author: string;
  readonly state: Proposal['state'];
  readonly kinds: readonly ActionKind[];
  readonly overrides: readonly GateName[];
  readonly ballots: readonly ShownBallot[];
  readonly isAutonomous: boolean;
  /** Who can still decide it, in words. */
  readonly stillNeeded: readonly string[];
  readonly lengthMs: number;
  /** In agreed time, once its term has begun. */
  readonly endMs?: number;
}

export interface WholeProposal extends ShownProposal {
  readonly _tag: 'under-way';
  /** The signed PROPOSE. */
  readonly act: Uint8Array;
  /** Signed, in the order of {@link ballots}. */
  readonly ballotActs: readonly Uint8Array[];
}

/** What remains in governance of a proposal that has ended. */
export interface EndedProposal extends ClosedProposal {
  readonly _tag: 'ended';
}

export interface ShownConflict {
  /** Two proposals, by number. */
  readonly between: readonly number[];
  /** The things that both act on. */
  readonly about: readonly string[];
}

export interface ShownChange {
  readonly number: number;
  readonly state: Change['state'];
  /** The number of the proposal that it comes from. */
  readonly proposal?: number;
  /** Why there is a change, in words. */
  readonly why: string;
  /** Digest of the draft: what is acknowledged and joined. */
  readonly draft: Digest;
  /** Whom it waits for, in words. */
  readonly waitsFor: string;
  readonly admitted: readonly string[];
  readonly acknowledged: readonly string[];
  readonly removed: readonly string[];
  readonly joining: readonly ProcessId[];
  readonly replaced: readonly ProcessId[];
  readonly joined: readonly ProcessId[];
  readonly leaving: readonly ProcessId[];
  /** Of the keys by their roles: what happens to each, and whether it has. */
  readonly moves: readonly ShownMove[];
  /** The attempt that runs. */
  readonly attempt?: ShownAttempt;
  readonly culprits: readonly ProcessId[];
  /** Digest of the next document, once it is known. */
  readonly configuration?: Digest;
  readonly endMs?: number;
}

export interface ShownMove {
  readonly key: string;
  readonly kind: string;
  readonly isDone: boolean;
}

interface ShownAttempt {
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  readonly round: string;
  readonly awaited: readonly ProcessId[];
}

export interface ShownSignature {
  readonly proposal: number;
  /** The role of the key: `document NAME`. */
  readonly role: string;
  readonly message: Uint8Array;
  /** Whose shares have been taken. */
  readonly signed: readonly ProcessId[];
  readonly isSigned: boolean;
  readonly signature?: Uint8Array;
}

export interface ShownSharing {
  readonly id: Digest;
  readonly role: string;
  readonly keyId: Digest;
  readonly epoch: number;
  /** Whether these are the shares of a key that the document in force has. */
  readonly isInForce: boolean;
  /** Who has not said that its share is overwritten. */
  readonly unerased: readonly ProcessId[];
  /** Whether these together could use the key. */
  readonly isQualified: boolean;
}
