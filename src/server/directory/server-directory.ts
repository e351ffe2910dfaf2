/** The directory of a server, read and checked: every key in it is the one that alliance.json lists for this server. */
import { dirname, join } from 'node:path';
import { decodeJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Clients, Identities } from '../../consensus/configuration.js';
import { type Alliance, type ServerEntry, serversOf } from '../../management/alliance.js';
import { identitiesKeyId, identityKeysOf, requestKeyId, slowKeyOf } from '../../management/alliance-keys.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import type { DistributedSigner } from '../../schemes/contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { type MultisigSigner, multisigSigner } from '../../schemes/multisig/signer.js';
import { type AllianceKeyShare, allianceKeyShareCodec, type KeyError, makeSigner } from '../../schemes/registry.js';
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
import { fileNames, secretFileNames } from './layout.js';
import { readTextFiles } from './text-files.js';

/** Shows itself without secrets: they are inside the signers and the credentials. */
export interface ServerDirectory extends AllianceDocument, LinkMaterial {
  readonly path: string;
  readonly me: ServerEntry;
  readonly identities: Identities;
  readonly clients: Clients;
  readonly slow: MultisigSigner;
  /** For verifying; signing with it is done in a thread, from `allianceShare`. */
  readonly allianceSigner: DistributedSigner;
  readonly allianceShare: AllianceKeyShare;
  /** Where the server keeps what it has accepted and decided. */
  readonly dataPath: string;
}

const files = {
  [fileNames.alliance]: maxFileBytes.alliance,
  [fileNames.server]: maxFileBytes.owner,
  [fileNames.identityKey]: maxFileBytes.key,
  [fileNames.slowKey]: maxFileBytes.key,
  [fileNames.allianceShare]: maxFileBytes.share,
  [fileNames.certificate]: maxFileBytes.certificate,
  [fileNames.privateKey]: maxFileBytes.key,
} as const;

type Texts = Readonly<Record<keyof typeof files, string>>;

export function loadServerDirectory(path: string): TaskEither<DirectoryError, ServerDirectory> {
  return async () => {
    const texts = await readTextFiles(path, files, secretFileNames)();
    if (E.isLeft(texts)) return texts;
    await loadBackends([defaultBlsSuite]);
    return readServer(path, texts.right);
  };
}

function readServer(path: string, texts: Texts): Either<DirectoryError, ServerDirectory> {
  const document = readAllianceDocument(join(path, fileNames.alliance), texts[fileNames.alliance]);
  if (E.isLeft(document)) return document;
  const owner = readOwner(join(path, fileNames.server), texts[fileNames.server], document.right);
  if (E.isLeft(owner)) return owner;
  const { id } = owner.right;
  const { alliance } = document.right;
  const me = serversOf(alliance).find((server) => server.id === id);
  if (me === undefined) return E.left({ _tag: 'NotListed', path: join(path, fileNames.server), id });
  const keys = readKeys(path, texts, me, alliance);
  if (E.isLeft(keys)) return keys;
  const credentials = { certificate: texts[fileNames.certificate], privateKey: texts[fileNames.privateKey] };
  const link = readLinkMaterial(path, credentials, { role: 'server', id }, alliance);
  if (E.isLeft(link)) return link;
  const clients = clientsOf(alliance);
  const dataPath = join(path, fileNames.data);
  return E.right({ path, me, clients, dataPath, ...document.right, ...keys.right, ...link.right });
}

type Keys = Pick<ServerDirectory, 'identities' | 'slow' | 'allianceSigner' | 'allianceShare'>;

function readKeys(path: string, texts: Texts, me: ServerEntry, alliance: Alliance): Either<DirectoryError, Keys> {
  const { id, identityKey, slowKey } = me;
  const identityPath = join(path, fileNames.identityKey);
  const identity = readPrivateKey(identityPath, texts[fileNames.identityKey], { id, key: identityKey });
  if (E.isLeft(identity)) return identity;
  const slowPath = join(path, fileNames.slowKey);
  const slowSeed = readPrivateKey(slowPath, texts[fileNames.slowKey], { id, key: slowKey });
  if (E.isLeft(slowSeed)) return slowSeed;
  const slow = multisigSigner(slowKeyOf(alliance), id, slowSeed.right);
  if (E.isLeft(slow)) return E.left({ _tag: 'WrongKey', path: slowPath, id });
  const allianceKey = readAllianceKey(
    join(path, fileNames.allianceShare),
    texts[fileNames.allianceShare],
    me,
    alliance,
  );
  if (E.isLeft(allianceKey)) return allianceKey;
  const identities = identitiesOf(alliance, identity.right);
  return E.right({ identities, slow: slow.right, ...allianceKey.right });
}

function readAllianceKey(
  path: string,
  text: string,
  { id }: ServerEntry,
  { allianceKey, trust }: Alliance,
): Either<DirectoryError, Pick<Keys, 'allianceSigner' | 'allianceShare'>> {
  const share = decodeJson(allianceKeyShareCodec, text);
  if (E.isLeft(share))
    return E.left({ _tag: 'MalformedFile', path, at: share.left.path, expected: share.left.expected });
  if (share.right.process !== id) return E.left({ _tag: 'WrongKey', path, id });
  const signer = makeSigner(allianceKey, share.right, trust.system.processes.universe);
  if (E.isLeft(signer)) return E.left(signerError(path, id, signer.left));
  return E.right({ allianceSigner: signer.right, allianceShare: share.right });
}

/** Either the share is not this server's of this key, or the key itself is none. */
function signerError(path: string, id: ProcessId, error: KeyError): DirectoryError {
  switch (error._tag) {
    case 'ShareOfAnotherKey':
    case 'ShareOfAnotherScheme':
    case 'BadShare':
      return { _tag: 'WrongKey', path, id };
    default: {
      const document = join(dirname(path), fileNames.alliance);
      return { _tag: 'MalformedFile', path: document, at: '/allianceKey', expected: `a sound key (${error._tag})` };
    }
  }
}

function identitiesOf(alliance: Alliance, seed: Ed25519Seed): Identities {
  const keys = identityKeysOf(alliance);
  return {
    keyId: identitiesKeyId(alliance),
    sign: (statement) => ed25519Sign(seed, statement),
    verify: (process: ProcessId, statement, signature) => {
      const key = keys.get(process);
      return key !== undefined && ed25519Verify(key, statement, signature);
    },
  };
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
