/**
 * An organization's directories, made part of an alliance: its document and history beside the keys that lie there. Each file appears
 * whole or not at all, the one that names the owner last; who was interrupted begins again, and finds the rest as it left it.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { OrganizationContent } from '../../management/founding/organization-export.js';
import { readAllianceDocument } from '../directory/directory-documents.js';
import { eraseFile, fileModes, replaceFile } from '../directory/durable-files.js';
import { applicationPath, fileNames, formerDocumentPath, serverPath } from '../directory/layout.js';
import { errorReason } from '../directory/text-files.js';
import {
  type AllianceContext,
  applicationTexts,
  historyText,
  printDocument,
  serverTexts,
  type Texts,
} from './founding-files.js';
import type { OrganizationError } from './organization-errors.js';
import type { OrganizationDirectory } from './organization-directory.js';

/** Which directories were completed: those that are there. */
export interface Completed {
  readonly servers: readonly ProcessId[];
  readonly applications: readonly ProcessId[];
}

/** Those that are to be completed, and what an alliance gives them. */
interface Member {
  readonly id: ProcessId;
  readonly path: string;
  /** The file that names it, the last of its texts. */
  readonly owner: string;
  readonly texts: Texts;
}

/** @param isNew - the servers join an alliance that runs: their first shares come of the change that admits them. */
export function completeDirectories(
  directory: OrganizationDirectory,
  context: AllianceContext,
  isNew: boolean,
): Either<OrganizationError, Completed> {
  const { path, content } = directory;
  const servers = serverMembers(directory, context, isNew);
  const applications = content.applications
    .map(({ id }) => ({
      id,
      path: applicationPath(path, id),
      owner: fileNames.application,
      texts: applicationTexts(id, context),
    }))
    .filter((one) => existsSync(one.path));
  const all: readonly Member[] = [...servers, ...applications];
  const occupied = all.find((member) => stateOf(member) === 'occupied');
  if (occupied !== undefined) return E.left({ _tag: 'Occupied', path: join(occupied.path, occupied.owner) });
  for (const member of all.filter((one) => stateOf(one) === 'open')) {
    const placed = completeMember(member, isNew);
    if (E.isLeft(placed)) return placed;
  }
  for (const { path: own, texts } of applications.filter((one) => isBehind(one.path, context))) {
    const placed = placeTexts(own, texts);
    if (E.isLeft(placed)) return placed;
  }
  const own = { ...historyText(context), [fileNames.alliance]: printDocument(context.alliance) };
  const isLater = isNew && isBehind(path, context);
  const fresh = Object.entries(own).filter(([name]) => isLater || !existsSync(join(path, name)));
  const placed = placeTexts(path, Object.fromEntries(fresh));
  if (E.isLeft(placed)) return placed;
  return E.right({ servers: servers.map(({ id }) => id), applications: applications.map(({ id }) => id) });
}

function serverMembers(
  { path, content }: OrganizationDirectory,
  context: AllianceContext,
  isNew: boolean,
): readonly Member[] {
  return serversIn(path, content).map((id) => ({
    ...{ id, path: serverPath(path, id), owner: fileNames.server },
    texts: { ...(isNew ? formerTexts(context) : {}), ...serverTexts(id, context) },
  }));
}

/** Whether the directory holds the document of an earlier epoch, or none that can be read. Servers follow the log by themselves. */
function isBehind(path: string, { alliance }: AllianceContext): boolean {
  const file = join(path, fileNames.alliance);
  if (!existsSync(file)) return true;
  const held = readAllianceDocument(file, readFileSync(file, 'utf8'));
  return E.isLeft(held) || held.right.alliance.epoch < alliance.epoch;
}

/** What is complete is left as it is, but for older documents of applications: its alliance may have gone on since. */
function stateOf({ path, owner, texts }: Member): 'open' | 'complete' | 'occupied' {
  const file = join(path, owner);
  if (!existsSync(file)) return 'open';
  return readFileSync(file, 'utf8') === texts[owner] ? 'complete' : 'occupied';
}

function completeMember({ path, texts }: Member, isNew: boolean): Either<OrganizationError, void> {
  const erased = isNew ? eraseShare(path) : E.right(undefined);
  return E.isLeft(erased) ? erased : placeTexts(path, texts);
}

function serversIn(path: string, { organization }: OrganizationContent): readonly ProcessId[] {
  return organization.servers.map(({ id }) => id).filter((id) => existsSync(serverPath(path, id)));
}

/** Documents of the epochs before that in force; the founding document always, from which governance starts. */
export function formerTexts({ history }: AllianceContext): Texts {
  const before = history.filter((_, index) => index === 0 || index < history.length - 1);
  return Object.fromEntries(
    before.map(({ document }) => [formerDocumentPath('', document.epoch), printDocument(document)]),
  );
}

/** In their order. */
function placeTexts(path: string, texts: Texts): Either<OrganizationError, void> {
  for (const [name, content] of Object.entries(texts)) {
    const file = join(path, name);
    try {
      if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      replaceFile(file, content, fileModes.public);
    } catch (error) {
      return E.left({ _tag: 'NotWritten', path: file, reason: errorReason(error) });
    }
  }
  return E.right(undefined);
}

function eraseShare(directory: string): Either<OrganizationError, void> {
  const file = join(directory, fileNames.allianceShare);
  try {
    if (existsSync(file)) eraseFile(file);
    return E.right(undefined);
  } catch (error) {
    return E.left({ _tag: 'NotWritten', path: file, reason: errorReason(error) });
  }
}
