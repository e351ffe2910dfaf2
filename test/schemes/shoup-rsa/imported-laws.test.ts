import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { setOf } from '../../support/signers.js';
import { gate } from '../sharing/policies.js';
import { testKey, universe } from './setup.js';

/** The primes are safe, but nobody says so: the key is dealt as any imported one. */
distributedSignerLaws('Shoup RSA, an imported key, whose bad shares nobody can be blamed for', () => {
  const policy = gate(3, 'a', 'b', 'c', 'd');
  const key = testKey(policy, { material: { _tag: 'imported-primes', ...safePrimes1024 } });
  const other = testKey(policy, { material: { _tag: 'imported-primes', ...otherSafePrimes1024 } });
  return {
    universe,
    usage: 'document',
    verifier: key.verifier,
    signers: key.signers,
    other,
    qualified: [setOf(universe, 'a', 'b', 'c'), setOf(universe, 'a', 'd', 'c', 'e'), setOf(universe, 'b', 'c', 'd')],
    unqualified: [setOf(universe, 'a', 'b'), setOf(universe, 'c', 'd', 'e'), setOf(universe, 'e')],
    attributable: false,
    judgesEveryShare: false,
    loggable: [...key.shares.values(), key],
    secrets: [...key.shares.values()].flatMap((share) => share.rows.map(({ secret }) => secret)),
  };
});
