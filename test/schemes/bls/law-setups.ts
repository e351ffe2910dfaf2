/** Setups for the laws of distributed signers: policy shapes by suites by backends. */
import type { DistributedSignerSetup } from '../../../spec/laws/distributed-signer-laws.js';
import { bigIntToBytes } from '../../../src/prelude/bytes.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import type { PairingBackend } from '../../../src/schemes/bls/pairing.js';
import { rootShapes, type Shape as PolicyShape } from '../law-shapes.js';
import { gate } from '../sharing/policies.js';
import { id, pairingOf, seededRandom, testKey, universe } from './setup.js';

export interface Shape extends PolicyShape {
  readonly usage: 'statement' | 'document';
}

export const shapes = {
  small: {
    name: '2 of 3',
    usage: 'document',
    policy: gate(2, 'a', 'b', 'c'),
    qualified: ['ab', 'bc'],
    unqualified: ['a', 'd'],
  },
  flat: {
    name: '3 of 5',
    usage: 'statement',
    policy: gate(3, 'a', 'b', 'c', 'd', 'e'),
    qualified: ['abc', 'cde', 'bde'],
    unqualified: ['ab', 'de', 'f'],
  },
  nested: {
    name: 'nested, some with several rows',
    usage: 'document',
    policy: gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), 'e'),
    qualified: ['abd', 'bce', 'ade', 'abcd'],
    unqualified: ['ab', 'ad', 'bcd', 'e'],
  },
  weighted: {
    name: 'weighted',
    usage: 'statement',
    policy: {
      _tag: 'threshold',
      k: 4,
      of: ['a', 'b', 'c'].map((name) => ({ _tag: 'member', id: id(name) })),
      weights: [3, 2, 1],
    },
    qualified: ['ab', 'ac', 'abc'],
    unqualified: ['a', 'bc', 'c'],
  },
  all: { ...rootShapes.all, usage: 'document' },
  any: { ...rootShapes.any, usage: 'statement' },
  gatesByWeight: { ...rootShapes.weighted, usage: 'document' },
} as const satisfies Record<string, Shape>;

const set = (letters: string) => universe.of(Array.from(letters).map(id));

/** Beside another key, or, of nested policies, beside another epoch of the same one. */
export function lawSetup(shape: Shape, suite: BlsSuite, backend: PairingBackend): DistributedSignerSetup {
  const pairing = pairingOf(backend, suite);
  const { usage, policy, qualified, unqualified } = shape;
  const common = { suite, usage, secret: bigIntToBytes(12345678987654321n, 32) };
  const key = testKey(policy, common, pairing);
  const elsewhere = { random: seededRandom('elsewhere'), epoch: 2 };
  const other =
    shape === shapes.nested
      ? testKey(policy, { ...common, ...elsewhere }, pairing)
      : testKey(policy, { suite, usage, ...elsewhere }, pairing);
  const shares = [...key.shares.values()];
  return {
    universe,
    usage,
    verifier: key.verifier,
    signers: key.signers,
    other,
    qualified: qualified.map(set),
    unqualified: unqualified.map(set),
    attributable: true,
    judgesEveryShare: false,
    loggable: [...shares, key.publicKey],
    secrets: shares.flatMap((share) => share.rows.map(({ secret }) => secret)),
  };
}
