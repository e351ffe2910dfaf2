import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { coveredUnderAccusation, judgeEveryone, processesBeyond } from '../../../src/quorum/trust/judged-tree.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { arbitraryWeightedTree } from '../../support/weighted-trust.js';

const counts = fc.record({ byzantine: fc.integer({ min: 1, max: 5 }), slow: fc.nat({ max: 2 }) });

describe('a trust tree judged about everyone', () => {
  it('is judged as the quorum system judges it at run time', () => {
    const property = fc.property(arbitraryWeightedTree(5, 30), counts, (tree, faults) => {
      const system = new OrganizationSystem(tree);
      const isCovered = system.isCoveredBy(system.processes, faults);
      expect(judgeEveryone(tree, faults).covering === 'covered').toBe(isCovered);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('tells of every process whether all are covered once it is accused, as the quorum system does one by one', () => {
    let [coveredCount, otherCount] = [0, 0];
    const property = fc.property(arbitraryWeightedTree(5, 30), counts, (tree, faults) => {
      const system = new OrganizationSystem(tree);
      const { universe } = system.processes;
      const covered = coveredUnderAccusation(judgeEveryone(tree, faults), faults);
      for (const id of universe.ids) {
        const accused = universe.of([id]);
        const isCovered = system.isCoveredBy(system.processes, { ...faults, accused });
        expect(covered.has(id)).toBe(isCovered);
        expect(judgeEveryone(tree, faults, accused).covering === 'covered').toBe(isCovered);
        if (isCovered) coveredCount += 1;
        else otherCount += 1;
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(Math.min(coveredCount, otherCount)).toBeGreaterThan(200);
  });

  it('knows the processes of which one alone is too much', () => {
    const property = fc.property(arbitraryWeightedTree(5, 30), (tree) => {
      const system = new OrganizationSystem(tree);
      const { universe } = system.processes;
      const isTooMuch = (id: ProcessId): boolean => !system.canBeFaulty(universe.of([id]));
      expect(processesBeyond(tree)).toEqual(universe.ids.filter(isTooMuch));
    });
    fc.assert(property, { numRuns: 300 });
  });
});
