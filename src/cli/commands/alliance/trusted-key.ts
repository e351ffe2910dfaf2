/** The alliance key that somebody trusts, from a file: PEM as openssl writes it, a public key as JSON, or a document that has it. */
import { createPublicKey } from 'node:crypto';
import { bytesToBigInt } from '../../../prelude/bytes.js';
import { decodeJson } from '../../../prelude/codec.js';
import { E, type Either, O } from '../../../prelude/fp.js';
import { decodeAllianceText, maxAllianceBytes } from '../../../management/alliance-codec.js';
import type { HistoryEntry, TrustedOrigin } from '../../../management/alliance-history.js';
import { alliancePublicKeyCodec } from '../../../schemes/public-key-codec.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { describeDirectoryError } from '../../../server/directory/errors.js';
import { readTextFile } from '../../../server/directory/text-files.js';
import { badInput, exitCodes, type Failure } from '../../outcome.js';

/** @param entries - where a key in PEM, which says nothing of its use, is looked up. */
export async function readTrustedKey(
  path: string,
  entries: readonly HistoryEntry[],
): Promise<Either<Failure, TrustedOrigin>> {
  const text = await readTextFile(path, maxAllianceBytes)();
  if (E.isLeft(text)) return badInput(describeDirectoryError(text.left));
  if (text.right.trimStart().startsWith('-----BEGIN')) return fromPem(path, text.right, entries);
  const key = decodeJson(alliancePublicKeyCodec, text.right);
  if (E.isRight(key)) return E.right({ _tag: 'key', keyId: keyIdOf(key.right) });
  const document = decodeAllianceText(text.right);
  if (E.isLeft(document)) return badInput(`${path}: neither a public key (PEM, or JSON) nor an alliance.json`);
  return E.right({ _tag: 'key', keyId: keyIdOf(document.right.allianceKey) });
}

function fromPem(path: string, pem: string, entries: readonly HistoryEntry[]): Either<Failure, TrustedOrigin> {
  const read = O.tryCatch(() => createPublicKey(pem).export({ format: 'jwk' }));
  if (O.isNone(read) || read.value.n === undefined || read.value.e === undefined)
    return badInput(`${path}: no RSA public key in PEM; keys of other schemes are given as JSON`);
  const [modulus, exponent] = [numberOf(read.value.n), numberOf(read.value.e)];
  for (const { document } of entries) {
    const { allianceKey } = document;
    const isSame =
      allianceKey._tag === 'shoup-rsa' && allianceKey.modulus === modulus && allianceKey.exponent === exponent;
    if (isSame) return E.right({ _tag: 'key', keyId: keyIdOf(allianceKey) });
  }
  return E.left({ exitCode: exitCodes.no, message: `${path}: the key is the alliance key of none of its epochs` });
}

function numberOf(base64url: string): bigint {
  return bytesToBigInt(Buffer.from(base64url, 'base64url'));
}
