// Facts about the window onto a grid: which rows it shows, and where keys lead.
import { describe, expect, it } from 'vitest';
import { GAP, layOut, moveBy, rowCount, scrollTo, visibleRows } from '../../../src/web/batch/grid-window.ts';

const layout = { columns: 7, rowHeight: 200 };

describe('the layout of a grid', () => {
  it.each([
    [1056, 7],
    [704, 5],
    [328, 3],
    [240, 3],
  ])('puts cells into a width of %d px in %d columns', (width, columns) => {
    expect(layOut(width).columns).toBe(columns);
  });

  it('has rows as high as a square, the caption and the gap', () => {
    const { columns, rowHeight } = layOut(1056);
    const cell = (1056 - GAP * (columns - 1)) / columns;
    expect(rowHeight).toBeGreaterThan(cell + GAP);
    expect(rowHeight).toBeLessThan(cell + GAP + 60);
  });

  it('counts the last row even if it is not full', () => {
    expect([rowCount(0, layout), rowCount(7, layout), rowCount(8, layout)]).toEqual([0, 1, 2]);
  });
});

describe('the rows that can be seen', () => {
  it('are those in the viewport and two more on either side', () => {
    expect(visibleRows(10_000, layout, { top: 4000, height: 800 })).toEqual({ first: 18, end: 26 });
  });

  it('end with the grid, above and below', () => {
    expect(visibleRows(21, layout, { top: -300, height: 2000 })).toEqual({ first: 0, end: 3 });
  });

  it.each([-5000, 900_000])('are none if the grid is out of sight (%d)', (top) => {
    const { first, end } = visibleRows(21, layout, { top, height: 800 });
    expect(end - first).toBe(0);
  });

  it('are few, however many photos there are', () => {
    const { first, end } = visibleRows(1_000_000, layout, { top: 12_345_678, height: 1000 });
    expect(end - first).toBeLessThanOrEqual(10);
  });
});

describe('scrolling to a row', () => {
  const viewport = { top: 1000, height: 600 };

  it('is not needed if the row can be seen whole', () => {
    expect(scrollTo(5, layout, viewport)).toBe(0);
    expect(scrollTo(7, layout, viewport)).toBe(0);
  });

  it('goes up or down just as far as needed', () => {
    expect(scrollTo(4, layout, viewport)).toBe(-200);
    expect(scrollTo(8, layout, viewport)).toBe(200);
  });
});

describe('a key', () => {
  it.each([
    ['ArrowRight', 11],
    ['ArrowLeft', 9],
    ['ArrowDown', 17],
    ['ArrowUp', 3],
    ['PageDown', 31],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 99],
  ])('%s leads from 10 to %d', (key, position) => {
    expect(moveBy(key, 10, 100, 7, 3)).toBe(position);
  });

  it('leads to the first photo if none was chosen', () => {
    expect(moveBy('ArrowRight', -1, 100, 7, 3)).toBe(0);
    expect(moveBy('ArrowUp', -1, 100, 7, 3)).toBe(0);
  });

  it('that moves nothing leads nowhere, nor does any if there is no photo', () => {
    expect(moveBy('a', 10, 100, 7, 3)).toBeNull();
    expect(moveBy('ArrowRight', 0, 0, 7, 3)).toBeNull();
  });
});
