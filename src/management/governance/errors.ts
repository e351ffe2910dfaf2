/** Why an act comes to nothing, for whoever sent it. */
import { shortHex, type Digest } from '../../prelude/digest.js';
import { type ActRefused, describeActRefused } from '../acts/act-errors.js';
import { type ActionRefused, describeActionRefused } from '../proposals/errors.js';
import type { StandingGate } from '../proposals/gates.js';

export type ManagementError =
  | ActRefused
  | ActionRefused
  | { readonly _tag: 'MalformedActions'; readonly path: string; readonly expected: string }
  /** Another kind of author says this. */
  | { readonly _tag: 'WrongAuthor'; readonly act: string; readonly author: string }
  /** Acts of an organization are numbered; this number has been used, or a higher one. */
  | { readonly _tag: 'NumberUsed'; readonly organization: string; readonly number: number; readonly last: number }
  | { readonly _tag: 'Suspended'; readonly organization: string }
  | { readonly _tag: 'StaleBase'; readonly base: Digest; readonly current: Digest }
  | { readonly _tag: 'EffectDiffers'; readonly signed: Digest; readonly computed: Digest }
  | { readonly _tag: 'GateStands'; readonly against: readonly StandingGate[] }
  /** It overrides what does not stand against it. */
  | { readonly _tag: 'NeedlessOverride'; readonly gates: readonly string[] }
  | { readonly _tag: 'TermTooLong'; readonly lengthMs: number; readonly mostMs: number }
  | { readonly _tag: 'TooManyProposals'; readonly organization: string; readonly most: number }
  | { readonly _tag: 'AllianceBusy'; readonly most: number }
  | { readonly _tag: 'TooOften'; readonly organization: string; readonly perHour: number }
  /** Another dry run was made in this slot. */
  | { readonly _tag: 'Busy' }
  | { readonly _tag: 'ProposedBefore'; readonly proposal: number }
  | { readonly _tag: 'UnknownProposal'; readonly proposal: Digest }
  | { readonly _tag: 'WrongState'; readonly what: string; readonly state: string; readonly act: string }
  | { readonly _tag: 'BallotDuplicate'; readonly organization: string; readonly proposal: number }
  | { readonly _tag: 'NoBallotNeeded'; readonly proposal: number; readonly author: string }
  | { readonly _tag: 'NotTheAuthor'; readonly proposal: number; readonly author: string; readonly organization: string }
  | { readonly _tag: 'NoChange' }
  | { readonly _tag: 'OtherChange'; readonly named: number; readonly current: number }
  | { readonly _tag: 'OtherDraft'; readonly named: Digest; readonly current: Digest }
  | { readonly _tag: 'NotAdmitted'; readonly organization: string }
  | { readonly _tag: 'AcknowledgedBefore'; readonly organization: string }
  | { readonly _tag: 'NotJoining'; readonly server: string }
  | { readonly _tag: 'LearnerBehind'; readonly server: string; readonly slot: number; readonly needed: number }
  | { readonly _tag: 'KeysMissing'; readonly server: string; readonly roles: readonly string[] }
  | { readonly _tag: 'OtherConfiguration'; readonly named: Digest; readonly current: Digest }
  | { readonly _tag: 'OldReading'; readonly server: string }
  | { readonly _tag: 'NothingToSign'; readonly of: string }
  | { readonly _tag: 'SignedBefore'; readonly of: string }
  | { readonly _tag: 'ShareDuplicate'; readonly server: string }
  | { readonly _tag: 'ShareBarred'; readonly server: string }
  | { readonly _tag: 'ShareInvalid'; readonly server: string; readonly reason: string }
  | { readonly _tag: 'UnknownSharing'; readonly sharing: Digest }
  | { readonly _tag: 'NotAHolder'; readonly server: string }
  | { readonly _tag: 'AlreadyErased'; readonly server: string }
  /** A document that begins like what koinon signs. */
  | { readonly _tag: 'LooksLikeStatement' };

/** One line for people. */
export function describeManagementError(error: ManagementError): string {
  switch (error._tag) {
    case 'MalformedAct':
    case 'UnknownAuthor':
    case 'NotAnAdministrator':
    case 'RuleNotMet':
    case 'BadActSignature':
      return describeActRefused(error);
    case 'MalformedActions':
      return `the actions, at ${error.path}: expected ${error.expected}`;
    case 'WrongAuthor':
      return `${error.author} cannot say "${error.act}": ${isOfServers(error.act) ? 'servers' : 'organizations'} do`;
    case 'NumberUsed':
      return `act ${error.number} of ${error.organization} comes too late: act ${error.last} was taken; make a new one`;
    case 'Suspended':
      return `${error.organization} is suspended until its term ends or the others restore it`;
    case 'StaleBase':
      return `it was written against document ${shortHex(error.base)}, and ${shortHex(error.current)} is in force: look again what it does, and propose it anew`;
    case 'EffectDiffers':
      return `it says that its effect is ${shortHex(error.signed)}, but it is ${shortHex(error.computed)}: was it made by another version of koinon?`;
    case 'GateStands':
      return error.against.map(({ gate, why }) => `${gate}: ${why.join(' ')}`).join(' ');
    case 'NeedlessOverride':
      return `it overrides ${error.gates.join(', ')}, which does not stand against it`;
    case 'TermTooLong':
      return `it would be open for ${inHours(error.lengthMs)}, and the longest is ${inHours(error.mostMs)}`;
    case 'TooManyProposals':
      return `${error.organization} has ${error.most} proposals under way, and cannot have more: withdraw one, or wait`;
    case 'AllianceBusy':
      return `${error.most} proposals are under way in the alliance, and there cannot be more: wait`;
    case 'TooOften':
      return `${error.organization} has proposed something ${error.perHour} times within an hour: wait`;
    case 'Busy':
      return 'another proposal was examined at the same moment: send it again';
    case 'ProposedBefore':
      return `it is proposal ${error.proposal} already`;
    case 'UnknownProposal':
      return `there is no proposal ${shortHex(error.proposal)} under way`;
    case 'WrongState':
      return `${error.what} is ${error.state}: it is not the time for "${error.act}"${lateness(error)}`;
    case 'BallotDuplicate':
      return `${error.organization} has voted on proposal ${error.proposal}, and ballots are final`;
    case 'NoBallotNeeded':
      return `proposal ${error.proposal} is ${error.author}'s own business: nobody votes on it`;
    case 'NotTheAuthor':
      return `proposal ${error.proposal} is ${error.author}'s, not ${error.organization}'s: only its author withdraws it`;
    case 'NoChange':
      return 'no change of epoch is under way';
    case 'OtherChange':
      return `it is about change ${error.named}, and change ${error.current} is under way`;
    case 'OtherDraft':
      return `it is about draft ${shortHex(error.named)}, and the draft of the change is ${shortHex(error.current)}`;
    case 'NotAdmitted':
      return `${error.organization} is not being admitted: there is nothing that it has to acknowledge`;
    case 'AcknowledgedBefore':
      return `${error.organization} has acknowledged the change before`;
    case 'NotJoining':
      return `${error.server} is not about to join`;
    case 'LearnerBehind':
      return `${error.server} has the state after slot ${error.slot}, and one after slot ${error.needed} or later is needed`;
    case 'KeysMissing':
      return `${error.server} has to bring its own key for ${error.roles.join(', ')}`;
    case 'OtherConfiguration':
      return `it is ready for ${shortHex(error.named)}, and ${shortHex(error.current)} follows`;
    case 'OldReading':
      return `the clock of ${error.server} was read later before: has it been set back?`;
    case 'NothingToSign':
      return `nobody has asked for a signature on ${error.of}, or it is long done`;
    case 'SignedBefore':
      return `${error.of} is signed already`;
    case 'ShareDuplicate':
      return `${error.server} has sent its share`;
    case 'ShareBarred':
      return `${error.server} has sent a bad share: no other is taken from it`;
    case 'ShareInvalid':
      return `the share of ${error.server} is bad: ${error.reason}`;
    case 'UnknownSharing':
      return `there is no record of sharing ${shortHex(error.sharing)}`;
    case 'NotAHolder':
      return `${error.server}, with its present identity, never held a share of it`;
    case 'AlreadyErased':
      return `${error.server} has said so before`;
    case 'LooksLikeStatement':
      return 'the document begins like a statement of koinon: a document key signs none';
    default:
      return describeActionRefused(error);
  }
}

function isOfServers(act: string): boolean {
  return ['join', 'reading', 'ceremony', 'ready', 'share', 'erased'].includes(act);
}

/** Where it can only be too late. */
function lateness({ act, state }: Extract<ManagementError, { readonly _tag: 'WrongState' }>): string {
  if (act === 'ballot' && state !== 'open') return ', nobody votes on it any more';
  return act === 'withdraw' || act === 'abandon' ? ' any more' : '';
}

function inHours(lengthMs: number): string {
  return `${Math.round(lengthMs / 36_000) / 100} hours`;
}
