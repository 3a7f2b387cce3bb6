import { expect, test } from "vitest";
import { lineCounter, placeCounter } from "../../src/text/line-counter.js";

test("counts LF, with or without CR before it, as git and GitHub do", () => {
  const line = lineCounter("a\r\nb\nc\rd\u2028e");
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(line)).toEqual([1, 1, 1, 2, 2, 3, 3, 3, 3, 3]);
});

test("an empty text has one line", () => {
  expect(lineCounter("")(0)).toBe(1);
});

test("columns count UTF-16 units from the start of the line", () => {
  const place = placeCounter("\nab\r\n\u{1F600}c");
  expect([0, 1, 2, 5, 7].map(place)).toEqual([
    { line: 1, column: 1 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 3, column: 3 },
  ]);
});
