/** Every mutant of the model is caught wherever it is not equivalent; what catches it is kept in spec/model/mutants.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Model } from '../../spec/model/explorer.js';
import { type Mutant, mutantNames } from '../../spec/model/mutant.js';
import { tableBounds, tableText, type Trial, tryMutant } from '../../spec/model/mutant-table.js';

const file = new URL('../../spec/model/mutants.md', import.meta.url);
const models = tableBounds.map((bounds) => new Model(bounds));
const trials = new Map<Mutant, readonly Trial[]>();

for (const mutant of mutantNames) {
  describe(mutant, () => {
    for (const model of models) {
      it(model.setting.name, () => {
        const trial = tryMutant(model, mutant);
        expect(trial.violations.size > 0).toBe(trial.equivalence === undefined);
        trials.set(mutant, [...(trials.get(mutant) ?? []), trial]);
      });
    }
  });
}

it('the table is that of spec/model/mutants.md', () => {
  const text = tableText(trials);
  if (process.env['UPDATE'] !== undefined) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});
