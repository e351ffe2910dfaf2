/** Why a directory cannot be used, or an alliance not be founded. Never holds a secret. */
import { basename } from 'node:path';
import type { Digest } from '../../prelude/digest.js';
import { shortHex } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import { type AllianceError, describeAllianceError } from '../../management/errors.js';
import type { ParseError } from '../../quorum/errors.js';
import { formatParseError } from '../../quorum/errors.js';
import { fileNames } from './layout.js';

/** What is wrong with a directory of a server, an application or a whole alliance. */
export type DirectoryError =
  | { readonly _tag: 'MissingFile'; readonly path: string }
  | { readonly _tag: 'UnreadableFile'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'FileTooLarge'; readonly path: string; readonly maxBytes: number }
  /** A secret that others than its owner may read or change. */
  | { readonly _tag: 'OpenToOthers'; readonly path: string }
  /** `at` is a path inside a JSON document, if the file is one. */
  | { readonly _tag: 'MalformedFile'; readonly path: string; readonly at?: string; readonly expected: string }
  | { readonly _tag: 'NewerFile'; readonly path: string; readonly version: number; readonly newestKnown: number }
  | { readonly _tag: 'BadAlliance'; readonly path: string; readonly error: AllianceError }
  /** The directory was made for one alliance and holds the document of another. */
  | { readonly _tag: 'OtherAlliance'; readonly path: string; readonly madeFor: Digest; readonly found: Digest }
  /** The alliance has not begun: these have not signed its document. */
  | { readonly _tag: 'NotFounded'; readonly path: string; readonly organizations: readonly string[] }
  /** alliance.json knows no such server or application. */
  | { readonly _tag: 'NotListed'; readonly path: string; readonly id: string }
  /** A private key whose public half is not the one in alliance.json. */
  | { readonly _tag: 'WrongKey'; readonly path: string; readonly id: string }
  | { readonly _tag: 'BadCredentials'; readonly path: string; readonly detail: string }
  /** Files that were to be replaced together. */
  | { readonly _tag: 'Unsettled'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'NoApplication'; readonly path: string }
  | {
      readonly _tag: 'UnknownApplication';
      readonly path: string;
      readonly wanted: string;
      readonly known: readonly string[];
    }
  | { readonly _tag: 'ManyApplications'; readonly path: string; readonly known: readonly string[] };

/** One line: what, where, and how to mend it. */
export function describeDirectoryError(error: DirectoryError): string {
  switch (error._tag) {
    case 'MissingFile':
      return `${error.path}: no such file or directory${remedyForMissing(error.path)}`;
    case 'UnreadableFile':
      return `${error.path}: cannot be read (${error.reason})`;
    case 'FileTooLarge':
      return `${error.path}: larger than ${error.maxBytes} bytes, so it is not what it should be`;
    case 'OpenToOthers':
      return `${error.path}: others than its owner may read or change this secret; chmod 600 it, and ask who has read it`;
    case 'MalformedFile':
      return `${error.path}: ${error.at === undefined ? '' : `at ${error.at}: `}expected ${error.expected}`;
    case 'NewerFile':
      return `${error.path}: it has version ${error.version}, this koinon knows version ${error.newestKnown}: update koinon`;
    case 'BadAlliance':
      return `${error.path}: ${describeAllianceError(error.error)}`;
    case 'OtherAlliance':
      return `${error.path}: the document of alliance ${shortHex(error.found)} lies in a directory that was made for alliance ${shortHex(error.madeFor)}: put the right alliance.json there`;
    case 'NotFounded':
      return `${error.path}: the alliance is not founded before all have signed its document, and ${error.organizations.join(', ')} ${error.organizations.length === 1 ? 'has' : 'have'} not: gather the consents with koinon alliance acknowledge --merge`;
    case 'NotListed':
      return `${error.path}: ${error.id} does not stand in alliance.json: once the alliance lists it, bring alliance.json up to date with the history of a member (koinon org join, again)`;
    case 'WrongKey':
      return `${error.path}: not the key that alliance.json lists for ${error.id}: put the right key or the right alliance.json there`;
    case 'BadCredentials':
      return `${error.path}: ${error.detail}`;
    case 'Unsettled':
      return error.reason;
    case 'NoApplication':
      return `${error.path}: no application directory here: name the directory of an alliance or of an application`;
    case 'UnknownApplication':
      return `${error.path}: no application ${error.wanted} here; there are ${error.known.join(', ')}`;
    case 'ManyApplications':
      return `${error.path}: several applications here, choose one with --as: ${error.known.join(', ')}`;
    default:
      return assertNever(error);
  }
}

/** Those with which founding completes a directory. */
const completedNames: ReadonlySet<string> = new Set([fileNames.alliance, fileNames.server, fileNames.application]);

/** Of files that are not made by hand. */
function remedyForMissing(path: string): string {
  if (!completedNames.has(basename(path))) return '';
  return ' (koinon init writes an alliance with all of its directories; koinon alliance acknowledge completes those of an organization)';
}

/** Why an alliance for trying was not made. Nothing of it is on disk then. */
export type FoundingError =
  | { readonly _tag: 'NotVacant'; readonly path: string }
  | { readonly _tag: 'CannotWrite'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'PortInUse'; readonly host: string; readonly port: number }
  | { readonly _tag: 'NotEnoughPorts'; readonly from: number; readonly needed: number }
  | { readonly _tag: 'BadName'; readonly name: string }
  | { readonly _tag: 'NamedTwice'; readonly name: string }
  | { readonly _tag: 'NoOrganizations' }
  /** An organization that the trust model leaves out. */
  | { readonly _tag: 'NotTrusted'; readonly organization: string }
  | { readonly _tag: 'StrangeApplication'; readonly id: string }
  | { readonly _tag: 'BadTrustText'; readonly error: ParseError; readonly text: string }
  | { readonly _tag: 'TrustRejected'; readonly report: readonly string[] }
  /** Which organizations may fail together does not follow. */
  | { readonly _tag: 'NoStructure'; readonly reason: string }
  /** Its parts do not fit one another. */
  | { readonly _tag: 'BadOrganization'; readonly error: AllianceError }
  | { readonly _tag: 'CannotDeal'; readonly reason: string };

/** One line (with the place in the text, for a trust model): what, where, and how to mend it. */
export function describeFoundingError(error: FoundingError): string {
  switch (error._tag) {
    case 'NotVacant':
      return `${error.path}: it exists already: choose another directory, or remove this one`;
    case 'CannotWrite':
      return `${error.path}: cannot be written (${error.reason})`;
    case 'PortInUse':
      return `port ${error.port} on ${error.host} is in use: choose other ports with --base-port`;
    case 'NotEnoughPorts':
      return `${error.needed} ports from ${error.from} on go beyond 65535: choose a lower --base-port`;
    case 'BadName':
      return `"${error.name.slice(0, 80)}" is no name: letters, digits, "_" and "." only, at most 63`;
    case 'NamedTwice':
      return `${error.name} is named twice`;
    case 'NoOrganizations':
      return 'no organization is named: use --orgs a,b,c,d or --trust';
    case 'NotTrusted':
      return `the trust model leaves out ${error.organization}: add it there, or leave the organization out`;
    case 'StrangeApplication':
      return `${error.id} is no application of one of the organizations: write organization/application`;
    case 'BadTrustText':
      return `trust model: ${formatParseError(error.error, error.text)}`;
    case 'TrustRejected':
      return error.report.join(' ');
    case 'NoStructure':
      return `trust model: its organizations could not govern themselves: ${error.reason}`;
    case 'BadOrganization':
      return `such an organization cannot be: ${describeAllianceError(error.error)}`;
    case 'CannotDeal':
      return `a key cannot be dealt (${error.reason}): choose another trust model, --scheme multisig or --certificates multisig`;
    default:
      return assertNever(error);
  }
}
