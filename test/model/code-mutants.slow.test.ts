/** Each quorum off by one, each record not made durable, each part of a statement left out: killed by a test, whose name is kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chapters, equivalents } from './code-mutants/mutants.js';
import { killersOf, tableText } from './code-mutants/trial.js';

const file = new URL('../../spec/model/code-mutants.md', import.meta.url);
const killers = new Map<string, readonly string[]>();

it('the code as it is passes', async () => {
  expect(await killersOf(null)).toEqual([]);
});

for (const { title, mutants } of chapters) {
  describe.concurrent(title, () => {
    for (const mutant of mutants) {
      it(`kills: ${mutant.name}`, async () => {
        killers.set(mutant.name, await killersOf(mutant));
        expect((killers.get(mutant.name) ?? []).length > 0).toBe(!equivalents.has(mutant.name));
      });
    }
  });
}

it('the table is that of spec/model/code-mutants.md', () => {
  const text = tableText(killers);
  if (process.env['UPDATE'] !== undefined) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});
