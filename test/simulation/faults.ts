/** Faults of networks, disks, clocks and power, drawn by chance for the first second or so of a run, in which its load arrives. */
import { organizationOf, type ProcessId } from '../../src/prelude/process.js';
import type { Prng } from '../support/simulation/random.js';
import { type Round, twinOf, unitOf } from '../support/simulation/rounds.js';
import type { Clock, Crash, FullDisk, Partition } from '../support/simulation/scenario.js';

/** In which the load of one epoch arrives. */
export const loadMs = 400;

/** Of processes, or of whole organizations; both ways, or one way. */
export function partitions(random: Prng, everyone: readonly ProcessId[], untilMs: number): readonly Partition[] {
  const organizations = [...new Set(everyone.map(organizationOf))];
  return Array.from({ length: random.between(1, 4) }, () => {
    const fromMs = random.between(0, untilMs);
    const isOfServers = random.chance(0.5);
    const group = isOfServers
      ? random.shuffled(everyone).slice(0, random.between(1, everyone.length - 1))
      : membersOf(random.shuffled(organizations).slice(0, random.between(1, organizations.length - 1)), everyone);
    const only = random.pick(['both', 'both', 'into', 'outOf'] as const);
    return {
      fromMs,
      toMs: fromMs + random.between(30, 600),
      group,
      ...(isOfServers || organizations.length === everyone.length ? {} : { isOfOrganizations: true }),
      ...(only === 'both' ? {} : { only }),
    };
  });
}

function membersOf(organizations: readonly string[], everyone: readonly ProcessId[]): readonly ProcessId[] {
  return everyone.filter((process) => organizations.includes(organizationOf(process)));
}

/** Some processes lose power; now and then all of them at about the same time. */
export function crashes(random: Prng, everyone: readonly ProcessId[], withinMs: number): readonly Crash[] {
  const some = Array.from({ length: random.between(1, 5) }, () => ({
    process: random.pick(everyone),
    atMs: random.between(1, withinMs),
    downMs: random.between(1, 400),
  }));
  if (!random.chance(0.2)) return some;
  const atMs = random.between(10, withinMs);
  const all = everyone.map((process) => ({
    process,
    atMs: atMs + random.between(0, 20),
    downMs: random.between(1, 200),
  }));
  return [...all, ...some];
}

/** Byzantine processes lose power and what their disks had promised. */
export function untrueDisks(random: Prng, byzantine: readonly ProcessId[], withinMs: number): readonly Crash[] {
  return byzantine.flatMap((process) =>
    Array.from({ length: random.between(1, 3) }, () => ({
      process,
      atMs: random.between(1, withinMs),
      downMs: random.between(1, 60),
      disk: random.pick(['loses its end', 'is lost', 'is corrupt'] as const),
    })),
  );
}

/** In each of the first views everyone, with the twins of Byzantine organizations, is in one of two parts. */
export function rounds(
  random: Prng,
  everyone: readonly ProcessId[],
  byzantine: readonly ProcessId[],
): readonly Round[] {
  const units = [...new Set([...everyone.map(unitOf), ...byzantine.map((process) => twinOf(unitOf(process)))])];
  return Array.from({ length: 4 }, () => {
    const first = units.filter(() => random.chance(0.5));
    return [first, units.filter((unit) => !first.includes(unit))];
  });
}

export function fullDisks(random: Prng, everyone: readonly ProcessId[], withinMs: number): readonly FullDisk[] {
  return Array.from({ length: random.between(1, 3) }, () => {
    const fromMs = random.between(1, withinMs);
    return { process: random.pick(everyone), fromMs, toMs: fromMs + random.between(20, 300) };
  });
}

export function clocks(random: Prng, everyone: readonly ProcessId[]): Readonly<Record<string, Clock>> {
  const clock = (): Clock => ({
    skewMs: random.pick([0, 500, 1_700_000_000_000]),
    rate: random.pick([1, 0.7, 0.99, 1.01, 1.5]),
    leaps: Array.from({ length: random.between(0, 2) }, () => ({
      atMs: random.between(1, loadMs),
      byMs: random.pick([10, 1_000, 3_600_000]),
    })),
  });
  return Object.fromEntries(everyone.filter(() => random.chance(0.5)).map((process) => [process, clock()]));
}
