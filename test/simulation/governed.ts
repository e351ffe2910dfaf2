/** Random schedules of alliances that govern themselves: wishes of organizations × adversaries × fault profiles, each drawn from a seed. */
import { organizationOf } from '../../src/prelude/process.js';
import { newcomerOf, trustOf } from '../support/simulation/configuration.js';
import { Prng } from '../support/simulation/random.js';
import { patientParameters, quickParameters, type Scenario, type Wish } from '../support/simulation/scenario.js';
import { type AdversaryName, adversaryNames } from './adversaries/adversaries.js';
import { loadMs } from './faults.js';
import { faultsOf, profiles } from './matrix.js';

/** Of organizations whose servers are what governance makes of them. */
const governedTrusts = [
  'f=1 t=0 of (a/1, b/1, c/1, d/1)',
  'f=1 t=1 of (a/1, b/1, c/1, d/1)',
  'f=1 t=0 of (a/1, b/1, c/1, d/1, e/1)',
  'f=1 t=1 of (a: f=0 of (1, 2), b/1, c/1, d/1)',
] as const;

const kinds: readonly Wish['what'][] = [
  'refresh',
  'refresh',
  'enrol',
  'admit',
  'admit',
  'remove',
  'parameters',
  'suspend',
];
const newcomers = ['m', 'n'] as const;

function drawWishes(random: Prng, names: readonly string[]): readonly Wish[] {
  return Array.from({ length: random.between(1, 3) }, (_, index) => {
    const what = random.pick(kinds);
    const organization = what === 'admit' ? (newcomers[index % 2] ?? 'm') : random.pick(names);
    const fate = random.next();
    return {
      what,
      organization,
      ...(fate < 0.1 ? { isRejected: true as const } : {}),
      ...(fate > 0.85 ? { isAbandoned: true as const } : {}),
    };
  });
}

/** The governed scenario of a seed. */
export function governedScenario(seed: number): Scenario {
  const random = new Prng(seed ^ 0x5bd1e995);
  const trust = random.pick(governedTrusts);
  const { ids } = trustOf({ trust }).system.processes.universe;
  const names = [...new Set(ids.map(organizationOf))];
  const wishes = drawWishes(random.fork(), names);
  const admitted = wishes.filter(({ what }) => what === 'admit').map(({ organization }) => newcomerOf(organization));
  const everyone = [...new Set([...ids, ...admitted])];
  const adversary = random.pick<AdversaryName | 'none'>(['none', 'none', 'none', ...adversaryNames]);
  const isHostile = random.chance(0.7);
  const liar = random.pick(names);
  const byzantine = adversary === 'none' && !isHostile ? [] : ids.filter((id) => organizationOf(id) === liar);
  const profile = random.pick(profiles);
  const faults = faultsOf(profile, random.fork(), { everyone, withinMs: 3 * loadMs });
  const interval = random.pick([4, 8, 16]);
  return {
    seed,
    trust,
    adversary,
    byzantine,
    faults,
    load: { sessions: 2, requestsPerSession: 2, commandsPerRequest: 1, gapMs: 80, isRetransmitted: true },
    scheme: 'mock',
    parameters: {
      ...quickParameters,
      ...(faults.delayMs[1] > 100 ? patientParameters : {}),
      windowSlots: random.pick([4, 8, 16]),
      checkpointInterval: 2,
      transferSlots: random.pick([4, 16, 16_384]),
    },
    snapshots: {
      interval,
      retainSlots: random.pick([0, 3, 20]),
      stateBytes: 0,
      rot: 0,
      ...(faults.crashes.length > 0 ? { cuts: 0.3 } : {}),
    },
    governance: {
      keys: random.pick(['multisig', 'multisig', 'bls']),
      fromMs: random.between(0, loadMs),
      wishes,
      isHostile,
    },
  };
}
