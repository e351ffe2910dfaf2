/**
 * What BLS needs of a pairing, one interface for every backend that can do it: the two groups of BLS12-381, hashing to the
 * one of signatures, and the equation that a signature satisfies. Points are opaque: they belong to the backend that made them.
 */
import type { Ciphersuite, GroupName } from './ciphersuite.js';
import { isWellFormed, type PointForm } from './point-encoding.js';

export type BackendName = 'noble' | 'blst' | 'mcl';

declare const keyBrand: unique symbol;
declare const signatureBrand: unique symbol;
declare const messageBrand: unique symbol;

/** A point of the group of keys. */
export interface KeyPoint {
  readonly [keyBrand]: true;
}

/** A point of the group of signatures. */
export interface SignaturePoint {
  readonly [signatureBrand]: true;
}

/** A message hashed to the group of signatures, as far as the backend does that ahead. */
export interface HashedMessage {
  readonly [messageBrand]: true;
}

export interface Term<P> {
  readonly point: P;
  /** Any integer, and public: time depends on it. */
  readonly factor: bigint;
}

/** One of the two groups: additive, of prime order r. */
export abstract class PointGroup<P> {
  abstract readonly identity: P;

  constructor(readonly name: GroupName) {}

  /** The sum of factor · point: shorter factors take less time, those of more bits than r has are reduced. */
  abstract sum(terms: readonly Term<P>[]): P;

  abstract equals(a: P, b: P): boolean;

  abstract encode(point: P, form: PointForm): Uint8Array;

  /** Whether a point of the curve is a point of the group. */
  abstract isInSubgroup(point: P): boolean;

  /** The point of the curve that well-formed bytes are; `undefined`, or an exception, if there is none. */
  protected abstract parse(bytes: Uint8Array, form: PointForm): P | undefined;

  /**
   * The point of the curve, perhaps the identity, perhaps outside the group, whose only encoding in `form` these bytes are;
   * `undefined` if they are none.
   */
  decodeUnchecked(bytes: Uint8Array, form: PointForm): P | undefined {
    if (!isWellFormed(this.name, form, bytes)) return undefined;
    try {
      return this.parse(bytes, form);
    } catch {
      return undefined;
    }
  }

  /** The same for points of the group alone. */
  decode(bytes: Uint8Array, form: PointForm): P | undefined {
    const point = this.decodeUnchecked(bytes, form);
    return point !== undefined && this.isInSubgroup(point) ? point : undefined;
  }

  isIdentity(point: P): boolean {
    return this.equals(point, this.identity);
  }
}

/** A ciphersuite over one backend, whose own types for keys, signatures and hashed messages are K, S and M. */
export interface PairingOf<K, S, M> {
  readonly backend: BackendName;
  readonly ciphersuite: Ciphersuite;
  /** So many shares, two at least, cost less to check together than one by one. */
  readonly batchFrom: number;
  readonly keys: PointGroup<K>;
  readonly signatures: PointGroup<S>;
  /** The generator times a secret of 32 bytes in [1, r). */
  keyOf(secret: Uint8Array): K;
  hash(message: Uint8Array): M;
  /** The hashed message times a secret of 32 bytes in [1, r). */
  sign(secret: Uint8Array, message: M): S;
  /**
   * Whether e(key, message) = e(generator, signature). False also for a signature outside the group, and where key or
   * signature is the identity; that a key is in its group is the caller's to know.
   */
  verify(key: K, message: M, signature: S): boolean;
}

export type Pairing = PairingOf<KeyPoint, SignaturePoint, HashedMessage>;

/** Hides a backend's own types, so that nobody else's code depends on which it is. */
export function opaque<K, S, M>(pairing: PairingOf<K, S, M>): Pairing {
  return pairing as unknown as Pairing;
}

/** A source of pairings. */
export interface PairingBackend {
  readonly name: BackendName;
  /** `undefined` for a ciphersuite that it cannot do. */
  pairing(ciphersuite: Ciphersuite): Pairing | undefined;
}
