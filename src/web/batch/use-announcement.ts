// Words for a screen reader: the latest now and then, so that a count that runs does not talk without an end.
import { useRef } from 'preact/hooks';

const INTERVAL_MS = 10_000;

/** At once if `occasion` is another one. Relies on being drawn again after the interval. */
export function useAnnouncement(text: string, occasion: string): string {
  const latest = useRef({ at: Number.NEGATIVE_INFINITY, text: '', occasion: '' });
  const now = performance.now();
  if (occasion !== latest.current.occasion || now - latest.current.at >= INTERVAL_MS) {
    latest.current = { at: now, text, occasion };
  }
  return latest.current.text;
}
