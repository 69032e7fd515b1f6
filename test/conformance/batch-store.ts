/**
 * What every batch store promises, one audit per promise. An audit's id is permanent: it is never given to another promise.
 * Audits wait on what happens, never for a time, so that they hold for a store that finds out about a crash only after a while.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashAudits } from './audits/crashes.ts';
import { readingAudits } from './audits/reading.ts';
import { retentionAudits } from './audits/retention.ts';
import { runningAudits } from './audits/running.ts';
import { uploadAudits } from './audits/uploads.ts';
import { Bench, type StoreUnderTest } from './bench.ts';

export interface Audit {
  readonly id: string;
  /** Says MUST, MUST NOT or SHOULD. */
  readonly promise: string;
  readonly check: (bench: Bench) => Promise<void>;
}

const AUDITS: readonly Audit[] = [
  ...uploadAudits,
  ...readingAudits,
  ...runningAudits,
  ...crashAudits,
  ...retentionAudits,
];

/** `open` gives a fresh, empty store that shares nothing with any other. */
export function batchStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`batch store conformance: ${name}`, () => {
    let bench: Bench;

    beforeEach(async () => {
      bench = new Bench(await open());
    });

    afterEach(() => bench.end());

    for (const { id, promise, check } of AUDITS) it(`${id} ${promise}`, () => check(bench));

    it('names each audit once', () => {
      const ids = AUDITS.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });
}
