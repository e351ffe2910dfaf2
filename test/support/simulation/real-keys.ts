/** Real keys of every kind for simulated processes, dealt once for each trust model: certificates of both modes (spec/consensus.md). */
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { recoveryPolicy, vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import type { TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import { makeSigner } from '../../../src/schemes/registry.js';
import { dealShoupRsa } from '../../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../right.js';
import { otherSafePrimes1024, safePrimes1024 } from '../rsa-keys.js';
import { seededRandom } from '../seeded-random.js';

/** Both keys of one process: the slow key is shared along the slow quorums, the alliance key along the vouching sets. */
interface SharedKeys {
  readonly slow: DistributedSigner;
  readonly alliance: DistributedSigner;
}

export type SharedScheme = 'bls' | 'shoup-rsa';

type KeysOf = (me: ProcessId) => SharedKeys;

const made = new WeakMap<QuorumSystem, Map<SharedScheme, KeysOf>>();

/** BLS needs its backends to be loaded. */
export function sharedKeys(scheme: SharedScheme, trust: TrustModel): KeysOf {
  const known = made.get(trust.system) ?? new Map<SharedScheme, KeysOf>();
  made.set(trust.system, known);
  const keys = known.get(scheme) ?? dealKeys(scheme, trust);
  known.set(scheme, keys);
  return keys;
}

function dealKeys(scheme: SharedScheme, trust: TrustModel): KeysOf {
  const { universe } = trust.system.processes;
  const [slow, alliance] = [recoveryPolicy(trust), vouchPolicy(trust)].map((policy, index) => {
    const { publicKey, shares } = deal(scheme, { policy, universe, usage: 'statement', epoch: 1 }, index);
    // Shares have proofs where they are asked for.
    const options = { random: seededRandom(index), withProof: false };
    return new Map([...shares].map(([id, share]) => [id, right(makeSigner(publicKey, share, universe, options))]));
  });
  return (me) => ({
    slow: present(slow?.get(me), 'everyone has a share'),
    alliance: present(alliance?.get(me), 'everyone has a share'),
  });
}

type Terms = Pick<Parameters<typeof dealBls>[0], 'policy' | 'universe' | 'usage' | 'epoch'>;

/** A key with a secret of its own for each `index`. */
function deal(scheme: SharedScheme, terms: Terms, index: number) {
  if (scheme === 'bls') return right(dealBls({ ...terms, random: seededRandom(10 + index) }));
  const primes = index === 0 ? safePrimes1024 : otherSafePrimes1024;
  return right(dealShoupRsa({ ...terms, material: { _tag: 'safe-primes', ...primes }, random: seededRandom(index) }));
}
