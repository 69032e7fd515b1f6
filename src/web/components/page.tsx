// The page: the pool on top, then a way in for photos, then one card for each.
import { useCallback, useRef, useState } from 'preact/hooks';
import { BOARD_LIMIT, type Photo } from '../photo-board.ts';
import { useModels } from '../use-models.ts';
import { usePhotoBoard } from '../use-photo-board.ts';
import { usePhotoIntake } from '../use-photo-intake.ts';
import { usePool } from '../use-pool.ts';
import { DropZone } from './drop-zone.tsx';
import { ModelPicker } from './model-picker.tsx';
import { PoolLine } from './pool-line.tsx';
import { Results } from './results.tsx';
import { Samples } from './samples.tsx';

export function Page() {
  const pool = usePool();
  const choice = useModels(typeof pool === 'object');
  const { board, photos } = usePhotoBoard();
  const [notice, setNotice] = useState('');

  // Read when photos arrive, so that `take` stays one function and its listeners stay in place.
  const model = useRef(choice.chosen);
  model.current = choice.chosen;
  const take = useCallback(
    (files: File[]) => {
      if (files.length === 0) return;
      const leftOut = board.add(files, model.current);
      setNotice(leftOut > 0 ? `The page holds ${BOARD_LIMIT} photos; the last ${leftOut} were left out.` : '');
    },
    [board],
  );
  const retry = useCallback((photo: Photo) => board.retry(photo), [board]);
  function clear(): void {
    board.clear();
    setNotice('');
  }
  const hovering = usePhotoIntake(take);

  return (
    <>
      <header class="masthead">
        <h1>Warmpool</h1>
        <PoolLine pool={pool} />
      </header>
      <main>
        <div class={photos.length > 0 ? 'intake compact' : 'intake'}>
          <DropZone take={take} />
          <div class="intake-side">
            <Samples take={take} report={setNotice} />
            <ModelPicker choice={choice} />
          </div>
        </div>
        <p class="notice" role="status">
          {notice}
        </p>
        <Results photos={photos} retry={retry} clear={clear} />
      </main>
      <footer class="hint">
        Sample photos: Stéfan van der Walt (CC0), Kentaro Wada (GPL-3+), Rachel Michetti (CC0)
      </footer>
      {hovering && <p class="drop-veil">Drop to classify</p>}
    </>
  );
}
