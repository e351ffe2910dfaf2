/**
 * From one epoch to the next on disk: the files that the operators prepared take the place of those of the epoch that has ended,
 * whose secrets are erased (spec/consensus.md, R11). A server that the next epoch leaves out erases its keys and says so.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { serversOf } from '../../management/alliance.js';
import { findReusedKey } from '../../management/alliance-succession.js';
import { type AllianceDocument, maxFileBytes, readAllianceDocument } from '../directory/directory-documents.js';
import { describeSuccessionError, Succession } from '../directory/directory-succession.js';
import { eraseFile, fileModes, replaceFile } from '../directory/durable-files.js';
import { type DirectoryError, describeDirectoryError } from '../directory/errors.js';
import { fileNames, folderNames, formerDocumentPath, secretFileNames } from '../directory/layout.js';
import type { NewEntry } from '../directory/new-directory.js';
import { epochFileNames, loadEpochFiles, type ServerDirectory } from '../directory/server-directory.js';
import { errorReason, readTextFile } from '../directory/text-files.js';

/** A configuration that operators placed. */
export interface PreparedConfiguration extends AllianceDocument {
  /** Of its directory. */
  readonly path: string;
}

/** Every configuration of this alliance that lies in `prepared/`; what cannot be read, or cannot follow, is left out, and told. */
export async function findPrepared(
  { path, allianceId, alliance, former }: Pick<ServerDirectory, 'path' | 'allianceId' | 'alliance' | 'former'>,
  tell: (error: DirectoryError) => void,
): Promise<readonly PreparedConfiguration[]> {
  const folder = join(path, folderNames.prepared);
  const names = existsSync(folder) ? await readdir(folder) : [];
  const earlier = [alliance, ...[...former.values()].map((document) => document.alliance)];
  const found: PreparedConfiguration[] = [];
  for (const name of names.sort()) {
    const file = join(folder, name, fileNames.alliance);
    const text = await readTextFile(file, maxFileBytes.alliance)();
    const document = E.isLeft(text) ? text : readAllianceDocument(file, text.right);
    if (E.isLeft(document)) {
      tell(document.left);
      continue;
    }
    const error = findReusedKey(document.right.alliance, earlier);
    if (error !== undefined) tell({ _tag: 'BadAlliance', path: file, error });
    else if (equalBytes(document.right.allianceId, allianceId))
      found.push({ path: join(folder, name), ...document.right });
  }
  return found;
}

export function isConfiguration({ configurationDigest }: AllianceDocument, digest: Digest): boolean {
  return equalBytes(configurationDigest, digest);
}

/**
 * Puts the files of the next epoch in the place of those of the epoch that has ended. To be called when the HANDOFF is durable;
 * after a crash at any moment it is done again, or was done. The error is one line for people.
 */
export function enterEpoch(directory: ServerDirectory, next: PreparedConfiguration): TaskEither<string, void> {
  return async () => {
    if (!isListed(directory, next)) return attempt(directory.path, () => retire(directory, next));
    const owner = await readTextFile(join(directory.path, fileNames.server), maxFileBytes.owner)();
    if (E.isLeft(owner)) return E.mapLeft(describeDirectoryError)(owner);
    // What would not let the server start must not take the place of what did.
    const files = await loadEpochFiles(next.path, owner.right)();
    if (E.isLeft(files)) return E.mapLeft(describeDirectoryError)(files);
    return attempt(directory.path, () => replace(directory, next));
  };
}

function isListed({ me }: ServerDirectory, { alliance }: AllianceDocument): boolean {
  return serversOf(alliance).some(({ id }) => id === me.id);
}

function attempt(path: string, act: () => Either<string, void>): Either<string, void> {
  try {
    return act();
  } catch (error) {
    return E.left(`${path}: the files of the next epoch cannot take their place (${errorReason(error)})`);
  }
}

function replace(directory: ServerDirectory, next: PreparedConfiguration): Either<string, void> {
  const { path } = directory;
  keepFormerDocument(directory);
  const entries = epochFileNames.map(
    (name): NewEntry => ({
      path: name,
      content: readFileSync(join(next.path, name), 'utf8'),
      isSecret: secretFileNames.has(name),
    }),
  );
  const begun = Succession.begin(path);
  if (E.isLeft(begun)) return E.mapLeft(describeSuccessionError)(begun);
  const replaced = begun.right.replace(entries);
  begun.right.end();
  if (E.isLeft(replaced)) return E.mapLeft(describeSuccessionError)(replaced);
  removePrepared(next.path);
  return E.right(undefined);
}

/** Others that come later are told of the epochs that have been. */
function keepFormerDocument({ path, alliance }: ServerDirectory): void {
  mkdirSync(join(path, folderNames.former), { recursive: true, mode: 0o700 });
  const text = readFileSync(join(path, fileNames.alliance), 'utf8');
  replaceFile(formerDocumentPath(path, alliance.epoch), text, fileModes.public);
}

/** Its secrets are where they belong now. */
function removePrepared(path: string): void {
  for (const name of readdirSync(path)) if (secretFileNames.has(name)) eraseFile(join(path, name));
  rmSync(path, { recursive: true, force: true });
}

/** What it signed with in the epoch that has ended, it signs with no more. */
function retire({ path, alliance, me }: ServerDirectory, next: PreparedConfiguration): Either<string, void> {
  const sentence = `Epoch ${next.alliance.epoch} goes on without ${me.id}, whose keys of epoch ${alliance.epoch} are erased.\n`;
  if (!existsSync(join(path, fileNames.retired)))
    replaceFile(join(path, fileNames.retired), sentence, fileModes.public);
  for (const name of [fileNames.allianceShare, fileNames.slowKey])
    if (existsSync(join(path, name))) eraseFile(join(path, name));
  return E.right(undefined);
}
