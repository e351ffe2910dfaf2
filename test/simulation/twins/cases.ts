/**
 * The Twins scenarios of four organizations, of which one runs twice: in each of the first views everyone, twins apart, is in one of
 * two parts. Which of the two is called the first machine does not matter: of two scenarios that differ in that alone, one is run.
 */
import { present } from '../../../src/prelude/invariant.js';
import { trustOf } from '../../support/simulation/configuration.js';
import { type Round, twinOf, type Unit, unitOf } from '../../support/simulation/rounds.js';
import { calm, quickParameters, type Scenario } from '../../support/simulation/scenario.js';

/** Four servers on the fast path's bound and below it, and four organizations of which some have two servers. */
const models = [
  'f=1 t=1 of (a, b, c, d)',
  'f=1 t=0 of (a, b, c, d)',
  'f=1 t=1 of (a: f=0 of (1, 2), b: f=0 of (1, 2), c: f=0 of (1, 2), d)',
] as const;

const unitCount = 4;
/** Each unit leads one of them. */
const views = 4;
/** Of the four and the twin in two parts: the part of each other than the last, relative to the last. */
const parts = 2 ** unitCount;

/** The two machines change places: their bits are the lowest two, and that of the last unit is none. */
function swapped(round: number): number {
  return (round & ~3) | ((round & 1) << 1) | ((round >> 1) & 1);
}

/** By rounds in base `parts`: of each pair of schedules that are one, the first. */
const canonical: readonly (readonly number[])[] = Array.from({ length: parts ** views }, (_, index) =>
  digitsOf(index),
).filter(isFirst);

function digitsOf(index: number): readonly number[] {
  return Array.from({ length: views }, (_, view) => Math.floor(index / parts ** view) % parts);
}

function isFirst(rounds: readonly number[]): boolean {
  for (const round of rounds) {
    const other = swapped(round);
    if (round !== other) return round < other;
  }
  return true;
}

export const twinCases = {
  enumerated: models.length * unitCount * parts ** views,
  distinct: models.length * unitCount * canonical.length,
} as const;

/** @param index - below `twinCases.distinct`. Neighbours differ in all that there is. */
export function twinScenario(index: number): Scenario {
  const trust = present(models[index % models.length], 'a model');
  const twinned = Math.floor(index / models.length) % unitCount;
  const position = Math.floor(index / (models.length * unitCount));
  // A prime step visits every schedule once.
  const rounds = present(canonical[(position * 7919) % canonical.length], 'a schedule');
  const { ids } = trustOf({ trust }).system.processes.universe;
  const units = [...new Set(ids.map(unitOf))];
  const unit = present(units[twinned], 'a unit');
  return {
    seed: index,
    trust,
    byzantine: ids.filter((id) => unitOf(id) === unit),
    adversary: 'twins',
    faults: { ...calm, healedAtMs: 1_200 },
    rounds: rounds.map((round) => roundOf(round, unit, units)),
    // Something is always asked for while views are parted.
    load: { sessions: 2, requestsPerSession: 2, commandsPerRequest: 1, gapMs: 400, isRetransmitted: true },
    scheme: 'mock',
    parameters: { ...quickParameters, maxTimeoutMs: 250 },
  };
}

function roundOf(round: number, twinned: Unit, units: readonly Unit[]): Round {
  const everyone = [twinned, twinOf(twinned), ...units.filter((unit) => unit !== twinned)];
  const isInFirst = (_: Unit, at: number): boolean => ((round >> at) & 1) === 0;
  return [everyone.filter(isInFirst), everyone.filter((unit, at) => !isInFirst(unit, at))];
}
