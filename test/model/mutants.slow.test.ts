/** The mutants called equivalent at six processes, in one more view than the table has. */
import { expect, it } from 'vitest';
import { explore, Model } from '../../spec/model/explorer.js';
import { equivalenceOf, mutantNames } from '../../spec/model/mutant.js';

const model = new Model({ n: 6, f: 1, t: 1, views: 3, values: 2 });
const equivalents = mutantNames.filter((mutant) => equivalenceOf(mutant, model.setting) !== undefined);

it.each(equivalents)('%s breaks nothing at n = 6, t = 1 in three views', (mutant) => {
  const { violations, isComplete } = explore(model, { mutant });
  expect([...violations]).toEqual([]);
  expect(isComplete).toBe(true);
});
