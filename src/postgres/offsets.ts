/**
 * The three units in which positions are counted: libpg-query's trees count UTF-8 bytes, its errors code points, and we
 * count UTF-16 units, as JavaScript does. In ASCII text they are equal.
 */
interface Offsets {
  /** UTF-8 byte offset → UTF-16 offset. */
  readonly fromByte: (byte: number) => number;
  /** Code point offset → UTF-16 offset. */
  readonly fromCodePoint: (codePoint: number) => number;
}

const ASCII: Offsets = { fromByte: (byte) => byte, fromCodePoint: (codePoint) => codePoint };

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isPair(text: string, index: number): boolean {
  if (!isHighSurrogate(text.charCodeAt(index))) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

/** UTF-8 length of the code point at `index`; a lone surrogate is written as U+FFFD, three bytes. */
function utf8Length(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isPair(text, index) ? 4 : 3;
}

function byteTable(text: string, bytes: number): Uint32Array {
  const table = new Uint32Array(bytes + 1);
  let byte = 0;
  for (let index = 0; index < text.length;) {
    const length = utf8Length(text, index);
    table.fill(index, byte, byte + length);
    byte += length;
    index += length === 4 ? 2 : 1;
  }
  table[byte] = text.length;
  return table;
}

/** The conversions for one text. */
export function offsetsOf(text: string): Offsets {
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes === text.length) return ASCII;
  let table: Uint32Array | undefined;
  return {
    fromByte: (byte) => (table ??= byteTable(text, bytes))[byte] ?? text.length,
    fromCodePoint(codePoint) {
      let index = 0;
      for (let count = 0; count < codePoint && index < text.length; count++) index += isPair(text, index) ? 2 : 1;
      return index;
    },
  };
}
