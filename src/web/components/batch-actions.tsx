// What can be done about a batch: cancel it while it runs, take its results along, put it away.
import type { BatchSession } from '../batch/batch-session.ts';
import { toCsv } from '../batch/csv.ts';

interface Props {
  session: BatchSession;
  close(): void;
}

/** Long enough for the browser to begin with the download. */
const REVOKE_AFTER_MS = 60_000;

export function BatchActions({ session, close }: Props) {
  const { phase, items, isCancelling, isConnected } = session;
  // Closing would end an upload, which is a matter of Cancel; but that takes a gateway.
  const mayClose = phase !== 'uploading' || !isConnected;
  return (
    <div class="batch-actions">
      {(phase === 'uploading' || phase === 'running') && (
        <button type="button" class="quiet-button" disabled={isCancelling} onClick={() => session.cancel()}>
          {isCancelling ? 'Cancelling' : 'Cancel'}
        </button>
      )}
      {items.size > 0 && (
        <button type="button" class="quiet-button" onClick={() => download(session)}>
          Download CSV
        </button>
      )}
      {mayClose && (
        <button type="button" class="quiet-button" onClick={close}>
          Close
        </button>
      )}
    </div>
  );
}

function download({ id, items }: BatchSession): void {
  const url = URL.createObjectURL(new Blob([toCsv(items)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `batch-${id.slice(0, 8)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
