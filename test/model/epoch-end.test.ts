/** How an epoch ends, explored to the end: windows, checkpoints, transfers and the boundary (S6 of spec/consensus.md). */
import { describe, expect, it } from 'vitest';
import { boundaryOf, type EndBounds, type EndFault, endFaults, exploreEnd } from '../../spec/model/epoch-end.js';

/** Every place of the ACTIVATE between two checkpoints, in windows of two and of three intervals. */
const all: readonly EndBounds[] = [
  [2, 1],
  [4, 2],
  [5, 2],
  [6, 2],
  [6, 3],
].flatMap(([windowSlots = 0, checkpointInterval = 0]) =>
  Array.from({ length: checkpointInterval }, (_, index) => ({
    windowSlots,
    checkpointInterval,
    since: checkpointInterval + 1 + index,
  })),
);

describe('the end of an epoch', () => {
  it.each(all)(
    'is reached, and nothing beyond it: W = $windowSlots, K = $checkpointInterval, ACTIVATE in slot $since',
    (bounds) => {
      const { states, violations } = exploreEnd(bounds);
      expect([...violations]).toEqual([]);
      expect(states).toBeGreaterThan(100);
      expect(boundaryOf(bounds) % bounds.checkpointInterval).toBe(0);
    },
  );

  it.each(Object.entries(endFaults))('is missed with a fault: %s (%s)', (fault) => {
    const found = all.filter((bounds) => exploreEnd(bounds, fault as EndFault).violations.size > 0);
    expect(found.length).toBeGreaterThan(0);
  });
});
