// A batch: how far it is, what to do about it, and its photos, all or some.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Filter } from '../batch/batch-items.ts';
import type { BatchSession } from '../batch/batch-session.ts';
import { thumbnails } from '../batch/shrink.ts';
import { BatchActions } from './batch-actions.tsx';
import { BatchProgress } from './batch-progress.tsx';
import { Failure } from './failure.tsx';
import { GroupFilter } from './group-filter.tsx';
import { PhotoDetails } from './photo-details.tsx';
import { PhotoGrid } from './photo-grid.tsx';

interface Props {
  session: BatchSession;
  close(): void;
}

export function BatchPanel({ session, close }: Props) {
  const { items, failure } = session;
  const [filter, setFilter] = useState<Filter>('all');
  const [selected, select] = useState<number | null>(null);
  const panel = useRef<HTMLElement>(null);
  const item = selected === null ? undefined : items.get(selected);

  function show(next: Filter): void {
    setFilter(next);
    // Far down in all photos there may be none of these.
    if ((panel.current?.getBoundingClientRect().top ?? 0) < 0) panel.current?.scrollIntoView();
  }
  function hideDetails(): void {
    select(null);
    // So that the keys go on from here.
    panel.current?.querySelector<HTMLElement>('[role="listbox"]')?.focus({ preventScroll: true });
  }
  useEffect(() => () => thumbnails.clear(), []);
  // Cards of single photos may stand above it.
  useEffect(() => panel.current?.scrollIntoView({ block: 'nearest' }), []);

  return (
    <section class="batch" aria-label="Batch" ref={panel}>
      <div class="batch-head">
        <div class="batch-bar">
          <BatchProgress session={session} />
          <BatchActions session={session} close={close} />
        </div>
        {failure && (
          <Failure failure={failure} retry={() => (session.phase === 'refused' ? session.retry() : session.cancel())} />
        )}
        {items.size > 0 && <GroupFilter items={items} chosen={filter} choose={show} />}
      </div>
      {items.size > 0 && items.count(filter) === 0 && <p class="hint">No photo is here any more.</p>}
      <PhotoGrid session={session} photos={items.select(filter)} selected={selected} select={select} />
      {item && <PhotoDetails item={item} file={session.fileOf(item.index)} close={hideDetails} />}
    </section>
  );
}
