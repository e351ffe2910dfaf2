import { describe, expect, it } from 'vitest';
import { laws, quorumSystemLaws } from '../../../spec/laws/quorum-system-laws.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { ExplicitSystem } from '../../../src/quorum/trust/explicit-system.js';
import { thresholdSystem } from '../../../src/quorum/trust/threshold.js';
import { NaiveSystem, servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';

/** A user's own: weights, by the sum rule. */
class WeightedPredicate extends QuorumSystem {
  readonly processes = servers(7).all;
  private readonly weights = new Map([3, 2, 2, 1, 1, 1, 1].map((weight, index) => [`s${index + 1}`, weight]));

  override isCoveredBy(set: ProcessSet, { byzantine, slow = 0, accused = set.universe.none }: CoveringFaults): boolean {
    const heeded = byzantine === 0 ? set.universe.none : accused;
    const spare = 3 - this.weightOf(heeded);
    return spare >= 0 && this.weightOf(set.minus(heeded)) <= byzantine * spare + slow;
  }

  private weightOf(set: ProcessSet): number {
    return [...set].reduce((sum, id) => sum + (this.weights.get(id) ?? 0), 0);
  }
}

for (const [n, f, t] of [
  [1, 0, 0],
  [4, 1, 1],
  [4, 1, 0],
  [6, 1, 1],
  [7, 2, 1],
  [3, 1, 1],
  [40, 9, 5],
] as const) {
  quorumSystemLaws(`threshold ${n}, ${f}, ${t}`, () => thresholdSystem(servers(n), { f, t }));
}

for (const text of [
  'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)',
  'f=1 t=1 of (a: f=1 t=1 of 6, b: f=1 of 4, c, d, e, g)',
  'f=1 of (a, b, c, d, x: f=1 of 2, y: f=1 of 2)',
  'f=1 t=1 of (f=0 of (a, b), f=1 of (c: f=1 of 3, d, e, f=1 t=1 of (g, h, i, j)), k, l)',
  'weight f=4 t=2 of (a*3, b*3, c*2, d*2, e*2, g*2, h*1, i*1, j*1)',
  'weight f=3 t=1 of (a*3, b*1, x: f=1 t=1 of 4*2, y: weight f=2 t=1 of (1*2, 2*2, 3*1, 4*1)*2, f=1 of (c, d, e)*3)',
]) {
  quorumSystemLaws(text, () => trust(text).system);
}

const regions = ['a1 a2 a3', 'b1 b2', 'c1 c2', 'd1 d2', 'e1', 'g1', 'h1'];
const listedSets: readonly (readonly [name: string, byzantine: readonly string[], slow: readonly string[]])[] = [
  ['seven regions, of which any two may fail', pairsOf(regions), regions],
  ['overlapping, slow sets smaller', ['a1 a2 b1', 'a2 a3 c1', 'b1 c1 c2', 'd1 d2'], ['a1 a2', 'c1 c2', 'd2']],
  ['the slow ones the same', regions, regions],
  ['none', [], []],
];
for (const [name, byzantine, slow] of listedSets) {
  const of = regions.flatMap(idsOf);
  quorumSystemLaws(`listed sets: ${name}`, () => {
    return new ExplicitSystem({ _tag: 'explicit', of, byzantine: byzantine.map(idsOf), slow: slow.map(idsOf) });
  });
}

function idsOf(names: string): readonly ProcessId[] {
  return names.split(' ') as ProcessId[];
}

function pairsOf(sets: readonly string[]): readonly string[] {
  return sets.flatMap((one, index) => sets.slice(index + 1).map((other) => `${one} ${other}`));
}

quorumSystemLaws('listed sets, by enumeration', () => {
  return new NaiveSystem(servers(5), { byzantine: [0b00011, 0b00101, 0b11000], slow: [0b00001, 0b01000] });
});
quorumSystemLaws('weights by the sum rule', () => new WeightedPredicate());

/** (n, f, t) = (7, 2, 1), with one thing wrong. */
class Broken extends QuorumSystem {
  readonly processes = servers(7).all;

  constructor(private readonly covers: (size: number, faults: Required<CoveringFaults>, shared: number) => boolean) {
    super();
  }

  override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
    const { byzantine, slow = 0, accused = set.universe.none } = faults;
    return this.covers(set.size, { byzantine, slow, accused }, set.intersection(accused).size);
  }
}

describe('a system that breaks a law is found out', () => {
  const limit = (byzantine: number, slow: number): number => 2 * byzantine + slow;
  it.each<{ what: string; covers: ConstructorParameters<typeof Broken>[0] }>([
    {
      what: 'not downward closed',
      covers: (size, { byzantine, slow }) => size <= limit(byzantine, slow) && size !== 2,
    },
    {
      what: 'counts slow sets only alone',
      covers: (size, { byzantine, slow }) => size <= limit(byzantine, byzantine > 0 ? 0 : slow),
    },
    { what: 'slow beyond Byzantine', covers: (size, { byzantine, slow }) => size <= limit(byzantine, 3 * slow) },
    {
      what: 'ignores an impossible accusation',
      covers: (size, { byzantine, slow, accused }, shared) =>
        size - shared <= byzantine * (2 - accused.size) + slow && byzantine >= 0,
    },
    {
      what: 'accused count twice',
      covers: (size, { byzantine, slow, accused }) =>
        (byzantine === 0 || accused.size <= 2) && size <= byzantine * (2 - (byzantine === 0 ? 0 : accused.size)) + slow,
    },
    { what: 'covers by no faults', covers: (size, { byzantine, slow }) => size <= limit(byzantine, slow) + 1 },
    {
      what: 'Byzantine sets do not add up',
      covers: (size, { byzantine, slow }) => size <= Math.min(3, limit(byzantine, slow)),
    },
  ])('$what', ({ covers }) => {
    const system = new Broken(covers);
    const broken = laws.filter(({ check }) => {
      try {
        check(system);
        return false;
      } catch {
        return true;
      }
    });
    expect(broken.length).toBeGreaterThan(0);
  });
});
