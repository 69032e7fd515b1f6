// Facts about classifying one picture over HTTP: the answer, its receipt, and the options.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, ROOT, startGateway } from '../support/gateway-process.ts';
import { classify, query } from '../support/graphql-client.ts';

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway('--reserved', '1', '--max-workers', '1');
});
afterAll(() => gateway.stop());

const photo = (name: string) => readFile(`${ROOT}/test/fixtures/photos/${name}`);
const answerFor = async (name: string, options: Record<string, unknown> | null = null) => {
  const { data, errors } = await classify(gateway.url, await photo(name), options);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.classify;
};
const errorFor = async (options: Record<string, unknown>) => {
  const { errors } = await classify(gateway.url, await photo('cat-window.jpg'), options);
  return errors?.[0];
};

describe('the answer', () => {
  it.each(['cat-window.jpg', 'dog-puppy.jpg', 'other-coffee.png'])('names what is in the picture: %s', async (name) => {
    expect((await answerFor(name)).label).toBe(name.split('-')[0]);
  });

  it('has all labels, best first, with probabilities that sum to 1', async () => {
    const { label, confidence, scores } = await answerFor('cat-window.jpg');
    expect(scores.map((score) => score.label).sort()).toEqual(['cat', 'dog', 'other']);
    expect(scores[0]).toEqual({ label, confidence });
    const values = scores.map((score) => score.confidence);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  });

  it('is the same for the same picture', async () => {
    const [first, second] = [await answerFor('dog-black.jpg'), await answerFor('dog-black.jpg')];
    expect(second.scores).toEqual(first.scores);
  });
});

describe('the receipt', () => {
  it('says which worker answered, how long each part took, and why', async () => {
    const { receipt } = await answerFor('cat-window.jpg');
    expect(receipt).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      worker: 'RESERVED',
      workerId: expect.any(Number),
      coldStart: false,
      reason: expect.stringMatching(/\w/),
      batchSize: 1,
      queueMs: expect.any(Number),
      decodeMs: expect.any(Number),
      inferMs: expect.any(Number),
      totalMs: expect.any(Number),
      predictedWaitMs: expect.any(Number),
    });
  });

  it('has times that add up', async () => {
    const { receipt } = await answerFor('cat-window.jpg');
    const { queueMs, decodeMs, inferMs, totalMs } = receipt as typeof receipt & { decodeMs: number; inferMs: number };
    for (const ms of [queueMs, decodeMs, inferMs]) expect(ms).toBeGreaterThanOrEqual(0);
    expect(queueMs + decodeMs + inferMs).toBeLessThanOrEqual(totalMs);
  });
});

describe('topK', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [99, 3],
    [2 ** 31 - 1, 3],
  ])('%i gives %i scores', async (topK, count) => {
    expect((await answerFor('cat-window.jpg', { topK })).scores).toHaveLength(count);
  });
});

describe('an option that makes no sense', () => {
  it.each([{ topK: 0 }, { topK: -1 }, { deadlineMs: 0 }, { deadlineMs: -(2 ** 31) }])(
    'is refused and quoted: %o',
    async (options) => {
      const [[name, value] = []] = Object.entries(options);
      expect(await errorFor(options)).toMatchObject({
        message: expect.stringContaining(`${name} is ${value}`),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
  );

  it.each([{ topK: 2 ** 31 }, { topK: 1.5 }, { topK: '1' }, { deadlineMs: 1e300 }, { colour: 'red' }])(
    'is refused by its type: %o',
    async (options) => {
      expect((await errorFor(options))?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );
});

describe('a model', () => {
  it.each(['cat-dog', 'cat-dog@prod', 'cat-dog@1'])('answers by the name %s', async (model) => {
    expect((await answerFor('cat-window.jpg', { model })).model).toBe('cat-dog@1');
  });

  it('is the default one if none is named', async () => {
    expect((await answerFor('cat-window.jpg', { model: null })).model).toBe('cat-dog@1');
  });

  it.each(['', 'tiger', 'cat-dog@9', 'cat-dog@', '@', '__proto__', 'cat-dog@toString', '../cat-dog'])(
    'that is not there is named in the error: %s',
    async (model) => {
      expect(await errorFor({ model })).toMatchObject({
        message: expect.stringContaining(JSON.stringify(model)),
        extensions: { code: 'MODEL_NOT_FOUND' },
      });
    },
  );

  it('of an endless name is not repeated in full', async () => {
    expect((await errorFor({ model: 'x'.repeat(20_000) }))?.message.length).toBeLessThan(1000);
  });
});

describe('models', () => {
  it('lists each version with its aliases, labels and engine', async () => {
    const { data } = await query(gateway.url, '{ models { name version aliases labels engine default } }');
    expect(data?.models).toEqual([
      {
        name: 'cat-dog',
        version: '1',
        aliases: ['prod'],
        labels: ['cat', 'dog', 'other'],
        engine: 'onnx',
        default: true,
      },
    ]);
  });
});
