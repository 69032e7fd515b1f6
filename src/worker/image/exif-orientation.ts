/** How a camera was held: one number in a photo's EXIF data, which are a TIFF file in small (EXIF 2.3, 4.6). */

const ORIENTATION = 0x0112;
/** The type of its value, and how many values there must be. */
const SHORT = 3;
const VALUES = 1;
const TIFF = 42;
const ENTRY_BYTES = 12;
/** Byte order, the number 42, and where the first directory stands. */
const HEADER_BYTES = 8;

/** 1 to 8, 1 if the data say nothing of it; null if they are broken or say something that the standard does not know. */
export function orientationIn(tiff: Buffer): number | null {
  if (tiff.length < HEADER_BYTES) return null;
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const short = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  if (short(2) !== TIFF) return null;
  const directory = long(4);
  if (directory + 2 > tiff.length) return null;
  const entries = short(directory);
  if (directory + 2 + entries * ENTRY_BYTES > tiff.length) return null;
  for (let at = directory + 2; at < directory + 2 + entries * ENTRY_BYTES; at += ENTRY_BYTES) {
    if (short(at) !== ORIENTATION) continue;
    const value = short(at + 8);
    const known = short(at + 2) === SHORT && long(at + 4) === VALUES && value >= 1 && value <= 8;
    return known ? value : null;
  }
  return 1;
}
