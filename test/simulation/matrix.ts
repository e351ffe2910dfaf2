/** Random schedules: trust models × adversaries × fault profiles, each drawn from a seed. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { everyoneOf, trustsOf } from '../support/simulation/configuration.js';
import { Prng } from '../support/simulation/random.js';
import {
  calm,
  type Faults,
  patientParameters,
  quickParameters,
  type Scenario,
  type Snapshots,
  type Succession,
} from '../support/simulation/scenario.js';
import { type AdversaryName, adversaryNames } from './adversaries/adversaries.js';
import { clocks, crashes, fullDisks, loadMs, partitions, rounds, untrueDisks } from './faults.js';
import { smallTrustModels, trustModels } from './trust-models.js';

export const profiles = ['calm', 'lossy', 'wide', 'partitioned', 'crashing', 'clocks', 'disks', 'everything'] as const;
type Profile = (typeof profiles)[number];

/** What a schedule sees besides deciding: nothing more, snapshots and all that comes of them, or changes of epochs too. */
type Feature = 'deciding' | 'snapshots' | 'epochs';

/** A schedule with epochs costs several others. */
function drawFeature(random: Prng): Feature {
  if (random.chance(1 / 12)) return 'epochs';
  return random.chance(0.25) ? 'snapshots' : 'deciding';
}

/** The scenario of a seed, over any trust model or over this one. */
export function randomScenario(seed: number, only?: string): Scenario {
  const random = new Prng(seed);
  const feature = drawFeature(random);
  // What small models have not shown, large ones seldom do; and messages grow with the square of the processes.
  const { trust } = random.pick(random.chance(feature === 'epochs' ? 0.9 : 0.7) ? smallTrustModels : trustModels);
  const adversary = random.pick<AdversaryName | 'none'>(['none', ...adversaryNames]);
  const profile = random.pick(profiles);
  return scenarioFor({ seed, trust: only ?? trust, adversary, profile, feature });
}

export interface Cell {
  readonly seed: number;
  readonly trust: string;
  readonly adversary: AdversaryName | 'none';
  readonly profile: Profile;
  /** Deciding alone if absent. */
  readonly feature?: Feature;
}

export function scenarioFor({ seed, trust, adversary, profile, feature = 'deciding' }: Cell): Scenario {
  const random = new Prng(seed).fork();
  const succession = feature === 'epochs' ? drawSuccession(random.fork(), trust) : undefined;
  const epochs = { trust, ...(succession === undefined ? {} : { succession }) };
  const everyone = everyoneOf(epochs);
  const systems = trustsOf(epochs).map(({ system }) => system);
  const mayBeFaulty = (set: readonly ProcessId[]): boolean =>
    systems.every((system) => {
      const { processes } = system;
      return system.canBeFaulty(processes.universe.of(set.filter((process) => processes.has(process))));
    });
  const byzantine = adversary === 'none' ? [] : faultySet(random, everyone, mayBeFaulty);
  // An epoch takes about as long as its load.
  const withinMs = loadMs * systems.length;
  const drawn = faultsOf(profile, random, { everyone, withinMs });
  const faults =
    adversary === 'forgetful'
      ? { ...drawn, crashes: [...drawn.crashes, ...untrueDisks(random, byzantine, withinMs)] }
      : drawn;
  const sessions = random.between(succession === undefined ? 1 : 2, 3);
  const load = {
    sessions,
    requestsPerSession: Math.ceil(random.between(4, 8) / sessions),
    commandsPerRequest: random.between(1, 2),
    gapMs: random.pick([5, 30, 80]),
    // Where no server forgets what waits, one correct server that has a request must suffice.
    isRetransmitted:
      succession !== undefined || faults.crashes.length + faults.fullDisks.length > 0 || random.chance(0.5),
  };
  // A narrow window is full all the time, and an epoch ends a window after it was told to.
  const narrow = { windowSlots: 4, checkpointInterval: 2 };
  const parameters = {
    ...quickParameters,
    ...(faults.delayMs[1] > 100 ? patientParameters : {}),
    ...(random.chance(succession === undefined ? 0.4 : 0.85) ? narrow : {}),
  };
  const parted = adversary === 'twins' ? { rounds: rounds(random, everyone, byzantine) } : {};
  // Along a predicate of a user's own no key is shared.
  const mayShare = trustsOf(epochs).every(({ rule }) => rule !== undefined);
  const certificates = mayShare && random.fork().chance(0.4) ? { certificates: 'threshold' as const } : {};
  const scenario = {
    seed,
    ...epochs,
    adversary,
    byzantine,
    faults,
    ...parted,
    load,
    scheme: 'mock' as const,
    ...certificates,
    parameters,
  };
  if (feature === 'deciding') return scenario;
  return {
    ...scenario,
    parameters: { ...parameters, transferSlots: random.pick([4, 16, 16_384]) },
    snapshots: drawSnapshots(random, parameters.checkpointInterval ?? 1, faults.crashes.length > 0),
  };
}

function drawSnapshots(random: Prng, checkpointInterval: number, isCut: boolean): Snapshots {
  return {
    interval: checkpointInterval * random.pick([1, 1, 2, 4]),
    retainSlots: random.pick([0, 0, 3, 20]),
    // Most states are one chunk; some are three.
    stateBytes: random.chance(0.15) ? 150_000 : 0,
    rot: random.chance(0.2) ? 0.5 : 0,
    ...(isCut ? { cuts: 0.5 } : {}),
  };
}

function drawSuccession(random: Prng, trust: string): Succession {
  const trusts = [random.pick([trust, random.pick(smallTrustModels).trust])];
  if (random.chance(0.1)) trusts.push(random.pick(smallTrustModels).trust);
  return {
    trusts: trusts.map((text, index) => withOthers(random, text, index)),
    fromMs: random.between(0, loadMs),
    keepsAllianceKey: random.chance(0.5),
    hasVoidControls: random.chance(0.3),
  };
}

/** The same trust among others: some leave and others join, or all do, or nobody. */
function withOthers(random: Prng, trust: string, index: number): string {
  const leaving = random.pick(['', 'a', 'b', 'ab', 'cd', 'abcdegh']);
  const others = ['mnopqrs', 'uvwxyzk'][index] ?? '';
  return trust.replaceAll(/\b[abcdegh]\b/g, (id) =>
    leaving.includes(id) ? (others['abcdegh'.indexOf(id)] ?? id) : id,
  );
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

interface Troubled {
  readonly everyone: readonly ProcessId[];
  readonly withinMs: number;
}

export function faultsOf(profile: Profile, random: Prng, { everyone, withinMs }: Troubled): Faults {
  const lossy = { loss: random.next() * 0.3, duplication: random.next() * 0.2, straggling: random.next() * 0.2 };
  const healedAtMs = random.between(100, 500 + withinMs);
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
      return { ...calm, crashes: crashes(random, everyone, withinMs), diskMs: 8, healedAtMs };
    case 'clocks':
      return { ...calm, ...lossy, clocks: clocks(random, everyone), healedAtMs };
    case 'disks':
      return { ...calm, fullDisks: fullDisks(random, everyone, withinMs), diskMs: random.pick([1, 20]), healedAtMs };
    case 'everything':
      return {
        ...calm,
        ...lossy,
        delayMs: [1, random.pick([5, 50, 150])],
        partitions: partitions(random, everyone, healedAtMs),
        crashes: crashes(random, everyone, withinMs),
        fullDisks: random.chance(0.3) ? fullDisks(random, everyone, withinMs) : [],
        clocks: random.chance(0.5) ? clocks(random, everyone) : {},
        diskMs: random.pick([1, 20]),
        healedAtMs,
      };
  }
}
