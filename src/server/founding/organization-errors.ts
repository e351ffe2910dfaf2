/** Why an organization could not be founded, exported, joined to others or to an alliance. Never holds a secret. */
import { describeAllianceError, type AllianceError } from '../../management/errors.js';
import { describeKey, type NamedKey } from '../../management/founding/organization-export.js';
import type { StandingGate } from '../../management/proposals/gates.js';
import { type Digest, shortHex } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import {
  describeDirectoryError,
  describeFoundingError,
  type DirectoryError,
  type FoundingError,
} from '../directory/errors.js';

type KeyName = Pick<NamedKey, 'use' | 'holder'>;

export type OrganizationError =
  | DirectoryError
  | { readonly _tag: 'NotMade'; readonly error: FoundingError }
  /** A private key whose public half organization.json does not list so. */
  | { readonly _tag: 'NotOwnKey'; readonly path: string; readonly key: KeyName }
  /** A key that is no administrator's. */
  | { readonly _tag: 'NoAdministrator'; readonly path: string; readonly organization: string }
  /** An export without proofs of all keys that it names. */
  | {
      readonly _tag: 'Unproven';
      readonly path: string;
      readonly organization: string;
      readonly keys: readonly KeyName[];
    }
  | { readonly _tag: 'ExportedTwice'; readonly organization: string; readonly paths: readonly [string, string] }
  | { readonly _tag: 'NoStructureFits'; readonly reason: string }
  | { readonly _tag: 'NotAnAlliance'; readonly error: AllianceError }
  | { readonly _tag: 'GatesStand'; readonly gates: readonly StandingGate[] }
  /** The document says something else of the organization than it has exported. */
  | { readonly _tag: 'OwnEntryDiffers'; readonly organization: string; readonly parts: readonly string[] }
  | { readonly _tag: 'ConsentToAnother'; readonly path: string; readonly found: Digest }
  /** Something else stands where a file is to be written. */
  | { readonly _tag: 'Occupied'; readonly path: string }
  | { readonly _tag: 'NotWritten'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'UnknownServer'; readonly wanted: string; readonly known: readonly string[] }
  | { readonly _tag: 'UnknownAdministrator'; readonly wanted: string; readonly known: readonly string[] }
  /** Without it the organization would have none. */
  | { readonly _tag: 'OnlyServer'; readonly server: string };

export function notMade(error: FoundingError): Either<OrganizationError, never> {
  return E.left({ _tag: 'NotMade', error });
}

/** One line, but a line more for each gate: what, where, and how to mend it. */
export function describeOrganizationError(error: OrganizationError): string {
  switch (error._tag) {
    case 'NotMade':
      return describeFoundingError(error.error);
    case 'NotOwnKey':
      return `${error.path}: not ${describeKey(error.key)} as organization.json lists it: put the right key there${isOfServer(error.key) ? '; if its keys were renewed, put the new directory in the place of the old, such as renewed/SERVER of the organization' : ''}`;
    case 'NoAdministrator':
      return `${error.path}: not the key of an administrator of ${error.organization}: name one with --key`;
    case 'Unproven':
      return `${error.path}: nothing shows that ${error.organization} holds ${listed(error.keys.map(describeKey))}: ask it for a new koinon org export`;
    case 'ExportedTwice':
      return `${error.paths.join(' and ')} are both of ${error.organization}: give one of them`;
    case 'NoStructureFits':
      return `trust model: its organizations could not govern themselves: ${error.reason}`;
    case 'NotAnAlliance':
      return `these parts make no alliance: ${describeAllianceError(error.error)}`;
    case 'GatesStand':
      return describeGates(error.gates);
    case 'OwnEntryDiffers':
      return `the document does not say of ${error.organization} what it has exported; others are ${listed(error.parts)}: do not sign it, and ask whoever assembled it`;
    case 'ConsentToAnother':
      return `${error.path}: it consents to another document, of alliance ${shortHex(error.found)}: compare what each has signed`;
    case 'Occupied':
      return `${error.path}: it is there already and says something else: nothing is overwritten; look whose it is`;
    case 'NotWritten':
      return `${error.path}: cannot be written (${error.reason})`;
    case 'UnknownServer':
      return `${error.wanted}: no server of the organization; there are ${error.known.join(', ')}`;
    case 'UnknownAdministrator':
      return `${error.wanted}: no administrator of the organization; there are ${error.known.join(', ')}`;
    case 'OnlyServer':
      return `${error.server}: the only server of the organization: add another first, or leave the alliance (koinon member remove)`;
    default:
      return describeDirectoryError(error);
  }
}

function isOfServer({ use }: KeyName): boolean {
  return use === 'identity' || use === 'slow' || use === 'alliance';
}

const most = 4;

function listed(names: readonly string[]): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function describeGates(gates: readonly StandingGate[]): string {
  const lines = gates.flatMap(({ gate, why }) => why.map((reason) => `  ${gate}: ${reason}`));
  const overrides = gates.map(({ gate }) => `--override ${gate}`).join(' ');
  return `such an alliance should not be founded:\n${lines.join('\n')}\n  Choose another trust model or other policies; whoever wants it all the same says ${overrides}, and the document names it.`;
}
