/** Half of all photos carry a colour profile, and most of these are sRGB: converting from it costs much and changes nothing. */

const MARKER = 'ICC_PROFILE\0';
const SRGB = 'sRGB IEC61966-2';
/** The description stands near the start of a profile, the profile near the start of a JPEG. */
const PROFILE_BYTES = 1024;
const SEARCH_BYTES = 256 * 1024;

/** True if the bytes are a JPEG whose embedded ICC profile calls itself sRGB. */
export function declaresSrgb(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SEARCH_BYTES));
  const profile = head.indexOf(MARKER, 0, 'latin1');
  return profile !== -1 && head.subarray(profile, profile + PROFILE_BYTES).includes(SRGB, 0, 'latin1');
}
