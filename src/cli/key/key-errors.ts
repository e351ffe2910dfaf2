/** Why keys and shares are refused, or a policy cannot be shared along, in words. */
import { assertNever } from '../../prelude/invariant.js';
import type { BlsDealError } from '../../schemes/bls/errors.js';
import type { KeyError } from '../../schemes/registry.js';
import { describeCompileError } from '../../schemes/sharing/compile.js';
import type { ShoupRsaDealError } from '../../schemes/shoup-rsa/errors.js';
import type { BeaconKeyError } from '../../schemes/uses/beacon.js';
import type { UseKeyError } from '../../schemes/uses/use-key.js';

/** Why a key or share was not loaded, for signing or another use. */
export type LoadError = KeyError | UseKeyError | BeaconKeyError;

export type DealError = ShoupRsaDealError | BlsDealError;

/** Of keys whose primes are not safe ones. */
export const unsafePrimesText =
  'its primes are not safe primes, each at least a third as long as the modulus; --unsafe-primes deals it all the same, but then nobody can be blamed for a bad share';

const damaged = 'the public key was damaged or dealt wrongly';

/** One clause, to stand behind the file that it is about. */
export function describeKeyError(error: LoadError | DealError): string {
  switch (error._tag) {
    case 'ShareOfAnotherKey':
      return `the key share of ${error.process} is of another key or epoch`;
    case 'ShareOfAnotherScheme':
      return `a key of scheme ${error.key} with a share of scheme ${error.share}`;
    case 'BadShare':
      return `the key share of ${error.process} does not fit the public key (${error.fault._tag}): it was damaged or dealt wrongly`;
    case 'StrangerHoldsShare':
    case 'StrangerHoldsKey':
      return `${error.process} is no member of the policy`;
    case 'MemberWithoutKey':
      return `${error.process}, a member of the policy, has no public key`;
    case 'KeyOfAnotherUsage':
      return `the key is for usage "${error.usage}", not "${error.needed}"`;
    case 'UnsuitableScheme':
      return `keys of scheme ${error.scheme} cannot do this; those of ${error.suitable.join(', ')} can`;
    case 'UnshareablePolicy':
      return `the policy cannot be shared along: ${describeReason(error.reason)}`;
    case 'NotSafePrimes':
      return unsafePrimesText;
    case 'BadModulus':
      return `a modulus of ${error.modulusBits} bits is not one of such a key`;
    case 'SmallFactor':
      return 'its modulus has a prime factor below 4096, so that anybody finds the private key: bring another key';
    case 'BadExponent':
      return error.divides === undefined
        ? `the public exponent ${error.exponent} is not an odd prime below 2^32`
        : `the public exponent ${error.exponent} divides ${error.divides}: bring a key with exponent 65537`;
    case 'BadAlgorithm':
      return `no key for usage "${error.usage}" has algorithm ${error.algorithm}`;
    case 'ModularNeedsSafePrimes':
      return 'the modular sharing is for keys of safe primes';
    case 'BadRanges':
      return `the ranges of its shares are none: ${damaged}`;
    case 'BadCommitments':
      return `it should have ${error.expectedCount} sound commitments: ${damaged}`;
    case 'CommittedToAnotherSecret':
    case 'BadGroupKey':
      return `its commitments are not to its private key: ${damaged}`;
    case 'NotPrimes':
      return 'it is not a product of two distinct primes';
    case 'UnsupportedUsage':
      return `no key of this scheme is for usage "${error.usage}"`;
    case 'BadSecret':
      return 'the secret is out of range';
    case 'AnotherSuite':
      return `its suite is not that of drand's scheme ${error.scheme}`;
    case 'BadChainTerms':
      return 'a period is 1 to 4294967295 seconds, a genesis time a number of seconds, an id at most 64 characters';
    default:
      return assertNever(error);
  }
}

type Unshareable = Extract<DealError, { readonly _tag: 'UnshareablePolicy' }>['reason'];

function describeReason(reason: Unshareable): string {
  if (reason._tag === 'PolicyTooLarge')
    return `${describeCompileError(reason)}; --approximate-weights finds such weights, --scheme multisig takes any`;
  return 'expected' in reason ? `expected ${reason.expected}` : reason._tag;
}
