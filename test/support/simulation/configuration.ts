/** The configuration of one simulated process. */
import type { ProcessId } from '../../../src/prelude/process.js';
import { type Configuration, defaultParameters } from '../../../src/consensus/configuration.js';
import { leaderSchedule } from '../../../src/consensus/fab-quorums.js';
import { type Request, requestStatement, type UnsignedRequest } from '../../../src/consensus/batch.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import type { TrustAssumption } from '../../../src/quorum/trust/conditions.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import { RingSystem } from '../../../examples/own-quorum-system.js';
import { testAllianceId, testClient, testConfiguration, testRequest } from '../cluster.js';
import { right } from '../right.js';
import { MockSigner, mockClientKeyId, mockClients, mockClientSignature, mockIdentities } from './mock-keys.js';
import type { Scenario } from './scenario.js';

export type SimulatedConfiguration = Configuration & { readonly allianceSigner: DistributedSigner };

const trustModels = new Map<string, TrustAssumption>();

/** A trust model as it is written, or `ring of n`, a quorum system of a user's own; made once for each text. */
export function trustOf({ trust }: Pick<Scenario, 'trust'>): TrustAssumption {
  const known = trustModels.get(trust);
  if (known !== undefined) return known;
  const ring = /^ring of (\d+)$/.exec(trust)?.[1];
  const fresh = ring === undefined ? right(parseTrust(trust)) : ringTrust(Number(ring));
  trustModels.set(trust, fresh);
  return fresh;
}

/** So many data centres of one server each, of which two neighbours may fail together and one may be slow. */
function ringTrust(count: number): TrustAssumption {
  const ids = 'a b c d e g h i j k'.split(' ').slice(0, count) as ProcessId[];
  const system = new RingSystem(ids.map((id) => [id]));
  return { system, leaders: system.processes };
}

export function simulatedConfiguration(
  { scheme, parameters }: Pick<Scenario, 'scheme' | 'parameters'>,
  { system, leaders }: TrustAssumption,
  me: ProcessId,
): SimulatedConfiguration {
  if (scheme === 'ed25519') return testConfiguration(system, me, parameters);
  const { universe } = system.processes;
  const allianceSigner = new MockSigner(universe, 'alliance', me, (set) => system.containsCorrect(set));
  return {
    allianceId: testAllianceId,
    epoch: 1,
    me,
    system,
    leaders: leaderSchedule(leaders),
    identities: mockIdentities(me),
    clients: mockClients([testClient]),
    keys: {
      slow: new MockSigner(universe, 'slow', me, (set) => system.isSlowQuorum(set)),
      alliance: allianceSigner,
    },
    parameters: { ...defaultParameters, ...parameters },
    allianceSigner,
  };
}

/** A request of the test client, signed as the scheme has it. */
export function simulatedRequest(scheme: Scenario['scheme'], request: Omit<UnsignedRequest, 'client'>): Request {
  if (scheme === 'ed25519') {
    const commands = request.commands.map((command) => new TextDecoder().decode(command));
    return testRequest(request.firstSequence, commands, request.session);
  }
  const unsigned = { client: testClient, ...request };
  const statement = requestStatement(testAllianceId, mockClientKeyId(testClient), unsigned);
  return { ...unsigned, signature: mockClientSignature(testClient, statement) };
}
