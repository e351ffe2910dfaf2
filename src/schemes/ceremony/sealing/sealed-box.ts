/**
 * What one process sends to another through a public log: sealed under keys that both made for this one box. The sender makes
 * a fresh X25519 key, HKDF-SHA-256 (RFC 5869) of the shared secret gives the key of AES-256-GCM, and everything that the box
 * is for goes into both. Deterministic but for the sender's key, so that everybody judges an opened box alike.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { concatBytes } from '../../../prelude/bytes.js';
import { Writer } from '../../../prelude/canonical.js';
import type { Digest } from '../../../prelude/digest.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { agree, isUsablePublicKey, OneTimeKey, oneTimeKeyLength, publicKeyOf } from './one-time-key.js';

/** What a box is for. Bound into its key. */
export interface BoxAddress {
  readonly ceremonyId: Digest;
  readonly purpose: 'deal' | 'mask';
  readonly sender: ProcessId;
  readonly receiver: ProcessId;
}

const boxTag = 'koinon sealed box v1';
const tagLength = 16;

/** How much longer a box is than what is in it. */
export const boxOverhead = oneTimeKeyLength + tagLength;

/** @param receiverKey - the receiver's public key for this sender and purpose, checked by {@link isUsablePublicKey}. */
export function sealBox(
  address: BoxAddress,
  receiverKey: Uint8Array,
  plaintext: Uint8Array,
  random: RandomBytes,
): Uint8Array {
  const own = new OneTimeKey(random);
  const secret = own.reveal();
  const { key, info } = boxKey(
    address,
    agree({ secret, publicKey: own.publicKey }, receiverKey),
    own.publicKey,
    receiverKey,
  );
  secret.fill(0);
  own.erase();
  const cipher = createCipheriv('aes-256-gcm', key, zeroNonce).setAAD(info);
  const sealed = concatBytes(own.publicKey, cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  key.fill(0);
  return sealed;
}

/** What is in a box; `undefined` where it does not open with the receiver's private key. */
export function openBox(address: BoxAddress, secret: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  const senderKey = box.subarray(0, oneTimeKeyLength);
  if (box.length < boxOverhead || !isUsablePublicKey(senderKey)) return undefined;
  const publicKey = publicKeyOf(secret);
  const { key, info } = boxKey(address, agree({ secret, publicKey }, senderKey), senderKey, publicKey);
  const sealed = box.subarray(oneTimeKeyLength, box.length - tagLength);
  const decipher = createDecipheriv('aes-256-gcm', key, zeroNonce, { authTagLength: tagLength }).setAAD(info);
  decipher.setAuthTag(box.subarray(box.length - tagLength));
  try {
    return concatBytes(decipher.update(sealed), decipher.final());
  } catch {
    return undefined;
  } finally {
    key.fill(0);
  }
}

/** The key seals one box only, so its nonce may be fixed. */
const zeroNonce = new Uint8Array(12);

interface BoxKey {
  readonly key: Uint8Array;
  readonly info: Uint8Array;
}

function boxKey(address: BoxAddress, shared: Uint8Array, senderKey: Uint8Array, receiverKey: Uint8Array): BoxKey {
  const { ceremonyId, purpose, sender, receiver } = address;
  const info = new Writer().text(boxTag).fixed(ceremonyId).text(purpose).text(sender).text(receiver);
  const bound = info.fixed(senderKey).fixed(receiverKey).finish();
  const key = new Uint8Array(hkdfSync('sha256', shared, ceremonyId, bound, 32));
  shared.fill(0);
  return { key, info: bound };
}
