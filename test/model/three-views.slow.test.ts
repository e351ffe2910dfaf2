/** The shipping machines over three views with a leader of two minds, explored to the end; and faults of theirs that this finds. */
import { describe, expect, it } from 'vitest';
import { killersOf } from './code-mutants/trial.js';
import { ThreeViews } from './three-views.js';

it.each([
  {
    bounds: { t: 1, views: 3, isTold: true, isCertifiedLast: true },
    expected: { states: 147_528, localStates: 582, steps: 2816, certifications: 5453 },
  },
  {
    bounds: { t: 0, views: 2, isTold: true, isCertifiedLast: true },
    expected: { states: 283_299, localStates: 1011, steps: 1748, certifications: 15_088 },
  },
  {
    bounds: { t: 0, views: 3, isTold: false, isCertifiedLast: false },
    expected: { states: 673_438, localStates: 1007, steps: 5885, certifications: 15_088 },
  },
])('n = 4, t = $bounds.t, $bounds.views views: every state is safe', ({ bounds, expected }) => {
  expect(new ThreeViews(bounds).run()).toEqual(expected);
});

/** What is left out of the code, or put into it: a piece of its text, and what takes its place. */
const faults = [
  ['a report leaves certificates out', 'view-change', 'commit === undefined ? [] : [commit]', '[]'],
  ['a report leaves votes out', 'view-change', 'vote === undefined ? [] : [asVote(vote)]', '[]'],
  ['a vote needs no permit', 'acceptor', '!isPermitted(c, ballot, permit)', 'false'],
  [
    'a vote that is reported needs no permit',
    'view-change',
    'votes.every((vote) => isPermitted(c, vote, vote.permit))',
    'true',
  ],
  [
    'a certificate that is reported is not checked',
    'view-change',
    'commits.every((certificate) => isCommitCertificate(c, certificate))',
    'true',
  ],
  ['a batch is not checked', 'acceptor', '!isValidBatch(c, batch)', 'false'],
  [
    'a second batch is accepted in a view',
    'acceptor',
    '(open.vote?.view ?? 0) >= view',
    '(open.vote?.view ?? 0) > view',
  ],
  ['a batch is accepted in a view that was left', 'acceptor', 'view < state.view || slot', 'slot'],
  ['a certificate of a view that was left is committed', 'learner', 'if (view === c.state.view) commit(', 'commit('],
  ['selection takes the reports of any', 'selection', '!system.isRecoveryQuorum(reporters)', 'false'],
] as const;

describe('finds', () => {
  it.each(faults)('%s', async (name, module, from, to) => {
    const tests = ['test/model/three-views.test.ts'];
    const found = await killersOf({ name, file: `src/consensus/${module}.ts`, from, to }, tests);
    expect(found.length).toBeGreaterThan(0);
  });
});
