/** What an organization has exported of itself, and public keys, as arguments of commands. */
import { createPublicKey } from 'node:crypto';
import { fromHex } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import { E, type Either, O } from '../../prelude/fp.js';
import type { Alliance, OrganizationEntry } from '../../management/alliance.js';
import type { OrganizationContent } from '../../management/founding/organization-export.js';
import { organizationCodec } from '../../management/organization-codec.js';
import { type Ed25519PublicKey, ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import { readTextFile } from '../../server/directory/text-files.js';
import { readExport } from '../../server/founding/assembly.js';
import { describeOrganizationError } from '../../server/founding/organization-errors.js';
import { describeReading } from '../input-bytes.js';
import { badInput, type Failure } from '../outcome.js';

const maxEntryBytes = 4 << 20;
const maxKeyBytes = 4096;

/** What an organization brings along. */
export type Brought = Pick<OrganizationContent, 'organization' | 'applications'>;

/**
 * What an organization has exported, every key of which stands behind it; or its mere entry, written by hand or taken from a document.
 *
 * @param inForce - see `readExport`.
 */
export async function broughtIn(file: string, inForce?: Alliance): Promise<Either<Failure, Brought>> {
  const exported = await readExport(file, inForce)();
  if (E.isRight(exported)) return exported;
  if (exported.left._tag !== 'MalformedFile') return badInput(describeOrganizationError(exported.left));
  const text = await readTextFile(file, maxEntryBytes)();
  if (E.isLeft(text)) return badInput(describeReading(text.left));
  const entry = decodeJson(organizationCodec, text.right);
  if (E.isRight(entry)) return E.right({ organization: entry.right, applications: [] });
  const isExport = text.right.includes('"proofs"');
  const { at = '/', expected } = isExport ? exported.left : { at: entry.left.path, expected: entry.left.expected };
  return badInput(`${file}: at ${at}: expected ${expected}`);
}

/** The entry of the organization alone. */
export async function entryOf(file: string, inForce?: Alliance): Promise<Either<Failure, OrganizationEntry>> {
  return E.map(({ organization }: Brought) => organization)(await broughtIn(file, inForce));
}

/** An Ed25519 public key: 64 hexadecimal digits, or a PEM file, as `openssl pkey -pubout` writes it. */
export async function publicKeyOf(argument: string): Promise<Either<Failure, Ed25519PublicKey>> {
  const bytes = fromHex(argument.toLowerCase());
  if (bytes?.length === 32) return asKey(argument, bytes);
  const text = await readTextFile(argument, maxKeyBytes)();
  if (E.isLeft(text)) return badInput(describeReading(text.left));
  // A private key has a public one in it, and is better not shown around.
  const isPublic = text.right.includes('-----BEGIN PUBLIC KEY-----');
  const read = isPublic ? O.tryCatch(() => createPublicKey(text.right).export({ format: 'jwk' })) : O.none;
  if (O.isNone(read) || read.value.crv !== 'Ed25519' || read.value.x === undefined)
    return badInput(`${argument}: expected an Ed25519 public key in PEM, as "openssl pkey -pubout" writes it`);
  return asKey(argument, Buffer.from(read.value.x, 'base64url'));
}

function asKey(argument: string, bytes: Uint8Array): Either<Failure, Ed25519PublicKey> {
  const key = ed25519PublicKey(Uint8Array.from(bytes));
  return key === undefined ? badInput(`${argument}: expected a canonical Ed25519 public key`) : E.right(key);
}
