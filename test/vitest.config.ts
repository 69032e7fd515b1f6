/** `npm test`: all facts but those of vitest.perf.config.ts. */
import { defineConfig } from 'vitest/config';
import { globalSetup, PERF, project, root } from './vitest.shared.ts';

/** Files that would change what others in their process find. */
const APART = [
  // They replace modules.
  'test/batches/sqlite-faults.test.ts',
  'test/lab/loadtest/policy.test.ts',
  // They load engines, of which a process has one of each kind.
  'test/worker/engine/*.test.ts',
];

export default defineConfig({
  test: {
    root,
    globalSetup,
    // Each of them may start a gateway or a browser.
    maxWorkers: 3,
    projects: [
      project('apart', { include: APART }),
      // Without isolation: to load the modules anew for each file takes longer than most of them do.
      project('together', {
        isolate: false,
        include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
        exclude: ['test/real/**', ...PERF, ...APART],
      }),
    ],
  },
});
