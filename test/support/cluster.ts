/** Consensus machines of one alliance in one process, over a queue: what directed tests and the simulator stand on. */
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import { type ClientId, type Request, requestStatement, type UnsignedRequest } from '../../src/consensus/batch.js';
import { type Configuration, defaultParameters, type Parameters } from '../../src/consensus/configuration.js';
import { leaderSchedule } from '../../src/consensus/fab-quorums.js';
import { publicKeyFromSeed, ed25519Sign, ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import type { Ed25519PublicKey, Ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import { MultisigSigner } from '../../src/schemes/multisig/signer.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';

export const testAllianceId = digest(utf8('an alliance for tests'));
export const testClient: ClientId = 'acme/app';

const seeds = new Map<string, Ed25519Seed>();

/** The same object for the same name: keys are parsed once for each. */
function seedOf(name: string): Ed25519Seed {
  const seed = seeds.get(name) ?? (digest(utf8(`seed of ${name}`)) as Uint8Array as Ed25519Seed);
  seeds.set(name, seed);
  return seed;
}

/** Keys of every process for one purpose. */
function keysFor(system: QuorumSystem, purpose: string): ReadonlyMap<ProcessId, Ed25519PublicKey> {
  return new Map([...system.processes].map((id) => [id, publicKeyFromSeed(seedOf(`${purpose} ${id}`))]));
}

function signerFor(system: QuorumSystem, purpose: 'slow' | 'alliance', me: ProcessId): DistributedSigner {
  const canCombine =
    purpose === 'slow'
      ? (set: ProcessSet) => system.isSlowQuorum(set)
      : (set: ProcessSet) => system.containsCorrect(set);
  const key = {
    universe: system.processes.universe,
    epoch: 1,
    usage: 'statement' as const,
    publicKeys: keysFor(system, purpose),
    canCombine,
    ruleDigest: digest(utf8(purpose)),
  };
  return new MultisigSigner(key, me, seedOf(`${purpose} ${me}`));
}

/** The configuration of one process, with fixed keys; `alliance` is a signer, whose verifier the machine sees. */
export function testConfiguration(
  system: QuorumSystem,
  me: ProcessId,
  parameters: Partial<Parameters> = {},
): Configuration & { readonly allianceSigner: DistributedSigner } {
  const identityKeys = keysFor(system, 'identity');
  const allianceSigner = signerFor(system, 'alliance', me);
  const clientKey = publicKeyFromSeed(seedOf(testClient));
  return {
    allianceId: testAllianceId,
    epoch: 1,
    me,
    system,
    leaders: leaderSchedule(system.processes),
    identities: {
      keyId: digest(utf8('identities')),
      sign: (statement) => ed25519Sign(seedOf(`identity ${me}`), statement),
      verify: (process, statement, signature) =>
        ed25519Verify(present(identityKeys.get(process), 'a process has an identity'), statement, signature),
    },
    clients: {
      keyId: (client) => (client === testClient ? digest(clientKey) : undefined),
      verify: (client, statement, signature) => client === testClient && ed25519Verify(clientKey, statement, signature),
    },
    keys: { slow: signerFor(system, 'slow', me), alliance: allianceSigner },
    parameters: { ...defaultParameters, ...parameters },
    allianceSigner,
  };
}

const testClientKeyId = digest(publicKeyFromSeed(seedOf(testClient)));

/** A request of the test client, signed. */
export function testRequest(firstSequence: number, commands: readonly string[], session = 1): Request {
  const unsigned: UnsignedRequest = { client: testClient, session, firstSequence, commands: commands.map(utf8) };
  const keyId = testClientKeyId;
  return { ...unsigned, signature: ed25519Sign(seedOf(testClient), requestStatement(testAllianceId, keyId, unsigned)) };
}
