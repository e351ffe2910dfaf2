import { distributedSignerLaws, type DistributedSignerSetup } from '../../../spec/laws/distributed-signer-laws.js';
import type { Policy } from '../../../src/quorum/policy.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { setOf } from '../../support/signers.js';
import { gate } from '../sharing/policies.js';
import { testKey, type TestKey, universe } from './setup.js';

const threeOfFour = gate(3, 'a', 'b', 'c', 'd');
const threshold: Sets = {
  qualified: [
    ['a', 'b', 'c'],
    ['b', 'c', 'd'],
    ['a', 'd', 'c', 'e'],
    ['a', 'b', 'c', 'd'],
  ],
  unqualified: [['a', 'b'], ['c', 'd', 'e'], ['e']],
};
const nested = gate(2, gate(2, 'a', 'b', 'c'), 'd', gate(1, 'e', 'a'));
const nestedSets: Sets = {
  qualified: [
    ['a', 'b'],
    ['b', 'c', 'd'],
    ['d', 'e'],
    ['b', 'c', 'e'],
  ],
  unqualified: [['b', 'c'], ['a'], ['d', 'b'], ['e', 'c']],
};
const imported = { material: { _tag: 'imported-primes', ...safePrimes1024 } } as const;
const otherImported = { material: { _tag: 'imported-primes', ...otherSafePrimes1024 } } as const;

distributedSignerLaws('shoup-rsa, 3 of 4, statements, against another key', () =>
  setupOf(statementKey(threeOfFour, safePrimes1024), statementKey(threeOfFour, otherSafePrimes1024), threshold),
);

distributedSignerLaws('shoup-rsa, nested, documents, against another epoch', () =>
  setupOf(
    testKey(nested),
    testKey(nested, { epoch: 2, random: (length) => new Uint8Array(length).fill(7) }),
    nestedSets,
  ),
);

distributedSignerLaws('shoup-rsa, an imported key', () => ({
  ...setupOf(testKey(threeOfFour, imported), testKey(threeOfFour, otherImported), threshold),
  attributable: false,
}));

interface Sets {
  readonly qualified: readonly (readonly string[])[];
  readonly unqualified: readonly (readonly string[])[];
}

function statementKey(policy: Policy, primes: typeof safePrimes1024): TestKey {
  return testKey(policy, { usage: 'statement', material: { _tag: 'safe-primes', ...primes } });
}

function setupOf(mine: TestKey, other: TestKey, sets: Sets): DistributedSignerSetup {
  return {
    universe,
    usage: mine.publicKey.usage,
    verifier: mine.verifier,
    signers: mine.signers,
    other,
    qualified: sets.qualified.map((names) => setOf(universe, ...names)),
    unqualified: sets.unqualified.map((names) => setOf(universe, ...names)),
    attributable: true,
    judgesEveryShare: false,
    loggable: [...mine.shares.values(), mine],
    secrets: [...mine.shares.values()].flatMap((share) => share.rows.map(({ secret }) => secret)),
  };
}
