/** The directory that holds a whole alliance for trying: its document, and which directories of servers are there. */
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { type ServerEntry, serversOf } from '../../management/alliance.js';
import { type AllianceDocument, maxFileBytes, readAllianceDocument } from './directory-documents.js';
import type { DirectoryError } from './errors.js';
import { fileNames, serverPath } from './layout.js';
import { readTextFile } from './text-files.js';

interface LocalServer {
  readonly entry: ServerEntry;
  /** Of its directory. */
  readonly path: string;
}

export interface AllianceDirectory extends AllianceDocument {
  readonly path: string;
  /** The servers whose directories are here, in the order of the document. */
  readonly servers: readonly LocalServer[];
}

/** Reads the document of `path`, which may be the directory of a server or an application too, and finds the servers. */
export function loadAllianceDirectory(path: string): TaskEither<DirectoryError, AllianceDirectory> {
  return async () => {
    const document = await readDocument(join(path, fileNames.alliance));
    if (E.isLeft(document)) return document;
    const servers: LocalServer[] = [];
    for (const entry of serversOf(document.right.alliance)) {
      const directory = serverPath(path, entry.id);
      if (await exists(directory)) servers.push({ entry, path: directory });
    }
    return E.right({ path, servers, ...document.right });
  };
}

/** @param path - of a document, or of a directory that holds one. */
export function readDocumentAt(path: string): TaskEither<DirectoryError, AllianceDocument> {
  return async () => readDocument((await isDirectory(path)) ? join(path, fileNames.alliance) : path);
}

async function readDocument(file: string): Promise<Either<DirectoryError, AllianceDocument>> {
  const text = await readTextFile(file, maxFileBytes.alliance)();
  return E.isLeft(text) ? text : readAllianceDocument(file, text.right);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
