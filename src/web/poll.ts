// Asks again and again while the page can be seen, never twice at the same time.

/** The part of `document` that tells whether anybody looks. */
interface Visibility {
  readonly hidden: boolean;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** Calls `ask` now and `intervalMs` after each answer. Returns how to stop. `ask` must not reject. */
export function pollWhileVisible(ask: () => Promise<void>, intervalMs: number, page: Visibility): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let stopped = false;

  async function next(): Promise<void> {
    clearTimeout(timer);
    if (stopped || asking || page.hidden) return;
    asking = true;
    await ask();
    asking = false;
    timer = setTimeout(next, intervalMs);
  }

  page.addEventListener('visibilitychange', next);
  void next();
  return () => {
    stopped = true;
    clearTimeout(timer);
    page.removeEventListener('visibilitychange', next);
  };
}
