/** The directory of an application, read and checked, and where to find it in that of an alliance. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { fileNameOf, processId } from '../../prelude/process.js';
import type { ApplicationEntry } from '../../management/alliance.js';
import { requestKeyId } from '../../management/alliance-keys.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import { ed25519Sign, loadEd25519 } from '../../schemes/ed25519/ed25519.js';
import {
  type AllianceDocument,
  type LinkMaterial,
  maxFileBytes,
  readAllianceDocument,
  readLinkMaterial,
  readOwner,
  readPrivateKey,
} from './directory-documents.js';
import type { DirectoryError } from './errors.js';
import { fileNames, secretFileNames, folderNames } from './layout.js';
import { readingError, readTextFiles } from './text-files.js';

/** Shows itself without secrets: they are inside the function that signs and the credentials. */
export interface ApplicationDirectory extends AllianceDocument, LinkMaterial {
  readonly path: string;
  readonly me: ApplicationEntry;
  readonly requestKeyId: Digest;
  /** Signs a request's statement. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
}

const files = {
  [fileNames.alliance]: maxFileBytes.alliance,
  [fileNames.application]: maxFileBytes.owner,
  [fileNames.requestKey]: maxFileBytes.key,
  [fileNames.certificate]: maxFileBytes.certificate,
  [fileNames.privateKey]: maxFileBytes.key,
} as const;

type Texts = Readonly<Record<keyof typeof files, string>>;

export function loadApplicationDirectory(path: string): TaskEither<DirectoryError, ApplicationDirectory> {
  return async () => {
    const texts = await readTextFiles(path, files, secretFileNames)();
    if (E.isLeft(texts)) return texts;
    await Promise.all([loadBackends([defaultBlsSuite]), loadEd25519()]);
    return readApplication(path, texts.right);
  };
}

function readApplication(path: string, texts: Texts): Either<DirectoryError, ApplicationDirectory> {
  const document = readAllianceDocument(join(path, fileNames.alliance), texts[fileNames.alliance]);
  if (E.isLeft(document)) return document;
  const owner = readOwner(join(path, fileNames.application), texts[fileNames.application], document.right);
  if (E.isLeft(owner)) return owner;
  const { id } = owner.right;
  const { alliance } = document.right;
  const me = alliance.applications.find((application) => application.id === id);
  if (me === undefined) return E.left({ _tag: 'NotListed', path: join(path, fileNames.application), id });
  const seed = readPrivateKey(join(path, fileNames.requestKey), texts[fileNames.requestKey], me);
  if (E.isLeft(seed)) return seed;
  const credentials = { certificate: texts[fileNames.certificate], privateKey: texts[fileNames.privateKey] };
  const link = readLinkMaterial(path, credentials, { role: 'client', id }, alliance);
  if (E.isLeft(link)) return link;
  const sign = (statement: Uint8Array): Uint8Array => ed25519Sign(seed.right, statement);
  return E.right({ path, me, requestKeyId: requestKeyId(me), sign, ...document.right, ...link.right });
}

/**
 * The application to act as: `path` is its directory, or that of an alliance for trying, which holds the directories of all.
 *
 * @param as - `organization/application`; may be absent where there is only one.
 */
export function findApplication(path: string, as?: string): TaskEither<DirectoryError, ApplicationDirectory> {
  return async () => {
    const names = await list(path);
    if (E.isLeft(names)) return names;
    if (names.right.includes(fileNames.application)) {
      const own = await loadApplicationDirectory(path)();
      if (E.isLeft(own) || as === undefined || as === own.right.me.id) return own;
      return E.left({ _tag: 'UnknownApplication', path, wanted: as, known: [own.right.me.id] });
    }
    if (!names.right.includes(folderNames.applications)) return E.left({ _tag: 'NoApplication', path });
    const folder = join(path, folderNames.applications);
    const applications = await list(folder);
    if (E.isLeft(applications)) return applications;
    const chosen = choose(folder, applications.right.filter((name) => !name.startsWith('.')).sort(), as);
    return E.isLeft(chosen) ? chosen : loadApplicationDirectory(join(folder, chosen.right))();
  };
}

function choose(path: string, directories: readonly string[], as: string | undefined): Either<DirectoryError, string> {
  // Names have no "-", so the first one stands for "/".
  const known = directories.map((name) => name.replace('-', '/'));
  const [only] = directories;
  if (only === undefined) return E.left({ _tag: 'NoApplication', path });
  if (as === undefined)
    return directories.length === 1 ? E.right(only) : E.left({ _tag: 'ManyApplications', path, known });
  const id = processId(as);
  const wanted = id === undefined ? undefined : fileNameOf(id);
  return wanted !== undefined && directories.includes(wanted)
    ? E.right(wanted)
    : E.left({ _tag: 'UnknownApplication', path, wanted: as, known });
}

async function list(path: string): Promise<Either<DirectoryError, readonly string[]>> {
  try {
    return E.right(await readdir(path));
  } catch (error) {
    return E.left(readingError(path, error));
  }
}
