// The photos of a batch as a grid that has only those cells in the document that can be seen. The arrow keys go through all.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Selection } from '../batch/batch-items.ts';
import type { BatchSession } from '../batch/batch-session.ts';
import { GAP, moveBy, rowCount, scrollTo, type Viewport } from '../batch/grid-window.ts';
import { useGridWindow } from '../batch/use-grid-window.ts';
import { PhotoCell } from './photo-cell.tsx';

interface Props {
  session: BatchSession;
  photos: Selection;
  /** Index of the item that is shown in detail. */
  selected: number | null;
  select(index: number | null): void;
}

export function PhotoGrid({ session, photos, selected, select }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const shown = useGridWindow(grid, photos.size);
  const { layout, rows } = shown ?? { layout: { columns: 1, rowHeight: 1 }, rows: { first: 0, end: 0 } };
  const first = rows.first * layout.columns;
  const end = Math.min(rows.end * layout.columns, photos.size);
  const positions = Array.from({ length: Math.max(end - first, 0) }, (_, at) => first + at);
  const active = positions.find((position) => photos.at(position) === selected);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') select(null);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = selected === null ? -1 : photos.positionOf(selected);
    const rowsInView = Math.floor(window.innerHeight / 2 / layout.rowHeight);
    const position = moveBy(event.key, from, photos.size, layout.columns, rowsInView);
    if (position === null) return;
    event.preventDefault();
    select(photos.at(position));
  }

  // Once its details are there, too, which may cover it. Only a choice moves the page, not what else changes.
  useLayoutEffect(() => {
    if (selected === null || !grid.current) return;
    const row = Math.floor(photos.positionOf(selected) / layout.columns);
    window.scrollBy(0, scrollTo(row, layout, visiblePart(grid.current)));
  }, [selected]);

  return (
    <div
      ref={grid}
      class="photo-grid"
      role="listbox"
      tabIndex={0}
      aria-label="Photos of the batch"
      aria-activedescendant={active === undefined ? undefined : cellId(active)}
      style={{ height: pixels(rowCount(photos.size, layout) * layout.rowHeight) }}
      onKeyDown={onKeyDown}
    >
      <div
        class="photo-rows"
        role="presentation"
        style={{
          gap: pixels(GAP),
          gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))`,
          gridAutoRows: pixels(layout.rowHeight - GAP),
          transform: `translateY(${pixels(rows.first * layout.rowHeight)})`,
        }}
      >
        {positions.map((position) => {
          const index = photos.at(position);
          const item = session.items.get(index);
          return (
            item && (
              <PhotoCell
                key={index}
                id={cellId(position)}
                item={item}
                file={session.fileOf(index)}
                place={position + 1}
                of={photos.size}
                isSelected={index === selected}
                select={select}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function cellId(position: number): string {
  return `photo-${position}`;
}

function pixels(length: number): string {
  return `${length}px`;
}

/** What neither the bar above nor the details below cover. */
function visiblePart(grid: HTMLElement): Viewport {
  const panel = grid.closest('.batch');
  const above = panel?.querySelector('.batch-head')?.getBoundingClientRect().bottom ?? 0;
  const below = panel?.querySelector('.photo-details')?.getBoundingClientRect().top ?? window.innerHeight;
  return { top: above - grid.getBoundingClientRect().top, height: below - above };
}
