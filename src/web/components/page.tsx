// The page: the pool on top, then a way in for photos, then one card for each, or a batch of many.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { chosenFolder, type FolderContent, type NamedFile, pickedFiles, readFolder } from '../batch/named-file.ts';
import { useBatch } from '../batch/use-batch.ts';
import type { Photo } from '../photo-board.ts';
import { useModels } from '../use-models.ts';
import { usePhotoBoard } from '../use-photo-board.ts';
import { usePhotoIntake } from '../use-photo-intake.ts';
import { usePool } from '../use-pool.ts';
import { folderNotice } from '../wording.ts';
import { BatchPanel } from './batch-panel.tsx';
import { DropZone } from './drop-zone.tsx';
import { ModelPicker } from './model-picker.tsx';
import { PoolLine } from './pool-line.tsx';
import { Results } from './results.tsx';
import { Samples } from './samples.tsx';

/** More at once, and folders, are a batch. */
const MOST_CARDS_AT_ONCE = 20;

export function Page() {
  const pool = usePool();
  const choice = useModels(typeof pool === 'object');
  const { board, photos } = usePhotoBoard();
  const batch = useBatch();
  const [notice, setNotice] = useState('');
  const noticeLine = useRef<HTMLParagraphElement>(null);
  // Whoever drops a folder far down in the photos of another would not see what is said about it.
  useEffect(() => {
    if (notice) noticeLine.current?.scrollIntoView({ block: 'nearest' });
  }, [notice]);

  // Read when photos arrive, which for a folder may be some drawings of the page later.
  const model = useRef(choice.chosen);
  model.current = choice.chosen;
  function beginBatch(files: readonly NamedFile[], remark: string): void {
    const hasBegun = files.length === 0 || batch.begin(files, model.current);
    setNotice(hasBegun ? remark : 'A batch is being uploaded: wait until it is, or cancel it.');
  }
  function take(files: File[]): void {
    if (files.length > MOST_CARDS_AT_ONCE) beginBatch(pickedFiles(files), '');
    else if (files.length > 0) {
      board.add(files, model.current);
      setNotice('');
    }
  }
  function takeFolder({ pictures, leftOut }: FolderContent): void {
    beginBatch(pictures, folderNotice(pictures.length, leftOut));
  }
  async function takeDroppedFolder(entries: FileSystemEntry[]): Promise<void> {
    setNotice('Reading the folder');
    takeFolder(await readFolder(entries));
  }
  const retry = useCallback((photo: Photo) => board.retry(photo), [board]);
  function clear(): void {
    board.clear();
    setNotice('');
  }
  function closeBatch(): void {
    batch.close();
    setNotice('');
    // The button that was pressed is gone.
    document.getElementById('photos')?.focus();
  }
  const hovering = usePhotoIntake({ take, takeFolder: takeDroppedFolder });

  return (
    <>
      <header class="masthead">
        <h1>Warmpool</h1>
        <PoolLine pool={pool} />
      </header>
      <main>
        <div class={photos.length > 0 || batch.session ? 'intake compact' : 'intake'}>
          <DropZone take={take} takeFolder={(files) => takeFolder(chosenFolder(files))} />
          <div class="intake-side">
            <Samples take={take} report={setNotice} />
            <ModelPicker choice={choice} />
          </div>
        </div>
        <Results photos={photos} retry={retry} clear={clear} />
        <p class="notice" role="status" ref={noticeLine}>
          {notice}
        </p>
        {batch.session && <BatchPanel key={batch.session.id} session={batch.session} close={closeBatch} />}
      </main>
      <footer class="hint">
        Sample photos: Stéfan van der Walt (CC0), Kentaro Wada (GPL-3+), Rachel Michetti (CC0)
      </footer>
      {hovering && <p class="drop-veil">Drop to classify</p>}
    </>
  );
}
