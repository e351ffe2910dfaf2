import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import { otherSafePrimes1024 } from '../../support/rsa-keys.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { gate, member } from '../sharing/policies.js';
import { id, seededRandom, testKey, type TestKey, universe } from './setup.js';

const set = (names: string) => universe.of(Array.from(names).map(id));

function loggable(key: TestKey): { readonly loggable: readonly unknown[]; readonly secrets: readonly Uint8Array[] } {
  const secrets = [...key.shares.values()].flatMap((share) => share.rows.map(({ secret }) => secret));
  return { loggable: [...key.shares.values(), key.publicKey], secrets };
}

distributedSignerLaws('Shoup RSA, 2 of 4, statements, beside another key', () => {
  const policy = gate(2, 'a', 'b', 'c', 'd');
  const key = testKey(policy, { usage: 'statement' });
  const other = testKey(policy, { usage: 'statement', material: { _tag: 'safe-primes', ...otherSafePrimes1024 } });
  return {
    universe,
    usage: 'statement',
    verifier: key.verifier,
    signers: key.signers,
    other,
    qualified: [set('ab'), set('cd'), set('ad')],
    unqualified: [set('a'), set('d'), set('e')],
    attributable: true,
    judgesEveryShare: false,
    ...loggable(key),
  };
});

distributedSignerLaws('Shoup RSA, nested, some with several rows, documents, beside another dealing', () => {
  const policy = gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), 'e');
  const key = testKey(policy);
  const other = testKey(policy, { epoch: 2, random: seededRandom('another dealing') });
  return {
    universe,
    usage: 'document',
    verifier: key.verifier,
    signers: key.signers,
    other,
    qualified: [set('abd'), set('bce'), set('ade'), set('abcd')],
    unqualified: [set('ab'), set('ad'), set('bcd'), set('e')],
    attributable: true,
    judgesEveryShare: false,
    ...loggable(key),
  };
});

distributedSignerLaws('Shoup RSA, by weight, beside another epoch', () => {
  const of = ['a', 'b', 'c', 'd'].map(member);
  const policy: Policy = { _tag: 'threshold', k: 4, of, weights: [3, 2, 1, 1] };
  const key = testKey(policy);
  const other = testKey(policy, { epoch: 2, random: seededRandom('the next epoch') });
  return {
    universe,
    usage: 'document',
    verifier: key.verifier,
    signers: key.signers,
    other,
    qualified: [set('ab'), set('ac'), set('ad'), set('bcd')],
    unqualified: [set('a'), set('bc'), set('cd'), set('bd'), set('e')],
    attributable: true,
    judgesEveryShare: false,
    ...loggable(key),
  };
});
