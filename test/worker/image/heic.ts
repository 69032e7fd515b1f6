/** The container of a HEIC file, box by box; there is no free encoder for what it holds. */

/** One item of HEVC, with sizes as given and no true data. */
export function heicOf(width: number, height: number): Buffer {
  const meta = (dataAt: number) =>
    fullBox(
      'meta',
      fullBox('hdlr', bytes(4), Buffer.from('pict'), bytes(13)),
      fullBox('pitm', u16(1)),
      fullBox('iloc', Buffer.from([0x44, 0]), u16(1), u16(1), u16(0), u16(1), u32(dataAt), u32(DATA.length)),
      fullBox('iinf', u16(1), box('infe', Buffer.from([2, 0, 0, 0]), u16(1), u16(0), Buffer.from('hvc1\0'))),
      box(
        'iprp',
        box('ipco', box('hvcC', hevcConfiguration()), fullBox('ispe', u32(width), u32(height))),
        fullBox('ipma', u32(1), u16(1), Buffer.from([2, 0x81, 0x02])),
      ),
    );
  const type = box('ftyp', Buffer.from('heic'), u32(0), Buffer.from('mif1heic'));
  const dataAt = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(dataAt), box('mdat', DATA)]);
}

const DATA = Buffer.alloc(600, 0x26);

/** Main profile, 4:2:0, 8 bits, lengths of 4 bytes, no parameter sets. */
function hevcConfiguration(): Buffer {
  const tail = Buffer.from([0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, 0]);
  return Buffer.concat([Buffer.from([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 30]), tail]);
}

function box(type: string, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

function fullBox(type: string, ...contents: readonly Buffer[]): Buffer {
  return box(type, bytes(4), ...contents);
}

function bytes(count: number): Buffer {
  return Buffer.alloc(count);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
