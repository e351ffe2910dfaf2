/**
 * The value of a common coin: a hash of the one signature that a key has on the coin's name (Cachin, Kursawe and Shoup, PODC
 * 2000). Nobody knows it before a qualified set has shown its shares, and nobody can make it another. No node: import.
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { KeyId } from '../contract/distributed-signer.js';
import { type AlliancePublicKey, keyIdOf } from '../public-key.js';
import { resultVerifier } from '../public-verifier.js';

/** A coin that was tossed, and what proves how it fell. */
export interface Coin {
  readonly name: Uint8Array;
  readonly signature: Uint8Array;
  /** 32 bytes that look random to whoever has not seen them. */
  readonly value: Digest;
}

/** In bytes. */
const maxCoinNameLength = 1024;

const coinTag = 'koinon coin v1';
const valueTag = 'koinon coin value v1';

/** What is signed for a coin: longer than 32 bytes, so that it is no round of a beacon. `undefined` for a name that is too long. */
export function coinMessage(keyId: KeyId, name: Uint8Array): Uint8Array | undefined {
  if (name.length > maxCoinNameLength) return undefined;
  return new Writer().text(coinTag).fixed(keyId).bytes(name).finish();
}

/** The coin that a signature over its message makes, once that is verified. */
export function coinOf(keyId: KeyId, name: Uint8Array, signature: Uint8Array): Coin {
  const value = digest(new Writer().text(valueTag).fixed(keyId).bytes(name).bytes(signature).finish());
  return { name, signature, value };
}

/** Whether a key's signatures are unique, so that nobody chooses among the values of a coin. */
function hasUniqueSignatures(publicKey: AlliancePublicKey): boolean {
  return publicKey._tag === 'bls' || (publicKey._tag === 'shoup-rsa' && publicKey.algorithm === 'RS256');
}

/** The coin, if `signature` is what the key makes of its name; `undefined` otherwise. Never rejects, whatever the bytes. */
export async function verifyCoin(
  publicKey: AlliancePublicKey,
  { name, signature }: Pick<Coin, 'name' | 'signature'>,
): Promise<Coin | undefined> {
  if (publicKey.usage !== 'beacon' || !hasUniqueSignatures(publicKey)) return undefined;
  const keyId = keyIdOf(publicKey);
  const message = coinMessage(keyId, name);
  const isRight = message !== undefined && (await resultVerifier(publicKey)(message, signature));
  return isRight ? coinOf(keyId, name, signature) : undefined;
}
