/** Small files that say of themselves that they are huge pictures. */
import { crc32, createDeflate } from 'node:zlib';
import { plain, RED } from './pictures.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const GREY = 0;
const BLOCK = Buffer.alloc(2 ** 20);

/** A true PNG, all black, 1 bit for each pixel: about a byte of file for each kilobyte of pixels. */
export async function hugePng(width: number, height: number): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, GREY], 8);
  const pixels = await deflatedZeros((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

async function deflatedZeros(bytes: number): Promise<Buffer> {
  const deflate = createDeflate();
  const feed = async () => {
    for (let left = bytes; left > 0; left -= BLOCK.length) {
      const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
      await new Promise((written) => deflate.write(block, written));
    }
    deflate.end();
  };
  const fed = feed();
  const parts: Buffer[] = [];
  for await (const part of deflate) parts.push(part as Buffer);
  await fed;
  return Buffer.concat(parts);
}

/** A small JPEG whose frame header lies. */
export async function lyingJpeg(width: number, height: number): Promise<Buffer> {
  const jpeg = await plain(16, 16, RED).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(height, frame + 5);
  jpeg.writeUInt16BE(width, frame + 7);
  return jpeg;
}

/** A small GIF whose screen and first frame lie. */
export async function lyingGif(width: number, height: number): Promise<Buffer> {
  const gif = await plain(16, 16, RED).gif().toBuffer();
  const frame = gif.indexOf(0x2c);
  for (const at of [6, frame + 5]) {
    gif.writeUInt16LE(width, at);
    gif.writeUInt16LE(height, at + 2);
  }
  return gif;
}
