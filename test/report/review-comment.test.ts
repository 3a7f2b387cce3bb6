import { describe, expect, it } from "vitest";
import { lineEditOf, renderReviewComment } from "../../src/report/review-comment.js";
import { aFinding } from "./a-report.js";

const FILE = "SET a;\nDROP TABLE\n  orders;\n";
const edit = (text: string, start: number, end: number, replacement: string) =>
  lineEditOf(text, { message: "Do", range: [start, end], text: replacement });

describe("lineEditOf", () => {
  it("gives the whole lines around a range", () => {
    expect(edit(FILE, 12, 17, "VIEW")).toEqual({ message: "Do", line: 2, endLine: 2, text: "DROP VIEW" });
    expect(edit(FILE, 7, 26, "DROP VIEW orders")).toEqual({
      message: "Do",
      line: 2,
      endLine: 3,
      text: "DROP VIEW orders;",
    });
    expect(edit(FILE, 7, 7, "SET b;\n")).toEqual({ message: "Do", line: 2, endLine: 2, text: "SET b;\nDROP TABLE" });
    expect(edit(FILE, 0, 3, "RESET")).toEqual({ message: "Do", line: 1, endLine: 1, text: "RESET a;" });
    expect(edit("DROP TABLE a", 5, 10, "VIEW")).toEqual({ message: "Do", line: 1, endLine: 1, text: "DROP VIEW a" });
    expect(edit("\ufeffDROP TABLE a", 5, 10, "VIEW")?.text).toBe("DROP VIEW a");
  });

  it("gives none where GitHub would commit something else than what is shown", () => {
    expect(edit("DROP TABLE a;\r\n", 5, 10, "VIEW")).toBeUndefined();
    expect(edit("DROP TABLE a\u202e;", 5, 10, "VIEW")).toBeUndefined();
    expect(edit("DROP TABLE a; -- <!-- step:1 -->", 5, 10, "VIEW")).toBeUndefined();
    expect(edit("DROP TABLE a;", 5, 10, "x".repeat(20_000))).toBeUndefined();
  });
});

describe("renderReviewComment", () => {
  it("has the messages, and an edit in a fence that its text cannot close", () => {
    const also = aFinding({ rule: "no-work-under-lock", message: "It waits for @octocat." });
    const text = renderReviewComment(
      { speaks: aFinding(), also: [also] },
      { message: "Build it with `CONCURRENTLY`", line: 1, endLine: 1, text: "-- ```\nSELECT 1; -- @octocat" },
    );
    expect(text).toBe(
      "**Error** · [no-blocking-index-build](https://example.test/rules/no-blocking-index-build.md)<br>Building " +
        "orders&#95;account&#95;idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with " +
        "<code>CREATE INDEX CONCURRENTLY</code> in a migration of its own.\n\n" +
        "Also, [no-work-under-lock](https://example.test/rules/no-blocking-index-build.md): It waits for " +
        "&#64;&#8203;octocat.\n\n" +
        "Build it with <code>CONCURRENTLY</code>:\n\n````suggestion\n-- ```\nSELECT 1; -- @octocat\n````",
    );
  });
});
