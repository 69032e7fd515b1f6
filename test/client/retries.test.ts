import { expect, it, vi } from 'vitest';
import { NO_ANSWER, RequestFailure } from '../../src/client/answer.ts';
import { Retries } from '../../src/client/retries.ts';

const LOST = new RequestFailure(NO_ANSWER, 'no answer');
const fullFor = (retryAfterMs: number) => new RequestFailure('OVERLOADED', 'no room', retryAfterMs);

function retriesOf(patienceMs: number, signal = new AbortController().signal) {
  const onRetry = vi.fn();
  return { retries: new Retries({ patienceMs, signal, onRetry }), onRetry };
}

/** Until it gives up, in ms. */
function pausesAfter(error: RequestFailure, patienceMs: number): number[] {
  const { retries } = retriesOf(patienceMs);
  const pauses: number[] = [];
  for (;;) {
    try {
      pauses.push(retries.pauseAfter(error));
    } catch (given) {
      expect(given).toBe(error);
      return pauses;
    }
  }
}

it('pauses grow to 5 s, and add up to no more than the patience', () => {
  expect(pausesAfter(LOST, 249)).toEqual([]);
  expect(pausesAfter(LOST, 250)).toEqual([250]);
  expect(pausesAfter(LOST, 20_000)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});

it('a pause is as long as the gateway says, or longer', () => {
  expect(pausesAfter(fullFor(600), 2200)).toEqual([600, 600, 1000]);
});

it('what will not pass is not tried again', () => {
  const tooLarge = new RequestFailure('IMAGE_TOO_LARGE', 'too large');
  const fault = new TypeError('a fault of our own');
  for (const error of [tooLarge, fault]) expect(() => retriesOf(1000).retries.pauseAfter(error)).toThrow(error);
});

it('the reason is told once', () => {
  const { retries, onRetry } = retriesOf(1000);
  retries.pauseAfter(LOST);
  retries.pauseAfter(LOST);
  expect(onRetry.mock.calls).toEqual([[LOST]]);
});

it('a pause is ended by the signal, and after it there is none', async () => {
  const end = new AbortController();
  const { retries, onRetry } = retriesOf(60_000, end.signal);
  const paused = retries.after(fullFor(50_000));
  end.abort();
  await expect(paused).rejects.toMatchObject({ name: 'AbortError' });
  await expect(retries.after(LOST)).rejects.toBe(LOST);
  expect(onRetry).toHaveBeenCalledTimes(1);
});
