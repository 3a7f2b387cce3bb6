import { expect, test } from "vitest";
import { lineCounter } from "../../src/text/line-counter.js";

test("counts CRLF once, and CR and Unicode's separators as ESLint does", () => {
  const line = lineCounter("a\r\nb\rc\nd\u2028e");
  expect([0, 1, 2, 3, 4, 5, 7, 9].map(line)).toEqual([1, 1, 1, 2, 2, 3, 4, 5]);
});

test("an empty text has one line", () => {
  expect(lineCounter("")(0)).toBe(1);
});
