/** A Shoup RSA key: its public part, which everyone holds, and one process's share of the private exponent. */
import { bigIntToBytes, empty } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { KeyId, KeyUsage } from '../contract/distributed-signer.js';
import type { LinearKeyShare } from '../contract/linear-key-share.js';
import type { CoefficientRanges } from '../sharing/ranges.js';
import { bitLength } from '../sharing/integers.js';
import { deriveBase, shoupRsaSuite } from './derived-base.js';

/**
 * What a key's powers are used for, by its name in RFC 7518: signatures of RFC 8017 with PKCS#1 v1.5 or PSS encoding, or the
 * decryption of OAEP ciphertexts. SHA-256 in all of them.
 */
export type RsaAlgorithm = (typeof rsaAlgorithms)[number];

export const rsaAlgorithms = ['RS256', 'PS256', 'RSA-OAEP-256'] as const;

/** Where what was dealt lies; public, and a matter of the ceremonies that made it, never of shares. */
export type ShoupRsaRanges =
  /** Over the integers, in this box and then shifted by what follows from it (`sharing/bounds`). */
  | ({ readonly _tag: 'integers' } & CoefficientRanges)
  /** Modulo the order of the group, as Shoup 2000 has it: qualified sets agree up to multiples of the order only. */
  | { readonly _tag: 'modular' };

/** Public. Whoever only verifies signatures needs no more of it than modulus and exponent. */
export interface ShoupRsaPublicKey {
  readonly _tag: 'shoup-rsa';
  readonly usage: KeyUsage;
  readonly algorithm: RsaAlgorithm;
  /** N. */
  readonly modulus: bigint;
  /** e. */
  readonly exponent: bigint;
  /** Who may sign together; its canonical form is what the private exponent is shared along. */
  readonly policy: Policy;
  readonly epoch: number;
  /** D0: what is shared is D0 times the private exponent; 1 unless the key went through a plain reshare. */
  readonly secretScale: bigint;
  readonly ranges: ShoupRsaRanges;
  /**
   * Whether the dealer says that N is the product of two safe primes. Where it does not, shares carry no proofs, and nobody
   * can be blamed for a bad one.
   */
  readonly provenSafePrimes: boolean;
  /** |v^ρ_j| for every column j of the sharing, shifted where it is shifted. */
  readonly commitments: readonly bigint[];
}

/**
 * Whether keys of a usage may have an algorithm. Coins are cast with the one signature that RS256 gives a message; PS256 would
 * leave its value to whoever chooses the salt.
 */
export function isAlgorithmFor(usage: KeyUsage, algorithm: RsaAlgorithm): boolean {
  switch (usage) {
    case 'statement':
    case 'document':
      return algorithm !== 'RSA-OAEP-256';
    case 'beacon':
      return algorithm === 'RS256';
    case 'decryption':
      return algorithm === 'RSA-OAEP-256';
    case 'time-lock':
      return false;
    default:
      return assertNever(usage);
  }
}

/** What keys of a usage have if nobody asks for another. */
export function usualAlgorithm(usage: KeyUsage): RsaAlgorithm {
  return usage === 'decryption' ? 'RSA-OAEP-256' : 'RS256';
}

const keyIdTag = 'koinon key v1';

/** What stays the same for the life of a key, through refreshes and reshares: suite, usage, algorithm, N, e and v. */
export function keyIdOf({
  usage,
  algorithm,
  modulus,
  exponent,
}: Pick<ShoupRsaPublicKey, 'usage' | 'algorithm' | 'modulus' | 'exponent'>): KeyId {
  const writer = new Writer().text(keyIdTag).text(shoupRsaSuite).text(usage).text(algorithm);
  for (const value of [modulus, exponent, deriveBase(modulus, exponent) ?? 0n]) writer.bytes(unsignedBytes(value));
  return digest(writer.finish());
}

/** The shortest big-endian bytes of a non-negative integer; none for zero. */
export function unsignedBytes(value: bigint): Uint8Array {
  return value === 0n ? empty : bigIntToBytes(value, Math.ceil(bitLength(value) / 8));
}

/** Secret: one process's rows of the private exponent, positive integers. */
export type ShoupRsaKeyShare = LinearKeyShare<typeof shoupRsaSuite>;
