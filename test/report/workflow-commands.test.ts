import { describe, expect, it } from "vitest";
import { workflowCommand } from "../../src/report/workflow-commands.js";
import { shown } from "../github/runner.js";

describe("workflowCommand", () => {
  it("is one line, with the place as properties", () => {
    expect(
      workflowCommand({
        level: "error",
        file: "db/1.sql",
        line: 3,
        endLine: 3,
        column: 1,
        endColumn: 9,
        title: "no-blocking-index-build",
        message: "First.\n\nSecond: 100%, done.",
      }),
    ).toBe(
      "::error title=no-blocking-index-build,file=db/1.sql,line=3,endLine=3,col=1,endColumn=9::" +
        "First.%0A%0ASecond: 100%25, done.\n",
    );
  });

  it("needs no file", () => {
    expect(workflowCommand({ level: "warning", title: "Title", message: "Text." })).toBe(
      "::warning title=Title::Text.\n",
    );
  });

  it("arrives as it was meant, whatever is in it, and is a single command", () => {
    const annotation = {
      level: "notice",
      file: "a,b:c%0A\n::error::x.sql",
      line: 1,
      endLine: 2,
      title: "t: a, b",
      message: "one\r\n::add-mask::two\n##[error]three\u202E",
    } as const;
    const line = workflowCommand(annotation);
    expect(line.split("\n")).toHaveLength(2);
    expect(shown(line)).toEqual({
      annotations: [{ ...annotation, message: "one\n:\u200b:add-mask::two\n##\u200b[error]three\\u{202E}" }],
      lost: 0,
      commands: ["notice"],
    });
  });
});
