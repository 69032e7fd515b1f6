// Facts about pictures that broke other decoders: which way they are decoded makes no difference to whether they are.
import pMap from 'p-map';
import { describe, expect } from 'vitest';
import { decode } from '../../../src/worker/image/decode.ts';
import { itNeeds } from '../../support/require-part.ts';
import { filesOf, nasty, type SharedFile } from '../../support/shared.ts';
import { longWay, shortWay } from './both-ways.ts';
import { inputOf, LIMITS } from './pictures.ts';

const limits = { ...LIMITS, maxPixels: 25_000_000 };
/** Small: it has to be smaller than the pictures, or they all go the long way. */
const SPEC = inputOf(8, 8);

describe('each file of a corpus', () => {
  const bothWays = async () => {
    const files = await filesOf(nasty);
    const outcomes = await pMap(files, outcomesOf, { concurrency: 4 });
    expect(outcomes.filter(({ chosen, long }) => chosen !== long)).toEqual([]);
    const kinds = new Set(outcomes.map(({ chosen }) => chosen));
    expect(kinds).toEqual(new Set(['picture', 'BAD_IMAGE', 'UNSUPPORTED_FORMAT', 'IMAGE_TOO_LARGE']));
    expect(files.filter(({ bytes }) => shortWay(bytes, SPEC)).length).toBeGreaterThan(10);
  };
  itNeeds(nasty, 'is a picture both ways, or refused with the same error both ways', bothWays, 60_000);
});

async function outcomesOf({ name, bytes }: SharedFile) {
  const chosen = await outcomeOf(decode(bytes, SPEC, limits));
  // An empty file is refused before either way.
  return { name, chosen, long: bytes.length === 0 ? chosen : await outcomeOf(longWay(bytes, SPEC, limits)) };
}

function outcomeOf(decoded: Promise<Uint8Array>): Promise<string> {
  return decoded.then(
    () => 'picture',
    (error) => error.code ?? String(error),
  );
}
