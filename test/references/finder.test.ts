import { expect, it } from "vitest";
import { Finder } from "../../src/references/finder.js";

const finder = new Finder(["order", "orderitem", "item", "itemtag", "a.b"].map((text) => [text, text] as const));

it("finds strings that are in one another, and that overlap", () => {
  expect([...finder.in("the orderitemtags")].sort()).toEqual(["item", "itemtag", "order", "orderitem"]);
});

it("takes no character for more than itself", () => {
  expect([...finder.in("axb")]).toEqual([]);
  expect([...finder.in("a.b")]).toEqual(["a.b"]);
});

it("finds nothing where nothing is looked for", () => {
  expect([...new Finder([]).in("order")]).toEqual([]);
});
