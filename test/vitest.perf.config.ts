/** `npm run test:perf`: facts about times, for a machine that does nothing else meanwhile. */
import { defineConfig } from 'vitest/config';
import { globalSetup, PERF, project, root } from './vitest.shared.ts';

export default defineConfig({
  test: { root, globalSetup, fileParallelism: false, projects: [project('perf', { include: PERF })] },
});
