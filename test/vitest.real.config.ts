/**
 * Facts about what the program meets where it is used, such as other versions of Node. They are slow, and fetch what they need
 * from the npm registry.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/support/build.ts'],
    include: ['test/real/**/*.test.ts'],
    // Each of them alone keeps a small machine busy.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
