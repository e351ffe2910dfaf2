/** The shipping machines over two views with a leader of two minds; three of them in three-views.slow.test.ts. */
import { expect, it } from 'vitest';
import { ThreeViews } from './three-views.js';

it.each([
  { t: 1, expected: { states: 3189, localStates: 111, steps: 340, certifications: 1406 } },
  { t: 0, expected: { states: 4064, localStates: 96, steps: 367, certifications: 633 } },
])('n = 4, t = $t, two views: every state is safe', ({ t, expected }) => {
  expect(new ThreeViews({ t, views: 2, isTold: false, isCertifiedLast: t === 1 }).run()).toEqual(expected);
});
