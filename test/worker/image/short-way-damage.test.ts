// Facts about damaged JPEGs: that there is a short way does not change which of them are pictures.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decode } from '../../../src/worker/image/decode.ts';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { longWay, shortWay } from './both-ways.ts';
import { damaged } from './damage.ts';
import { KINDS } from './jpeg-kinds.ts';
import { inputOf, LIMITS, smooth } from './pictures.ts';

const SPEC = inputOf(8, 8);

async function outcomeOf(decoded: Promise<Uint8Array>): Promise<string> {
  return decoded.then(
    ({ length }) => `${length} bytes`,
    ({ code }) => code,
  );
}

it.each(Object.entries(KINDS))(
  'whatever byte is wrong, it is a picture or refused as by sharp: %s',
  async (_, encode) => {
    const whole = await encode(smooth(60, 44));
    const headerBytes = (readJpegHeader(whole)?.dataAt ?? 0) + 14;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(damaged(whole, headerBytes), async (bytes) => {
        if (shortWay(bytes, SPEC)) taken++;
        // An empty file is refused before either way.
        if (bytes.length === 0) return;
        expect(await outcomeOf(decode(bytes, SPEC, LIMITS))).toBe(await outcomeOf(longWay(bytes, SPEC)));
      }),
      { numRuns: 120, seed: 2024 },
    );
    expect(taken).toBeGreaterThan(12);
  },
);
