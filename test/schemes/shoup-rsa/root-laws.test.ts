/** The laws along gates of every kind, of each algorithm and each way of dealing. */
import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import type { DealRequest } from '../../../src/schemes/shoup-rsa/dealer.js';
import { safePrimes512, safePrimes1024 } from '../../support/rsa-keys.js';
import { rootShapes, type Shape } from '../law-shapes.js';
import { id, seededRandom, testKey, universe } from './setup.js';

const set = (names: string) => universe.of(Array.from(names).map(id));

type Terms = Required<Pick<DealRequest, 'algorithm' | 'sharing' | 'material'>>;

const short = { _tag: 'safe-primes', ...safePrimes512 } as const;
const long = { _tag: 'safe-primes', ...safePrimes1024 } as const;

function rootLaws({ name, policy, qualified, unqualified }: Shape, terms: Terms): void {
  distributedSignerLaws(`Shoup RSA, ${name}, ${terms.algorithm}, ${terms.sharing}`, () => {
    const key = testKey(policy, terms);
    return {
      universe,
      usage: 'document',
      verifier: key.verifier,
      signers: key.signers,
      other: testKey(policy, { ...terms, epoch: 2, random: seededRandom('another dealing') }),
      qualified: qualified.map(set),
      unqualified: unqualified.map(set),
      attributable: true,
      judgesEveryShare: false,
      loggable: [...key.shares.values(), key.publicKey],
      secrets: [...key.shares.values()].flatMap((share) => share.rows.map(({ secret }) => secret)),
    };
  });
}

rootLaws(rootShapes.all, { algorithm: 'RS256', sharing: 'integers', material: short });
rootLaws(rootShapes.any, { algorithm: 'PS256', sharing: 'integers', material: long });
rootLaws(rootShapes.weighted, { algorithm: 'RS256', sharing: 'modular', material: short });
