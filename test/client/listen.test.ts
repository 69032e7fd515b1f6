// Facts about listening to a batch: a quiet batch is no lost connection, but a connection without a sign of life is one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayClient } from '../../src/client/gateway-client.ts';

const PING = ':\n\n';
const EVENT = 'event: next\ndata: {"data":{"batchProgress":{"seq":1,"state":"RUNNING","total":1,"item":null}}}\n\n';

const FAILURE = 'event: next\ndata: {"errors":[{"message":"…","extensions":{"code":"BATCH_NOT_FOUND"}}]}\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/** The other end says what the test says. */
function hear() {
  let stream!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      stream = controller;
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  vi.stubGlobal('fetch', async () => new Response(body, { headers }));
  const take = vi.fn();
  const isThere = vi.fn();
  const end = vi.fn();
  const client = new GatewayClient({ endpoint: 'graphql', timeoutMs: 1000 });
  const { signal } = new AbortController();
  client.listen('a-batch', 0, { take, isThere }, signal).then(
    () => end('complete'),
    ({ code }) => end(code),
  );
  const say = (text: string) => stream.enqueue(new TextEncoder().encode(text));
  const breakOff = () => stream.error(new Error('reset'));
  return { say, breakOff, take, isThere, end, passed: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

describe('listening to a batch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('gives its events', async () => {
    const { say, take, passed } = hear();
    say(EVENT);
    await passed(10);
    expect(take).toHaveBeenCalledExactlyOnceWith({ seq: 1, state: 'RUNNING', total: 1, item: null });
  });

  it('goes on for as long as there are signs of life', async () => {
    const { say, take, isThere, end, passed } = hear();
    for (let sign = 0; sign < 10; sign++) {
      say(PING);
      await passed(12_000);
    }
    expect(isThere).toHaveBeenCalledTimes(10);
    expect([take.mock.calls, end.mock.calls]).toEqual([[], []]);
  });

  it.each([
    [COMPLETE, 'complete'],
    [FAILURE, 'BATCH_NOT_FOUND'],
  ])('ends with what the gateway says: %j', async (word, outcome) => {
    const { say, end, passed } = hear();
    say(word);
    await passed(10);
    expect(end).toHaveBeenCalledExactlyOnceWith(outcome);
  });

  it('ends without an answer if the connection breaks off', async () => {
    const { breakOff, end, passed } = hear();
    breakOff();
    await passed(10);
    expect(end).toHaveBeenCalledExactlyOnceWith('NO_ANSWER');
  });

  it('ends without an answer after 20 s without any', async () => {
    const { say, isThere, end, passed } = hear();
    say(PING);
    await passed(19_000);
    expect(end).not.toHaveBeenCalled();
    await passed(1100);
    expect(end).toHaveBeenCalledExactlyOnceWith('NO_ANSWER');
    expect([isThere.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
