/** The directory of a server, read and checked: every key in it is the one that alliance.json lists for this server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, TE, type TaskEither } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Clients, Identities } from '../../consensus/configuration.js';
import { type Alliance, type ApplicationEntry, type ServerEntry, serversOf } from '../../management/alliance.js';
import { identityVerifier, requestKeyId, slowMultisigOf } from '../../management/alliance-keys.js';
import { findReusedKey } from '../../management/alliance-succession.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import type { DistributedSigner, DistributedVerifier } from '../../schemes/contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify, loadEd25519 } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { multisigSigner } from '../../schemes/multisig/signer.js';
import {
  type AllianceKeyShare,
  allianceKeyShareCodec,
  type AlliancePublicKey,
  type KeyError,
  makeSigner,
  makeVerifier,
} from '../../schemes/registry.js';
import {
  type AllianceDocument,
  type LinkMaterial,
  maxFileBytes,
  readAllianceDocument,
  readLinkMaterial,
  readOwner,
  readPrivateKey,
} from './directory-documents.js';
import { heldDocumentKeys } from './document-shares.js';
import type { DirectoryError } from './errors.js';
import { checkFounded } from './founding-consents.js';
import { describeSuccessionError, hasDraft, isUnsettled, Succession } from './directory-succession.js';
import { documentSharePath, fileNames, formerDocumentPath, secretFileNames } from './layout.js';
import { readTextFile, readTextFiles } from './text-files.js';

/** What a server signs with. Shows itself without secrets: they are inside the signers. */
export interface ServerKeys {
  readonly identities: Identities;
  readonly slow: DistributedSigner;
  readonly allianceKey: DistributedVerifier;
  /** `undefined` where the server has none and waits for its repair; signing with it is done in a thread. */
  readonly allianceShare: HeldShare | undefined;
  /** Of keys for documents, by name: those of which a share is there. Without one the server signs nothing with that key. */
  readonly documents: ReadonlyMap<string, HeldShare>;
}

/** Shows itself without secrets: they are inside signer and share. */
interface HeldShare {
  readonly signer: DistributedSigner;
  readonly share: AllianceKeyShare;
}

/** Shows itself without secrets: they are inside the signers and the credentials. */
export interface ServerDirectory extends AllianceDocument, LinkMaterial {
  readonly path: string;
  readonly me: ServerEntry;
  /** `undefined` where the server was left out of an epoch, and has erased them. */
  readonly keys: ServerKeys | undefined;
  readonly clients: Clients;
  /** Documents of earlier epochs. */
  readonly former: ReadonlyMap<number, AllianceDocument>;
  /** Where the server keeps what it has accepted and decided. */
  readonly dataPath: string;
}

const publicFiles = {
  [fileNames.alliance]: maxFileBytes.alliance,
  [fileNames.certificate]: maxFileBytes.certificate,
  [fileNames.privateKey]: maxFileBytes.key,
} as const;

const keyFiles = {
  [fileNames.identityKey]: maxFileBytes.key,
  [fileNames.slowKey]: maxFileBytes.share,
} as const;

/** What a server needs for an epoch, besides knowing who it is, and its shares. */
export const epochFileNames = [...Object.keys(publicFiles), ...Object.keys(keyFiles)];

type PublicTexts = Readonly<Record<keyof typeof publicFiles, string>>;

interface KeyTexts {
  readonly files: Readonly<Record<keyof typeof keyFiles, string>>;
  readonly allianceShare: string | undefined;
  /** Shares of keys for documents, by name. */
  readonly documents: ReadonlyMap<string, string>;
}

/** Reads what is there; what an interrupted change of epoch has left undone is done first. */
export function loadServerDirectory(path: string): TaskEither<DirectoryError, ServerDirectory> {
  return async () => {
    const settled = settleDirectory(path);
    if (E.isLeft(settled)) return settled;
    const owner = await readTextFile(join(path, fileNames.server), maxFileBytes.owner)();
    if (E.isLeft(owner)) return owner;
    const files = await loadEpochFiles(path, owner.right)();
    if (E.isLeft(files)) return files;
    const former = await loadFormerDocuments(path, files.right)();
    if (E.isLeft(former)) return former;
    const earlier = [...former.right.values()].map(({ alliance }) => alliance);
    const error = findReusedKey(files.right.alliance, earlier);
    if (error !== undefined) return E.left({ _tag: 'BadAlliance', path: join(path, fileNames.alliance), error });
    const founded = await checkFounded(path, files.right)();
    if (E.isLeft(founded)) return founded;
    return E.right({ path, dataPath: join(path, fileNames.data), former: former.right, ...files.right });
  };
}

type EpochFiles = Omit<ServerDirectory, 'path' | 'dataPath' | 'former'>;

/**
 * Reads the files of one epoch.
 *
 * @param path - the directory of the server, or one of those prepared in it.
 * @param owner - the text of its `server.json`.
 */
export function loadEpochFiles(path: string, owner: string): TaskEither<DirectoryError, EpochFiles> {
  return async () => {
    const texts = await readTextFiles(path, publicFiles, secretFileNames)();
    if (E.isLeft(texts)) return texts;
    const keyTexts = existsSync(join(path, fileNames.retired)) ? E.right(undefined) : await readKeyTexts(path)();
    if (E.isLeft(keyTexts)) return keyTexts;
    await Promise.all([loadBackends([defaultBlsSuite]), loadEd25519()]);
    return readServer(path, owner, texts.right, keyTexts.right);
  };
}

function readKeyTexts(path: string): TaskEither<DirectoryError, KeyTexts> {
  return async () => {
    const files = await readTextFiles(path, keyFiles, secretFileNames)();
    if (E.isLeft(files)) return files;
    const allianceShare = await readOwnShare(path)();
    if (E.isLeft(allianceShare)) return allianceShare;
    const names = heldDocumentKeys(path);
    if (E.isLeft(names)) return names;
    const documents = new Map<string, string>();
    for (const name of names.right) {
      const text = await readTextFile(documentSharePath(path, name), maxFileBytes.share, 'owner')();
      if (E.isLeft(text)) return text;
      documents.set(name, text.right);
    }
    return E.right({ files: files.right, allianceShare: allianceShare.right, documents });
  };
}

function readOwnShare(path: string): TaskEither<DirectoryError, string | undefined> {
  const file = join(path, fileNames.allianceShare);
  return existsSync(file) ? readTextFile(file, maxFileBytes.share, 'owner') : TE.right(undefined);
}

/** Finishes what a change of epoch that was interrupted has left undone. */
export function settleDirectory(path: string): Either<DirectoryError, void> {
  if (!isUnsettled(path) && !hasDraft(path)) return E.right(undefined);
  const begun = Succession.begin(path);
  if (E.isLeft(begun)) return E.left({ _tag: 'Unsettled', path, reason: describeSuccessionError(begun.left) });
  begun.right.end();
  return E.right(undefined);
}

function readServer(
  path: string,
  ownerText: string,
  texts: PublicTexts,
  keyTexts: KeyTexts | undefined,
): Either<DirectoryError, EpochFiles> {
  const document = readAllianceDocument(join(path, fileNames.alliance), texts[fileNames.alliance]);
  if (E.isLeft(document)) return document;
  const owner = readOwner(join(path, fileNames.server), ownerText, document.right);
  if (E.isLeft(owner)) return owner;
  const { id } = owner.right;
  const { alliance } = document.right;
  const me = serversOf(alliance).find((server) => server.id === id);
  if (me === undefined) return E.left({ _tag: 'NotListed', path: join(path, fileNames.server), id });
  const keys = keyTexts === undefined ? E.right(undefined) : readKeys(path, keyTexts, me, alliance);
  if (E.isLeft(keys)) return keys;
  const credentials = { certificate: texts[fileNames.certificate], privateKey: texts[fileNames.privateKey] };
  const link = readLinkMaterial(path, credentials, { role: 'server', id }, alliance);
  if (E.isLeft(link)) return link;
  return E.right({ me, clients: clientsOf(alliance), keys: keys.right, ...document.right, ...link.right });
}

/** The documents of the epochs before that of `current`, of the same alliance. */
export function loadFormerDocuments(
  path: string,
  current: AllianceDocument,
): TaskEither<DirectoryError, ReadonlyMap<number, AllianceDocument>> {
  return async () => {
    const documents = new Map<number, AllianceDocument>();
    for (let epoch = current.alliance.epoch - 1; epoch >= 1; epoch--) {
      const file = formerDocumentPath(path, epoch);
      if (!existsSync(file)) continue;
      const text = await readTextFile(file, maxFileBytes.alliance)();
      if (E.isLeft(text)) return text;
      const document = readAllianceDocument(file, text.right);
      if (E.isLeft(document)) return document;
      const { allianceId: found, alliance } = document.right;
      if (!equalBytes(found, current.allianceId))
        return E.left({ _tag: 'OtherAlliance', path: file, madeFor: current.allianceId, found });
      if (alliance.epoch !== epoch)
        return E.left({ _tag: 'MalformedFile', path: file, at: '/epoch', expected: `epoch ${epoch}` });
      documents.set(epoch, document.right);
    }
    return E.right(documents);
  };
}

function readKeys(
  path: string,
  { files, allianceShare: shareText, documents: documentTexts }: KeyTexts,
  me: ServerEntry,
  alliance: Alliance,
): Either<DirectoryError, ServerKeys> {
  const { id, identityKey } = me;
  const identityPath = join(path, fileNames.identityKey);
  const identity = readPrivateKey(identityPath, files[fileNames.identityKey], { id, key: identityKey });
  if (E.isLeft(identity)) return identity;
  const slow = readSlowKey(path, files[fileNames.slowKey], me, alliance);
  if (E.isLeft(slow)) return slow;
  const server = { directory: path, id, alliance };
  const key = readAllianceKey(alliance, shareText, server);
  if (E.isLeft(key)) return key;
  const documents = readDocumentShares(documentTexts, server);
  if (E.isLeft(documents)) return documents;
  const identities = identitiesOf(alliance, identity.right);
  return E.right({ identities, slow: slow.right, ...key.right, documents: documents.right });
}

function readAllianceKey(
  alliance: Alliance,
  text: string | undefined,
  server: Holder,
): Either<DirectoryError, Pick<ServerKeys, 'allianceKey' | 'allianceShare'>> {
  const { allianceKey: publicKey } = alliance;
  if (text !== undefined) {
    const held = readShareOf('allianceKey', publicKey, text, { ...server, file: fileNames.allianceShare });
    return E.map((share: HeldShare) => ({ allianceKey: share.signer, allianceShare: share }))(held);
  }
  const verifier = makeVerifier(publicKey, alliance.trust.system.processes.universe);
  if (E.isRight(verifier)) return E.right({ allianceKey: verifier.right, allianceShare: undefined });
  const path = join(server.directory, fileNames.allianceShare);
  return E.left(signerError({ ...server, path, name: 'allianceKey' }, verifier.left));
}

/** A share of a key that the document does not have is refused: it is another document's. */
function readDocumentShares(
  texts: KeyTexts['documents'],
  server: Holder,
): Either<DirectoryError, ReadonlyMap<string, HeldShare>> {
  const found = new Map<string, HeldShare>();
  for (const [name, text] of texts) {
    const { directory, id, alliance } = server;
    const index = alliance.documentKeys.findIndex((key) => key.name === name);
    const entry = alliance.documentKeys[index];
    if (entry === undefined) return E.left({ _tag: 'WrongKey', path: documentSharePath(directory, name), id });
    const place = `documentKeys/${index}/publicKey` as const;
    const held = readShareOf(place, entry.publicKey, text, { ...server, file: documentSharePath('', name) });
    if (E.isLeft(held)) return held;
    found.set(name, held.right);
  }
  return E.right(found);
}

/** A private key as PEM in multisignatures, else a share as JSON. */
function readSlowKey(
  directory: string,
  text: string,
  { id, slowKey: key }: ServerEntry,
  alliance: Alliance,
): Either<DirectoryError, DistributedSigner> {
  const multisig = slowMultisigOf(alliance);
  if (multisig === undefined || key === undefined) {
    const slowKey = present(alliance.slowKey, 'an alliance has a slow key of one form');
    const held = readShareOf('slowKey', slowKey, text, { directory, id, alliance, file: fileNames.slowKey });
    return E.map(({ signer }: HeldShare) => signer)(held);
  }
  const path = join(directory, fileNames.slowKey);
  const seed = readPrivateKey(path, text, { id, key });
  if (E.isLeft(seed)) return seed;
  const signer = multisigSigner(multisig, id, seed.right);
  return E.isLeft(signer) ? E.left({ _tag: 'WrongKey', path, id }) : signer;
}

/** A server, and its directory. */
interface Holder {
  readonly directory: string;
  readonly id: ProcessId;
  readonly alliance: Alliance;
}

/** Where a key that is shared stands in the document. */
type KeyPlace = 'allianceKey' | 'slowKey' | `documentKeys/${number}/publicKey`;

/** The share of a key that stands in the document under `name`. */
function readShareOf(
  name: KeyPlace,
  publicKey: AlliancePublicKey,
  text: string,
  { directory, file, id, alliance }: Holder & { readonly file: string },
): Either<DirectoryError, HeldShare> {
  const path = join(directory, file);
  const share = decodeJson(allianceKeyShareCodec, text);
  if (E.isLeft(share))
    return E.left({ _tag: 'MalformedFile', path, at: share.left.path, expected: share.left.expected });
  if (share.right.process !== id) return E.left({ _tag: 'WrongKey', path, id });
  const signer = makeSigner(publicKey, share.right, alliance.trust.system.processes.universe);
  if (E.isLeft(signer)) return E.left(signerError({ directory, path, id, name }, signer.left));
  return E.right({ signer: signer.right, share: share.right });
}

/** Either the share is not this server's of this key, or the key itself is none. */
function signerError(
  { directory, path, id, name }: { directory: string; path: string; id: ProcessId; name: KeyPlace },
  error: KeyError,
): DirectoryError {
  switch (error._tag) {
    case 'ShareOfAnotherKey':
    case 'ShareOfAnotherScheme':
    case 'BadShare':
      return { _tag: 'WrongKey', path, id };
    default: {
      const document = join(directory, fileNames.alliance);
      return { _tag: 'MalformedFile', path: document, at: `/${name}`, expected: `a sound key (${error._tag})` };
    }
  }
}

function identitiesOf(alliance: Alliance, seed: Ed25519Seed): Identities {
  return { ...identityVerifier(alliance, ed25519Verify), sign: (statement) => ed25519Sign(seed, statement) };
}

/** Applications by their own keys, servers by their identities. */
function clientsOf(alliance: Alliance): Clients {
  const servers = serversOf(alliance).map(({ id, identityKey: key }) => ({ id, key }));
  const enrolled = new Map<string, { readonly entry: ApplicationEntry; readonly keyId: Digest }>(
    [...alliance.applications, ...servers].map((entry) => [entry.id, { entry, keyId: requestKeyId(entry) }]),
  );
  return {
    keyId: (client) => enrolled.get(client)?.keyId,
    verify: (client, statement, signature) => {
      const key = enrolled.get(client)?.entry.key;
      return key !== undefined && ed25519Verify(key, statement, signature);
    },
  };
}
