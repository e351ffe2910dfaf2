/** A Shoup RSA key: its public part, which everyone holds, and one process's share of the private exponent. */
import { bigIntToBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { KeyId, KeyUsage } from '../distributed-signer.js';
import type { LinearKeyShare } from '../linear-key-share.js';
import { bitLength } from '../sharing/integers.js';
import { deriveBase, shoupRsaSuite } from './derived-base.js';

/** Public. Whoever only verifies signatures needs no more of it than modulus and exponent. */
export interface ShoupRsaPublicKey {
  readonly _tag: 'shoup-rsa';
  readonly usage: KeyUsage;
  /** N. */
  readonly modulus: bigint;
  /** e. */
  readonly exponent: bigint;
  /** Who may sign together; its canonical form is what the private exponent is shared along. */
  readonly policy: Policy;
  readonly epoch: number;
  /** D0: what is shared is D0 times the private exponent; 1 unless the key went through a plain reshare. */
  readonly secretScale: bigint;
  /**
   * Whether the dealer says that N is the product of two safe primes. Where it does not, shares carry no proofs, and nobody
   * can be blamed for a bad one.
   */
  readonly provenSafePrimes: boolean;
  /** |v^ρ_j| for every column j of the sharing. */
  readonly commitments: readonly bigint[];
}

/** The signature algorithm of every key here. */
const shoupRsaAlgorithm = 'RS256';

const keyIdTag = 'koinon key v1';

/** What stays the same for the life of a key, through refreshes and reshares: suite, usage, algorithm, N, e and v. */
export function keyIdOf({
  usage,
  modulus,
  exponent,
}: Pick<ShoupRsaPublicKey, 'usage' | 'modulus' | 'exponent'>): KeyId {
  const writer = new Writer().text(keyIdTag).text(shoupRsaSuite).text(usage).text(shoupRsaAlgorithm);
  for (const value of [modulus, exponent, deriveBase(modulus, exponent) ?? 0n]) writer.bytes(unsignedBytes(value));
  return digest(writer.finish());
}

/** The shortest big-endian bytes of a non-negative integer. */
export function unsignedBytes(value: bigint): Uint8Array {
  return bigIntToBytes(value, Math.ceil(bitLength(value) / 8));
}

/** Secret: one process's rows of the private exponent, positive integers. */
export type ShoupRsaKeyShare = LinearKeyShare<typeof shoupRsaSuite>;
