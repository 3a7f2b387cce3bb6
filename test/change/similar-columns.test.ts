import { expect, test } from "vitest";
import { isLikeType, isShorter, isSimilarName } from "../../src/change/similar-columns.js";
import type { TypeName } from "../../src/model/name.js";

const type = (name: string, modifiers: readonly number[] = [], arrayDimensions = 0): TypeName => ({
  name,
  sql: name,
  modifiers,
  arrayDimensions,
});

test.each([
  ["a text of any kind", type("text"), type("varchar", [20]), true],
  ["integers of any width", type("int2"), type("int8"), true],
  ["an array and its element", type("text", [], 1), type("text"), false],
  ["a number and a text", type("numeric", [10, 2]), type("text"), false],
  ["one type that is of no kind", type("uuid"), type("uuid"), true],
])("are of one kind or not: %s", (_, one, other, like) => {
  expect([isLikeType(one, other), isLikeType(other, one)]).toEqual([like, like]);
});

test.each([
  ["full_name", "name", true],
  ["legacyRef", "ref", true],
  ["created_at", "updated_at", false],
  ["id", "note", false],
  ["username", "user_name", true],
])("%s and %s", (one, other, similar) => {
  expect([isSimilarName(one, other), isSimilarName(other, one)]).toEqual([similar, similar]);
});

test("a code of three letters takes no text, and a number has no length", () => {
  expect(isShorter(type("bpchar", [3]), type("text"))).toBe(true);
  expect(isShorter(type("varchar", [20]), type("varchar", [50]))).toBe(true);
  expect(isShorter(type("varchar", [50]), type("varchar", [20]))).toBe(false);
  expect(isShorter(type("varchar"), type("text"))).toBe(false);
  expect(isShorter(type("numeric", [4]), type("numeric", [10]))).toBe(false);
});
