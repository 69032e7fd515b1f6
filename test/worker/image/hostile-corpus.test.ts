// Facts about pictures that broke other decoders: which way they are decoded makes no difference to whether they are.
import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/worker/image/decode.ts';
import { longWay, shortWay } from './both-ways.ts';
import { inputOf, LIMITS } from './pictures.ts';
import { isShared, type SharedFile, sharedFiles } from './shared-files.ts';

const here = isShared('nasty', 'the corpus of hostile files', 'a part of github.com/dvyukov/go-fuzz-corpus serves.');
const limits = { ...LIMITS, maxPixels: 25_000_000 };
/** Small: it has to be smaller than the pictures, or they all go the long way. */
const SPEC = inputOf(8, 8);

describe.skipIf(!here)('each file of a corpus', () => {
  it('is a picture both ways, or refused with the same error both ways', { timeout: 60_000 }, async () => {
    const files = await sharedFiles('nasty');
    const outcomes = await pMap(files, outcomesOf, { concurrency: 4 });
    expect(outcomes.filter(({ chosen, long }) => chosen !== long)).toEqual([]);
    const kinds = new Set(outcomes.map(({ chosen }) => chosen));
    expect(kinds).toEqual(new Set(['picture', 'BAD_IMAGE', 'UNSUPPORTED_FORMAT', 'IMAGE_TOO_LARGE']));
    expect(files.filter(({ bytes }) => shortWay(bytes, SPEC)).length).toBeGreaterThan(10);
  });
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
