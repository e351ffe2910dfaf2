/** What can happen to governance. An event holds all that `evolve` needs, and has been checked by `decide`. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Signature, SignatureShare } from '../../schemes/contract/distributed-signer.js';
import type { Shared } from '../acts/act-body.js';
import type { Alliance } from '../alliance.js';
import type { Moves } from '../changes/moves.js';
import type { Requirement } from '../proposals/approval.js';
import type { Draft } from '../proposals/draft.js';
import type { Sharing } from '../proposals/sharing.js';
import type { ManagementError } from './errors.js';
import type { AgreedTime } from './agreed-time.js';
import type { Ballot, ChangeOrigin, Ending, Joined, Proposal } from './governance.js';

export type GovernanceEvent =
  | { readonly _tag: 'time-agreed'; readonly time: AgreedTime; readonly reader: ProcessId }
  | { readonly _tag: 'number-used'; readonly authority: string; readonly number: number }
  /** A dry run was made for it, whether it was opened or not. */
  | { readonly _tag: 'proposed'; readonly organization: string; readonly slot: number }
  /** It was examined, and comes to nothing. */
  | { readonly _tag: 'proposal-refused'; readonly error: ManagementError }
  | { readonly _tag: 'proposal-opened'; readonly proposal: Proposal }
  | { readonly _tag: 'ballot-cast'; readonly proposal: Digest; readonly organization: string; readonly ballot: Ballot }
  | { readonly _tag: 'proposal-accepted'; readonly proposal: Digest }
  | { readonly _tag: 'proposal-ended'; readonly proposal: Digest; readonly ending: Ending; readonly why: string }
  | { readonly _tag: 'suspended'; readonly organization: string; readonly lengthMs: number }
  | { readonly _tag: 'suspension-ended'; readonly organization: string }
  | { readonly _tag: 'hold-ended'; readonly organization: string }
  | { readonly _tag: 'signing-begun'; readonly proposal: Digest; readonly role: string; readonly message: Uint8Array }
  | {
      readonly _tag: 'share-taken';
      readonly of: Shared;
      readonly server: ProcessId;
      readonly share: SignatureShare;
      /** Where it was the last that was needed. */
      readonly signature?: Signature;
      /** Whose shares turned out to be bad. */
      readonly barred: readonly ProcessId[];
      /** Whose shares are no use, though nobody can say that they are bad. */
      readonly dropped?: readonly ProcessId[];
    }
  | {
      readonly _tag: 'change-opened';
      readonly origin: ChangeOrigin;
      readonly draft: Draft;
      readonly draftDigest: Digest;
      readonly slot: number;
    }
  /** The schedule's change does not open now; it is tried again later. */
  | { readonly _tag: 'turn-missed' }
  /** After another document came into force: it still does what was signed. */
  | {
      readonly _tag: 'examined-again';
      readonly proposal: Digest;
      readonly requirements: readonly Requirement[];
      readonly slot: number;
    }
  | { readonly _tag: 'acknowledged'; readonly organization: string }
  | { readonly _tag: 'joined'; readonly server: ProcessId; readonly joined: Joined }
  | { readonly _tag: 'moving'; readonly moves: Moves }
  /** A message of a ceremony was counted. */
  | { readonly _tag: 'moved-on'; readonly moves: Moves }
  | {
      readonly _tag: 'prepared';
      readonly next: Alliance;
      readonly configuration: Digest;
    }
  | { readonly _tag: 'activated' }
  | {
      readonly _tag: 'change-abandoned';
      readonly why: string;
      /** Attempts that reached DEAL: whoever received them may know the key. */
      readonly sharings: readonly Sharing[];
    }
  | { readonly _tag: 'enacted' }
  | { readonly _tag: 'erased'; readonly sharing: Digest; readonly holder: string }
  /** What servers are told: a control of consensus. */
  | {
      readonly _tag: 'ready';
      readonly configuration: Digest;
      readonly position: number;
      readonly signature: Uint8Array;
    };
