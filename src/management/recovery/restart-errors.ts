/** Why a RESTART is not believed. */
import { assertNever } from '../../prelude/invariant.js';
import { listNames } from '../../quorum/tree/name-list.js';
import type { StandingGate } from '../proposals/gates.js';

/** What of a member must stay. */
export type KeptPart = 'administrators' | 'rule' | 'recoveryKey';

export type RestartError =
  | { readonly _tag: 'RestartOfAnotherAlliance' }
  /** The document is not that of the epoch which follows. */
  | { readonly _tag: 'RestartOfAnotherEpoch'; readonly expected: number; readonly found: number }
  | { readonly _tag: 'RestartFollowsAnother' }
  | { readonly _tag: 'WrongChangeNumber'; readonly expected: number; readonly found: number }
  | { readonly _tag: 'OtherMembers' }
  | { readonly _tag: 'MemberDiffers'; readonly organization: string; readonly part: KeptPart }
  | { readonly _tag: 'OtherApplications' }
  | { readonly _tag: 'OtherParameters' }
  | { readonly _tag: 'OtherGovernance' }
  /** It is derived, and the new trust model gives another. */
  | { readonly _tag: 'OtherPolicy'; readonly policy: string }
  /** Nobody knows who holds its shares. */
  | { readonly _tag: 'SharedKeyKept'; readonly role: string }
  /** What was given up would go on being certified. */
  | { readonly _tag: 'AllianceKeyKept' }
  | { readonly _tag: 'RestartGatesStand'; readonly gates: readonly StandingGate[] }
  | { readonly _tag: 'BeforeItsEpoch'; readonly slot: number; readonly began: number }
  /** Without a certificate an epoch is restarted exactly where it began. */
  | { readonly _tag: 'NotWhereItBegan'; readonly slot: number }
  | { readonly _tag: 'NotCertified'; readonly slot: number }
  | { readonly _tag: 'NoRecoveryKey'; readonly organization: string }
  | { readonly _tag: 'SignedTwice'; readonly organization: string }
  | { readonly _tag: 'BadRecoverySignature'; readonly organization: string }
  | { readonly _tag: 'TooFewOrganizations'; readonly signed: readonly string[]; readonly policy: string };

const partNames = { administrators: 'administrators', rule: 'rule', recoveryKey: 'recovery key' } as const;

/** One line for people. */
export function describeRestartError(error: RestartError): string {
  switch (error._tag) {
    case 'RestartOfAnotherAlliance':
      return 'its document is of another alliance';
    case 'RestartOfAnotherEpoch':
      return `its document is of epoch ${error.found}: what follows here is epoch ${error.expected}`;
    case 'RestartFollowsAnother':
      return 'its document names another as the one before';
    case 'WrongChangeNumber':
      return `its document comes from change ${error.found}: a restart counts on by one, to ${error.expected}`;
    case 'OtherMembers':
      return 'its members are others: a restart admits and removes nobody';
    case 'MemberDiffers':
      return `${error.organization} has another ${partNames[error.part]}: a restart leaves people and their keys as they are`;
    case 'OtherApplications':
      return 'its applications are others: a restart leaves them as they are';
    case 'OtherParameters':
      return 'its parameters are others: a restart leaves them as they are';
    case 'OtherGovernance':
      return 'its terms of management are others: a restart leaves them as they are';
    case 'OtherPolicy':
      return `its trust model makes another ${error.policy} of what is derived: a restart changes no policy`;
    case 'SharedKeyKept':
      return `its ${error.role} key is shared: after a restart every server signs with keys of its own`;
    case 'AllianceKeyKept':
      return 'its alliance key is that of the epoch that ends, under which what is given up would go on being certified';
    case 'RestartGatesStand':
      return `what stands against its document: ${error.gates.map(({ gate, why }) => `${gate} (${why.join(' ')})`).join('; ')}`;
    case 'BeforeItsEpoch':
      return `it goes on from slot ${error.slot}, and the epoch that ends began after slot ${error.began}`;
    case 'NotWhereItBegan':
      return `it goes on from slot ${error.slot} without a certificate, and that is not known to be where the epoch began`;
    case 'NotCertified':
      return `that the log up to slot ${error.slot} was decided is not signed by the alliance key of the epoch that ends`;
    case 'NoRecoveryKey':
      return `${error.organization} has no recovery key in the document before`;
    case 'SignedTwice':
      return `${error.organization} stands there twice, or not in the order of names`;
    case 'BadRecoverySignature':
      return `the signature of ${error.organization} does not verify: it has signed something else, or with another key`;
    case 'TooFewOrganizations': {
      const by = error.signed.length === 0 ? 'nobody has signed' : `only ${listNames([...error.signed])} signed`;
      return `${by}, and it takes ${error.policy}`;
    }
    default:
      return assertNever(error);
  }
}
