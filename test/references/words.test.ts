import { expect, test } from "vitest";
import { alternatives, hasHit, valuesByPart, Words } from "../../src/references/words.js";

const TEXT = "order id\nstatus\n\nid order";
const words = new Words(new RegExp(`\\b(?:${alternatives(["id", "order"])})\\b`, "g"), (word) => [word, word.length]);

test("where each word stands, and what it stands for", () => {
  expect(words.in(TEXT)).toEqual([
    { offset: 0, values: ["order", 5] },
    { offset: 6, values: ["id", 2] },
    { offset: 17, values: ["id", 2] },
    { offset: 20, values: ["order", 5] },
  ]);
  expect(words.in("none of them")).toEqual([]);
  // The text before the last one, once more.
  expect(words.in(TEXT)).toHaveLength(4);
});

test("what the words of each part stand for, each once", () => {
  const parts = [{ end: 9 }, { end: 17 }, { end: 25 }];
  expect([...valuesByPart(parts, words.in(TEXT))]).toEqual([
    [parts[0], new Set(["order", 5, "id", 2])],
    [parts[2], new Set(["id", 2, "order", 5])],
  ]);
});

test("whether a word stands between two offsets", () => {
  const hits = words.in(TEXT);
  const between = [
    [0, 1],
    [1, 6],
    [1, 7],
    [7, 17],
    [17, 18],
    [21, 99],
  ] as const;
  expect(between.map(([start, end]) => hasHit(hits, start, end))).toEqual([true, false, true, false, true, false]);
  expect(hasHit([], 0, 99)).toBe(false);
});

test("no words fit nothing; what they have of an expression's signs is text", () => {
  expect("order".match(new RegExp(alternatives([])))).toBeNull();
  expect("a.b|c aab".match(new RegExp(alternatives(["a.b|c", "x"]), "g"))).toEqual(["a.b|c"]);
});
