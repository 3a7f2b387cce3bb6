import { expect, test } from "vitest";
import { lineCounter } from "../../src/text/line-counter.js";

test("counts LF, with or without CR before it, as git and GitHub do", () => {
  const line = lineCounter("a\r\nb\nc\rd\u2028e");
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(line)).toEqual([1, 1, 1, 2, 2, 3, 3, 3, 3, 3]);
});

test("an empty text has one line", () => {
  expect(lineCounter("")(0)).toBe(1);
});
