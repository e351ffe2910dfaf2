/** Runs the tests that kill mutants with one of them, named by the environment, in the code: vitest --config this. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { Mutant } from './mutants.js';

const offByOne = fileURLToPath(new URL('off-by-one.ts', import.meta.url));
const mutant = JSON.parse(process.env['MUTANT'] ?? 'null') as Mutant | null;

function mutated(code: string, { file, from, to }: Mutant): string {
  const parts = code.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  const names = ['oneFewer', 'oneMore', 'oneMoreAgainst', 'oneFewerAgainst'].filter((name) => to.includes(`${name}(`));
  return `${names.length === 0 ? '' : `import { ${names.join(', ')} } from '${offByOne}';\n`}${parts.join(to)}`;
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
    include: [
      'test/consensus/quorums-in-use.test.ts',
      'test/consensus/{selection,fab-quorums,epoch-change,wire,attestation}.test.ts',
      'test/consensus/regressions/*.test.ts',
      'test/consensus/epochs/*.test.ts',
      'test/prelude/statement.test.ts',
      'test/quorum/quorum-system.test.ts',
    ],
    testTimeout: 20_000,
  },
});
