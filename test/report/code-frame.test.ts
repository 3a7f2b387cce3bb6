import { describe, expect, it } from "vitest";
import { codeFrame } from "../../src/report/code-frame.js";

const plain = { dim: (text: string) => text, mark: (text: string) => text };
const at = (line: number, column: number, endLine: number, endColumn: number) => ({ line, column, endLine, endColumn });

describe("codeFrame", () => {
  it("marks a clause with two lines of context", () => {
    const text = "1\n2\n3\nALTER TABLE t\n  ADD a int,\n  DROP b;\n7\n8\n9\n";
    expect(codeFrame(text, at(6, 3, 6, 9), plain)).toBe(
      ["  4 | ALTER TABLE t", "  5 |   ADD a int,", "> 6 |   DROP b;", "    |   ^^^^^^", "  7 | 7", "  8 | 8"].join(
        "\n",
      ),
    );
  });

  it("marks every line of a range, from its indentation on", () => {
    expect(codeFrame("a (\n  b\n);", at(1, 1, 3, 2), plain)).toBe(
      ["> 1 | a (", "    | ^^^", "> 2 |   b", "    |   ^", "> 3 | );", "    | ^"].join("\n"),
    );
  });

  it("shows the first eight lines of a long range", () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${String(index + 1)}`).join("\n");
    const frame = codeFrame(text, at(2, 1, 29, 3), plain).split("\n");
    expect(frame.filter((line) => line.startsWith(">"))).toHaveLength(8);
    expect(frame.at(-2)).toBe("> 9 | line 9");
  });

  it("aligns numbers of different width, and reads CRLF, tabs and a byte order mark", () => {
    const text = `\ufeff${"x\r\n".repeat(8)}\tDROP b;\r\ny\r\n`;
    expect(codeFrame(text, at(9, 2, 9, 8), plain)).toBe(
      ["   7 | x", "   8 | x", ">  9 |   DROP b;", "     |   ^^^^^^", "  10 | y", "  11 |"].join("\n"),
    );
  });

  it("keeps to a width, and marks what of the clause is left", () => {
    const text = `${"x".repeat(20)} ${"y".repeat(200)}\n`;
    const frame = (width: number): string[] => codeFrame(text, at(1, 22, 1, 222), plain, { width }).split("\n");
    expect(frame(40).slice(0, 2)).toEqual([
      `> 1 | ${"x".repeat(20)} ${"y".repeat(12)}…`,
      `    | ${" ".repeat(21)}${"^".repeat(13)}`,
    ]);
    expect(frame(Infinity)[0]).toHaveLength("> 1 | ".length + 160);
    expect(frame(3)[0]).toHaveLength("> 1 | ".length + 20);
  });

  it("shows control characters", () => {
    expect(codeFrame("a\x1b[2Jb", at(1, 1, 1, 2), plain)).toBe("> 1 | a\\u{1B}[2Jb\n    | ^");
  });

  it("is empty for a place that the text does not have", () => {
    expect(codeFrame("a", at(7, 1, 7, 2), plain)).toBe("");
  });
});
