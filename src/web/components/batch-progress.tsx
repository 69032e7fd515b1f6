// How far a batch is: a bar of what is sent, done and has failed, and the same in words.
import type { BatchSession } from '../batch/batch-session.ts';
import { useAnnouncement } from '../batch/use-announcement.ts';
import { batchFigures, batchPace, percent } from '../wording.ts';

export function BatchProgress({ session }: { session: BatchSession }) {
  const { items, phase, sent, answered, isConnected, hasEnded } = session;
  const failed = items.count('failed');
  const figures = batchFigures(session);
  const announced = useAnnouncement(figures, phase);
  return (
    <div class="batch-progress">
      {items.size > 0 && (
        <>
          <progress class="visually-hidden" aria-label="Photos classified" value={answered} max={items.size} />
          <div class="batch-track" aria-hidden="true">
            <span class="sent" style={{ width: percent(sent) }} />
            <span class="answered" style={{ width: percent(answered / items.size) }}>
              <span class="failed" style={{ width: percent(failed / Math.max(answered, 1)) }} />
            </span>
          </div>
        </>
      )}
      <p class="batch-figures">
        <strong>{figures}</strong>
        {!hasEnded && isConnected && <span class="batch-pace"> {batchPace(session)}</span>}
        <span class="batch-lost" role="status">
          {isConnected ? '' : ' connection lost, trying again'}
        </span>
      </p>
      <p class="visually-hidden" role="status">
        {announced}
      </p>
    </div>
  );
}
