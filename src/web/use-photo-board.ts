// The photo board as a hook: one board for the life of the page, drawn again whenever it changes.
import { useMemo, useState } from 'preact/hooks';
import { gateway } from './gateway.ts';
import { type Photo, PhotoBoard } from './photo-board.ts';

export function usePhotoBoard(): { board: PhotoBoard; photos: readonly Photo[] } {
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const board = useMemo(
    () =>
      new PhotoBoard({
        classify: (photo, model, signal) => gateway.classify(photo, { model: model ?? null }, signal),
        createUrl: (photo) => URL.createObjectURL(photo),
        revokeUrl: (url) => URL.revokeObjectURL(url),
        changed: setPhotos,
      }),
    [],
  );
  return { board, photos };
}
