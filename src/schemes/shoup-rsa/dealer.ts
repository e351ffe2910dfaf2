/**
 * The trusted dealer: shares the private exponent of an RSA key along a policy, over the integers or as Shoup printed it. The
 * dealer knows the key, whatever it says afterwards; that it forgets is what an alliance has to trust here (SECURITY).
 */
import { checkPrimeSync, randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import { LinearKeyShare, type SecretRow } from '../contract/linear-key-share.js';
import { dealingRanges, shareBounds } from '../sharing/bounds.js';
import { commitTo } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import { type Dealing, dealOverIntegers, dealOverResidues, shiftedDealing } from '../sharing/dealing.js';
import { bitLength, residue } from '../sharing/integers.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import { integers, residues } from '../sharing/ring.js';
import { deriveBase, shoupRsaSuite } from './derived-base.js';
import type { ShoupRsaDealError } from './errors.js';
import { makeExponentiation } from './exponentiation.js';
import {
  keyIdOf,
  type RsaAlgorithm,
  type ShoupRsaKeyShare,
  type ShoupRsaPublicKey,
  type ShoupRsaRanges,
  unsignedBytes,
  usualAlgorithm,
} from './key.js';
import { checkAlgorithm, checkExponent, checkFactors, checkModulus, prepareSharing } from './key-checks.js';
import { rowsByOwner } from '../sharing/row-owners.js';
import { residueGroup } from './residue-group.js';
import { modularRange, secretBitsOf } from './row-bounds.js';
import type { SafePrimes } from './safe-primes.js';

/** e = 65537, which exceeds every fan-in and so divides no scale. */
export const usualExponent = 65537n;

/** Where the key comes from. */
export type KeyMaterial =
  | { readonly _tag: 'safe-primes'; readonly p: bigint; readonly q: bigint }
  /** An ordinary RSA key. Its shares carry no proofs, and nobody can be blamed for a bad one. */
  | { readonly _tag: 'imported-primes'; readonly p: bigint; readonly q: bigint };

export interface DealRequest {
  readonly material: KeyMaterial;
  /** {@link usualExponent} if absent. */
  readonly exponent?: bigint;
  readonly policy: Policy;
  readonly universe: Universe;
  readonly usage: KeyUsage;
  /** RSA-OAEP-256 for decryption and otherwise RS256, if absent. */
  readonly algorithm?: RsaAlgorithm;
  /**
   * `integers` if absent. `modular` is the paper's dealing, for the sake of those who know that one: its shares are a little
   * shorter, and no exact integers, so that such a key can be reshared plainly but not by masked quotients.
   */
  readonly sharing?: ShoupRsaRanges['_tag'];
  readonly epoch: number;
  readonly random?: RandomBytes;
}

/** What a dealer hands out: the first to everyone, each of the second to one process. */
export interface DealtKey {
  readonly publicKey: ShoupRsaPublicKey;
  readonly shares: ReadonlyMap<ProcessId, ShoupRsaKeyShare>;
}

/** Deals a key. Takes about one exponentiation for each column of the sharing. */
export function dealShoupRsa(request: DealRequest): Either<ShoupRsaDealError, DealtKey> {
  const { material, exponent = usualExponent, policy, universe, usage } = request;
  const algorithm = request.algorithm ?? usualAlgorithm(usage);
  const error = checkRequest(request, algorithm, exponent);
  if (error !== undefined) return E.left(error);
  const modulus = material.p * material.q;
  const sharing = prepareSharing(policy, universe, exponent, 1n, request.sharing === 'modular' ? residues : integers);
  if (E.isLeft(sharing)) return sharing;
  const base = deriveBase(modulus, exponent);
  if (base === undefined) return E.left({ _tag: 'BadModulus', modulusBits: bitLength(modulus) });
  const smallFactor = checkFactors(modulus);
  if (smallFactor !== undefined) return E.left(smallFactor);
  const order = orderOf(material);
  const secret = modularInverse(exponent, order);
  if (secret === undefined) return E.left({ _tag: 'BadExponent', exponent, divides: 'the order' });
  return E.right(deal(request, { algorithm, exponent, base, sharing: sharing.right, order, secret }));
}

function checkRequest(
  { material, usage, sharing }: DealRequest,
  algorithm: RsaAlgorithm,
  exponent: bigint,
): ShoupRsaDealError | undefined {
  const isSafe = material._tag === 'safe-primes';
  if (sharing === 'modular' && !isSafe) return { _tag: 'ModularNeedsSafePrimes' };
  return (
    checkAlgorithm({ usage, algorithm }) ??
    checkModulus(material.p * material.q, algorithm, isSafe) ??
    checkExponent(exponent) ??
    checkPrimes(material)
  );
}

/** What was computed and checked before anything is drawn. */
interface PreparedDeal {
  readonly algorithm: RsaAlgorithm;
  readonly exponent: bigint;
  readonly base: bigint;
  readonly sharing: LinearSharing;
  /** Of the squares, or a multiple of it. */
  readonly order: bigint;
  /** The inverse of e modulo the order. */
  readonly secret: bigint;
}

function deal(request: DealRequest, prepared: PreparedDeal): DealtKey {
  const { material, usage, policy, epoch, random = randomBytes } = request;
  const { algorithm, exponent, base, sharing } = prepared;
  const provenSafePrimes = material._tag === 'safe-primes';
  const modulus = material.p * material.q;
  const { ranges, coefficients, shares } = draw(modulus, prepared, random);
  const group = residueGroup(makeExponentiation(modulus, random), base, provenSafePrimes);
  const commitments = commitTo(group, coefficients);
  const numbers = { modulus, exponent, secretScale: 1n, ranges, commitments };
  const terms = { usage, algorithm, policy, epoch, provenSafePrimes };
  const publicKey: ShoupRsaPublicKey = { _tag: 'shoup-rsa', ...terms, ...numbers };
  const keyId = keyIdOf(publicKey);
  const secretRow = (row: number): SecretRow => ({
    row,
    secret: unsignedBytes(present(shares[row], 'a share of every row')),
  });
  const keyShares = [...rowsByOwner(sharing)].map(
    ([process, rows]) =>
      [process, new LinearKeyShare(shoupRsaSuite, keyId, epoch, process, rows.map(secretRow))] as const,
  );
  return { publicKey, shares: new Map(keyShares) };
}

/** Over the integers, or modulo the order, each share then as {@link lifted} as the secret is over the integers. */
function draw(
  modulus: bigint,
  { sharing, order, secret }: PreparedDeal,
  random: RandomBytes,
): Dealing & { readonly ranges: ShoupRsaRanges } {
  const { low } = modularRange(modulus);
  if (sharing.ring === residues) {
    const { coefficients, shares } = dealOverResidues(sharing, order, secret, random);
    return { ranges: { _tag: 'modular' }, coefficients, shares: shares.map((share) => lifted(share, order, low)) };
  }
  const box = dealingRanges(sharing, secretBitsOf(modulus));
  const drawn = dealOverIntegers(sharing, box, lifted(secret, order, low), random);
  const { columnShift } = shareBounds(sharing, box);
  return { ranges: { _tag: 'integers', ...box }, ...shiftedDealing(sharing, drawn, columnShift) };
}

/**
 * The first number from `lowest` on that is congruent to `value`: below twice `lowest`, which is more than the order. So
 * every share has a fixed length, that of a member who holds the whole secret included.
 */
function lifted(value: bigint, order: bigint, lowest: bigint): bigint {
  return lowest + residue(value - lowest, order);
}

/** p'q' of safe primes, the order of the squares; of others a multiple of the order of each of them. */
function orderOf({ p, q }: KeyMaterial): bigint {
  return ((p - 1n) / 2n) * ((q - 1n) / 2n);
}

function checkPrimes({ _tag, p, q }: KeyMaterial): ShoupRsaDealError | undefined {
  if (_tag === 'safe-primes') return areSafePrimes({ p, q }) ? undefined : { _tag: 'NotSafePrimes' };
  return p !== q && isOddPrime(p) && isOddPrime(q) ? undefined : { _tag: 'NotPrimes' };
}

/**
 * Whether two numbers are distinct safe primes, each at least a third as long as their product. Then the order of the squares
 * has no factor below 2^128, on which the proofs of shares rest (spec/schemes.md).
 */
export function areSafePrimes({ p, q }: SafePrimes): boolean {
  const isLong = (prime: bigint) => 3 * bitLength(prime) >= bitLength(p * q);
  return p !== q && [p, q].every((prime) => isSafePrime(prime) && isLong(prime));
}

/** Whether a number p and (p - 1)/2 are odd primes. */
export function isSafePrime(value: bigint): boolean {
  return isOddPrime(value) && isOddPrime((value - 1n) / 2n);
}

/** False of negative numbers, which `checkPrimeSync` throws at. */
export function isOddPrime(value: bigint): boolean {
  return value > 2n && checkPrimeSync(value);
}
