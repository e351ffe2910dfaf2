/** What many schedules have seen, added up. */
import { governedKinds, kinds } from '../support/simulation/coverage.js';
import { simulateAny } from '../support/simulation/simulation.js';
import { adversaryNames } from './adversaries/adversaries.js';
import type { Scenario } from '../support/simulation/scenario.js';
import { governedScenario } from './governed.js';
import { randomScenario } from './matrix.js';
import { twinScenario } from './twins/cases.js';

export interface Failure {
  readonly seed: number;
  readonly violation: string;
  /** Whether it is the governed schedule of the seed. */
  readonly isGoverned: boolean;
}

export interface Tally {
  /** Seeds. */
  schedules: number;
  /** Schedules of alliances that govern themselves. */
  governed: number;
  /** Of the workers, all together. */
  cpuSeconds: number;
  /** How many were run a second time, every process decoding and checking for itself, to the same trace. */
  repeated: number;
  effects: number;
  messages: number;
  slots: number;
  /** How many schedules saw each kind of message, fault and adversary. */
  readonly seen: Record<string, number>;
  readonly failures: Failure[];
}

/** What a seed stands for: a random schedule, over any trust model or over one, or the number of a Twins scenario. */
export interface Source {
  readonly trust?: string | undefined;
  readonly isTwins: boolean;
  /** Alliances that govern themselves, and nothing else. */
  readonly isGoverned: boolean;
}

/** A stretch of seeds. */
export interface Stretch extends Source {
  readonly from: number;
  readonly count: number;
}

export function scenarioOf(seed: number, { isTwins, isGoverned, trust }: Source): Scenario {
  if (isGoverned) return governedScenario(seed);
  return isTwins ? twinScenario(seed) : randomScenario(seed, trust);
}

const repeatedOneIn = 100;
/** Seeds that have a governed schedule besides their own. */
const governedOneIn = 1600;
/** From so many schedules on, every kind must have been seen; of governed ones, what happens in them alone. */
const seenFrom = { schedules: 20_000, governed: 500 } as const;

export function emptyTally(): Tally {
  return {
    schedules: 0,
    governed: 0,
    cpuSeconds: 0,
    repeated: 0,
    effects: 0,
    messages: 0,
    slots: 0,
    seen: {},
    failures: [],
  };
}

export function addTally(
  to: Tally,
  { schedules, governed, cpuSeconds, repeated, effects, messages, slots, seen, failures }: Tally,
): void {
  to.schedules += schedules;
  to.governed += governed;
  to.cpuSeconds += cpuSeconds;
  to.repeated += repeated;
  to.effects += effects;
  to.messages += messages;
  to.slots += slots;
  for (const [kind, count] of Object.entries(seen)) to.seen[kind] = (to.seen[kind] ?? 0) + count;
  to.failures.push(...failures);
}

export async function runStretch({ from, count, ...source }: Stretch): Promise<Tally> {
  const tally = emptyTally();
  const before = process.cpuUsage();
  for (let seed = from; seed < from + count; seed++) {
    tally.schedules += 1;
    await runSeed(tally, seed, scenarioOf(seed, source));
    // They cost much more than others.
    const isPlain = source.trust === undefined && !source.isTwins && !source.isGoverned;
    if (isPlain && seed % governedOneIn === 0) await runSeed(tally, seed, governedScenario(seed));
  }
  const { user, system } = process.cpuUsage(before);
  tally.cpuSeconds = (user + system) / 1e6;
  return tally;
}

async function runSeed(tally: Tally, seed: number, scenario: Scenario): Promise<void> {
  const isGoverned = scenario.governance !== undefined;
  const outcome = await simulateAny(scenario);
  if (isGoverned) tally.governed += 1;
  tally.effects += outcome.steps;
  tally.messages += outcome.messages;
  tally.slots += outcome.slots;
  for (const kind of [...outcome.coverage, `adversary ${scenario.adversary}`])
    tally.seen[kind] = (tally.seen[kind] ?? 0) + 1;
  if (outcome.violation !== undefined) tally.failures.push({ seed, violation: outcome.violation, isGoverned });
  if (seed % repeatedOneIn !== 0) return;
  tally.repeated += 1;
  const { trace } = await simulateAny(scenario, { isEachForItself: true });
  if (trace !== outcome.trace)
    tally.failures.push({ seed, violation: `traces differ: ${outcome.trace}, ${trace}`, isGoverned });
}

/** Kinds that no schedule has seen, though there were many. */
export function unseenKinds({ schedules, governed, seen }: Tally): readonly string[] {
  const usual = [...kinds, ...adversaryNames.map((name) => `adversary ${name}`)];
  const wanted = [
    ...(schedules < seenFrom.schedules ? [] : usual),
    ...(governed < seenFrom.governed ? [] : governedKinds),
  ];
  return wanted.filter((kind) => seen[kind] === undefined);
}

export function describeTally(tally: Tally, seconds: number): readonly string[] {
  const { schedules, governed, cpuSeconds, repeated, effects, messages, slots, seen, failures } = tally;
  const counts = Object.entries(seen).sort(([, a], [, b]) => a - b);
  const perSchedule = (count: number) => (count / Math.max(1, schedules)).toFixed(1);
  return [
    `${schedules} schedules, ${governed} governed, ${repeated} twice; ${failures.length} failures`,
    `${rate(schedules, seconds)} a second, ${rate(schedules, cpuSeconds)} a second of CPU time`,
    `each: ${perSchedule(slots)} slots, ${perSchedule(messages)} messages, ${perSchedule(effects)} effects`,
    `schedules that saw: ${counts.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
  ];
}

function rate(count: number, seconds: number): string {
  return (count / Math.max(0.001, seconds)).toFixed(1);
}
