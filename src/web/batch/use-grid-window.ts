// The rows of a grid that can be seen while the page is scrolled and its size changes.
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { oncePerFrame } from './frame.ts';
import { type GridLayout, layOut, type RowRange, visibleRows } from './grid-window.ts';

export interface GridWindow {
  readonly layout: GridLayout;
  readonly rows: RowRange;
}

/** Null until the grid is in the document. */
export function useGridWindow(grid: RefObject<HTMLElement | null>, size: number): GridWindow | null {
  const [shown, setShown] = useState<GridWindow | null>(null);
  const latestSize = useRef(size);
  latestSize.current = size;

  const measure = useCallback(() => {
    if (!grid.current) return;
    const { top, width } = grid.current.getBoundingClientRect();
    const layout = layOut(width);
    const rows = visibleRows(latestSize.current, layout, { top: -top, height: window.innerHeight });
    setShown((before) => (before && isSame(before, { layout, rows }) ? before : { layout, rows }));
  }, [grid]);

  // With every size, the rows may be others.
  useLayoutEffect(measure, [measure, size]);
  useEffect(() => {
    const frame = oncePerFrame(measure);
    const resized = new ResizeObserver(frame.request);
    // What stands above the grid moves it when it grows.
    resized.observe(document.body);
    const listening = new AbortController();
    window.addEventListener('scroll', frame.request, { passive: true, signal: listening.signal });
    window.addEventListener('resize', frame.request, listening);
    return () => {
      resized.disconnect();
      listening.abort();
      frame.cancel();
    };
  }, [measure]);
  return shown;
}

function isSame(a: GridWindow, b: GridWindow): boolean {
  return (
    a.layout.columns === b.layout.columns &&
    a.layout.rowHeight === b.layout.rowHeight &&
    a.rows.first === b.rows.first &&
    a.rows.end === b.rows.end
  );
}
