// One photo of a batch in detail, at the lower edge of the window while the grid stays in use.
import { useEffect, useState } from 'preact/hooks';
import type { BatchItem } from '../../client/gateway-client.ts';
import { itemVerdict } from '../wording.ts';

interface Props {
  item: BatchItem;
  file: File | null;
  close(): void;
}

export function PhotoDetails({ item, file, close }: Props) {
  return (
    <aside class="photo-details" aria-label="Selected photo">
      {file && <Picture key={item.index} file={file} />}
      <div class="photo-facts">
        <p class="file-name">{item.name}</p>
        <p class={item.error ? 'code' : 'verdict'}>{itemVerdict(item)}</p>
        {item.error && <p>{item.error.message}</p>}
      </div>
      <button type="button" class="quiet-button" aria-label="Hide details" onClick={close}>
        ×
      </button>
    </aside>
  );
}

function Picture({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!url || isBroken) return null;
  return <img src={url} alt="" decoding="async" onError={() => setBroken(true)} />;
}
