/** What all test runs have in common. */
import type { TestProjectInlineConfiguration } from 'vitest/config';

/** They compare times, so nothing may run beside them. */
export const PERF = ['test/lab/loadtest/calibration.test.ts'];

export const root = new URL('..', import.meta.url).pathname;
export const globalSetup = ['test/support/build.ts'];

export function project(name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    // The sources' imports would otherwise get another copy of it than those of Apollo, and graphql refuses types of another.
    resolve: { alias: [{ find: /^graphql$/, replacement: `${root}node_modules/graphql/index.js` }] },
    test: {
      root,
      name,
      // As main.cts does for the program.
      env: { ORT_DISABLE_TELEMETRY: '1' },
      testTimeout: 30_000,
      hookTimeout: 60_000,
      // By default it is given up after a second, which is little on a busy machine.
      expect: { poll: { timeout: 20_000 } },
      ...test,
    },
  };
}
