/** Files with a few bytes wrong, too many or too few, mostly where their headers are. */
import fc from 'fast-check';

type Edit = { readonly at: number; readonly removed: number; readonly added: readonly number[] };

/** What means something to a reader of JPEG headers, so that damage is not all noise. */
const TELLING = [
  0, 1, 2, 3, 4, 8, 12, 17, 0xc0, 0xc1, 0xc2, 0xc4, 0xc9, 0xd0, 0xd8, 0xd9, 0xda, 0xdd, 0xe1, 0xfe, 0xff,
];
const byte = fc.oneof(fc.nat(255), fc.constantFrom(...TELLING));

/** `headerBytes`: where three of four edits are. */
export function damaged(whole: Uint8Array, headerBytes: number): fc.Arbitrary<Buffer> {
  const at = fc.oneof({ arbitrary: fc.nat(headerBytes), weight: 3 }, fc.nat(whole.length - 1));
  const change = fc.record({ at, removed: fc.constant(1), added: fc.tuple(byte) });
  const excess = fc.record({ at, removed: fc.constant(0), added: fc.array(byte, { minLength: 1, maxLength: 4 }) });
  const lack = fc.record({ at, removed: fc.integer({ min: 1, max: 4 }), added: fc.constant([]) });
  const edits = fc.array(fc.oneof({ arbitrary: change, weight: 3 }, excess, lack), { maxLength: 3 });
  const kept = fc.oneof({ arbitrary: fc.constant(whole.length), weight: 5 }, fc.nat(whole.length));
  return fc.tuple(edits, kept).map(([all, length]) => all.reduce(edited, Buffer.from(whole)).subarray(0, length));
}

function edited(bytes: Buffer, { at, removed, added }: Edit): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(added), bytes.subarray(at + removed)]);
}
