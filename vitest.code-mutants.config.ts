/** Runs the tests that kill mutants of the code, or those that the environment names, with one mutant, named there too, put into it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { Mutant } from './test/model/code-mutants/mutants.js';
import * as offByOne from './test/model/code-mutants/off-by-one.js';

const offByOneFile = fileURLToPath(new URL('test/model/code-mutants/off-by-one.ts', import.meta.url));
const mutant = JSON.parse(process.env['MUTANT'] ?? 'null') as Mutant | null;

function mutated(code: string, { file, from, to }: Mutant): string {
  const parts = code.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  const names = Object.keys(offByOne).filter((name) => to.includes(`${name}(`));
  return `${names.length === 0 ? '' : `import { ${names.join(', ')} } from '${offByOneFile}';\n`}${parts.join(to)}`;
}

export default defineConfig({
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (code, id) => (mutant !== null && id.endsWith(`/${mutant.file}`) ? mutated(code, mutant) : undefined),
    },
  ],
  test: {
    include: process.env['MUTANT_TESTS']?.split(' ') ?? [
      'test/consensus/quorums-in-use.test.ts',
      'test/consensus/{selection,fab-quorums,epoch-change,wire,attestation}.test.ts',
      'test/consensus/regressions/{design-defects,attacks}.test.ts',
      'test/consensus/epochs/*.test.ts',
      'test/prelude/statement.test.ts',
    ],
    isolate: false,
    fileParallelism: false,
    pool: 'threads',
    testTimeout: 20_000,
  },
});
