/** The synthetic engine: a deterministic stand-in for tests, with a service time and faults set by the manifest. */
import { setTimeout as wait } from 'node:timers/promises';
import type { InputSpec } from '../../models/manifest.ts';
import type { Engine } from './engine.ts';

export async function openSynthetic(): Promise<Engine> {
  return {
    async load(version) {
      const behaviour = version.artifacts.synthetic;
      if (!behaviour) throw new Error(`${version.key} has no synthetic artifact`);
      if (behaviour.coldStartMs > 0) await wait(behaviour.coldStartMs);
      if (behaviour.failLoad) throw new Error(`${version.key} fails to load, as its manifest asks`);

      const labels = version.output.labels.length;
      const size = version.input.width * version.input.height * 3;
      return {
        async predict(input, n) {
          if (behaviour.serviceMs > 0) await wait(behaviour.serviceMs);
          const output = new Float32Array(n * labels);
          for (let i = 0; i < n; i++) {
            const picture = input.subarray(i * size, (i + 1) * size);
            if (behaviour.faults) await failOnPlainPicture(picture, version.input);
            output.set(shares(channelMeans(picture, version.input), labels), i * labels);
          }
          return output;
        },
        async dispose() {},
      };
    },
  };
}

/** Label i gets its share from the mean of channel i mod 3, so a picture's main colour is its label. They sum to 1. */
function shares(means: readonly number[], labels: number): number[] {
  // The small constant shares a picture of zeros out evenly.
  const weights = Array.from({ length: labels }, (_, i) => Math.abs(means[i % 3] ?? 0) + 1e-6);
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function channelMeans(picture: Float32Array, input: InputSpec): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  const pixels = picture.length / 3;
  for (const [i, value] of picture.entries()) sums[channelAt(i, pixels, input)] += value / pixels;
  return sums;
}

/** Black: never answers. White: ends the thread (or, in the main thread, the process). */
async function failOnPlainPicture(picture: Float32Array, input: InputSpec): Promise<void> {
  const pixels = picture.length / 3;
  const [low, high] = input.range;
  const isAll = (byte: 0 | 255) =>
    picture.every((value, i) => {
      const channel = channelAt(i, pixels, input);
      const mapped = value * input.std[channel] + input.mean[channel];
      return Math.round(((mapped - low) / (high - low)) * 255) === byte;
    });
  if (isAll(0)) await new Promise<never>(() => {});
  if (isAll(255)) process.exit(1);
}

function channelAt(index: number, pixels: number, { layout }: InputSpec): 0 | 1 | 2 {
  return (layout === 'NHWC' ? index % 3 : Math.floor(index / pixels)) as 0 | 1 | 2;
}
