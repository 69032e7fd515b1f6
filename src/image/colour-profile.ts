/**
 * Many photos carry a colour profile, and in many of these it is sRGB: converting from that costs more than all the rest
 * of a decode, and changes nothing.
 */

const MARKER = 'ICC_PROFILE\0';
const SRGB = 'sRGB IEC61966-2';
/** The description stands near the start of a profile. */
const PROFILE_BYTES = 1024;
const START_OF_IMAGE = 0xffd8;
const APP2 = 0xffe2;

/** True if the bytes are a JPEG whose embedded ICC profile calls itself sRGB. */
export function declaresSrgb(bytes: Uint8Array): boolean {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const profile = data.length > 2 && data.readUInt16BE(0) === START_OF_IMAGE ? profileIn(data) : null;
  return profile?.subarray(0, PROFILE_BYTES).includes(SRGB, 0, 'latin1') ?? false;
}

/** Goes from segment to segment: EXIF data may hold a thumbnail with a profile of its own. */
function profileIn(jpeg: Buffer): Buffer | null {
  for (let at = 2; at + 4 <= jpeg.length && isHeader(jpeg.readUInt16BE(at)); ) {
    const end = at + 2 + Math.max(2, jpeg.readUInt16BE(at + 2));
    const segment = jpeg.subarray(at + 4, end);
    if (jpeg.readUInt16BE(at) === APP2 && segment.indexOf(MARKER, 0, 'latin1') === 0) return segment;
    at = end;
  }
  return null;
}

/** Application data and comments: what stands in front of the picture's own segments. */
function isHeader(marker: number): boolean {
  return (marker >= 0xffe0 && marker <= 0xffef) || marker === 0xfffe;
}
