/** The mutants of the code are put into it by its text: what they replace must stand there, once. They are tried in code-mutants.slow.test.ts. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { chapters } from './code-mutants/mutants.js';

it('every mutant has its place in the code', () => {
  const mutants = chapters.flatMap((chapter) => chapter.mutants);
  expect(mutants.length).toBeGreaterThan(60);
  for (const { name, file, from } of mutants) {
    const places = readFileSync(file, 'utf8').split(from).length - 1;
    expect({ name, places }).toEqual({ name, places: 1 });
  }
});
