/** The directory of a server, read and checked: every key in it is the one that alliance.json lists for this server. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Clients, Identities } from '../../consensus/configuration.js';
import { type Alliance, type ServerEntry, serversOf } from '../../management/alliance.js';
import { identityVerifier, requestKeyId, slowMultisigOf } from '../../management/alliance-keys.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import type { DistributedSigner } from '../../schemes/contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { multisigSigner } from '../../schemes/multisig/signer.js';
import {
  type AllianceKeyShare,
  allianceKeyShareCodec,
  type AlliancePublicKey,
  type KeyError,
  makeSigner,
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
import type { DirectoryError } from './errors.js';
import { describeSuccessionError, hasDraft, isUnsettled, Succession } from './directory-succession.js';
import { fileNames, formerDocumentPath, secretFileNames } from './layout.js';
import { readTextFile, readTextFiles } from './text-files.js';

/** What a server signs with. Shows itself without secrets: they are inside the signers. */
export interface ServerKeys {
  readonly identities: Identities;
  readonly slow: DistributedSigner;
  /** For verifying; signing with it is done in a thread, from `allianceShare`. */
  readonly allianceSigner: DistributedSigner;
  readonly allianceShare: AllianceKeyShare;
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
  [fileNames.allianceShare]: maxFileBytes.share,
} as const;

/** What a server needs for an epoch, besides knowing who it is. */
export const epochFileNames = [...Object.keys(publicFiles), ...Object.keys(keyFiles)];

type PublicTexts = Readonly<Record<keyof typeof publicFiles, string>>;
type KeyTexts = Readonly<Record<keyof typeof keyFiles, string>>;

/** Reads what is there; what an interrupted change of epoch has left undone is done first. */
export function loadServerDirectory(path: string): TaskEither<DirectoryError, ServerDirectory> {
  return async () => {
    const settled = settle(path);
    if (E.isLeft(settled)) return settled;
    const owner = await readTextFile(join(path, fileNames.server), maxFileBytes.owner)();
    if (E.isLeft(owner)) return owner;
    const files = await loadEpochFiles(path, owner.right)();
    if (E.isLeft(files)) return files;
    const former = await loadFormerDocuments(path, files.right)();
    if (E.isLeft(former)) return former;
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
    const keyTexts = existsSync(join(path, fileNames.retired))
      ? E.right(undefined)
      : await readTextFiles(path, keyFiles, secretFileNames)();
    if (E.isLeft(keyTexts)) return keyTexts;
    await loadBackends([defaultBlsSuite]);
    return readServer(path, owner, texts.right, keyTexts.right);
  };
}

function settle(path: string): Either<DirectoryError, void> {
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
function loadFormerDocuments(
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
  texts: KeyTexts,
  me: ServerEntry,
  alliance: Alliance,
): Either<DirectoryError, ServerKeys> {
  const { id, identityKey } = me;
  const identityPath = join(path, fileNames.identityKey);
  const identity = readPrivateKey(identityPath, texts[fileNames.identityKey], { id, key: identityKey });
  if (E.isLeft(identity)) return identity;
  const slowPath = join(path, fileNames.slowKey);
  const slow = readSlowKey(slowPath, texts[fileNames.slowKey], me, alliance);
  if (E.isLeft(slow)) return slow;
  const sharePath = join(path, fileNames.allianceShare);
  const held = readShareOf('allianceKey', alliance.allianceKey, texts[fileNames.allianceShare], {
    path: sharePath,
    id,
    alliance,
  });
  if (E.isLeft(held)) return held;
  const { signer: allianceSigner, share: allianceShare } = held.right;
  const identities = identitiesOf(alliance, identity.right);
  return E.right({ identities, slow: slow.right, allianceSigner, allianceShare });
}

/** A private key as PEM in multisignatures, else a share as JSON. */
function readSlowKey(
  path: string,
  text: string,
  { id, slowKey: key }: ServerEntry,
  alliance: Alliance,
): Either<DirectoryError, DistributedSigner> {
  const multisig = slowMultisigOf(alliance);
  if (multisig === undefined || key === undefined) {
    const slowKey = present(alliance.slowKey, 'an alliance has a slow key of one form');
    return E.map(({ signer }: HeldShare) => signer)(readShareOf('slowKey', slowKey, text, { path, id, alliance }));
  }
  const seed = readPrivateKey(path, text, { id, key });
  if (E.isLeft(seed)) return seed;
  const signer = multisigSigner(multisig, id, seed.right);
  return E.isLeft(signer) ? E.left({ _tag: 'WrongKey', path, id }) : signer;
}

interface HeldShare {
  readonly signer: DistributedSigner;
  readonly share: AllianceKeyShare;
}

/** The share of a key that stands in the document under `name`. */
function readShareOf(
  name: 'allianceKey' | 'slowKey',
  publicKey: AlliancePublicKey,
  text: string,
  { path, id, alliance }: { readonly path: string; readonly id: ProcessId; readonly alliance: Alliance },
): Either<DirectoryError, HeldShare> {
  const share = decodeJson(allianceKeyShareCodec, text);
  if (E.isLeft(share))
    return E.left({ _tag: 'MalformedFile', path, at: share.left.path, expected: share.left.expected });
  if (share.right.process !== id) return E.left({ _tag: 'WrongKey', path, id });
  const signer = makeSigner(publicKey, share.right, alliance.trust.system.processes.universe);
  if (E.isLeft(signer)) return E.left(signerError(path, { id, name }, signer.left));
  return E.right({ signer: signer.right, share: share.right });
}

/** Either the share is not this server's of this key, or the key itself is none. */
function signerError(
  path: string,
  { id, name }: { readonly id: ProcessId; readonly name: string },
  error: KeyError,
): DirectoryError {
  switch (error._tag) {
    case 'ShareOfAnotherKey':
    case 'ShareOfAnotherScheme':
    case 'BadShare':
      return { _tag: 'WrongKey', path, id };
    default: {
      const document = join(dirname(path), fileNames.alliance);
      return { _tag: 'MalformedFile', path: document, at: `/${name}`, expected: `a sound key (${error._tag})` };
    }
  }
}

function identitiesOf(alliance: Alliance, seed: Ed25519Seed): Identities {
  return { ...identityVerifier(alliance, ed25519Verify), sign: (statement) => ed25519Sign(seed, statement) };
}

function clientsOf({ applications }: Alliance): Clients {
  const enrolled = new Map<string, { readonly entry: (typeof applications)[number]; readonly keyId: Digest }>(
    applications.map((entry) => [entry.id, { entry, keyId: requestKeyId(entry) }]),
  );
  return {
    keyId: (client) => enrolled.get(client)?.keyId,
    verify: (client, statement, signature) => {
      const key = enrolled.get(client)?.entry.key;
      return key !== undefined && ed25519Verify(key, statement, signature);
    },
  };
}
