/** Shoup RSA signers of a fixed key, for tests and benchmarks that need an alliance key. */
import { randomBytes } from 'node:crypto';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId, Universe } from '../../src/prelude/process.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import { dealShoupRsa } from '../../src/schemes/shoup-rsa/dealer.js';
import { makeShoupRsaSigner, type ShoupRsaSigner } from '../../src/schemes/shoup-rsa/signer.js';
import { safePrimes2048 } from './rsa-keys.js';
import { right } from './right.js';

/** Signers of a statement key of 2048 bits, two of the universe's processes being enough; shares carry proofs where they are asked for. */
export function shoupRsaSigners(universe: Universe): (me: ProcessId) => ShoupRsaSigner {
  const policy: Policy = { _tag: 'threshold', k: 2, of: universe.ids.map((id) => ({ _tag: 'member', id })) };
  const dealt = right(
    dealShoupRsa({
      material: { _tag: 'safe-primes', ...safePrimes2048 },
      policy,
      universe,
      usage: 'statement',
      epoch: 1,
    }),
  );
  return (me) =>
    right(
      makeShoupRsaSigner(
        dealt.publicKey,
        present(dealt.shares.get(me), 'everyone has a share'),
        universe,
        randomBytes,
        {
          withProof: false,
        },
      ),
    );
}
