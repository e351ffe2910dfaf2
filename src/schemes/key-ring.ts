/**
 * Keys that are configured together. A qualified set of one sharing learns an integer that gives the factors of N, or the
 * secret itself, away: were the same public numbers shared along another policy, or used for something else, the weaker of
 * the two would stand for both (spec/uses.md).
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { type Digest, shortHex } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { groupedBy } from '../prelude/grouping.js';
import { assertNever } from '../prelude/invariant.js';
import { dealingDigestOf as blsDealingDigestOf, keyIdOf as blsKeyIdOf } from './bls/key.js';
import type { AlliancePublicKey } from './public-key.js';
import { dealingDigestOf as rsaDealingDigestOf } from './shoup-rsa/dealing-digest.js';
import { keyIdOf as rsaKeyIdOf, unsignedBytes } from './shoup-rsa/key.js';

/** What a key ring asks of a key. */
export interface RingKey {
  /** What people call it. */
  readonly name: string;
  readonly keyId: Digest;
  /** What an attacker of the key has to break: N of RSA, the public key of BLS. */
  readonly publicNumbers: Uint8Array;
  readonly epoch: number;
  /** Names the sharing: policy, epoch and commitments. */
  readonly dealing: Digest;
}

/** A key as a ring sees it; `undefined` for multisignatures, whose members have keys of their own and nothing in common. */
export function ringKeyOf(name: string, publicKey: AlliancePublicKey): RingKey | undefined {
  switch (publicKey._tag) {
    case 'multisig':
      return undefined;
    case 'shoup-rsa': {
      const keyId = rsaKeyIdOf(publicKey);
      const publicNumbers = unsignedBytes(publicKey.modulus);
      return { name, keyId, epoch: publicKey.epoch, dealing: rsaDealingDigestOf(publicKey, keyId), publicNumbers };
    }
    case 'bls': {
      const { epoch, groupKey } = publicKey;
      const [keyId, dealing] = [blsKeyIdOf(publicKey), blsDealingDigestOf(publicKey)];
      return { name, keyId, epoch, dealing, publicNumbers: groupKey };
    }
    default:
      return assertNever(publicKey);
  }
}

/** Two keys have the same public numbers: under another usage, algorithm or exponent, or shared twice in one epoch. */
export interface SharedNumbers {
  readonly _tag: 'SharedNumbers';
  readonly names: readonly [string, string];
  /** For people. */
  readonly keyIds: readonly [string, string];
}

/**
 * Refuses keys of which two have the same public numbers, unless they are one key: the same dealing, or another epoch's. One
 * secret as two BLS keys, one in each group, is not seen: their public keys have nothing in common but a pairing.
 */
export function checkKeyRing(keys: readonly RingKey[]): Either<SharedNumbers, void> {
  for (const group of groupedBy(keys, ({ publicNumbers }) => toHex(publicNumbers)).values()) {
    for (const [index, key] of group.entries()) {
      const other = group.slice(0, index).find((earlier) => !isSameKey(key, earlier));
      if (other === undefined) continue;
      const keyIds = [shortHex(other.keyId), shortHex(key.keyId)] as const;
      return E.left({ _tag: 'SharedNumbers', names: [other.name, key.name], keyIds });
    }
  }
  return E.right(undefined);
}

function isSameKey(one: RingKey, other: RingKey): boolean {
  if (!equalBytes(one.keyId, other.keyId)) return false;
  return one.epoch !== other.epoch || equalBytes(one.dealing, other.dealing);
}
