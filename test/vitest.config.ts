import { defineConfig } from 'vitest/config';

/** They compare times, so nothing may run beside them. */
const ALONE = ['test/loadtest/calibration.test.ts'];

/**
 * Of what is not finished: batches that several gateways share, and batches on the page and the command line. They take
 * minutes, and some of them fail on a busy machine: `npm run test:batches`.
 */
export const UNFINISHED = [
  'test/batches/redis-*.test.ts',
  'test/cli/batch*.test.ts',
  'test/cli/batch/*.test.ts',
  'test/deploy/*.test.ts',
  'test/e2e/batch*.test.ts',
  'test/web/batch/*.test.*',
];

export const shared = {
  root: new URL('..', import.meta.url).pathname,
  // As main.cts does for the program.
  env: { ORT_DISABLE_TELEMETRY: '1' },
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

// The sources' imports would otherwise get another copy of it than those of Apollo, and graphql refuses types of another.
export const alias = [
  { find: /^graphql$/, replacement: new URL('../node_modules/graphql/index.js', import.meta.url).pathname },
];

export default defineConfig({
  test: {
    root: shared.root,
    globalSetup: ['test/support/build.ts'],
    // Many tests wait for processes and timers more than they compute.
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'together',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: [...ALONE, ...UNFINISHED],
          sequence: { groupOrder: 1 },
        },
      },
      { resolve: { alias }, test: { ...shared, name: 'alone', include: ALONE, sequence: { groupOrder: 2 } } },
    ],
  },
});
