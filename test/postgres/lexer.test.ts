import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commentsOf, Lexer, splitStatements, tokensOf } from "../../src/postgres/lexer.js";
import { parseTree, scanTokens } from "../../src/postgres/libpg-query.js";
import { offsetsOf } from "../../src/postgres/offsets.js";
import { substitutePlaceholders } from "../../src/postgres/placeholders.js";
import { publishedHistories } from "../published-sql.js";

/** Every token and comment as `text`, by our reader. */
function read(sql: string): string[] {
  const lexer = new Lexer(sql);
  const tokens: string[] = [];
  while (lexer.next()) tokens.push(`${lexer.kind === "comment" ? "comment " : ""}${sql.slice(lexer.start, lexer.end)}`);
  return tokens;
}

/** The same by PostgreSQL's. */
function scan(sql: string): string[] {
  const { fromByte } = offsetsOf(sql);
  return scanTokens(sql).map(({ start, end, tokenName }) => {
    const comment = tokenName === "SQL_COMMENT" || tokenName === "C_COMMENT" ? "comment " : "";
    return comment + sql.slice(fromByte(start), fromByte(end));
  });
}

const TRICKY = [
  "select 'it''s', E'a\\'b', e'\\\\', B'101', x'1F', U&'d\\0061t' from \"a\"\"b\", U&\"\\0441\" where 1=1",
  "select 'one'\n  'two', 'three' -- in between\n, 'x' /* no */ , 'four'\n\n'five'",
  "select $$ it's $1 $$, $tag$ $$ -- no $tag$, $1, $2+1, $été$ x $été$",
  "select a$b, $a$ $b$ $a$ from t$1",
  "select 1.5, .5, 5., 1e10, 1.5E-3, 0x1F, 0b101, 0o17, 1_000, 1..10, a[1:2], 12.e3",
  "select a+-b, a--b\n, a+/*c*/b, a@-b, a@-, a<>-1, a >= -1, a->>'x', a#>>'{a}', !! 5, a<->b, @-@ c, a||b, 2^-1, a*-1, a /-1",
  "select a::int, b :: text, f(x => 1, y := 2), array[1,2][1], (a).b, t.*, a.b.c",
  "-- first\nselect 1; /* second /* nested */ still */ select 2 -- third",
  "select '--no', \"/*no*/\", $$--no$$, '/*' || '*/' --yes",
  "SELECT 'größe 😀', \"😀\", größe, $$😀$$ -- 😀 ü\n, 'x'",
  "create function f() returns int language sql begin atomic select 1; select case when true then 1 else 2 end; end; select 3",
  "create rule r as on insert to t do (insert into a values (1); insert into b values (2)); select 1",
  "select 1;\r\nselect 2 -- c\r\n;\rselect\f3\v;",
  "select 1/**/+/**/2, 3/*a*//*b*/, 4--\n",
  "select ?, a ? b, a ?| b, a ?& b, a @> b, a <@ b, a && b, a ~* 'x', a !~~ 'y', `a`",
  "select u, e, b, x, n, u&1, e + 1",
  "\\connect db\nselect 1",
  "",
  "   ",
  "-- only a comment",
  ";;;",
];

const PUBLISHED = [...publishedHistories().values()].flat();

describe("tokens and comments", () => {
  test.each(TRICKY.filter((sql) => !sql.startsWith("\\")))("as PostgreSQL reads them: %j", (sql) => {
    expect(read(sql)).toEqual(scan(sql));
  });

  test.each(PUBLISHED)("as PostgreSQL reads them: $name", ({ sql }) => {
    expect(read(sql)).toEqual(scan(sql));
    const substituted = substitutePlaceholders(sql)?.text ?? sql;
    expect(read(substituted)).toEqual(scan(substituted));
  });

  test("as PostgreSQL reads them, for any mixture", () => {
    const piece = fc.constantFrom(
      ..."a E e' ' '' \" $$ $a$ $1 1 .5 1e5 -- /* */ \n \r\n ; ( ) [ ] , :: : := .. . + - * / < > = ~ ! @ # % ^ & | ? \\ 😀 ü".split(
        " ",
      ),
      " ",
    );
    let compared = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const sql = pieces.join("");
        let expected;
        try {
          expected = scan(sql);
        } catch {
          return; // PostgreSQL refuses it: there is nothing to compare.
        }
        compared++;
        expect(read(sql)).toEqual(expected);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  test("never end, and never read beyond their limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.nat(60), fc.nat(60), (sql, a, b) => {
        const [from, to] = [Math.min(a, b, sql.length), Math.min(Math.max(a, b), sql.length)];
        let end = from;
        for (const token of tokensOf(sql, [from, to])) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(to);
      }),
      { numRuns: 2000 },
    );
  });

  test("the text of a comment is without its delimiters", () => {
    const sql = "-- migration-safety-disable x -- why\nselect 1; /* a /* b */ */ --\r\n/* not closed";
    expect(commentsOf(sql)).toEqual([
      { kind: "line", range: [0, 36], value: " migration-safety-disable x -- why" },
      { kind: "block", range: [47, 62], value: " a /* b */ " },
      { kind: "line", range: [63, 65], value: "" },
    ]);
  });
});

describe("splitting at semicolons", () => {
  function split(sql: string): string[] {
    return splitStatements(sql).map(([start, end]) => sql.slice(start, end));
  }

  test.each([...TRICKY.map((sql) => ({ name: sql, sql })), ...PUBLISHED])("as the parser does: $name", ({ sql }) => {
    const outcome = sql === "" ? undefined : parseTree(sql);
    if (outcome?.ok !== true) return;
    expect(split(sql)).toHaveLength(outcome.statements.length);
  });

  test("a lost parenthesis costs one statement", () => {
    expect(split("create table a (x int;\ncreate table b (y int);\ndrop table c")).toEqual([
      "create table a (x int",
      "create table b (y int)",
      "drop table c",
    ]);
  });

  test("comments around a statement are outside, within it inside", () => {
    expect(split("/* a */ select /* b */ 1 /* c */ ; -- d\n select 2 -- e")).toEqual(["select /* b */ 1", "select 2"]);
  });

  test("a comment without an end is part of a statement, so that it is not passed over", () => {
    expect(split("select 1; /* select 2;")).toEqual(["select 1", "/* select 2;"]);
  });
});
