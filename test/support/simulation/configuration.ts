/** The configurations of simulated processes, one an epoch. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { type Digest, digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { type Configuration, defaultParameters, type Parameters } from '../../../src/consensus/configuration.js';
import { leaderSchedule } from '../../../src/consensus/fab-quorums.js';
import { type ClientId, type Request, requestStatement, type UnsignedRequest } from '../../../src/consensus/batch.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import { isAlwaysFast } from '../../../src/quorum/trust/slow-quorums.js';
import type { TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import type { TrustAssumption } from '../../../src/quorum/trust/conditions.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import { RingSystem } from '../../../examples/own-quorum-system.js';
import { allianceIdOf, configurationDigestOf } from '../../../src/management/alliance-codec.js';
import { testAllianceId, testClient, testConfiguration, testRequest } from '../cluster.js';
import { right } from '../right.js';
import {
  MockGroupSigner,
  MockSigner,
  mockClientKeyId,
  mockClients,
  mockClientSignature,
  mockIdentities,
} from './mock-keys.js';
import { allianceSigner as signerOfAlliance } from './governance/alliance-signer.js';
import { sharedKeys } from './real-keys.js';
import type { Scenario } from './scenario.js';

export type SimulatedConfiguration = Configuration & { readonly allianceSigner: DistributedSigner };

/** Who sends controls. */
export const operatorClient: ClientId = 'acme/operators';

type SimulatedModel = TrustAssumption & Partial<Pick<TrustModel, 'rule'>>;

const trustModels = new Map<string, SimulatedModel>();

/** The server of an organization that is to be admitted. */
export function newcomerOf(organization: string): ProcessId {
  return `${organization}/1` as ProcessId;
}

/** A trust model as it is written, or `ring of n`, a quorum system of a user's own; made once for each text. */
export function trustOf({ trust }: Pick<Scenario, 'trust'>): SimulatedModel {
  const known = trustModels.get(trust);
  if (known !== undefined) return known;
  const ring = /^ring of (\d+)$/.exec(trust)?.[1];
  const fresh = ring === undefined ? right(parseTrust(trust)) : ringTrust(Number(ring));
  trustModels.set(trust, fresh);
  return fresh;
}

/** What a scenario says of its epochs. */
export type Epochs = Pick<Scenario, 'trust' | 'succession' | 'documents' | 'governance'>;

/** Those of all epochs; where they are governed, of those that are known. */
export function trustsOf({ trust, succession, documents }: Epochs): readonly SimulatedModel[] {
  if (documents !== undefined) return documents.map((document) => document.trust);
  return [trust, ...(succession?.trusts ?? [])].map((text) => trustOf({ trust: text }));
}

export function epochCountOf({ succession, documents }: Epochs): number {
  return documents?.length ?? 1 + (succession?.trusts.length ?? 0);
}

/** Every process of any epoch. */
export function everyoneOf(scenario: Epochs): readonly ProcessId[] {
  const wishes = scenario.governance?.wishes.filter(({ what }) => what === 'admit') ?? [];
  const newcomers = wishes.map(({ organization }) => newcomerOf(organization));
  return [...new Set([...trustsOf(scenario).flatMap(({ system }) => system.processes.universe.ids), ...newcomers])];
}

/** So many data centres of one server each, of which two neighbours may fail together and one may be slow. */
function ringTrust(count: number): TrustAssumption {
  const ids = 'a b c d e g h i j k'.split(' ').slice(0, count) as ProcessId[];
  const system = new RingSystem(ids.map((id) => [id]));
  return { system, leaders: system.processes };
}

/** What follows from a trust model alone, and is asked for whenever a machine starts. */
const following = new WeakMap<SimulatedModel, Pick<Configuration, 'leaders' | 'isAlwaysFast'>>();

function followingFrom(model: SimulatedModel): Pick<Configuration, 'leaders' | 'isAlwaysFast'> {
  let known = following.get(model);
  if (known === undefined) {
    const { leaders, rule } = model;
    known = { leaders: leaderSchedule(leaders), isAlwaysFast: rule !== undefined && isAlwaysFast(rule) };
    following.set(model, known);
  }
  return known;
}

const digests = new Map<string, Digest>();

/** Names the configuration of an epoch; or another one for that epoch, of the same processes, that is never activated. */
export function configurationDigest(
  { trust, succession, documents }: Epochs,
  epoch: number,
  fate: 'meant' | 'given up' = 'meant',
): Digest {
  if (documents !== undefined) return configurationDigestOf(present(documents[epoch - 1], 'a document of the epoch'));
  const name = `${fate} ${epoch}: ${[trust, ...(succession?.trusts ?? [])][epoch - 1] ?? ''}`;
  const known = digests.get(name) ?? digest(utf8(name));
  digests.set(name, known);
  return known;
}

export function parametersOf({ parameters }: Pick<Scenario, 'parameters'>): Parameters {
  return { ...defaultParameters, ...parameters };
}

/** Of one process in one epoch of a scenario; what it begins with, unless it is the first. */
export function configurationOf(
  scenario: Scenario,
  epoch: number,
  me: ProcessId,
  start?: StateTarget,
  allianceSigner?: DistributedSigner,
): SimulatedConfiguration {
  const trust = present(trustsOf(scenario)[epoch - 1], 'a trust model for each epoch');
  const of = { epoch, ...(start === undefined ? {} : { start }) };
  const document = scenario.documents?.[epoch - 1];
  const mock = simulatedConfiguration(scenario, trust, me, of);
  if (document === undefined) return mock;
  const signer = allianceSigner ?? signerOfAlliance(document, me, undefined);
  return {
    ...mock,
    allianceId: allianceIdOf(document),
    clients: mockClients([testClient, operatorClient, ...everyoneOf(scenario)]),
    keys: { ...mock.keys, alliance: signer },
    allianceSigner: signer,
  };
}

export function simulatedConfiguration(
  scenario: Pick<Scenario, 'scheme' | 'parameters' | 'succession' | 'certificates'>,
  model: SimulatedModel,
  me: ProcessId,
  of: Pick<Configuration, 'epoch' | 'start'> = { epoch: 1 },
): SimulatedConfiguration {
  const { system } = model;
  if (scenario.scheme !== 'mock') return realConfiguration(scenario.scheme, scenario.parameters, model, me);
  const { universe } = system.processes;
  const { epoch } = of;
  const slow = { universe, me, epoch, purpose: 'slow', mayCombine: (set: ProcessSet) => system.isSlowQuorum(set) };
  const mayVouch = { mayCombine: (set: ProcessSet) => system.containsCorrect(set), universe, me, epoch };
  const allianceSigner =
    scenario.succession?.keepsAllianceKey === true
      ? new MockGroupSigner({ ...mayVouch, purpose: 'alliance' })
      : new MockSigner({ ...mayVouch, purpose: epoch === 1 ? 'alliance' : `alliance ${epoch}` });
  return {
    ...of,
    ...followingFrom(model),
    allianceId: testAllianceId,
    me,
    system,
    identities: mockIdentities(me),
    clients: mockClients([testClient, operatorClient]),
    keys: {
      slow: new (scenario.certificates === 'threshold' ? MockGroupSigner : MockSigner)(slow),
      alliance: allianceSigner,
    },
    parameters: parametersOf(scenario),
    allianceSigner,
  };
}

/** Real identities and clients, and keys of `scheme`. */
function realConfiguration(
  scheme: Exclude<Scenario['scheme'], 'mock'>,
  parameters: Partial<Parameters>,
  { system, leaders, rule }: SimulatedModel,
  me: ProcessId,
): SimulatedConfiguration {
  const multisig = testConfiguration(system, me, parameters);
  if (scheme === 'ed25519') return multisig;
  const trust = { system, leaders, rule: present(rule, 'a key is shared along the policy of a rule') };
  const { slow, alliance } = sharedKeys(scheme, trust)(me);
  return { ...multisig, isAlwaysFast: isAlwaysFast(trust.rule), keys: { slow, alliance }, allianceSigner: alliance };
}

/** Of its own alliance, where it governs itself. */
export function allianceIdOfRun({ documents }: Pick<Scenario, 'documents'>): Digest {
  const founding = documents?.[0];
  return founding === undefined ? testAllianceId : allianceIdOf(founding);
}

/** A request of the test client, signed as the scheme has it. */
export function simulatedRequest(
  scenario: Pick<Scenario, 'scheme' | 'documents'>,
  request: Omit<UnsignedRequest, 'client'>,
): Request {
  if (scenario.scheme === 'mock') return signedBy(scenario, testClient, request);
  const commands = request.commands.map((command) => new TextDecoder().decode(command));
  return testRequest(request.firstSequence, commands, request.session);
}

/** A request of the operators, under mock keys. */
export function operatorRequest(
  scenario: Pick<Scenario, 'documents'>,
  session: number,
  commands: readonly Uint8Array[],
): Request {
  return signedBy(scenario, operatorClient, { session, firstSequence: 1, commands });
}

/** Under a mock key of the client. */
export function signedBy(
  scenario: Pick<Scenario, 'documents'>,
  client: ClientId,
  request: Omit<UnsignedRequest, 'client'>,
): Request {
  const unsigned = { ...request, client };
  const statement = requestStatement(allianceIdOfRun(scenario), mockClientKeyId(client), unsigned);
  return { ...unsigned, signature: mockClientSignature(client, statement) };
}
