/** Random schedules: trust models × adversaries × fault profiles, each drawn from a seed. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { trustOf } from '../support/simulation/configuration.js';
import { Prng } from '../support/simulation/random.js';
import {
  calm,
  type Faults,
  patientParameters,
  quickParameters,
  type Scenario,
} from '../support/simulation/scenario.js';
import { type AdversaryName, adversaryNames } from './adversaries/adversaries.js';
import { clocks, crashes, fullDisks, partitions, untrueDisks } from './faults.js';
import { smallTrustModels, trustModels } from './trust-models.js';

export const profiles = ['calm', 'lossy', 'wide', 'partitioned', 'crashing', 'clocks', 'disks', 'everything'] as const;
type Profile = (typeof profiles)[number];

/** The scenario of a seed, over any trust model or over this one. */
export function randomScenario(seed: number, only?: string): Scenario {
  const random = new Prng(seed);
  // What small models have not shown, large ones seldom do.
  const { trust } = random.pick(random.chance(0.5) ? smallTrustModels : trustModels);
  const adversary = random.pick<AdversaryName | 'none'>(['none', ...adversaryNames]);
  return scenarioFor({ seed, trust: only ?? trust, adversary, profile: random.pick(profiles) });
}

export interface Cell {
  readonly seed: number;
  readonly trust: string;
  readonly adversary: AdversaryName | 'none';
  readonly profile: Profile;
}

export function scenarioFor({ seed, trust, adversary, profile }: Cell): Scenario {
  const random = new Prng(seed).fork();
  const { system } = trustOf({ trust });
  const everyone = system.processes.universe.ids;
  const byzantine =
    adversary === 'none'
      ? []
      : faultySet(random, everyone, (set) => system.canBeFaulty(system.processes.universe.of(set)));
  const drawn = faultsOf(profile, random, everyone);
  const faults =
    adversary === 'forgetful' ? { ...drawn, crashes: [...drawn.crashes, ...untrueDisks(random, byzantine)] } : drawn;
  const sessions = random.between(1, 3);
  const load = {
    sessions,
    requestsPerSession: Math.ceil(8 / sessions),
    commandsPerRequest: random.between(1, 2),
    gapMs: random.pick([5, 30, 80]),
    // Where no server forgets what waits, one correct server that has a request must suffice.
    isRetransmitted: faults.crashes.length + faults.fullDisks.length > 0 || random.chance(0.5),
  };
  // A narrow window is full all the time.
  const narrow = { windowSlots: 4, checkpointInterval: 2 };
  const parameters = {
    ...quickParameters,
    ...(faults.delayMs[1] > 100 ? patientParameters : {}),
    ...(random.chance(0.3) ? narrow : {}),
  };
  return { seed, trust, adversary, byzantine, faults, load, scheme: 'mock', parameters };
}

/** A maximal set that may be Byzantine, chosen at random; the first leader is in it half of the time. */
function faultySet(
  random: Prng,
  everyone: readonly ProcessId[],
  mayBe: (set: readonly ProcessId[]) => boolean,
): readonly ProcessId[] {
  const shuffled = random.shuffled(everyone);
  const first = present(everyone[0], 'an alliance has processes');
  const order = random.chance(0.5) ? [first, ...shuffled.filter((process) => process !== first)] : shuffled;
  const chosen: ProcessId[] = [];
  for (const process of order) if (mayBe([...chosen, process])) chosen.push(process);
  return chosen;
}

function faultsOf(profile: Profile, random: Prng, everyone: readonly ProcessId[]): Faults {
  const lossy = { loss: random.next() * 0.3, duplication: random.next() * 0.2, straggling: random.next() * 0.2 };
  const healedAtMs = random.between(100, 900);
  switch (profile) {
    case 'calm':
      return calm;
    case 'lossy':
      return { ...calm, ...lossy, healedAtMs };
    case 'wide':
      return { ...calm, delayMs: [40, 160], straggling: 0.1, duplication: 0.1, healedAtMs };
    case 'partitioned':
      return { ...calm, partitions: partitions(random, everyone, healedAtMs), healedAtMs };
    case 'crashing':
      return { ...calm, crashes: crashes(random, everyone), diskMs: 8, healedAtMs };
    case 'clocks':
      return { ...calm, ...lossy, clocks: clocks(random, everyone), healedAtMs };
    case 'disks':
      return { ...calm, fullDisks: fullDisks(random, everyone), diskMs: random.pick([1, 20]), healedAtMs };
    case 'everything':
      return {
        ...calm,
        ...lossy,
        delayMs: [1, random.pick([5, 50, 150])],
        partitions: partitions(random, everyone, healedAtMs),
        crashes: crashes(random, everyone),
        fullDisks: random.chance(0.3) ? fullDisks(random, everyone) : [],
        clocks: random.chance(0.5) ? clocks(random, everyone) : {},
        diskMs: random.pick([1, 20]),
        healedAtMs,
      };
  }
}
