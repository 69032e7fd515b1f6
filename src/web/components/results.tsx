// The cards of all photos, with how far they are and a way to clear them away.
import type { Photo } from '../photo-board.ts';
import { boardProgress } from '../wording.ts';
import { PhotoCard } from './photo-card.tsx';

interface Props {
  photos: readonly Photo[];
  retry(photo: Photo): void;
  clear(): void;
}

export function Results({ photos, retry, clear }: Props) {
  return (
    <section class="results" aria-label="Results">
      <div class="results-bar">
        {/* Always in the document: a live region that comes with its first text is not read out. */}
        <p role="status">{photos.length > 0 && boardProgress(photos)}</p>
        {photos.length > 0 && (
          <button type="button" class="quiet-button" onClick={clear}>
            Clear
          </button>
        )}
      </div>
      <div class="cards">
        {photos.map((photo) => (
          <PhotoCard key={photo.id} photo={photo} retry={retry} />
        ))}
      </div>
    </section>
  );
}
