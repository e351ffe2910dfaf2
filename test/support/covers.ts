/** What every cover must be, whoever found it. */
import { expect } from 'vitest';
import type { ProcessSet } from '../../src/prelude/process.js';
import type { CoveringFaults, QuorumSystem } from '../../src/quorum/quorum-system.js';
import type { FaultSet } from '../../src/quorum/verdict.js';

/** The sets are as many as asked, each possible, each Byzantine one with the accused, and together contain `set`. */
export function expectCover(
  sets: readonly FaultSet[],
  system: QuorumSystem,
  set: ProcessSet,
  { byzantine, slow = 0, accused = set.universe.none }: CoveringFaults,
): void {
  const kinds = sets.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'byzantine')).toHaveLength(byzantine);
  expect(kinds.filter((kind) => kind === 'slow')).toHaveLength(slow);
  for (const { kind, members } of sets) {
    const faults = kind === 'byzantine' ? { byzantine: 1, accused } : { byzantine: 0, slow: 1 };
    expect(system.isCoveredBy(members, faults)).toBe(true);
    if (kind === 'byzantine') expect(accused.isSubsetOf(members)).toBe(true);
  }
  const union = sets.reduce((whole, { members }) => whole.union(members), set.universe.none);
  expect(set.isSubsetOf(union)).toBe(true);
}
