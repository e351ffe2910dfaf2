/**
 * The trusted dealer: shares the private exponent of an RSA key over the integers along a policy. The dealer knows the key,
 * whatever it says afterwards; a process that forgets is what an alliance has to trust here (SECURITY).
 */
import { checkPrimeSync, randomBytes } from 'node:crypto';
import { bigIntToBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { KeyUsage } from '../distributed-signer.js';
import { LinearKeyShare, type SecretRow } from '../linear-key-share.js';
import { dealingBounds } from '../sharing/bounds.js';
import { commitTo } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import { dealOverIntegers } from '../sharing/dealing.js';
import { bitLength, lcm } from '../sharing/integers.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import { deriveBase, shoupRsaSuite } from './derived-base.js';
import type { ShoupRsaDealError } from './errors.js';
import { makeExponentiation } from './exponentiation.js';
import { keyIdOf, type ShoupRsaKeyShare, type ShoupRsaPublicKey } from './key.js';
import { checkExponent, checkModulus, prepareSharing, rowsByOwner, secretBitsOf } from './loaded-key.js';
import { residueGroup } from './residue-group.js';

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
  const { material, exponent = usualExponent, policy, universe } = request;
  const isSafe = material._tag === 'safe-primes';
  const modulus = material.p * material.q;
  const numbers = checkModulus(modulus, isSafe) ?? checkExponent(exponent) ?? checkPrimes(material);
  if (numbers !== undefined) return E.left(numbers);
  const sharing = prepareSharing(policy, universe, exponent, 1n);
  if (E.isLeft(sharing)) return sharing;
  const base = deriveBase(modulus, exponent);
  if (base === undefined) return E.left({ _tag: 'BadModulus', modulusBits: bitLength(modulus) });
  const secret = privateExponent(material, exponent);
  if (secret === undefined) return E.left({ _tag: 'BadExponent', exponent, divides: 'the order' });
  return E.right(deal(request, { exponent, base, sharing: sharing.right, secret }));
}

/** What was computed and checked before anything is drawn. */
interface PreparedDeal {
  readonly exponent: bigint;
  readonly base: bigint;
  readonly sharing: LinearSharing;
  readonly secret: bigint;
}

function deal(request: DealRequest, { exponent, base, sharing, secret }: PreparedDeal): DealtKey {
  const { material, usage, policy, epoch, random = randomBytes } = request;
  const provenSafePrimes = material._tag === 'safe-primes';
  const modulus = material.p * material.q;
  const bounds = dealingBounds(sharing, secretBitsOf(modulus));
  const { coefficients, shares } = dealOverIntegers(sharing, bounds, secret, random);
  const group = residueGroup(makeExponentiation(modulus, random), base, provenSafePrimes);
  const commitments = commitTo(group, coefficients);
  const key = { modulus, exponent, policy, epoch, usage, secretScale: 1n, provenSafePrimes, commitments };
  const publicKey: ShoupRsaPublicKey = { _tag: 'shoup-rsa', ...key };
  const keyId = keyIdOf(publicKey);
  const secretRow = (row: number): SecretRow => {
    const share = present(shares[row], 'a share of every row');
    return { row, secret: bigIntToBytes(share, Math.ceil(present(bounds.shareBits[row], 'its bits') / 8)) };
  };
  const keyShares = [...rowsByOwner(sharing)].map(
    ([process, rows]) =>
      [process, new LinearKeyShare(shoupRsaSuite, keyId, epoch, process, rows.map(secretRow))] as const,
  );
  return { publicKey, shares: new Map(keyShares) };
}

/**
 * The inverse of e modulo the order of the squares, or a multiple of it, and then the first number congruent to it that has
 * one bit more than N: every share then has a fixed length, that of a member who holds the whole secret included.
 */
function privateExponent({ _tag, p, q }: KeyMaterial, exponent: bigint): bigint | undefined {
  const order = _tag === 'safe-primes' ? ((p - 1n) / 2n) * ((q - 1n) / 2n) : lcm(p - 1n, q - 1n);
  const inverse = modularInverse(exponent, order);
  if (inverse === undefined) return undefined;
  const lowest = 1n << BigInt(secretBitsOf(p * q));
  return inverse + ((lowest - inverse + order - 1n) / order) * order;
}

function checkPrimes({ _tag, p, q }: KeyMaterial): ShoupRsaDealError | undefined {
  const isSafe = (value: bigint) => checkPrimeSync(value) && checkPrimeSync((value - 1n) / 2n);
  if (_tag === 'safe-primes') return p !== q && isSafe(p) && isSafe(q) ? undefined : { _tag: 'NotSafePrimes' };
  const isOddPrime = (value: bigint) => value > 2n && checkPrimeSync(value);
  return p !== q && isOddPrime(p) && isOddPrime(q) ? undefined : { _tag: 'NotPrimes' };
}
