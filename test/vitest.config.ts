import { defineConfig } from 'vitest/config';

/** They compare times, so nothing may run beside them. */
const ALONE = ['test/lab/loadtest/calibration.test.ts'];

const shared = {
  root: new URL('..', import.meta.url).pathname,
  // As main.cts does for the program.
  env: { ORT_DISABLE_TELEMETRY: '1' },
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // By default it is given up after a second, which is little on a busy machine.
  expect: { poll: { timeout: 20_000 } },
};

// The sources' imports would otherwise get another copy of it than those of Apollo, and graphql refuses types of another.
const alias = [
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
          exclude: ['test/real/**', ...ALONE],
          sequence: { groupOrder: 1 },
        },
      },
      { resolve: { alias }, test: { ...shared, name: 'alone', include: ALONE, sequence: { groupOrder: 2 } } },
    ],
  },
});
