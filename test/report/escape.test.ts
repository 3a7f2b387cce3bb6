import fc from "fast-check";
import { Marked } from "marked";
import { describe, expect, it } from "vitest";
import {
  address,
  addressPath,
  code,
  cut,
  fence,
  identifier,
  log,
  markdown,
  oneLine,
  prose,
  visible,
} from "../../src/report/escape.js";

/** Text made of the pieces that something on the way interprets, mixed with anything else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "@octocat",
        "@org/team",
        "#12",
        "GH-12",
        "fixes #1",
        "o/r#3",
        "<!--",
        "-->",
        "<!-- step:abc -->",
        "- [x] ",
        "::error::",
        "::set-output name=a::b",
        "##[error]",
        "##[add-mask]",
        "::stop-commands::x",
        "`",
        "``",
        "```",
        "~~~",
        "|",
        "<img src=x>",
        "<script>",
        "</details>",
        "](http://x.test)",
        "![a](b)",
        "https://x.test/a",
        "www.x.test",
        "a@b.test",
        "**",
        "__",
        "$x$",
        "[^1]",
        "\\",
        "&lt;",
        "\u202e",
        "\u2066",
        "\u200b",
        "\0",
        "\x1b[31m",
        "\x07",
        "\u{e0041}",
        "\ud800",
        "\udc00",
        "😀",
        "é",
        "\r\n",
        "\n",
        "\r",
        "\t",
        " ",
        "    ",
        "1. ",
        "# ",
        "> ",
        "=== ",
        "--- ",
        ":tada:",
        "%0A",
        "%",
      ),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** Hidden and direction-changing characters, as a reader of the rendered page would meet them. */
const HIDDEN = /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}\p{Cs}]/u;

/** What a reader sees of some Markdown, entities decoded and zero-width spaces left out. */
function rendered(source: string): string {
  const html = new Marked({ gfm: true }).parseInline(source, { async: false });
  return html
    .replaceAll(/<\/?code>/g, "")
    .replaceAll(/&#(\d+);|&(amp|lt|gt|quot);/g, (_, number: string | undefined, name: string) =>
      number ? String.fromCodePoint(Number(number)) : { amp: "&", lt: "<", gt: ">", quot: '"' }[name]!,
    )
    .replaceAll("\u200b", "");
}

describe("visible", () => {
  it("shows controls, bidirectional formatting and lone surrogates by their number", () => {
    expect(visible("a\u202eb\0c\x1b[31m\ud800")).toBe("a\\u{202E}b\\u{0}c\\u{1B}[31m\\u{D800}");
  });

  it("keeps tabs and line feeds, and turns CRLF and CR into line feeds", () => {
    expect(visible("a\tb\r\nc\rd\ne")).toBe("a\tb\nc\nd\ne");
  });

  it("keeps text of every script", () => {
    expect(visible("größe 大きさ עברית 😀")).toBe("größe 大きさ עברית 😀");
  });
});

describe("cut", () => {
  it("ends what it cut with an ellipsis inside the length", () => {
    expect(cut("abcdef", 4)).toBe("abc…");
    expect(cut("abcd", 4)).toBe("abcd");
  });

  it("never splits a surrogate pair and never exceeds the length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, length) => {
        const result = cut(text, length);
        expect(result.length).toBeLessThanOrEqual(length);
        expect(result).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

describe("markdown", () => {
  it("splits mentions, references, addresses and keywords invisibly", () => {
    expect(markdown("fixes #1 by @octocat, see GH-2")).toBe(
      "fixes &#35;&#8203;1 by &#64;&#8203;octocat, see GH&#8203;-2",
    );
    expect(markdown("https://x.test and www.x.test")).toBe("https:&#8203;//x.test and www&#8203;.x.test");
  });

  it("starts no list, quote, heading or rule", () => {
    for (const text of ["- [x] done", "+ a", "1. a", "12) a", "> a", "# a", "=== a", "---"]) {
      expect(new Marked().parse(markdown(text), { async: false }), text).toMatch(/^<p>[^<]*<\/p>\n$/);
    }
  });

  it("holds nothing that anything interprets", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const result = markdown(text);
        expect(result).not.toMatch(/[@<>"'`|[\]\n]/);
        expect(result).not.toMatch(/(?<!&)#|:\/\/|\bwww\.|\bgh-\d/i);
        expect(result).not.toMatch(HIDDEN);
      }),
      { numRuns: 2000 },
    );
  });

  it("shows the text as it is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(rendered(markdown(text))).toBe(oneLine(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("code", () => {
  it("escapes what could end it", () => {
    expect(code("a`b</code>@c|d")).toBe("<code>a&#96;b&#60;/code&#62;&#64;c&#124;d</code>");
  });

  it("holds nothing that anything interprets, and shows the text as it is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inside = code(text).slice("<code>".length, -"</code>".length);
        expect(inside).not.toMatch(/[@<>"'`|[\]\n]/);
        expect(inside).not.toMatch(/(?<!&)#|:\/\/|\bwww\./i);
        expect(inside).not.toMatch(HIDDEN);
        expect(rendered(code(text)).trim()).toBe(oneLine(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("prose", () => {
  it("turns pairs of backticks into code and escapes the rest", () => {
    expect(prose("Add `orders_fk` with `NOT VALID`, @you.")).toBe(
      "Add <code>orders&#95;fk</code> with <code>NOT VALID</code>, &#64;&#8203;you.",
    );
    expect(prose("one ` alone")).toBe("one &#96; alone");
  });

  it("holds nothing that anything interprets", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(prose(text).replaceAll(/<\/?code>/g, "")).not.toMatch(/[@<>"'`|[\]\n]|(?<!&)#/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("fence", () => {
  it("is longer than any run of backticks inside", () => {
    expect(fence("a\n```\nb", "sql", "  ")).toBe("  ````sql\n  a\n  ```\n  b\n  ````");
  });

  it("cannot be closed from inside and forges no comment", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const block = fence(text, "sql");
        const tokens = new Marked().lexer(block);
        expect(tokens).toHaveLength(1);
        expect(tokens[0]!.type).toBe("code");
        expect(block).not.toMatch(/<!--|-->/);
        expect(block).not.toMatch(HIDDEN);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("address", () => {
  it("encodes what could end a link", () => {
    expect(addressPath("a b/(c)/d#e?.sql")).toBe("a%20b/(c)/d%23e%3F.sql");
    expect(address(`https://x.test/${addressPath("a b/(c)")}#L1-L2`)).toBe("https://x.test/a%20b/%28c%29#L1-L2");
  });

  it("cannot leave its folder", () => {
    expect(addressPath("../.././x")).toBe("%2E%2E/%2E%2E/%2E/x");
  });

  it("stays one address", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(address(`https://x.test/${addressPath(text)}`)).not.toMatch(/[\s()<>"'`\\[\]|@*]|-->/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("log", () => {
  it("splits commands of the runner", () => {
    expect(log("::error::x")).toBe(":\u200b:error::x");
    expect(log("a ##[error]x")).toBe("a ##\u200b[error]x");
    expect(log("a\n  ::add-mask::x")).toBe("a\n  :\u200b:add-mask::x");
    expect(log("a::text")).toBe("a::text");
  });

  it("holds no command and no control character", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const result = log(text);
        expect(result).not.toContain("##[");
        for (const line of result.split("\n")) expect(line.trim().startsWith("::")).toBe(false);
        expect(result).not.toMatch(HIDDEN);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("identifier", () => {
  it("cannot end a comment", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(identifier(text)).toMatch(/^[\w.:-]*$/);
        expect(`<!-- step:${identifier(text)} -->`).not.toMatch(/--.*--.*--/);
      }),
    );
  });
});
