/** The configuration of one simulated process. */
import type { ProcessId } from '../../../src/prelude/process.js';
import { type Configuration, defaultParameters } from '../../../src/consensus/configuration.js';
import { leaderSchedule } from '../../../src/consensus/fab-quorums.js';
import { type Request, requestStatement, type UnsignedRequest } from '../../../src/consensus/batch.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import type { TrustModel } from '../../../src/quorum/trust/trust-model.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import { testAllianceId, testClient, testConfiguration, testRequest } from '../cluster.js';
import { right } from '../right.js';
import { MockSigner, mockClientKeyId, mockClients, mockClientSignature, mockIdentities } from './mock-keys.js';
import type { Scenario } from './scenario.js';

export type SimulatedConfiguration = Configuration & { readonly allianceSigner: DistributedSigner };

export function trustOf({ trust }: Pick<Scenario, 'trust'>): TrustModel {
  return right(parseTrust(trust));
}

export function simulatedConfiguration(
  { scheme, parameters }: Pick<Scenario, 'scheme' | 'parameters'>,
  { system, leaders }: TrustModel,
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
