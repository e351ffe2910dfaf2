import { configDefaults, defineConfig } from 'vitest/config';

/** Servers with sockets, disks and clocks of their own: nothing else is to keep the machine busy meanwhile. */
const withClocks = ['test/integration/**/*.test.ts', 'test/transport/**/*.test.ts'];
const slow = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'computing',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, slow, ...withClocks],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'with clocks',
          include: withClocks,
          exclude: [...configDefaults.exclude, slow],
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
