/** How an epoch is handed over, explored to the end: there is one HANDOFF, of a certified state, whatever applications come to. */
import { expect, it } from 'vitest';
import { exploreHandoff } from './handoff.js';

it.each([
  { what: 'all alike', owns: ['one', 'one', 'one'], expected: { states: 28_666, localStates: 368, ends: 2756 } },
  { what: 'one differs', owns: ['one', 'one', 'other'], expected: { states: 34_400, localStates: 462, ends: 3216 } },
] as const)('$what', ({ owns, expected }) => {
  expect(exploreHandoff(owns)).toEqual(expected);
});
