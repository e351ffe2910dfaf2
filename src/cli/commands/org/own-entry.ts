/** What commands share that make another entry of an organization: what they begin with, and the file that is proposed. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import type { OrganizationExport } from '../../../management/founding/organization-export.js';
import { exportDigest, printExport } from '../../../management/founding/organization-export-codec.js';
import { errorReason } from '../../../server/directory/text-files.js';
import type { AllianceContext } from '../../../server/founding/founding-files.js';
import { loadOrganization, type OrganizationDirectory } from '../../../server/founding/organization-directory.js';
import { describeOrganizationError, type OrganizationError } from '../../../server/founding/organization-errors.js';
import { historiesIn } from '../../history-argument.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { writeOutput } from '../../output-file.js';
import type { Printable, Session } from '../../session.js';
import { believedHistory, verifiedHistory } from '../../verified-history.js';
import { describeContent } from './content-description.js';

/** Where in the organization's directory entries lie that are to be proposed, and what is new with them. */
export const renewedFolder = 'renewed';

export interface EntryOptions {
  readonly entry?: string;
  readonly history?: string;
  readonly expectAlliance?: string;
  readonly json?: boolean;
}

/** @param name - of the file in {@link renewedFolder}, for the help. */
export function makingEntry(command: Command, name: string): Command {
  return command
    .option('--entry <file>', `for the entry; ${renewedFolder}/${name}.json in the directory if absent`)
    .option('--history <path>', 'of the alliance; the longest in the directory if absent')
    .option('--expect-alliance <words>', 'the words of the alliance, as its members know them')
    .addOption(jsonOption());
}

export interface OwnEntry {
  readonly organization: OrganizationDirectory;
  /** None before the founding. */
  readonly alliance: AllianceContext | undefined;
}

export async function ownEntry(
  directory: string,
  { history, expectAlliance }: EntryOptions,
  session: Session,
): Promise<Either<Failure, OwnEntry>> {
  const organization = await loadOrganization(directory)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const alliance =
    history === undefined ? await ownHistory(directory) : await believedHistory(history, expectAlliance, session);
  return E.map((found: AllianceContext | undefined) => ({ organization: organization.right, alliance: found }))(
    alliance,
  );
}

/** The history in the organization's own directory is its own record, and believed. */
async function ownHistory(directory: string): Promise<Either<Failure, AllianceContext | undefined>> {
  return historiesIn(directory).length === 0 ? E.right(undefined) : verifiedHistory(directory);
}

/**
 * Where the entry is to be written: nothing may be there yet.
 *
 * @param alongside - the option by which what is made with it gets another place.
 */
export function entryFile(
  directory: string,
  name: string,
  { entry }: EntryOptions,
  alongside?: string,
): Either<Failure, string> {
  const file = entry ?? join(directory, renewedFolder, `${name}.json`);
  if (!existsSync(file)) return E.right(file);
  return badInput(
    `${file}: it exists already: remove it once it is proposed, or name another file with --entry${alongside === undefined ? '' : `, and another directory with ${alongside}`}`,
  );
}

interface Told {
  readonly file: string;
  readonly json: object;
  readonly first: string;
  readonly last: string;
}

/** Writes what is to be proposed, and says so. */
export function writeEntry(
  exported: Either<OrganizationError, OrganizationExport>,
  { file, json, first, last }: Told,
  { json: asJson }: EntryOptions,
  session: Session,
): Outcome {
  if (E.isLeft(exported)) return badInput(describeOrganizationError(exported.left));
  const made = makeFolder(dirname(file));
  const written = E.isLeft(made) ? made : writeOutput(file, printExport(exported.right), '--entry');
  if (E.isLeft(written)) return written;
  const content = describeContent(exported.right, exportDigest(exported.right));
  const printable: Printable = {
    json: { ...json, entry: file, ...content.json },
    lines: [first, ...content.lines, last],
  };
  session.print(printable, asJson);
  return succeeded;
}

function makeFolder(path: string): Either<Failure, void> {
  try {
    mkdirSync(path, { recursive: true });
    return E.right(undefined);
  } catch (error) {
    return badInput(`${path}: cannot be written (${errorReason(error)})`);
  }
}
