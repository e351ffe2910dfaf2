/** The matrix of random schedules: trust models × adversaries × fault profiles, each drawn from a seed. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { trustOf } from '../support/simulation/configuration.js';
import { Prng } from '../support/simulation/random.js';
import {
  calm,
  type Crash,
  type Faults,
  type Partition,
  quickParameters,
  type Scenario,
  someLoad,
} from '../support/simulation/scenario.js';
import { type AdversaryName, adversaryNames } from './adversaries/adversaries.js';

/** n = 4 and n = 6, each with t = 1 and t = 0; organizations; organizations with servers. */
export const trustTexts = [
  'f=1 t=1 of (a, b, c, d)',
  'f=1 t=0 of (a, b, c, d)',
  'f=1 t=1 of (a, b, c, d, e, g)',
  'f=1 t=0 of (a, b, c, d, e, g)',
  'f=2 t=1 of (a, b, c, d, e, g, h)',
  'f=1 of (a: f=1 of (1, 2, 3, 4), b: f=1 of (1, 2, 3, 4), c, d)',
] as const;

export const profiles = ['calm', 'lossy', 'wide', 'partitioned', 'crashing', 'everything'] as const;
type Profile = (typeof profiles)[number];

/** The scenario of a seed. */
export function randomScenario(seed: number): Scenario {
  const random = new Prng(seed);
  const trust = random.pick(trustTexts);
  const adversary = random.pick<AdversaryName | 'none'>(['none', ...adversaryNames]);
  return scenarioFor({ seed, trust, adversary, profile: random.pick(profiles) });
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
  const faults = faultsOf(profile, random, everyone);
  const load = {
    ...someLoad,
    sessions: random.between(1, 4),
    requestsPerSession: random.between(2, 8),
    gapMs: random.pick([5, 40, 200]),
    // Where no server forgets what waits, one correct server that has a request must suffice.
    isRetransmitted: faults.crashes.length > 0 || random.chance(0.5),
  };
  // A narrow window is full all the time.
  const narrow = { windowSlots: 4, checkpointInterval: 2 };
  const parameters = { ...quickParameters, ...(random.chance(0.3) ? narrow : {}) };
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
  const healedAtMs = random.between(300, 3000);
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
    case 'everything':
      return {
        ...calm,
        ...lossy,
        delayMs: [1, random.pick([5, 50, 150])],
        partitions: partitions(random, everyone, healedAtMs),
        crashes: crashes(random, everyone),
        diskMs: random.pick([1, 20]),
        healedAtMs,
      };
  }
}

function partitions(random: Prng, everyone: readonly ProcessId[], untilMs: number): readonly Partition[] {
  return Array.from({ length: random.between(1, 4) }, () => {
    const fromMs = random.between(0, untilMs);
    const group = random.shuffled(everyone).slice(0, random.between(1, everyone.length - 1));
    return { fromMs, toMs: fromMs + random.between(50, 1500), group };
  });
}

function crashes(random: Prng, everyone: readonly ProcessId[]): readonly Crash[] {
  const isPowerCut = random.chance(0.2);
  const count = random.between(1, 5);
  const atMs = random.between(10, 1500);
  const some = Array.from({ length: count }, () => ({
    process: random.pick(everyone),
    atMs: random.between(1, 2500),
    downMs: random.between(1, 800),
  }));
  const all = everyone.map((process) => ({
    process,
    atMs: atMs + random.between(0, 20),
    downMs: random.between(1, 300),
  }));
  return isPowerCut ? [...all, ...some] : some;
}
