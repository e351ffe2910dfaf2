/**
 * The directory of a server that is to join: its keys are there, and a document of the alliance that does not list it, or lists
 * other keys for it (it is replaced, say after a break-in).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { serversOf } from '../../management/alliance.js';
import { findReusedKey } from '../../management/alliance-succession.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import { ed25519Sign, loadEd25519, publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519PublicKey, Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { readNewcomerTlsContext } from '../../transport/tls-context.js';
import {
  type AllianceDocument,
  type LinkMaterial,
  linkMaterialOf,
  maxFileBytes,
  readAllianceDocument,
  readOwner,
} from './directory-documents.js';
import type { AllianceKeyShare } from '../../schemes/registry.js';
import type { DirectoryError } from './errors.js';
import { fileNames, secretFileNames } from './layout.js';
import { parsePrivateKey } from './private-key-file.js';
import { loadFormerDocuments, loadServerDirectory, type ServerDirectory, settleDirectory } from './server-directory.js';
import { readTextFiles } from './text-files.js';

/** Shows itself without secrets: they are inside the function that signs and the credentials. */
export interface LearnerDirectory extends AllianceDocument, LinkMaterial {
  readonly path: string;
  readonly id: ProcessId;
  readonly identityKey: Ed25519PublicKey;
  /** Under its identity. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
  /** Documents of earlier epochs than that of `alliance`. */
  readonly former: ReadonlyMap<number, AllianceDocument>;
  /**
   * Of the keys of its document, by role, where that lists this server: it was away while the epoch ended. Absent where it is to join,
   * or to come back under new keys.
   */
  readonly shares?: ReadonlyMap<string, AllianceKeyShare>;
  /** Where it keeps what it has learned: the same place as when it is a server. */
  readonly dataPath: string;
}

/** What the directory of a server may be. */
export type ServingDirectory =
  | { readonly _tag: 'member'; readonly directory: ServerDirectory }
  | { readonly _tag: 'learner'; readonly directory: LearnerDirectory };

const files = {
  [fileNames.server]: maxFileBytes.owner,
  [fileNames.alliance]: maxFileBytes.alliance,
  [fileNames.identityKey]: maxFileBytes.key,
  [fileNames.certificate]: maxFileBytes.certificate,
  [fileNames.privateKey]: maxFileBytes.key,
} as const;

type Texts = Readonly<Record<keyof typeof files, string>>;

/** Reads the directory of a server of the alliance, or of one that is to join. */
export function loadServingDirectory(path: string): TaskEither<DirectoryError, ServingDirectory> {
  return async () => {
    const settled = settleDirectory(path);
    if (E.isLeft(settled)) return settled;
    const learner = existsSync(join(path, fileNames.retired)) ? E.right(undefined) : await loadLearner(path);
    if (E.isLeft(learner)) return learner;
    if (learner.right !== undefined) return E.right({ _tag: 'learner', directory: learner.right });
    const member = await loadServerDirectory(path)();
    return E.isLeft(member) ? member : E.right({ _tag: 'member', directory: member.right });
  };
}

/** `undefined` where the document lists this server, under its own identity. */
async function loadLearner(path: string): Promise<Either<DirectoryError, LearnerDirectory | undefined>> {
  const texts = await readTextFiles(path, files, secretFileNames)();
  if (E.isLeft(texts)) return texts;
  await Promise.all([loadBackends([defaultBlsSuite]), loadEd25519()]);
  const document = readAllianceDocument(join(path, fileNames.alliance), texts.right[fileNames.alliance]);
  if (E.isLeft(document)) return document;
  const owner = readOwner(join(path, fileNames.server), texts.right[fileNames.server], document.right);
  if (E.isLeft(owner)) return owner;
  const { id } = owner.right;
  const identityPath = join(path, fileNames.identityKey);
  const seed = parsePrivateKey(texts.right[fileNames.identityKey]);
  if (seed === undefined)
    return E.left({ _tag: 'MalformedFile', path: identityPath, expected: 'an Ed25519 private key as PEM' });
  const identityKey = publicKeyFromSeed(seed);
  const listed = serversOf(document.right.alliance).find((server) => server.id === id);
  if (listed !== undefined && equalBytes(listed.identityKey, identityKey)) return E.right(undefined);
  return loadRest(path, { id, seed, identityKey, texts: texts.right, document: document.right });
}

interface Own {
  readonly id: ProcessId;
  readonly seed: Ed25519Seed;
  readonly identityKey: Ed25519PublicKey;
  readonly texts: Texts;
  readonly document: AllianceDocument;
}

async function loadRest(
  path: string,
  { id, seed, identityKey, texts, document }: Own,
): Promise<Either<DirectoryError, LearnerDirectory>> {
  const { alliance } = document;
  const credentials = { certificate: texts[fileNames.certificate], privateKey: texts[fileNames.privateKey] };
  const link = linkMaterialOf(credentials, alliance);
  const context = readNewcomerTlsContext({ role: 'server', id }, credentials, link.authorityPems);
  if (E.isLeft(context))
    return E.left({ _tag: 'BadCredentials', path: join(path, fileNames.certificate), detail: context.left });
  const former = await loadFormerDocuments(path, document)();
  if (E.isLeft(former)) return former;
  const earlier = [...former.right.values()].map((each) => each.alliance);
  const error = findReusedKey(alliance, earlier);
  if (error !== undefined) return E.left({ _tag: 'BadAlliance', path: join(path, fileNames.alliance), error });
  const sign = (statement: Uint8Array): Uint8Array => ed25519Sign(seed, statement);
  const dataPath = join(path, fileNames.data);
  return E.right({ path, dataPath, id, identityKey, sign, former: former.right, ...document, ...link });
}
