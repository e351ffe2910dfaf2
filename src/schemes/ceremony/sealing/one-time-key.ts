/**
 * X25519 keys that live for one ceremony attempt and one pair of processes (RFC 7748; spec/ceremonies.md):
 * nothing is ever encrypted to a long-term key, so neither the log nor a stolen identity yields a share.
 */
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { bytesToBigInt, concatBytes, equalBytes, fromHex } from '../../../prelude/bytes.js';
import { inspectSymbol } from '../../../prelude/inspect-symbol.js';
import { invariant, present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';

/** Bytes of a public and of a private key. */
export const oneTimeKeyLength = 32;

/** A key pair. Secret: shows itself by its public half. */
export class OneTimeKey {
  readonly publicKey: Uint8Array;
  private readonly secret: Uint8Array;

  constructor(random: RandomBytes) {
    this.secret = Uint8Array.from(random(oneTimeKeyLength));
    this.publicKey = publicKeyOf(this.secret);
  }

  /** A copy of the private half: to open what was sealed to it, or to complain in public of what would not open. */
  reveal(): Uint8Array {
    invariant(!this.secret.every((byte) => byte === 0), 'an erased key is not used');
    return Uint8Array.from(this.secret);
  }

  erase(): void {
    this.secret.fill(0);
  }

  toJSON(): unknown {
    return { publicKey: '(one-time)', secret: '(secret)' };
  }

  [inspectSymbol](): unknown {
    return this.toJSON();
  }
}

/** Key pairs, each for one other process. */
export type OneTimeKeys = ReadonlyMap<ProcessId, OneTimeKey>;

/** A fresh key pair for each peer, drawn in their order. */
export function oneTimeKeys(peers: readonly ProcessId[], random: RandomBytes): OneTimeKeys {
  return new Map(peers.map((peer) => [peer, new OneTimeKey(random)]));
}

/** To be announced, by peer. */
export function publicKeysOf(keys: OneTimeKeys): ReadonlyMap<ProcessId, Uint8Array> {
  return new Map([...keys].map(([peer, { publicKey }]) => [peer, publicKey]));
}

const privateKeyPrefix = encoding('302e020100300506032b656e04220420');

/** The public half of 32 bytes, all of which are private keys. */
export function publicKeyOf(secret: Uint8Array): Uint8Array {
  invariant(secret.length === oneTimeKeyLength, 'a private key has 32 bytes');
  const der = Buffer.from(concatBytes(privateKeyPrefix, secret));
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' });
  der.fill(0);
  return Uint8Array.from(Buffer.from(present(x, 'the coordinate of a public key'), 'base64url'));
}

/** Whether `secret` is the private half of `publicKey`. */
export function isPairedWith(secret: Uint8Array, publicKey: Uint8Array): boolean {
  return equalBytes(publicKeyOf(secret), publicKey);
}

/** The secret that a key pair shares with a public key that {@link isUsablePublicKey}. */
export function agree(
  own: { readonly secret: Uint8Array; readonly publicKey: Uint8Array },
  theirs: Uint8Array,
): Uint8Array {
  const [d, x] = [base64url(own.secret), base64url(own.publicKey)];
  const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'X25519', d, x }, format: 'jwk' });
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: base64url(theirs) }, format: 'jwk' });
  return Uint8Array.from(diffieHellman({ privateKey, publicKey }));
}

const fieldPrime = 2n ** 255n - 19n;

/** The points of small order, of the curve and of its twist, in their canonical form (RFC 7748, section 7). */
const smallOrderPoints: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  fieldPrime - 1n,
]);

/** Whether bytes are a public key in its one form and not of small order, with which every secret would be the same. */
export function isUsablePublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== oneTimeKeyLength) return false;
  const coordinate = bytesToBigInt(Uint8Array.from(publicKey).reverse());
  return coordinate < fieldPrime && !smallOrderPoints.has(coordinate);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function encoding(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  invariant(bytes !== undefined, 'a constant is hexadecimal');
  return bytes;
}
