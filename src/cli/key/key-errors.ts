/** Why keys and shares are refused, or a policy cannot be shared along, in words. */
import type { KeyError } from '../../schemes/registry.js';
import type { ShoupRsaDealError } from '../../schemes/shoup-rsa/errors.js';

/** One clause, to stand behind the file that it is about. */
export function describeKeyError(error: KeyError | ShoupRsaDealError): string {
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
    case 'BadModulus':
      return `a modulus of ${error.modulusBits} bits that is not one of this scheme`;
    case 'BadExponent':
      return describeExponent(error);
    case 'UnshareablePolicy':
      return `the policy cannot be shared along: ${describeReason(error.reason)}`;
    case 'BadCommitments':
      return `the public key does not have ${error.expectedCount} sound commitments: it was damaged or dealt wrongly`;
    case 'CommittedToAnotherSecret':
      return 'the commitments of the public key are not to its private key: it was damaged or dealt wrongly';
    case 'NotSafePrimes':
      return 'its primes are not safe primes; --unsafe-primes deals it without proofs: then nobody can be blamed for a bad share';
    case 'NotPrimes':
      return 'it is not a product of two distinct primes';
    default:
      return error._tag;
  }
}

function describeExponent({ exponent, divides }: { readonly exponent: bigint; readonly divides?: string }): string {
  return divides === undefined
    ? `the public exponent ${exponent} is not an odd prime below 2^32`
    : `the public exponent ${exponent} divides ${divides}; deal a key with exponent 65537`;
}

function describeReason(reason: Extract<ShoupRsaDealError, { readonly _tag: 'UnshareablePolicy' }>['reason']): string {
  if (reason._tag === 'PolicyTooLarge') return `${reason.limit}; choose a smaller policy, or multisig`;
  return 'expected' in reason ? `expected ${reason.expected}` : reason._tag;
}
