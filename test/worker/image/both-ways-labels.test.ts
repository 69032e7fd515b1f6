// Facts about what models make of photos that were decoded the short way, and the long way: the same, but where they are in
// doubt anyway.
import { join } from 'node:path';
import pMap from 'p-map';
import { beforeAll, describe, expect } from 'vitest';
import type { InputSpec, ModelVersion } from '../../../src/models/manifest.ts';
import { ModelRepository } from '../../../src/models/repository.ts';
import { tensorSize, writeTensor } from '../../../src/worker/image/tensor.ts';
import { allOf, itNeeds } from '../../support/require-part.ts';
import { filesOf, olderModel, pets } from '../../support/shared.ts';
import { modelDir, predictAll } from '../engine/parts.ts';
import { longWay, shortWay } from './both-ways.ts';
import { difference } from './pictures.ts';

interface Pet {
  readonly name: string;
  readonly short: Uint8Array;
  readonly long: Uint8Array;
}

/** The pets that go the short way. */
async function decodedPets(spec: InputSpec): Promise<readonly Pet[]> {
  const decoded = await pMap(
    await filesOf(pets),
    async ({ name, bytes }) => {
      const short = shortWay(bytes, spec);
      return short && { name, short, long: await longWay(bytes, spec) };
    },
    { concurrency: 4 },
  );
  return decoded.filter((pet) => pet !== null);
}

async function scoresOf(version: ModelVersion, pictures: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
  const tensors = pictures.map((rgb) => {
    const tensor = new Float32Array(tensorSize(version.input));
    writeTensor(rgb, version.input, tensor, 0);
    return tensor;
  });
  return predictAll('onnx', version, tensors);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const best = (scores: Float32Array) => scores.indexOf(Math.max(...scores));

/** Measured on 154 photos: `apart` in levels, on average and of the photo that differs most. */
const MODELS = [
  { title: 'the default model', dir: modelDir, key: 'cat-dog@1', apart: [2, 4.5], needs: pets },
  {
    title: 'the model of 2019',
    dir: olderModel.path,
    key: 'cat-dog-2019@1',
    apart: [3.3, 8],
    needs: allOf(pets, olderModel),
  },
] as const;

describe.each(MODELS)('$title', ({ dir, key, apart, needs }) => {
  describe('of photos of cats and dogs', () => {
    let version: ModelVersion;
    let photos: readonly Pet[];
    let scores: readonly { readonly name: string; readonly short: Float32Array; readonly long: Float32Array }[];
    beforeAll(async () => {
      version = (await ModelRepository.open(dir)).resolve(key);
      photos = await decodedPets(version.input);
      const [short, long] = [
        await scoresOf(
          version,
          photos.map((pet) => pet.short),
        ),
        await scoresOf(
          version,
          photos.map((pet) => pet.long),
        ),
      ];
      scores = photos.map(({ name }, i) => ({ name, short: short[i] as Float32Array, long: long[i] as Float32Array }));
    });

    itNeeds(needs, `gets pixels that are ${apart[0]} levels apart on average, ${apart[1]} in any photo`, () => {
      const means = photos.map(({ short, long }) => difference(short, long).mean);
      expect(means.length).toBeGreaterThan(100);
      expect(average(means)).toBeLessThan(apart[0]);
      expect(Math.max(...means)).toBeLessThan(apart[1]);
    });

    itNeeds(needs, 'gives the same label to 98 of 100, and to the others neither way with a score of 0.7', () => {
      const others = scores.filter(({ short, long }) => best(short) !== best(long));
      process.stderr.write(
        `${key}: ${others.length} of ${scores.length} differ: ${others.map(describeScores).join(', ')}\n`,
      );
      expect(others.length).toBeLessThanOrEqual(scores.length * 0.02);
      for (const { short, long } of others) expect(Math.max(...short, ...long)).toBeLessThan(0.7);
    });

    itNeeds(needs, 'gives scores that are 0.03 apart on average', () => {
      const distances = scores.map(({ short, long }) =>
        Math.max(...short.map((p, i) => Math.abs(p - (long[i] as number)))),
      );
      expect(average(distances)).toBeLessThan(0.03);
    });

    itNeeds(needs, 'is right as often, give or take two photos', () => {
      const right = (way: 'short' | 'long') =>
        scores.filter((one) => one.name.startsWith(join(version.output.labels[best(one[way])] as string, '/'))).length;
      expect(Math.abs(right('short') - right('long'))).toBeLessThanOrEqual(2);
    });
  });
});

function describeScores({ name, short, long }: { name: string; short: Float32Array; long: Float32Array }): string {
  return `${name} ${Math.max(...short).toFixed(2)} and ${Math.max(...long).toFixed(2)}`;
}
