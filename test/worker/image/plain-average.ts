/** Area averaging in the plainest way: no tables, no rounding before the end. */
import type { Placement, Resize, Stretch } from '../../../src/worker/image/area-resize.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1, 3 or 4 bytes each; of 1, three equal ones are meant, and a fourth does not count. */
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** Each result pixel is the mean of the rectangle that it covers; as areaResize, but not rounded. */
export function plainAverage(picture: Picture, { columns, rows, canvas, placement }: Omit<Resize, 'width' | 'height'>) {
  const result = new Float64Array(canvas * 3);
  for (let y = 0; y < rows.to; y++) {
    for (let x = 0; x < columns.to; x++) {
      result.set(meanOf(picture, edges(columns, x), edges(rows, y)), at(placement, x, y) * 3);
    }
  }
  return result;
}

/** Number of the canvas's pixel. */
export function at({ origin, stepX, stepY }: Placement, x: number, y: number): number {
  return origin + x * stepX + y * stepY;
}

type Edges = readonly [from: number, to: number];

function edges({ from, size, to }: Stretch, i: number): Edges {
  return [from + (i * size) / to, from + ((i + 1) * size) / to];
}

function meanOf({ width, height, channels, pixels }: Picture, [left, right]: Edges, [top, bottom]: Edges): number[] {
  const sums = [0, 0, 0];
  for (let y = Math.floor(top); y < Math.min(height, Math.ceil(bottom)); y++) {
    for (let x = Math.floor(left); x < Math.min(width, Math.ceil(right)); x++) {
      const covered = share(x, left, right) * share(y, top, bottom);
      for (const c of [0, 1, 2] as const) {
        sums[c] = (sums[c] as number) + covered * (pixels[(y * width + x) * channels + (c % channels)] as number);
      }
    }
  }
  const area = (right - left) * (bottom - top);
  return sums.map((sum) => sum / area);
}

/** How much of pixel `i` lies between the two edges. */
function share(i: number, from: number, to: number): number {
  return Math.max(0, Math.min(to, i + 1) - Math.max(from, i));
}
