import { expect, test } from "vitest";
import { wrap } from "../../src/text/wrap.js";

test("breaks between words only, and never before the first", () => {
  expect(wrap("a bb ccc dddd", 6)).toEqual(["a bb", "ccc", "dddd"]);
  expect(wrap("a bb ccc", 8)).toEqual(["a bb ccc"]);
  expect(wrap("extraordinarily long", 5)).toEqual(["extraordinarily", "long"]);
  expect(wrap("", 5)).toEqual([""]);
});
