/**
 * Makes a picture smaller by area averaging: each pixel of the result is the mean of the rectangle that it covers in the
 * source, pixels on its edge counted in part. Separable: first rows, then columns (kernel/area-average.ts).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A stretch of one axis: `size` source pixels from `from` on (both may be fractions) become `to` result pixels, not more. */
export interface Stretch {
  readonly from: number;
  readonly size: number;
  readonly to: number;
}

/** Where the result goes: pixel (x, y) is written at `origin + x * stepX + y * stepY` of the canvas, all in pixels. */
export interface Placement {
  readonly origin: number;
  readonly stepX: number;
  readonly stepY: number;
}

export interface Resize {
  /** Of the source, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: Stretch;
  readonly rows: Stretch;
  /** Number of pixels of the canvas; what the result does not cover is black. */
  readonly canvas: number;
  readonly placement: Placement;
}

/** Node has it, but its types come with the browser's only. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number }) => Memory;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

interface Code {
  averageRows(row: number, width: number, weights: number, taps: number, sums: number): void;
  averageColumns(
    sums: number,
    first: number,
    begin: number,
    weights: number,
    count: number,
    out: number,
    step: number,
  ): void;
}

const PAGE = 65536;
/** What the kernel may read and write behind the last pixel, in bytes; and what everything is aligned to. */
const STEP = 16;
/** Weights of one result pixel sum up to it. */
const ONE = 256;

interface Kernel {
  readonly code: Code;
  /** Grows to the largest picture and is used again for each. */
  readonly memory: Memory;
}

let loaded: Kernel | null = null;

/** The compiled loops in this thread, which take their time when they are asked for first. */
export function loadKernel(): Kernel {
  if (loaded) return loaded;
  // The compiled file, also when this module runs from its source under a test runner.
  const file = createRequire(import.meta.url).resolve('#dist/worker/image/area-average.wasm');
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(readFileSync(file));
  const code = new WebAssembly.Instance(module, { env: { memory } }).exports as Code;
  loaded = { code, memory };
  return loaded;
}

/**
 * `fill` is given the memory for the source, RGBX, and writes its pixels there, or returns false. Returns the canvas, RGB, or
 * null if it did.
 */
export function areaResize(resize: Resize, fill: (pixels: Buffer) => boolean): Uint8Array | null {
  const { width, height, columns, rows, canvas, placement } = resize;
  const { code, memory } = loadKernel();
  const room = allocator();
  const pixels = room(width * height * 4);
  const sums = room(width * 8);
  const across = tapsAt(room, columns);
  const down = tapsAt(room, rows);
  const out = room(canvas * 3);
  reserve(memory, room(0));

  if (!fill(Buffer.from(memory.buffer, pixels, width * height * 4))) return null;
  writeTaps(memory, across, columns);
  const { first, begin } = writeTaps(memory, down, rows);
  const result = new Uint8Array(memory.buffer, out, canvas * 3).fill(0);
  for (let y = 0; y < rows.to; y++) {
    const [tap, end] = [begin[y] as number, begin[y + 1] as number];
    code.averageRows(pixels + (first[y] as number) * width * 4, width, down.weights + tap * 2, end - tap, sums);
    const at = out + (placement.origin + y * placement.stepY) * 3;
    code.averageColumns(sums, across.first, across.begin, across.weights, columns.to, at, placement.stepX * 3);
  }
  return result.slice();
}

/** Gives away the memory from its beginning on. */
function allocator(): (bytes: number) => number {
  let next = 0;
  return (bytes) => {
    const at = next;
    next = Math.ceil((at + bytes) / STEP + 1) * STEP;
    return at;
  };
}

function reserve(memory: Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

/** Addresses of the tables of one axis: for each result pixel its first source pixel, and where its weights begin and end. */
interface Taps {
  readonly first: number;
  readonly begin: number;
  readonly weights: number;
}

function tapsAt(room: (bytes: number) => number, stretch: Stretch): Taps {
  return { first: room(stretch.to * 4), begin: room((stretch.to + 1) * 4), weights: room(mostTaps(stretch) * 2) };
}

/** An edge between two result pixels cuts a source pixel, which then counts for both. */
function mostTaps({ size, to }: Stretch): number {
  return Math.ceil(size) + 2 * to;
}

/** Weights are differences of a rounded running sum: so they sum up to ONE exactly, however many there are. */
function writeTaps(
  memory: Memory,
  at: Taps,
  stretch: Stretch,
): { readonly first: Uint32Array; readonly begin: Uint32Array } {
  const { from, size, to } = stretch;
  const first = new Uint32Array(memory.buffer, at.first, to);
  const begin = new Uint32Array(memory.buffer, at.begin, to + 1);
  const weights = new Uint16Array(memory.buffer, at.weights, mostTaps(stretch));
  const scale = size / to;
  begin[0] = 0;
  for (let i = 0, tap = 0; i < to; i++) {
    const left = from + i * scale;
    const right = left + scale;
    let source = Math.floor(left);
    first[i] = source;
    for (let sum = 0; sum < ONE; source++) {
      const next = Math.round((ONE * (Math.min(right, source + 1) - left)) / scale);
      weights[tap++] = next - sum;
      sum = next;
    }
    begin[i + 1] = tap;
  }
  return { first, begin };
}
