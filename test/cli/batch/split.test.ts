import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Entry, isPicture, splitIntoBatches } from '../../../src/cli/batch/pictures.ts';

const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ path: fc.constant('a.jpg'), size: fc.nat(50), mtimeMs: fc.constant(0) }),
  fc.record({ path: fc.constant('b.jpg'), code: fc.constant('UNREADABLE_FILE'), message: fc.constant('') }),
);
const bytesOf = (entries: readonly Entry[]) => entries.filter(isPicture).reduce((sum, { size }) => sum + size, 0);

it('files are parted in their order, none is lost, and no batch is over a limit unless one file is', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 1, max: 5 }), fc.nat(100), (entries, maxFiles, maxBytes) => {
      const batches = splitIntoBatches(entries, { maxFiles, maxBytes });
      expect(batches.flat()).toEqual(entries);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(maxFiles);
        if (batch.length > 1) expect(bytesOf(batch)).toBeLessThanOrEqual(maxBytes);
      }
    }),
  );
});

it('a batch takes in what its limits allow', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 1, max: 5 }), fc.nat(100), (entries, maxFiles, maxBytes) => {
      const batches = splitIntoBatches(entries, { maxFiles, maxBytes });
      for (const [i, batch] of batches.slice(1).entries()) {
        const before = batches[i] as Entry[];
        const more = [...before, batch[0] as Entry];
        expect(more.length > maxFiles || bytesOf(more) > maxBytes).toBe(true);
      }
    }),
  );
});
