import { defineConfig } from 'vitest/config';

/** The tests of what is mutated (stryker.config.json), the quick ones. */
export default defineConfig({
  test: {
    include: ['test/schemes/sharing/**/*.test.ts', 'test/schemes/shoup-rsa/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
