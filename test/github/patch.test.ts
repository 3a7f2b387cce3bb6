import { describe, expect, it } from "vitest";
import { addedRanges, addedText } from "../../src/github/patch.js";

const PATCH = [
  "@@ -1,3 +1,4 @@ heading",
  " one",
  "-two",
  "+TWO",
  "+and a half",
  " three",
  "@@ -10 +11,2 @@",
  "+ten",
  "+eleven",
  "\\ No newline at end of file",
].join("\n");
const TEXT = ["one", "TWO", "and a half", "three", ..."4567890".split(""), "eleven"].join("\n").replace("0", "ten");

describe("addedRanges", () => {
  const isAdded = addedRanges(PATCH, TEXT);

  it("knows the added lines, and ranges within one hunk", () => {
    expect(Array.from({ length: 13 }, (_, index) => isAdded(index + 1, index + 1))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((line) => [2, 3, 11, 12].includes(line)),
    );
    expect([isAdded(2, 3), isAdded(1, 2), isAdded(11, 12), isAdded(3, 11)]).toEqual([true, false, true, false]);
  });

  it("takes no line for added that stands elsewhere in the judged text", () => {
    const moved = addedRanges(PATCH, `new on the base branch\n${TEXT}`);
    expect([moved(2, 2), moved(3, 3), moved(12, 12)]).toEqual([false, false, false]);
  });

  it("does not mind CRLF and a byte order mark", () => {
    expect(addedRanges("@@ -0,0 +1,2 @@\n+\ufeffa\r\n+b\r", "\ufeffa\r\nb\r\n")(1, 2)).toBe(true);
  });
});

describe("addedText", () => {
  it.each([
    ["two lines", "@@ -0,0 +1,2 @@\n+one\n+two", "one\ntwo\n"],
    ["one line without an end", "@@ -0,0 +1 @@\n+one\n\\ No newline at end of file", "one"],
    ["CRLF", "@@ -0,0 +1,2 @@\n+one\r\n+two\r", "one\r\ntwo\r\n"],
    ["empty lines, and what looks like a patch", "@@ -0,0 +1,3 @@\n+\n++a\n+-b", "\n+a\n-b\n"],
  ])("is the text of a file with %s", (_, patch, text) => {
    expect(addedText(patch)).toBe(text);
  });

  it.each([
    ["is cut", "@@ -0,0 +1,3 @@\n+one\n+two"],
    ["is of a file that was there", "@@ -1 +1 @@\n-one\n+two"],
    ["is empty", ""],
  ])("is not known where the patch %s", (_, patch) => {
    expect(addedText(patch)).toBeUndefined();
  });
});
