/** The directory of an organization: what it is, and the private keys of it that lie there. */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import {
  type NamedKey,
  namedKeys,
  type OrganizationContent,
  type OrganizationExport,
  possessionStatement,
  type PossessionProof,
} from '../../management/founding/organization-export.js';
import {
  decodeContentText,
  exportDigest,
  maxExportBytes,
} from '../../management/founding/organization-export-codec.js';
import { ed25519Sign, publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import { type Ed25519PublicKey, ed25519PublicKey, type Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { allianceKeyShareCodec } from '../../schemes/registry.js';
import { maxFileBytes } from '../directory/directory-documents.js';
import { administratorKeyName, applicationPath, fileNames, serverPath } from '../directory/layout.js';
import { parsePrivateKey } from '../directory/private-key-file.js';
import { readTextFile } from '../directory/text-files.js';
import type { OrganizationError } from './organization-errors.js';

export interface OrganizationDirectory {
  readonly path: string;
  readonly content: OrganizationContent;
}

export function loadOrganization(path: string): TaskEither<OrganizationError, OrganizationDirectory> {
  return async () => {
    const file = join(path, fileNames.organization);
    const text = await readTextFile(file, maxExportBytes)();
    if (E.isLeft(text)) return text;
    const content = decodeContentText(text.right);
    if (E.isRight(content)) return E.right({ path, content: content.right });
    return E.left({ _tag: 'MalformedFile', path: file, at: content.left.path, expected: content.left.expected });
  };
}

/** The Ed25519 key in a certificate, PEM. */
export function certificateKey(pem: string): Ed25519PublicKey | undefined {
  try {
    const { x } = new X509Certificate(pem).publicKey.export({ format: 'jwk' });
    return x === undefined ? undefined : ed25519PublicKey(Buffer.from(x, 'base64url'));
  } catch {
    return undefined;
  }
}

/** What the organization tells the others, signed by every key that it names. */
export function exportOrganization({
  path,
  content,
}: OrganizationDirectory): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const proofs: PossessionProof[] = [];
    const exported = exportDigest(content);
    for (const named of namedKeys(content, certificateKey)) {
      const seed = await readOwnKey(keyPath(path, named), named)();
      if (E.isLeft(seed)) return seed;
      proofs.push(proofOf(named, seed.right, exported));
    }
    return E.right({ ...content, proofs });
  };
}

/** As {@link exportOrganization}, by the keys that are here, and by `others` that are not in the directory yet. */
export async function exportWithKeysAtHand(
  { path, content }: OrganizationDirectory,
  others: readonly Ed25519Seed[],
): Promise<OrganizationExport> {
  const proofs: PossessionProof[] = [];
  const exported = exportDigest(content);
  for (const named of namedKeys(content, certificateKey)) {
    const { key } = named;
    const own = others.find((seed) => key !== undefined && equalBytes(publicKeyFromSeed(seed), key));
    const seed = own ?? E.toUnion(E.mapLeft(() => undefined)(await readOwnKey(keyPath(path, named), named)()));
    if (seed !== undefined) proofs.push(proofOf(named, seed, exported));
  }
  return { ...content, proofs };
}

function proofOf({ use, holder }: NamedKey, seed: Ed25519Seed, exported: Digest): PossessionProof {
  const statement = possessionStatement({ use, holder, key: publicKeyFromSeed(seed) }, exported);
  return { use, holder, signature: ed25519Sign(seed, statement) };
}

/** The administrators' keys in `files`, or those that lie in the organization's directory. */
export function readAdministrators(
  { path, content }: OrganizationDirectory,
  files: readonly string[],
): TaskEither<OrganizationError, ReadonlyMap<ProcessId, Ed25519Seed>> {
  return async () => {
    const { administrators, name: organization } = content.organization;
    const own = administrators.map(({ name }) => join(path, administratorKeyName(name))).filter(existsSync);
    const seeds = new Map<ProcessId, Ed25519Seed>();
    for (const file of files.length === 0 ? own : files) {
      const seed = await readSeed(file)();
      if (E.isLeft(seed)) return seed;
      const key = publicKeyFromSeed(seed.right);
      const administrator = administrators.find((one) => equalBytes(one.key, key));
      if (administrator === undefined) return E.left({ _tag: 'NoAdministrator', path: file, organization });
      seeds.set(administrator.name, seed.right);
    }
    if (seeds.size > 0) return E.right(seeds);
    return E.left({ _tag: 'MissingFile', path: join(path, administratorKeyName(administrators[0]?.name ?? '')) });
  };
}

/** The authority of the organization, with which it names its servers. */
export function readAuthority(
  directory: OrganizationDirectory,
): TaskEither<
  OrganizationError,
  { readonly organization: string; readonly certificate: string; readonly privateKey: string }
> {
  return async () => {
    const { path, content } = directory;
    const { name: organization, certificateAuthority: certificate } = content.organization;
    const file = join(path, fileNames.authorityKey);
    const key = { use: 'authority', holder: organization, key: certificateKey(certificate) } as const;
    const seed = await readOwnKey(file, key)();
    if (E.isLeft(seed)) return seed;
    const privateKey = await readTextFile(file, maxFileBytes.key, 'owner')();
    return E.map((pem: string) => ({ organization, certificate, privateKey: pem }))(privateKey);
  };
}

/** Where the private half of a key lies. */
function keyPath(path: string, { use, holder }: Pick<NamedKey, 'use' | 'holder'>): string {
  const id = holder as ProcessId;
  switch (use) {
    case 'authority':
      return join(path, fileNames.authorityKey);
    case 'administrator':
      return join(path, administratorKeyName(holder));
    case 'recovery':
      return join(path, fileNames.recoveryKey);
    case 'identity':
      return join(serverPath(path, id), fileNames.identityKey);
    case 'slow':
      return join(serverPath(path, id), fileNames.slowKey);
    case 'alliance':
      return join(serverPath(path, id), fileNames.allianceShare);
    case 'request':
      return join(applicationPath(path, id), fileNames.requestKey);
  }
}

function readOwnKey(file: string, named: NamedKey): TaskEither<OrganizationError, Ed25519Seed> {
  return async () => {
    const seed = named.use === 'alliance' ? await readShareSeed(file, named.holder)() : await readSeed(file)();
    if (E.isLeft(seed)) return seed;
    const isOwn = named.key !== undefined && equalBytes(publicKeyFromSeed(seed.right), named.key);
    return isOwn ? seed : E.left({ _tag: 'NotOwnKey', path: file, key: named });
  };
}

/** A private key as PEM. */
export function readSeed(path: string): TaskEither<OrganizationError, Ed25519Seed> {
  return async (): Promise<Either<OrganizationError, Ed25519Seed>> => {
    const text = await readTextFile(path, maxFileBytes.key, 'owner')();
    if (E.isLeft(text)) return text;
    const seed = parsePrivateKey(text.right);
    if (seed !== undefined) return E.right(seed);
    return E.left({ _tag: 'MalformedFile', path, expected: 'an Ed25519 private key as PEM' });
  };
}

/** Of a share of multisignatures, which is a key of its own. */
function readShareSeed(path: string, holder: string): TaskEither<OrganizationError, Ed25519Seed> {
  return async (): Promise<Either<OrganizationError, Ed25519Seed>> => {
    const text = await readTextFile(path, maxFileBytes.share, 'owner')();
    if (E.isLeft(text)) return text;
    const share = decodeJson(allianceKeyShareCodec, text.right);
    if (E.isRight(share) && share.right._tag === 'multisig' && share.right.process === holder)
      return E.right(share.right.seed);
    return E.left({ _tag: 'MalformedFile', path, expected: `the multisignature key of ${holder}` });
  };
}
