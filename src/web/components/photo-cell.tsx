// One photo of a batch: its thumbnail, what it shows or why there is no answer, and its name.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { BatchItem } from '../../client/gateway-client.ts';
import { thumbnails } from '../batch/shrink.ts';
import { baseName, itemVerdict, nameInFolder } from '../wording.ts';

interface Props {
  id: string;
  item: BatchItem;
  file: File | null;
  /** Of all that are shown, from 1. */
  place: number;
  of: number;
  isSelected: boolean;
  select(index: number): void;
}

export function PhotoCell({ id, item, file, place, of, isSelected, select }: Props) {
  const content = useMemo(() => <Content item={item} file={file} />, [item, file]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its cells.
    <div
      id={id}
      class={`photo-cell ${item.status.toLowerCase()}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-posinset={place}
      aria-setsize={of}
      onClick={() => select(item.index)}
    >
      {content}
    </div>
  );
}

function Content({ item, file }: { item: BatchItem; file: File | null }) {
  return (
    <>
      {file ? <Thumbnail file={file} /> : <div class="cell-picture no-preview">{nameInFolder(item.name)}</div>}
      <p class="cell-verdict">{itemVerdict(item)}</p>
      <p class="cell-name" title={item.name}>
        {baseName(item.name)}
      </p>
    </>
  );
}

function Thumbnail({ file }: { file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(
    () =>
      thumbnails.request(file, (bitmap) => {
        if (bitmap) draw(canvas.current, bitmap);
        else setBroken(true);
      }),
    [file],
  );
  if (isBroken) return <div class="cell-picture no-preview">no preview</div>;
  return <canvas class="cell-picture" ref={canvas} />;
}

function draw(canvas: HTMLCanvasElement | null, bitmap: ImageBitmap): void {
  if (!canvas) return;
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
}
