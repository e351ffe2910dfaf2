/**
 * From one epoch to the next on disk: the files that the operators prepared take the place of those of the epoch that has ended,
 * whose secrets are erased (spec/consensus.md, R11). A server that the next epoch leaves out erases its keys and says so.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { type ServerEntry, serversOf } from '../../management/alliance.js';
import { findReusedKey } from '../../management/alliance-succession.js';
import { type AllianceDocument, maxFileBytes, readAllianceDocument } from '../directory/directory-documents.js';
import { describeSuccessionError, eraseTree, Succession } from '../directory/directory-succession.js';
import { documentShareEntries, eraseDocumentShares } from '../directory/document-shares.js';
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
  // What begins with a dot is being written, or was when a crash came.
  for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
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

/** Who goes from one epoch to the next: its directory, with the document that lies there. */
interface Entrant extends Pick<ServerDirectory, 'path' | 'alliance'> {
  readonly me: Pick<ServerEntry, 'id' | 'identityKey'>;
}

/**
 * Puts the files of the next epoch in the place of those of the epoch that has ended. To be called when the HANDOFF is durable;
 * after a crash at any moment it is done again, or was done. The error is one line for people.
 */
export function enterEpoch(directory: Entrant, next: PreparedConfiguration): TaskEither<string, void> {
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

function isListed({ me }: Entrant, { alliance }: AllianceDocument): boolean {
  return serversOf(alliance).some(({ id, identityKey }) => id === me.id && equalBytes(identityKey, me.identityKey));
}

function attempt(path: string, act: () => Either<string, void>): Either<string, void> {
  try {
    return act();
  } catch (error) {
    return E.left(`${path}: the files of the next epoch cannot take their place (${errorReason(error)})`);
  }
}

function replace(directory: Entrant, next: PreparedConfiguration): Either<string, void> {
  const { path } = directory;
  const [here, there] = [path, next.path].map((each) => readFileSync(join(each, fileNames.alliance), 'utf8'));
  // It was entered before, and only what was prepared could not be removed: its share may be gone from there, and is in use here.
  if (here === there) {
    eraseTree(next.path);
    return E.right(undefined);
  }
  keepFormerDocument(directory);
  const hasShare = existsSync(join(next.path, fileNames.allianceShare));
  // A server that is to be repaired has none: what it held is of no use once the epoch has ended, and would be none of the next key.
  if (!hasShare) eraseIfThere(join(path, fileNames.allianceShare));
  const names = [...epochFileNames, ...(hasShare ? [fileNames.allianceShare] : [])];
  const files = names.map(
    (name): NewEntry => ({
      path: name,
      content: readFileSync(join(next.path, name), 'utf8'),
      isSecret: secretFileNames.has(name),
    }),
  );
  const entries = [...files, ...documentShareEntries(path, next.path)];
  const begun = Succession.begin(path);
  if (E.isLeft(begun)) return E.mapLeft(describeSuccessionError)(begun);
  const replaced = begun.right.replace(entries);
  begun.right.end();
  if (E.isLeft(replaced)) return E.mapLeft(describeSuccessionError)(replaced);
  eraseTree(next.path);
  eraseIncoming(path);
  return E.right(undefined);
}

/** Others that come later are told of the epochs that have been. */
function keepFormerDocument({ path, alliance }: Entrant): void {
  mkdirSync(join(path, folderNames.former), { recursive: true, mode: 0o700 });
  const text = readFileSync(join(path, fileNames.alliance), 'utf8');
  replaceFile(formerDocumentPath(path, alliance.epoch), text, fileModes.public);
}

/** What it signed with in the epoch that has ended, it signs with no more. */
function retire({ path, alliance, me }: Entrant, next: PreparedConfiguration): Either<string, void> {
  const sentence = `Epoch ${next.alliance.epoch} goes on without ${me.id}, whose keys of epoch ${alliance.epoch} are erased.\n`;
  if (!existsSync(join(path, fileNames.retired)))
    replaceFile(join(path, fileNames.retired), sentence, fileModes.public);
  for (const name of [fileNames.allianceShare, fileNames.slowKey]) eraseIfThere(join(path, name));
  eraseDocumentShares(path);
  eraseIncoming(path);
  return E.right(undefined);
}

/** What the operators handed in has been taken over, or was for an epoch that will not be entered. */
function eraseIncoming(path: string): void {
  const folder = join(path, folderNames.incoming);
  if (existsSync(folder)) eraseTree(folder);
}

function eraseIfThere(path: string): void {
  if (existsSync(path)) eraseFile(path);
}
