/** Slots that a checkpoint has closed for some and not for others, in every selection (rules R5 and R7). */
import { describe, expect, it } from 'vitest';
import { type ClosedFault, closedFaults, exploreClosed } from '../../spec/model/closed-slots.js';

describe('with slots that are closed for some, selection', () => {
  it.each([1, 0])('keeps what is decided, and ends: n = 4, t = %i', (t) => {
    const { selections, violations } = exploreClosed(t);
    expect([...violations]).toEqual([]);
    expect(selections).toBeGreaterThan(80_000);
  });

  it.each(Object.entries(closedFaults))('fails with a fault: %s (%s)', (fault) => {
    const found = [1, 0].filter((t) =>
      exploreClosed(t, fault as ClosedFault).violations.has('a decided slot is opened'),
    );
    expect(found.length).toBeGreaterThan(0);
  });
});
