// Facts about polling: its pace, one question at a time, and silence while nobody looks.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pollWhileVisible } from '../../src/web/poll.ts';
import { deferred } from './deferred.ts';

class FakePage extends EventTarget {
  hidden = false;

  show(visible: boolean): void {
    this.hidden = !visible;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

describe('pollWhileVisible', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks at once and then at the interval', async () => {
    const ask = vi.fn(async () => {});
    pollWhileVisible(ask, 1000, new FakePage());
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(ask).toHaveBeenCalledTimes(4);
  });

  it('never asks while an answer is awaited, not even if the page is hidden and shown again', async () => {
    const page = new FakePage();
    const answer = deferred<void>();
    const ask = vi.fn(() => answer.promise);
    pollWhileVisible(ask, 1000, page);
    page.show(false);
    page.show(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ask).toHaveBeenCalledTimes(1);
    answer.resolve();
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('is silent while the page is hidden and asks at once when it is shown', async () => {
    const page = new FakePage();
    const ask = vi.fn(async () => {});
    pollWhileVisible(ask, 1000, page);
    page.show(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ask).toHaveBeenCalledTimes(1);
    page.show(true);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('asks nothing more once stopped, even if an answer comes late', async () => {
    const page = new FakePage();
    const answer = deferred<void>();
    const ask = vi.fn(() => answer.promise);
    const stop = pollWhileVisible(ask, 1000, page);
    stop();
    answer.resolve();
    page.show(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
