/** What the directories of servers and applications have in common: the alliance's document, whose directory it is, keys, TLS. */
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Alliance } from '../../management/alliance.js';
import {
  allianceIdOf,
  configurationDigestOf,
  decodeAllianceText,
  maxAllianceBytes,
} from '../../management/alliance-codec.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519PublicKey, Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import type { Identity } from '../../transport/identity.js';
import type { Credentials } from '../../transport/limits.js';
import { readTlsContext } from '../../transport/tls-context.js';
import { type DirectoryOwner, directoryOwnerCodec, directoryVersion, versionCodec } from './directory-codec.js';
import type { DirectoryError } from './errors.js';
import { fileNames } from './layout.js';
import { parsePrivateKey } from './private-key-file.js';
import { findLackOfRoom } from './report-room.js';

/** A public document with what is derived from it. */
export interface AllianceDocument {
  readonly alliance: Alliance;
  readonly allianceId: Digest;
  readonly configurationDigest: Digest;
}

const maxKeyBytes = 4096;

/** How large the files of a directory may be. */
export const maxFileBytes = {
  alliance: maxAllianceBytes,
  owner: maxKeyBytes,
  key: maxKeyBytes,
  certificate: 16_384,
  share: 1 << 20,
} as const;

/** @param path - of the file, for messages. */
export function readAllianceDocument(path: string, text: string): Either<DirectoryError, AllianceDocument> {
  const alliance = decodeAllianceText(text);
  if (E.isLeft(alliance)) return E.left({ _tag: 'BadAlliance', path, error: alliance.left });
  const { right } = alliance;
  const error = findLackOfRoom(right);
  if (error !== undefined) return E.left({ _tag: 'BadAlliance', path, error });
  return E.right({
    alliance: right,
    allianceId: allianceIdOf(right),
    configurationDigest: configurationDigestOf(right),
  });
}

/** Whose directory it is, if the alliance's document beside it is of the alliance that it was made for. */
export function readOwner(
  path: string,
  text: string,
  { allianceId }: AllianceDocument,
): Either<DirectoryError, DirectoryOwner> {
  const version = decodeJson(versionCodec, text);
  if (E.isRight(version) && version.right.version > directoryVersion) {
    return E.left({ _tag: 'NewerFile', path, version: version.right.version, newestKnown: directoryVersion });
  }
  const owner = decodeJson(directoryOwnerCodec, text);
  if (E.isLeft(owner))
    return E.left({ _tag: 'MalformedFile', path, at: owner.left.path, expected: owner.left.expected });
  const madeFor = owner.right.allianceId;
  return equalBytes(madeFor, allianceId) ? owner : E.left({ _tag: 'OtherAlliance', path, madeFor, found: allianceId });
}

/** The private key in a PEM text, if it is the one whose public half alliance.json lists for `id`. */
export function readPrivateKey(
  path: string,
  text: string,
  { id, key }: { readonly id: string; readonly key: Ed25519PublicKey },
): Either<DirectoryError, Ed25519Seed> {
  const seed = parsePrivateKey(text);
  if (seed === undefined) return E.left({ _tag: 'MalformedFile', path, expected: 'an Ed25519 private key as PEM' });
  return equalBytes(publicKeyFromSeed(seed), key) ? E.right(seed) : E.left({ _tag: 'WrongKey', path, id });
}

/** TLS credentials that show themselves without their private key. */
class HiddenCredentials implements Credentials {
  readonly #privateKey: string;

  constructor(
    readonly certificate: string,
    privateKey: string,
  ) {
    this.#privateKey = privateKey;
  }

  get privateKey(): string {
    return this.#privateKey;
  }
}

/** What a link needs besides its own identity. */
export interface LinkMaterial {
  readonly credentials: Credentials;
  /** PEM certificates by organization. */
  readonly authorityPems: ReadonlyMap<string, string>;
}

/** Checks that certificate and key belong together and prove `identity` to this alliance today. */
export function readLinkMaterial(
  directory: string,
  credentials: Credentials,
  identity: Identity,
  alliance: Alliance,
): Either<DirectoryError, LinkMaterial> {
  const material = linkMaterialOf(credentials, alliance);
  const context = readTlsContext(identity, credentials, material.authorityPems);
  const path = join(directory, fileNames.certificate);
  if (E.isLeft(context)) return E.left({ _tag: 'BadCredentials', path, detail: context.left });
  return E.right(material);
}

/** Checks nothing. */
export function linkMaterialOf(
  { certificate, privateKey }: Credentials,
  { organizations }: Pick<Alliance, 'organizations'>,
): LinkMaterial {
  return {
    credentials: new HiddenCredentials(certificate, privateKey),
    authorityPems: new Map(organizations.map(({ name, certificateAuthority }) => [name, certificateAuthority])),
  };
}
