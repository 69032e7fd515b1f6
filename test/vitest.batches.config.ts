/** `npm run test:batches`: the tests that `npm test` leaves out; vitest.config.ts says why. */
import { defineConfig } from 'vitest/config';
import { alias, shared, UNFINISHED } from './vitest.config.ts';

export default defineConfig({
  resolve: { alias },
  test: { ...shared, globalSetup: ['test/support/build.ts'], include: UNFINISHED, maxWorkers: 2 },
});
