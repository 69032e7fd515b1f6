import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SpoolCleaner } from '../../src/batches/spool/cleaner.ts';
import type { ItemOutcome } from '../../src/batches/types.ts';
import type { GatewayEvent } from '../../src/core/contracts/ports.ts';
import { until } from './open-batches.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 1, scores: [] };

/** A store that tells when the test says so, and a spool some of whose files cannot be removed. */
function setup({ present, stuck = [] }: { present: string[]; stuck?: string[] }) {
  const files = new Set(present);
  const asked: string[] = [];
  const emitted: GatewayEvent[] = [];
  let tell: (batchId: string | null) => void = () => {};
  const cleaner = new SpoolCleaner({
    spool: {
      batches: async () => [...files],
      remove: async (batchId) => {
        if (stuck.includes(batchId)) throw new Error('EISDIR');
        files.delete(batchId);
      },
    },
    store: {
      find: async (batchId) => {
        asked.push(batchId);
        return null;
      },
      onChange: (listener) => {
        tell = listener;
        return () => {};
      },
    },
    events: { emit: (event) => emitted.push(event) },
  });
  return { cleaner, files, asked, emitted, tell: (batchId: string | null) => tell(batchId) };
}

describe('the cleaner of the spool', () => {
  it('goes on when something in there cannot be removed, and says so', async () => {
    const { cleaner, files, emitted } = setup({ present: ['stuck', 'left'], stuck: ['stuck'] });
    await cleaner.sweep();
    expect([...files]).toEqual(['stuck']);
    expect(emitted).toEqual([{ type: 'internalError', error: new Error('EISDIR') }]);
  });

  it('removes and forgets a batch that was discarded while an item of it ran, though nobody tells of the end of that', async () => {
    const { cleaner, files, asked, tell } = setup({ present: ['a'] });
    let end = (_outcome: ItemOutcome) => {};
    const run = cleaner.following(() => new Promise((resolve) => (end = resolve)));
    const extent = { offset: 0, length: 1 };
    const running = run({ batchId: 'a', index: 0, model: 'm@1', topK: null, extent }, new AbortController().signal);
    tell('a');
    end(CAT);
    await running;
    await until(() => files.size === 0);
    await setImmediate();
    asked.length = 0;
    tell(null);
    await cleaner.sweep();
    expect(asked).toEqual([]);
  });
});
