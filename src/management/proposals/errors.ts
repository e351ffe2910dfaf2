/** Why actions make no draft, or may not be taken as things are. `action` is the place of the one that is refused, from 0. */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { describeAllianceError, type AllianceError } from '../errors.js';
import type { ActionKind } from './action-kinds.js';

export type ActionRefused =
  | { readonly _tag: 'NoActions' }
  | { readonly _tag: 'NotAMember'; readonly action: number; readonly organization: string }
  | { readonly _tag: 'AlreadyAMember'; readonly action: number; readonly organization: string }
  | { readonly _tag: 'UnknownServer'; readonly action: number; readonly server: ProcessId }
  | { readonly _tag: 'UnknownApplication'; readonly action: number; readonly application: ProcessId }
  | { readonly _tag: 'AlreadyEnrolled'; readonly action: number; readonly application: ProcessId }
  | { readonly _tag: 'NothingChanges'; readonly action: number }
  /** Named as lost, and keeps the identity that an attacker may have. */
  | { readonly _tag: 'LostKeepsIdentity'; readonly action: number; readonly server: ProcessId }
  /** Keys by their role: `alliance`, `slow`, `document NAME`. */
  | { readonly _tag: 'UnknownKey'; readonly action: number; readonly key: string }
  | { readonly _tag: 'KeyNameTaken'; readonly action: number; readonly key: string }
  | { readonly _tag: 'TwoNewKeys'; readonly action: number; readonly key: string }
  | { readonly _tag: 'MadeAndDropped'; readonly action: number; readonly key: string }
  /** A key that was dealt does not fit; `expected` completes "expected …". */
  | { readonly _tag: 'KeyNotOfItsRole'; readonly action: number; readonly key: string; readonly expected: string }
  /** A shared slow key of RSA serves one epoch, and only a dealer can make another. */
  | { readonly _tag: 'SlowKeyNeedsDealer' }
  /** No action of this kind asks for an amendment policy. */
  | { readonly _tag: 'PolicyOfNoUse'; readonly action: number; readonly kind: ActionKind }
  /** It takes effect at once, and stands among others that do not, or not alone where it must. */
  | { readonly _tag: 'MixedActions'; readonly action: number; readonly kind: ActionKind }
  | { readonly _tag: 'NeedsNoChange'; readonly action: number; readonly kind: ActionKind }
  | { readonly _tag: 'SuspensionTooLong'; readonly action: number; readonly mostMs: number }
  | { readonly _tag: 'NotSuspended'; readonly action: number; readonly organization: string }
  | { readonly _tag: 'OthersCannotAmend'; readonly action: number; readonly organizations: readonly string[] }
  | { readonly _tag: 'NoSuchChange'; readonly action: number; readonly change: number }
  /** All of the rest is found when all actions have been applied. */
  | { readonly _tag: 'TrustMissesServer'; readonly server: ProcessId }
  | { readonly _tag: 'TrustNamesStranger'; readonly server: ProcessId }
  | { readonly _tag: 'PolicyNamesStranger'; readonly policy: string; readonly name: string }
  | { readonly _tag: 'StructureRefused'; readonly why: string }
  | { readonly _tag: 'KeyNotShareable'; readonly key: string; readonly expected: string }
  | { readonly _tag: 'KeysShareNumbers'; readonly keys: readonly [string, string] }
  | { readonly _tag: 'DraftInconsistent'; readonly error: AllianceError };

/** One line for people. */
export function describeActionRefused(error: ActionRefused): string {
  return 'action' in error ? `action ${error.action + 1}: ${describe(error)}` : describe(error);
}

function describe(error: ActionRefused): string {
  switch (error._tag) {
    case 'NoActions':
      return 'a proposal has at least one action';
    case 'NotAMember':
      return `${error.organization} is no member of the alliance`;
    case 'AlreadyAMember':
      return `${error.organization} is a member of the alliance already`;
    case 'UnknownServer':
      return `${error.server} is no server that this action could mean`;
    case 'UnknownApplication':
      return `no application ${error.application} is enrolled`;
    case 'AlreadyEnrolled':
      return `an application ${error.application} is enrolled already; dismiss it first, to give it another key`;
    case 'NothingChanges':
      return 'it changes nothing';
    case 'LostKeepsIdentity':
      return `${error.server} is named as lost, so it needs another identity key, or has to go`;
    case 'UnknownKey':
      return `there is no key "${error.key}"`;
    case 'KeyNameTaken':
      return `there is a key "${error.key}" already`;
    case 'TwoNewKeys':
      return `an action before it makes a new key "${error.key}" too`;
    case 'MadeAndDropped':
      return `an action before it makes a new key "${error.key}", which this one drops`;
    case 'KeyNotOfItsRole':
      return `the key that was dealt for "${error.key}" does not fit: expected ${error.expected}`;
    case 'SlowKeyNeedsDealer':
      return 'the shared slow key is of RSA and serves one epoch: name a new one, or another scheme for it, in the same proposal';
    case 'PolicyOfNoUse':
      return `"${error.kind}" never asks for an amendment policy, so one of its own would mean nothing`;
    case 'MixedActions':
      return `"${error.kind}" takes effect at once, and cannot be proposed together with the others`;
    case 'NeedsNoChange':
      return `"${error.kind}" changes no document`;
    case 'SuspensionTooLong':
      return `a suspension lasts ${inWords(error.mostMs)} at most, and longer than nothing`;
    case 'NotSuspended':
      return `${error.organization} is not suspended`;
    case 'OthersCannotAmend':
      return `without ${error.organizations.join(', ')} the others could not amend the alliance`;
    case 'NoSuchChange':
      return `change ${error.change} is not under way`;
    case 'TrustMissesServer':
      return `the trust model misses ${error.server}: change it in the same proposal`;
    case 'TrustNamesStranger':
      return `the trust model names ${error.server}, which would be no server: change it in the same proposal`;
    case 'PolicyNamesStranger':
      return `the ${error.policy} names ${error.name}, which would be no member: change it in the same proposal`;
    case 'StructureRefused':
      return `the structure of organizations: ${error.why}`;
    case 'KeyNotShareable':
      return `"${error.key}" cannot be shared along the trust model: expected ${error.expected}`;
    case 'KeysShareNumbers':
      return `"${error.keys[0]}" and "${error.keys[1]}" would be one secret in two uses`;
    case 'DraftInconsistent':
      return `together the actions make no document: ${describeAllianceError(error.error)}`;
    default:
      return assertNever(error);
  }
}

/** In days, where it is some of them. */
function inWords(lengthMs: number): string {
  const hours = lengthMs / 3_600_000;
  return hours >= 48 ? `${Math.round(hours / 0.24) / 100} days` : `${Math.round(hours * 100) / 100} hours`;
}
