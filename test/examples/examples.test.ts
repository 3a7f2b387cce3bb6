import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commentOf, EXAMPLES } from "./example.js";

test.each(EXAMPLES)("%s: the comment is what is kept beside it (node scripts/draw-examples.js writes it)", (name) => {
  expect(commentOf(name)).toBe(readFileSync(`examples/${name}/comment.md`, "utf8"));
});
