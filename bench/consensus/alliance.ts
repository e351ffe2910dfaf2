/** Alliances of n servers, their trust models and their keys; and the configuration of each server, which counts the signatures. */
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../src/prelude/process.js';
import type { Configuration, Parameters } from '../../src/consensus/configuration.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import { thresholdSystem } from '../../src/quorum/trust/threshold.js';
import { validateTrust } from '../../src/quorum/trust/trust-report.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';
import { makeSigner } from '../../src/schemes/registry.js';
import {
  type AllianceScheme,
  dealAllianceKey,
  type DealtAllianceKey,
} from '../../src/server/founding/alliance-key-dealing.js';
import { testConfiguration } from '../../test/support/cluster.js';
import { safePrimes2048 } from '../../test/support/rsa-keys.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { right } from '../table.js';
import { type SlowKeyMode, slowSigner } from './slow-key.js';
import type { Tally } from './tally.js';

interface Faults {
  readonly f: number;
  readonly t: number;
}

/** The trust model for each n: the most faults that n servers survive, and with four and six a silent one on the fast path too. */
const faultsOf: Readonly<Record<number, Faults>> = {
  4: { f: 1, t: 1 },
  6: { f: 1, t: 1 },
  7: { f: 2, t: 0 },
  13: { f: 4, t: 0 },
  31: { f: 10, t: 0 },
};

export type SchemeName = 'multisig' | 'bls' | 'shoup-rsa 2048';

const schemes: Readonly<Record<SchemeName, AllianceScheme>> = {
  multisig: { _tag: 'multisig' },
  bls: { _tag: 'bls' },
  'shoup-rsa 2048': { _tag: 'shoup-rsa', modulusBits: 2048, primes: safePrimes2048 },
};

export const schemeNames = Object.keys(schemes) as readonly SchemeName[];

export interface Alliance {
  readonly n: number;
  readonly f: number;
  readonly scheme: SchemeName;
  readonly mode: SlowKeyMode;
  readonly system: QuorumSystem;
  readonly isAlwaysFast: boolean;
  readonly universe: Universe;
  readonly key: DealtAllianceKey;
}

/** What one server is made of. */
export interface Member {
  readonly config: Configuration;
  readonly allianceSigner: DistributedSigner;
}

/** An alliance with its alliance key dealt along the vouching sets; the same each time. */
export async function makeAlliance(n: number, scheme: SchemeName, mode: SlowKeyMode): Promise<Alliance> {
  const { universe, system, f, t } = trustOf(n);
  const policy: Policy = { _tag: 'threshold', k: f + 1, of: universe.ids.map((id) => ({ _tag: 'member', id })) };
  const dealing = { random: seededRandom(n), onProgress: () => undefined };
  await loadBackends();
  const key = right(await dealAllianceKey(schemes[scheme], { policy, epoch: 1, universe }, dealing));
  return { n, f, scheme, mode, system, isAlwaysFast: f === t, universe, key };
}

function trustOf(n: number): Faults & { readonly universe: Universe; readonly system: QuorumSystem } {
  const { f, t } = present(faultsOf[n], `a trust model for n: one of ${Object.keys(faultsOf).join(', ')}`);
  const universe = new Universe(Array.from({ length: n }, (_, index) => `o${index + 1}/1` as ProcessId));
  const system = thresholdSystem(universe, { f, t });
  if (!validateTrust({ system, leaders: universe.all }).accepted)
    throw new Error(`n=${n} f=${f} t=${t} is no trust model`);
  return { f, t, universe, system };
}

export function describeTrust(n: number): string {
  const { f, t } = trustOf(n);
  return `n=${n}: f=${f} t=${t}`;
}

/** Its own signers each time it is asked for: they remember what they have checked. */
export function makeMember(alliance: Alliance, me: ProcessId, tally: Tally, parameters: Partial<Parameters>): Member {
  const { system, universe, key, mode } = alliance;
  const { identities, clients, ...base } = testConfiguration(system, me, parameters);
  const share = present(key.shares.get(me), 'every server has a share');
  const allianceSigner = right(makeSigner(key.publicKey, share, universe, { withProof: false }));
  const config: Configuration = {
    ...base,
    isAlwaysFast: alliance.isAlwaysFast,
    identities: {
      keyId: identities.keyId,
      sign: (statement) => {
        tally.add('identity, signed');
        return identities.sign(statement);
      },
      verify: (process, statement, signature) => {
        tally.add('identity, verified');
        return identities.verify(process, statement, signature);
      },
    },
    clients: {
      keyId: (client) => clients.keyId(client),
      verify: (client, statement, signature) => {
        tally.add('requests, verified');
        return clients.verify(client, statement, signature);
      },
    },
    keys: { slow: slowSigner(mode, system, me, tally), alliance: allianceSigner },
  };
  return { config, allianceSigner };
}

/** The servers of which one is correct that a client sends a request to: another one first each time. */
export function vouchingServers({ universe, f, n }: Alliance, turn: number): readonly ProcessId[] {
  return Array.from({ length: f + 1 }, (_, index) => present(universe.at((turn + index) % n), 'a server'));
}
