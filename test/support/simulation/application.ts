/** The replicated application of the simulator, and what its servers' executors are told of the epochs. */
import type { Delivered } from '../../../src/consensus/delivery.js';
import type { NextConfiguration } from '../../../src/consensus/epoch-change.js';
import { chunkBytes } from '../../../src/consensus/manifest.js';
import { equalBytes } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { StateMachine } from '../../../src/services/state-machine.js';
import { Executor, type ExecutorParts } from '../../../src/server/state/executor.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import { foundGovernance } from '../../../src/management/governance/founding.js';
import { Membership, membershipName, type MembershipParts } from '../../../src/services/membership/membership.js';
import { isServiceCommand } from '../../../src/services/service-command.js';
import { verifyOnce } from './governance/founding.js';
import { CommandedEpochs } from '../commanded-epochs.js';
import { testAllianceId } from '../cluster.js';
import { configurationDigest, operatorClient, parametersOf, trustsOf } from './configuration.js';
import { mockIdentities } from './mock-keys.js';
import type { Scenario } from './scenario.js';

/** A running checksum over all commands, in a state of any size; its mark is in every chunk. */
class Register implements StateMachine {
  private count = 0;
  private sum = 0x811c9dc5;

  constructor(private readonly stateBytes: number) {}

  apply({ session, sequence, command }: Delivered): Uint8Array {
    this.count += 1;
    let sum = Math.imul(this.sum ^ session, 0x01000193) ^ sequence;
    for (const byte of command) sum = Math.imul(sum ^ byte, 0x01000193);
    this.sum = sum;
    return this.mark();
  }

  snapshot(): Uint8Array {
    const state = new Uint8Array(Math.max(8, this.stateBytes));
    for (let at = 0; at + 12 <= state.length; at += chunkBytes) state.set([...this.mark(), at >>> 16], at);
    state.set(this.mark());
    return state;
  }

  restore(state: Uint8Array): boolean {
    if (state.length < 8) return false;
    const numbers = new DataView(state.buffer, state.byteOffset, 8);
    this.count = numbers.getUint32(0);
    this.sum = numbers.getInt32(4);
    return true;
  }

  private mark(): Uint8Array {
    const mark = new Uint8Array(8);
    const numbers = new DataView(mark.buffer);
    numbers.setUint32(0, this.count);
    numbers.setInt32(4, this.sum);
    return mark;
  }
}

/** What is executed, as it ships, over the simulator's application. */
export interface SimulatedServices {
  readonly executor: Executor;
  /** Of an alliance that governs itself. */
  readonly membership?: Membership;
}

export function simulatedServices(scenario: Scenario, onEvents?: MembershipParts['onEvents']): SimulatedServices {
  const founding = scenario.documents?.[0];
  if (founding === undefined) return { executor: new Executor(commandedParts(scenario)) };
  const membership = new Membership({
    founding: foundGovernance(founding),
    verify: verifyOnce,
    ...(onEvents === undefined ? {} : { onEvents }),
  });
  const parts: ExecutorParts = {
    allianceId: allianceIdOf(founding),
    applications: new Map<string, StateMachine>([
      ['register', new Register(scenario.snapshots?.stateBytes ?? 0)],
      [membershipName, membership],
    ]),
    applicationOf: ({ command }) => (isServiceCommand(command) ? membershipName : 'register'),
    control: membership,
  };
  return { executor: new Executor(parts), membership };
}

function commandedParts(scenario: Scenario): ExecutorParts {
  const { windowSlots, checkpointInterval } = parametersOf(scenario);
  const { interval = Number.POSITIVE_INFINITY, stateBytes = 0 } = scenario.snapshots ?? {};
  return {
    allianceId: testAllianceId,
    applications: new Map([['register', new Register(stateBytes)]]),
    applicationOf: ({ client }) => (client === operatorClient ? undefined : 'register'),
    control: new CommandedEpochs({
      terms: { windowSlots, checkpointInterval, snapshotInterval: interval },
      isHeard: (client) => client === operatorClient,
      configurationOf: (epoch, digest) => nextConfiguration(scenario, epoch + 1, digest),
    }),
  };
}

/** The configuration of an epoch, or one like it that is never activated. */
function nextConfiguration(scenario: Scenario, epoch: number, digest: Digest): NextConfiguration | undefined {
  const trust = trustsOf(scenario)[epoch - 1];
  if (trust === undefined) return undefined;
  const isKnown = (['meant', 'given up'] as const).some((fate) =>
    equalBytes(digest, configurationDigest(scenario, epoch, fate)),
  );
  const [me] = trust.system.processes.universe.ids;
  return isKnown && me !== undefined ? { system: trust.system, identities: mockIdentities(me) } : undefined;
}
