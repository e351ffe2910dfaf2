/** What the numbers of a key must be before anything is computed with them. */
import type { Either } from '../../prelude/fp.js';
import { E } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { LinearSharing } from '../sharing/compile.js';
import { bitLength, gcd, product } from '../sharing/integers.js';
import { type PolicySharingError, sharingAlong } from '../sharing/policy-sharing.js';
import { integers, type Ring } from '../sharing/ring.js';
import type { BadAlgorithm, BadExponent, BadModulus, SmallFactor } from './errors.js';
import { isAlgorithmFor, type RsaAlgorithm, type ShoupRsaPublicKey } from './key.js';
import { maxModulusBits, minModulusBits } from './rsa-verify.js';

/** Whether the algorithm is one that keys of the usage may have. */
export function checkAlgorithm({
  usage,
  algorithm,
}: Pick<ShoupRsaPublicKey, 'usage' | 'algorithm'>): BadAlgorithm | undefined {
  return isAlgorithmFor(usage, algorithm) ? undefined : { _tag: 'BadAlgorithm', usage, algorithm };
}

/**
 * A product of two primes that are 3 modulo 4 is 1 modulo 4. No remainder of a negative number is 1. The algorithm's encoding
 * must have room.
 */
export function checkModulus(modulus: bigint, algorithm: RsaAlgorithm, isSafe: boolean): BadModulus | undefined {
  const modulusBits = bitLength(modulus);
  const fits = modulusBits >= minModulusBits[algorithm] && modulusBits <= maxModulusBits;
  const isPositiveAndOdd = modulus % (isSafe ? 4n : 2n) === 1n;
  return fits && isPositiveAndOdd ? undefined : { _tag: 'BadModulus', modulusBits };
}

/** Every prime from 3 to 4093 divides it. */
const oddNumbersBelow4096 = product(Array.from({ length: 2047 }, (_, index) => BigInt(2 * index + 3)));

/** The factors that whoever loads a key can see; that its primes are long is otherwise the dealer's word. */
export function checkFactors(modulus: bigint): SmallFactor | undefined {
  return gcd(modulus, oddNumbersBelow4096) === 1n ? undefined : { _tag: 'SmallFactor' };
}

const maxExponent = 2n ** 32n;

/** An odd prime below 2^32. */
export function checkExponent(exponent: bigint): BadExponent | undefined {
  const isInRange = exponent >= 3n && exponent < maxExponent;
  return isInRange && isOddPrime(Number(exponent)) ? undefined : { _tag: 'BadExponent', exponent };
}

function isOddPrime(value: number): boolean {
  if (value % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= value; divisor += 2) if (value % divisor === 0) return false;
  return true;
}

/**
 * The sharing of a private exponent along a policy, if the public one is prime to 4 D D0, which combining has to undo
 * (spec/schemes.md).
 *
 * @param secretScale - D0, with whatever the next reshare will multiply it by.
 */
export function prepareSharing(
  policy: Policy,
  universe: Universe,
  exponent: bigint,
  secretScale: bigint,
  ring: Ring = integers,
): Either<PolicySharingError | BadExponent, LinearSharing> {
  const sharing = sharingAlong(policy, universe, ring);
  if (E.isLeft(sharing)) return sharing;
  return gcd(exponent, 4n * sharing.right.scale * secretScale) === 1n
    ? sharing
    : E.left({ _tag: 'BadExponent', exponent, divides: 'the scale of the policy' });
}
