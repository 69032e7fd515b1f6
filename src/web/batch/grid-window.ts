// Which cells of a grid can be seen. All cells have the same size, so this is arithmetic.

export interface GridLayout {
  readonly columns: number;
  /** From one row to the next, in CSS pixels. */
  readonly rowHeight: number;
}

/** Rows from `first` on, up to and without `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** The part of the page that can be seen, in CSS pixels from the grid's upper edge. */
export interface Viewport {
  readonly top: number;
  readonly height: number;
}

export const GAP = 12;
const NARROWEST = 104;
const WIDEST = 136;
/** Fewer than three in a row would make a phone's page endless. */
const FEWEST_COLUMNS = 3;
/** Below the thumbnail, which is square. */
const CAPTION_HEIGHT = 42;
/** Drawn above and below what can be seen, so that scrolling finds them there. */
const SPARE_ROWS = 2;

export function layOut(width: number): GridLayout {
  const cell = Math.min(Math.max(width / 6, NARROWEST), WIDEST);
  const columns = Math.max(FEWEST_COLUMNS, Math.floor((width + GAP) / (cell + GAP)));
  const cellWidth = (width - GAP * (columns - 1)) / columns;
  return { columns, rowHeight: cellWidth + CAPTION_HEIGHT + GAP };
}

export function rowCount(size: number, { columns }: GridLayout): number {
  return Math.ceil(size / columns);
}

export function visibleRows(size: number, layout: GridLayout, { top, height }: Viewport): RowRange {
  const rows = rowCount(size, layout);
  const first = Math.floor(top / layout.rowHeight) - SPARE_ROWS;
  const end = Math.ceil((top + height) / layout.rowHeight) + SPARE_ROWS;
  return { first: clamp(first, 0, rows), end: clamp(end, 0, rows) };
}

/** By how much to scroll so that the row can be seen whole; 0 if it can. */
export function scrollTo(row: number, { rowHeight }: GridLayout, { top, height }: Viewport): number {
  const rowTop = row * rowHeight;
  const below = rowTop + rowHeight - (top + height);
  return rowTop < top ? rowTop - top : Math.max(below, 0);
}

/** Where a key takes the visitor; null if it is none that moves. */
export function moveBy(
  key: string,
  position: number,
  size: number,
  columns: number,
  rowsInView: number,
): number | null {
  const page = columns * Math.max(rowsInView, 1);
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -page,
    PageDown: page,
    Home: -size,
    End: size,
  };
  const step = steps[key];
  return step === undefined || size === 0 ? null : clamp(position + step, 0, size - 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
