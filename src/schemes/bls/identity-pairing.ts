/**
 * What identity-based encryption asks of BLS12-381, for signatures in either group: bytes in, bytes out, every point that is
 * received checked. Over noble, which runs everywhere.
 */
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bigIntToBytes, concatBytes } from '../../prelude/bytes.js';
import { type Ciphersuite, type GroupName, otherGroup } from './ciphersuite.js';
import { isWellFormed, pointLength } from './point-encoding.js';

/** An element of the target group in the form that drand hashes: twelve coordinates, the highest first. */
export type TargetElement = Uint8Array;

export interface IdentityPairing {
  /** Bytes of a compressed public key, and of U. */
  readonly keyLength: number;
  /** The generator of the public keys' group, `scalar` times, compressed. */
  generatorTimes(scalar: bigint): Uint8Array;
  /** e(H(identity), publicKey)^scalar; `undefined` where the key is not an element other than the identity. */
  encapsulate(publicKey: Uint8Array, identity: Uint8Array, scalar: bigint): TargetElement | undefined;
  /** e(signature, point); `undefined` where one of them is not an element other than the identity. */
  decapsulate(signature: Uint8Array, point: Uint8Array): TargetElement | undefined;
}

const { G1, G2, pairing } = bls12_381;

export function identityPairing({ signatureGroup, dst }: Ciphersuite): IdentityPairing {
  const keyLength = pointLength(otherGroup(signatureGroup), 'compressed');
  return { keyLength, ...(signatureGroup === 'G1' ? shortSignatures(dst) : longSignatures(dst)) };
}

type Operations = Omit<IdentityPairing, 'keyLength'>;

/** Signatures in G1, public keys in G2. */
function shortSignatures(dst: string): Operations {
  return {
    generatorTimes: (scalar) => G2.Point.BASE.multiply(scalar).toBytes(),
    encapsulate(publicKey, identity, scalar) {
      const key = parsePoint('G2', G2.Point, publicKey);
      return key && targetBytes(pairing(G1.hashToCurve(identity, { DST: dst }).multiply(scalar), key));
    },
    decapsulate(signature, point) {
      const [first, second] = [parsePoint('G1', G1.Point, signature), parsePoint('G2', G2.Point, point)];
      return first && second && targetBytes(pairing(first, second));
    },
  };
}

/** Signatures in G2, public keys in G1. */
function longSignatures(dst: string): Operations {
  return {
    generatorTimes: (scalar) => G1.Point.BASE.multiply(scalar).toBytes(),
    encapsulate(publicKey, identity, scalar) {
      const key = parsePoint('G1', G1.Point, publicKey);
      return key && targetBytes(pairing(key.multiply(scalar), G2.hashToCurve(identity, { DST: dst })));
    },
    decapsulate(signature, point) {
      const [first, second] = [parsePoint('G1', G1.Point, point), parsePoint('G2', G2.Point, signature)];
      return first && second && targetBytes(pairing(first, second));
    },
  };
}

/** A point of prime order in its one compressed form; `undefined` for anything else. */
function parsePoint<F>(
  group: GroupName,
  points: { fromBytes(bytes: Uint8Array): WeierstrassPoint<F> },
  bytes: Uint8Array,
): WeierstrassPoint<F> | undefined {
  if (!isWellFormed(group, 'compressed', bytes)) return undefined;
  try {
    // Throws for points outside the subgroup as well.
    const point = points.fromBytes(bytes);
    return point.is0() ? undefined : point;
  } catch {
    return undefined;
  }
}

const elementLength = 48;

function targetBytes({ c0, c1 }: ReturnType<typeof pairing>): TargetElement {
  const sextic = [c1, c0].flatMap((half) => [half.c2, half.c1, half.c0]);
  const coordinates = sextic.flatMap((pair) => [pair.c1, pair.c0]);
  return concatBytes(...coordinates.map((value) => bigIntToBytes(value, elementLength)));
}
