// Why a photo has no answer, and, if asking again makes sense, the button for it.
import { useEffect, useState } from 'preact/hooks';
import type { RequestFailure } from '../../client/answer.ts';
import { duration, failureText } from '../wording.ts';

interface Props {
  failure: RequestFailure;
  retry(): void;
}

export function Failure({ failure, retry }: Props) {
  return (
    <div class="failure">
      <p class="code">{failure.code}</p>
      <p>{failureText(failure)}</p>
      {failure.retryAfterMs !== null && <RetryButton afterMs={failure.retryAfterMs} retry={retry} />}
    </div>
  );
}

/** Locked for as long as the gateway asked for: until then it would refuse again. */
function RetryButton({ afterMs, retry }: { afterMs: number; retry(): void }) {
  const [locked, setLocked] = useState(afterMs > 0);
  useEffect(() => {
    const timer = setTimeout(() => setLocked(false), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  return (
    <button type="button" class="quiet-button" disabled={locked} onClick={retry}>
      {locked ? `Retry in ${duration(afterMs)}` : 'Retry'}
    </button>
  );
}
