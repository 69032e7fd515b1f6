// Why a photo has no answer, and, if asking again makes sense, the button for it.
import { useEffect, useState } from 'preact/hooks';
import type { GatewayFailure } from '../gateway.ts';
import { duration } from '../wording.ts';

interface Props {
  failure: GatewayFailure;
  retry(): void;
}

export function Failure({ failure, retry }: Props) {
  return (
    <div class="failure">
      <p class="code">{failure.code}</p>
      <p>{failure.message}</p>
      {failure.retryAfterMs !== undefined && <RetryButton afterMs={failure.retryAfterMs} retry={retry} />}
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
