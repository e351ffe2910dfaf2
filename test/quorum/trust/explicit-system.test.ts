import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import type { CoveringFaults } from '../../../src/quorum/quorum-system.js';
import { c1Faults, c2Faults, c2FaultsOf } from '../../../src/quorum/trust/conditions.js';
import type { ExplicitFaults } from '../../../src/quorum/trust/explicit-faults.js';
import { ExplicitSystem } from '../../../src/quorum/trust/explicit-system.js';
import { arbitraryFaults, listedTwin, servers, setOfMask } from '../../support/quorum.js';

/** Re-checks a cover: of the listed sets, as many of each kind as allowed, with the accused, and nobody left out. */
function expectCover(system: ExplicitSystem, set: ProcessSet, faults: Required<CoveringFaults>): void {
  const found = system.findCover(set, faults);
  if (found._tag !== 'covered') throw new Error(`expected a cover, not ${found._tag}`);
  const counts = { byzantine: 0, slow: 0 };
  for (const { kind, members } of found.sets) {
    counts[kind] += 1;
    expect(system[kind].some((one) => one.equals(members))).toBe(true);
    if (kind === 'byzantine') expect(faults.accused.isSubsetOf(members)).toBe(true);
  }
  expect(counts.byzantine <= faults.byzantine && counts.slow <= faults.slow).toBe(true);
  expect(found.sets.reduce((rest, { members }) => rest.minus(members), set).isEmpty).toBe(true);
}

describe('listed fault sets', () => {
  const question = fc.record({
    byzantine: fc.nat({ max: 3 }),
    slow: fc.nat({ max: 2 }),
    set: fc.nat(),
    accused: fc.oneof(fc.constant(0), fc.nat()),
  });

  it('cover what the enumeration of their unions covers, by sets that do', () => {
    const answers = [0, 0];
    const check = (
      faults: ExplicitFaults,
      questions: readonly { [K in 'byzantine' | 'slow' | 'set' | 'accused']: number }[],
    ) => {
      const [system, naive] = [new ExplicitSystem(faults), listedTwin(faults)];
      const { universe } = system.processes;
      for (const { byzantine, slow, set, accused: drawn } of questions) {
        const accused = setOfMask(universe, drawn & (drawn >>> 9) & (drawn >>> 18));
        const asked = setOfMask(universe, set | (set >>> 9));
        const [found, real] =
          [{ byzantine, slow, accused }].map((one) => [system, naive].map((by) => by.isCoveredBy(asked, one)))[0] ?? [];
        expect(found).toBe(real);
        answers[Number(found)] = (answers[Number(found)] ?? 0) + 1;
        if (found === true)
          expectCover(system, asked, { byzantine, slow, accused: byzantine === 0 ? universe.none : accused });
      }
    };
    const questions = fc.array(question, { minLength: 20, maxLength: 40 });
    fc.assert(fc.property(arbitraryFaults(9), questions, check), { numRuns: 300 });
    const sameSets = arbitraryFaults(9).map((faults) => ({ ...faults, slow: faults.byzantine }));
    fc.assert(fc.property(sameSets, questions, check), { numRuns: 100 });
    expect(Math.min(...answers)).toBeGreaterThan(1000);
  });

  it('may be sets of many servers', () => {
    const of = servers(256).ids;
    const part = (index: number): readonly ProcessId[] => of.slice(32 * index + 16, 32 * index + 48);
    const byzantine = [...Array.from({ length: 7 }, (_, index) => part(index)), [...of.slice(0, 16), ...of.slice(240)]];
    const system = new ExplicitSystem({ _tag: 'explicit', of, byzantine, slow: byzantine.slice(0, 1) });
    expect(system.isCoveredBy(system.processes, { byzantine: 7, slow: 1 })).toBe(true);
    expect(system.isCoveredBy(system.processes, { byzantine: 7 })).toBe(false);
    expect(system.isCoveredBy(system.processes.without('s9' as ProcessId), { byzantine: 7, slow: 1 })).toBe(true);
    expect(system.isCoveredBy(system.processes, { byzantine: 6, slow: 2 })).toBe(false);
  });

  it('are refused unless they were checked, and asked only about sets of their universe', () => {
    const of = servers(3).ids;
    const unchecked = (): unknown => new ExplicitSystem({ _tag: 'explicit', of, byzantine: [of], slow: [] });
    expect(unchecked).toThrow(InvariantViolation);
    const system = new ExplicitSystem({ _tag: 'explicit', of, byzantine: [], slow: [] });
    expect(() => system.canBeFaulty(servers(4).none)).toThrow(InvariantViolation);
  });
});

/** Random sets of about this share of the servers, none within another: no structure for a search to use. */
function randomFaults(serverCount: number, share: number): ExplicitFaults {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const of = servers(serverCount).ids;
  const byzantine = Array.from({ length: 256 }, () => of.filter(() => random() < share));
  return { _tag: 'explicit', of, byzantine, slow: byzantine };
}

describe('the hardest lists', () => {
  const system = new ExplicitSystem(randomFaults(256, 0.35));
  const leader = system.processes.universe.of(['s1' as ProcessId]);

  it('count as covered where the search gives up, so that the conditions refuse', () => {
    expect(system.findCover(system.processes, c2Faults)._tag).toBe('unknown');
    expect(system.isCoveredBy(system.processes, c2FaultsOf(leader))).toBe(true);
  });

  it('are decided where two sets are asked for, and three', () => {
    expect(system.isCoveredBy(system.processes, c1Faults)).toBe(false);
    const [one, other] = [system.byzantine[3], system.slow[200]];
    const both = (one ?? leader).union(other ?? leader);
    expect(system.isLocked(both)).toBe(false);
    const outside = system.processes.minus(both);
    const more = [...outside].filter((id) => system.isLocked(both.with(id)));
    expect(more.length).toBeGreaterThan(100);
  });
});
