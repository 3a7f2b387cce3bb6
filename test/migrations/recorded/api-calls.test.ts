/** A call that a new version of a library brings along has to be looked at. */
import { describe, expect, it } from "vitest";
import { coveredCalls } from "./api-calls.js";

describe.each(coveredCalls())("$label", ({ missing, stale, fixtures }) => {
  it("has a fixture for each call, or a reason why it has none", () => {
    expect(missing).toEqual([]);
    expect(stale).toEqual([]);
    expect(fixtures).toBeGreaterThan(0);
  });
});
