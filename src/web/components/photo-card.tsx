// One photo: its thumbnail and, by stage, that it waits, what it shows, or why there is no answer.
import { useMemo, useState } from 'preact/hooks';
import type { Photo } from '../photo-board.ts';
import { Answer } from './answer.tsx';
import { Failure } from './failure.tsx';
import { ReceiptDetails } from './receipt-details.tsx';

interface Props {
  photo: Photo;
  retry(photo: Photo): void;
}

/** Drawn again only when its photo changes, because with 200 cards every answer would otherwise draw them all. */
export function PhotoCard({ photo, retry }: Props) {
  return useMemo(() => <Card photo={photo} retry={retry} />, [photo, retry]);
}

function Card({ photo, retry }: Props) {
  const { file, url, progress } = photo;
  const pending = progress.stage === 'waiting' || progress.stage === 'uploading';
  return (
    <article class={`card ${progress.stage}`} aria-label={file.name} aria-busy={pending}>
      <Thumbnail url={url} />
      <div class="card-body">
        <p class="file-name" title={file.name}>
          {file.name}
        </p>
        {progress.stage === 'waiting' && <p class="stage">Queued</p>}
        {progress.stage === 'uploading' && <p class="stage">Uploading</p>}
        {progress.stage === 'done' && <Answer answer={progress.answer} />}
        {progress.stage === 'failed' && <Failure failure={progress.failure} retry={() => retry(photo)} />}
      </div>
      {progress.stage === 'done' && <ReceiptDetails receipt={progress.answer.receipt} model={progress.answer.model} />}
    </article>
  );
}

/** The file may be no picture, or one that this browser cannot show; the gateway has the last word on that. */
function Thumbnail({ url }: { url: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <div class="thumbnail no-preview">no preview</div>;
  return <img class="thumbnail" src={url} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />;
}
