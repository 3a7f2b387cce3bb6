import fc from "fast-check";
import { expect, test } from "vitest";
import { offsetsOf } from "../../src/postgres/offsets.js";

test("bytes and code points become UTF-16 units", () => {
  // One byte, two, three and four; the last is two UTF-16 units.
  const offsets = offsetsOf("aü€😀z");
  expect([0, 1, 3, 6, 10, 11].map((byte) => offsets.fromByte(byte))).toEqual([0, 1, 2, 3, 5, 6]);
  expect([0, 1, 2, 3, 4, 5].map((codePoint) => offsets.fromCodePoint(codePoint))).toEqual([0, 1, 2, 3, 5, 6]);
});

test("in any text, a lone surrogate included", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (before, behind) => {
      // Two halves that join to one character have no border between them.
      fc.pre(!/[\ud800-\udbff]$/.test(before) || !/^[\udc00-\udfff]/.test(behind));
      const offsets = offsetsOf(before + behind);
      expect(offsets.fromByte(Buffer.byteLength(before, "utf8"))).toBe(before.length);
      expect(offsets.fromCodePoint([...before].length)).toBe(before.length);
    }),
  );
});
