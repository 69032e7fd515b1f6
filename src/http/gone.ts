import type { ServerResponse } from 'node:http';

/** Aborted when the client goes away before its answer. */
export function goneBefore(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
