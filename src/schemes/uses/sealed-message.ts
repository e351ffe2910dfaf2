/**
 * Time-locked messages of any length: a fresh key encrypts the message (AES-256-GCM by WebCrypto, so that clients without Node
 * can), and is itself encrypted to the target. One canonical encoding, which says what has to be signed to open it.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { type MalformedBytes, type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digest, digestLength } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { RandomBytes } from '../../prelude/random.js';
import {
  maxLabelLength,
  type TimeLockAuthority,
  timeLockDecrypt,
  timeLockEncrypt,
  type TimeLockError,
  type TimeLockTarget,
} from './time-lock.js';

/** Longer messages are refused, on either side. */
export const maxSealedLength: number = 2 ** 24;

const sealTag = 'koinon time-lock v1';
const keyLength = 32;
const tagLength = 16;

/** The longest U ‖ V ‖ W. */
const maxCapsuleLength = 96 + 2 * keyLength;

/** What is written before the message: public, and authenticated with it. */
interface SealHeader {
  readonly authority: Digest;
  readonly target: TimeLockTarget;
  /** The message's key, encrypted to the target. */
  readonly capsule: Uint8Array;
}

/** Why a message was not sealed. */
export type SealError = TimeLockError | { readonly _tag: 'TooLong'; readonly maxLength: number };

/**
 * Encrypts `message` to a target. Rejects only where the platform has no WebCrypto (browsers outside secure contexts).
 *
 * @param random - gives the message's key, so it must be unpredictable.
 */
export async function sealTimeLocked(
  authority: TimeLockAuthority,
  target: TimeLockTarget,
  message: Uint8Array,
  random: RandomBytes,
): Promise<Either<SealError, Uint8Array>> {
  if (message.length > maxSealedLength) return E.left({ _tag: 'TooLong', maxLength: maxSealedLength });
  const key = random(keyLength);
  const capsule = timeLockEncrypt(authority, target, key, random);
  if (E.isLeft(capsule)) return capsule;
  const header = encodeHeader({ authority: authorityDigest(authority), target, capsule: capsule.right });
  const cipher = await prepareCipher(key, header);
  const sealed = await globalThis.crypto.subtle.encrypt(cipher.algorithm, cipher.key, Uint8Array.from(message));
  return E.right(new Writer().fixed(header).bytes(new Uint8Array(sealed)).finish());
}

/** Opens what {@link sealTimeLocked} made, with the authority's signature over the target's identity. */
export async function openTimeLocked(
  authority: TimeLockAuthority,
  sealed: Uint8Array,
  signature: Uint8Array,
): Promise<Either<TimeLockError, Uint8Array>> {
  const refused = E.left({ _tag: 'DoesNotOpen' as const });
  const parsed = readAll(sealed, readSealed);
  if (E.isLeft(parsed) || !equalBytes(parsed.right.header.authority, authorityDigest(authority))) return refused;
  const { header, body } = parsed.right;
  const key = timeLockDecrypt(authority, header.capsule, signature);
  if (E.isLeft(key) || key.right.length !== keyLength) return refused;
  const cipher = await prepareCipher(key.right, encodeHeader(header));
  return globalThis.crypto.subtle.decrypt(cipher.algorithm, cipher.key, Uint8Array.from(body)).then(
    (opened) => E.right(new Uint8Array(opened)),
    () => refused,
  );
}

/** What must be signed to open a sealed message. */
export function sealedTarget(sealed: Uint8Array): Either<MalformedBytes, TimeLockTarget> {
  return E.map(({ header }: { readonly header: SealHeader }) => header.target)(readAll(sealed, readSealed));
}

/** Names an authority in what is sealed to it. */
function authorityDigest({ suite, publicKey }: TimeLockAuthority): Digest {
  return digest(new Writer().text(sealTag).text(suite).bytes(publicKey).finish());
}

/** The nonce is zero: each key encrypts one message. */
async function prepareCipher(key: Uint8Array, header: Uint8Array) {
  const imported = await globalThis.crypto.subtle.importKey('raw', Uint8Array.from(key), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: Uint8Array.from(header) };
  return { key: imported, algorithm };
}

function encodeHeader({ authority, target, capsule }: SealHeader): Uint8Array {
  const writer = new Writer().text(sealTag).fixed(authority);
  if (target._tag === 'round') writer.u8(0).u64(target.round);
  else writer.u8(1).text(target.label);
  return writer.bytes(capsule).finish();
}

function readSealed(reader: Reader): { readonly header: SealHeader; readonly body: Uint8Array } {
  if (reader.text(sealTag.length) !== sealTag) return reader.fail(`"${sealTag}"`);
  const authority = reader.fixed(digestLength) as Digest;
  const target = readTarget(reader);
  const header = { authority, target, capsule: reader.bytes(maxCapsuleLength) };
  return { header, body: reader.bytes(maxSealedLength + tagLength) };
}

function readTarget(reader: Reader): TimeLockTarget {
  switch (reader.u8()) {
    case 0: {
      const round = reader.u64();
      return round > 0 ? { _tag: 'round', round } : reader.fail('a round from 1');
    }
    case 1:
      return { _tag: 'label', label: reader.text(maxLabelLength) };
    default:
      return reader.fail('a round or a label');
  }
}
