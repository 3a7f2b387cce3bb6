import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Operation } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

function statements(sql: string): string[] {
  return parseSql(sql).statements.map((statement) => statement.sql);
}

/** Each operation's type with the text that its range stands for. */
function operations(sql: string): [string, string][] {
  const { text, statements } = parseSql(sql);
  return statements.flatMap(({ operations }) =>
    operations.map(({ type, range }): [string, string] => [type, text.slice(...range)]),
  );
}

function unparsed(sql: string): { sql: string; reason: string; at: string | undefined }[] {
  const { text, statements } = parseSql(sql);
  return statements.flatMap(({ operations, sql }) =>
    operations.flatMap((operation) =>
      operation.type === "Unparsed"
        ? [
            {
              sql,
              reason: operation.reason,
              at: operation.position === undefined ? undefined : text.slice(operation.position).split(/\s/, 1)[0],
            },
          ]
        : [],
    ),
  );
}

describe("a file that parses", () => {
  test("statements without comments around them and without semicolons", () => {
    const sql = "-- one\nselect 1 -- one\n;\n/* two */ select /* in */ 2 /* end */ -- end\n;select 3 /* last */\n";
    expect(statements(sql)).toEqual(["select 1", "select /* in */ 2", "select 3"]);
    expect(parseSql(sql).comments.map(({ value }) => value)).toEqual([
      " one",
      " one",
      " two ",
      " in ",
      " end ",
      " end",
      " last ",
    ]);
  });

  test.each(["", "  \r\n", "-- nothing", "/* nothing */ ; ;;", "\ufeff", "\ufeff-- x"])(
    "%j has no statements",
    (sql) => {
      expect(parseSql(sql).statements).toEqual([]);
    },
  );

  test("ranges count UTF-16 units where the parser counts bytes", () => {
    const sql = `comment on table t is 'größe 😀'; alter table "größe😀" drop column "ü", drop column b -- 😀\n; drop table c;`;
    expect(operations(sql)).toEqual([
      ["Comment", "comment on table t is 'größe 😀'"],
      ["DropColumn", 'drop column "ü"'],
      ["DropColumn", "drop column b"],
      ["DropRelation", "drop table c"],
    ]);
  });

  test("a byte order mark is not part of the text", () => {
    const { text, statements } = parseSql("\ufeffdrop table a;");
    expect(text).toBe("drop table a;");
    expect(statements[0]?.range).toEqual([0, 12]);
  });

  test("CRLF counts as two", () => {
    const sql = "select 1;\r\n\r\nalter table a\r\n  drop column b,\r\n  drop column c;\r\n";
    expect(operations(sql)).toEqual([
      ["Select", "select 1"],
      ["DropColumn", "drop column b"],
      ["DropColumn", "drop column c"],
    ]);
    expect(parseSql(sql).statements[1]?.range).toEqual([13, 61]);
  });

  test("a body with semicolons is one statement", () => {
    const sql =
      "create function f() returns int language sql begin atomic select 1; select 2; end; do $$ begin select 1; end $$;";
    expect(operations(sql).map(([type]) => type)).toEqual(["CreateFunction", "Select"]);
  });

  test("statements are numbered, and their operations refer to them", () => {
    const { statements } = parseSql("select 1; drop table a, b; select 2");
    expect(statements.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(statements.map(({ operations }) => operations.map(({ statement }) => statement))).toEqual([
      [0],
      [1, 1],
      [2],
    ]);
  });
});

describe("a file with an error", () => {
  test("costs the one statement", () => {
    const sql = "create table a (x int); -- 😀\nalter tabl a drop x;\ndrop table größe;";
    expect(operations(sql)).toEqual([
      ["CreateTable", "create table a (x int)"],
      ["Unparsed", "alter tabl a drop x"],
      ["DropRelation", "drop table größe"],
    ]);
    expect(unparsed(sql)).toEqual([
      { sql: "alter tabl a drop x", reason: 'syntax error at or near "tabl"', at: "tabl" },
    ]);
  });

  test("offsets are right in and behind the statements with other than ASCII", () => {
    const sql = "x '😀';\nalter table \"😀\" drop column ü, drop column b;\ncomment on '😀ü' tabl;\nselect 1";
    expect(operations(sql)).toEqual([
      ["Unparsed", "x '😀'"],
      ["DropColumn", "drop column ü"],
      ["DropColumn", "drop column b"],
      ["Unparsed", "comment on '😀ü' tabl"],
      ["Select", "select 1"],
    ]);
    expect(unparsed(sql).map(({ at }) => at)).toEqual(["x", "'😀ü'"]);
  });

  test("a lost semicolon is one statement that cannot be read", () => {
    expect(unparsed("select 1; create table a (x int)\ncreate table b (y int); select 2")).toEqual([
      {
        sql: "create table a (x int)\ncreate table b (y int)",
        reason: 'syntax error at or near "create"',
        at: "create",
      },
    ]);
  });

  test.each([
    ["select 1; select 'abc; drop table x;", "select 'abc; drop table x;", /^unterminated quoted string/],
    ["select 1; /* drop table x;", "/* drop table x;", /^unterminated \/\* comment/],
    ["select 1; select $$abc; drop table x;", "select $$abc; drop table x;", /^unterminated dollar-quoted string/],
    ['select 1; select "abc; drop table x;', 'select "abc; drop table x;', /^unterminated quoted identifier/],
    ["select 1; )", ")", /^syntax error at or near "\)"/],
  ])("%j: nothing is passed over in silence", (sql, bad, reason) => {
    expect(unparsed(sql)).toMatchObject([{ sql: bad, reason: expect.stringMatching(reason) as string }]);
    expect(operations(sql)[0]).toEqual(["Select", "select 1"]);
  });

  test("a body with semicolons, beside an error", () => {
    const sql = `create function a(atomic int) returns int language sql return atomic;
      create or replace procedure p() language sql begin atomic
        select case when a then 1 else 2 end; update t set x = 1;
      end;
      alter tabl x; create rule r as on insert to t do also (select 1; select 2); select 1`;
    expect(operations(sql).map(([type]) => type)).toEqual([
      "CreateFunction",
      "CreateFunction",
      "Unparsed",
      "CreateRule",
      "Select",
    ]);
  });

  test("NUL is refused: the parser would stop there without a word", () => {
    expect(unparsed("select 1; select 2\0; drop table x;")).toEqual([
      { sql: "select 2\0", reason: "a NUL character, which PostgreSQL does not accept", at: "\0;" },
    ]);
    expect(operations("select 1\0; drop table x;").map(([type]) => type)).toEqual(["Unparsed", "DropRelation"]);
  });
});

describe("large and deep input", () => {
  const last = (sql: string): Operation["type"] | undefined => parseSql(sql).statements.at(-1)?.operations[0]?.type;

  test("deep nesting costs the one statement", () => {
    for (const deep of [
      `select ${"(".repeat(20_000)}1${")".repeat(20_000)}`,
      `select 1${"+1".repeat(20_000)}`,
      `create table t (a int check (a > 1${"+1".repeat(20_000)}))`,
    ]) {
      expect(operations(`${deep}; drop table x`).map(([type]) => type)).toEqual(["Unparsed", "DropRelation"]);
    }
  });

  test("what PostgreSQL's parser can nest, we can read", () => {
    const deep = `create table t (a int check (a > 1${"+1".repeat(3000)})); select 1 where ${"a = 1 and ".repeat(20_000)}true`;
    expect(operations(deep).map(([type]) => type)).toEqual(["CreateTable", "Select"]);
  });

  const row = (index: number): string => `(${String(index)}, 'some text with ; and () of row ${String(index)}')`;
  const rows = (count: number): string => Array.from({ length: count }, (_, index) => row(index)).join(",\n");

  test("an INSERT of ten megabytes is read to its end", () => {
    const insert = `insert into t (a, b) values ${rows(200_000)} on conflict do nothing`;
    expect(insert.length).toBeGreaterThan(9_500_000);
    const { statements } = parseSql(`create table t (a int, b text);\n${insert};\ndrop table x`);
    expect(statements.map(({ operations }) => operations)).toMatchObject([
      [{ type: "CreateTable" }],
      [{ type: "Insert", table: { name: "t" }, reads: [] }],
      [{ type: "DropRelation" }],
    ]);
    expect(statements[1]?.sql).toBe(insert);
  });

  test("an error in its middle is found, with its place", () => {
    const sql = `insert into t (a, b) values ${rows(30_000)}, (1 1), ${rows(30_000)} returning a; drop table x`;
    const found = unparsed(sql);
    expect(found.map(({ reason, at }) => [reason, at])).toEqual([['syntax error at or near "1"', "1),"]]);
    expect(parseSql(sql).statements[0]?.operations[0]).toMatchObject({ position: sql.indexOf("(1 1)") + 3 });
    expect(last(sql)).toBe("DropRelation");
  });

  test("an error behind its rows is found, with its place", () => {
    const sql = `insert into t (a, b) values ${rows(60_000)} on conflikt do nothing; drop table x`;
    expect(parseSql(sql).statements[0]?.operations[0]).toMatchObject({
      type: "Unparsed",
      reason: 'syntax error at or near "conflikt"',
      position: sql.indexOf("conflikt"),
    });
  });

  test("a NUL in its middle is found", () => {
    const sql = `insert into t (a, b) values ${rows(30_000)}, ('\0'), ${rows(30_000)}`;
    expect(parseSql(sql).statements.map(({ operations }) => operations)).toMatchObject([
      [
        {
          type: "Unparsed",
          reason: "a NUL character, which PostgreSQL does not accept",
          position: sql.indexOf("\0"),
        },
      ],
    ]);
  });

  test("a long file of small statements is read in parts", () => {
    const count = 30_000;
    const sql = Array.from({ length: count }, (_, index) => `insert into ü values ${row(index)}; -- 😀`).join("\n");
    expect(sql.length).toBeGreaterThan(2_000_000);
    const { statements, comments } = parseSql(`${sql}\nalter table ü drop a, drop b;`);
    expect(statements).toHaveLength(count + 1);
    expect(comments).toHaveLength(count);
    expect(statements[count - 1]?.sql).toBe(`insert into ü values ${row(count - 1)}`);
    expect(operations(`${sql}\nalter table ü drop a, drop b;`).slice(-2)).toEqual([
      ["DropColumn", "drop a"],
      ["DropColumn", "drop b"],
    ]);
  });

  test("in a long file too, an error costs the one statement", () => {
    const sql = Array.from({ length: 20_000 }, (_, index) => `insert into t values ${row(index)};`).join("\n");
    expect(unparsed(`${sql}\nalter tabl x;\n${sql}\nalter tabl y;`).map((found) => found.sql)).toEqual([
      "alter tabl x",
      "alter tabl y",
    ]);
  });

  test("a single statement beyond the limit is refused with its size", () => {
    const list = Array.from({ length: 800_000 }, (_, index) => String(index)).join();
    expect(unparsed(`delete from t where id in (${list}); drop table x`).map(({ reason }) => reason)).toEqual([
      "a statement of 5.5 MB is too large to be analysed",
    ]);
  });
});

describe("hostile input takes no more time than its size", () => {
  const times = (count: number, text: string | ((index: number) => string)): string =>
    Array.from({ length: count }, (_, index) => (typeof text === "string" ? text : text(index))).join("");

  test.each([
    ["openings of templates", times(300_000, "{{ ")],
    ["openings of variables", times(300_000, "${ ")],
    ["quoted names, and an error", `${times(100_000, '"a" ')}; alter tabl x`],
    ["quoted openings", times(100_000, '"{{" ')],
    ["COPY without data", times(20_000, "copy t from stdin;\n")],
    ["psql's commands", times(100_000, "\\echo x\n")],
    ["files that psql runs", times(3_000, "select 1;\n\\i f\n")],
    ["openings of comments", times(400_000, "/*")],
    ["openings of dollar quotes", times(100_000, (index) => `$a${String(index)}$ `)],
    ["parentheses", times(400_000, "(")],
    ["semicolons", times(900_000, ";")],
    ["keys of an index", `create index on t (${times(20_000, "(1), ")}a)`],
    ["columns", `create table t (${times(20_000, (index) => `c${String(index)} int default 1 not null, `)}x int)`],
    ["constraints of a column", `create table t (a int ${times(3_000, "check (a > 0) ")})`],
    ["subcommands", `alter table t ${times(20_000, "drop a, ")} drop b`],
    ["names", `drop table ${times(50_000, "a, ")} b`],
    ["comments behind a statement", `select 1 ${times(100_000, "/**/ ")}; select 2`],
    ["strings in lines", `select ${times(50_000, "'a'\n-- c\n, ")} 1`],
  ])("%s", (_, sql) => {
    expect(parseSql(sql).statements.length).toBeLessThanOrEqual(20_000);
  });
});

describe("for any text", () => {
  const fragment = fc.constantFrom(
    "create table t (a int, b text default 'x;y')",
    "alter table t add c int, drop column b cascade, add constraint k check (a > 0) not valid",
    "create index concurrently i on t (a)",
    "drop table a, b",
    "insert into t values (1, '😀')",
    "update t set a = 1",
    "do $$ begin perform 1; end $$",
    "set lock_timeout = '1s'",
    "-- a comment",
    "/* another */",
    "alter tabl x",
    "select 'open",
    "(",
    ")",
    "'",
    '"',
    "$$",
    "/*",
    "{{x}}",
    "{{if x}}",
    "${x}",
    ":x",
    "\\c db\n",
    "\\i f\n",
    "\0",
    "\ufeff",
    "\r\n",
    "\n",
    " ",
    ",",
    "ü😀",
    "\ud83d",
    "values",
    "copy t from stdin",
    "\\.\n",
  );
  const text = fc.array(fc.oneof(fragment, fc.constant(";")), { maxLength: 14 }).map((parts) => parts.join(""));

  test("never throws; ranges lie in the text, in order, each operation in its statement", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (sql) => {
        const parsed = parseSql(sql);
        let end = 0;
        for (const statement of parsed.statements) {
          const [from, to] = statement.range;
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(parsed.text.length);
          expect(statement.sql).toBe(parsed.text.slice(from, to));
          expect(statement.operations.length).toBeGreaterThan(0);
          for (const { range } of statement.operations) {
            expect(range[0]).toBeGreaterThanOrEqual(from);
            expect(range[1]).toBeLessThanOrEqual(to);
            expect(range[1]).toBeGreaterThan(range[0]);
          }
          end = to;
        }
        for (const { range } of parsed.comments) expect(parsed.text.slice(...range)).toMatch(/^(?:--|\/\*)/);
      }),
      { numRuns: 1500 },
    );
  });

  const STATEMENTS = [
    "create table t (a int primary key, b numeric(10,2)[] not null default array[1], check (a > 0))",
    "alter table t add c int default (1 + 1) check (c is not null), drop column b, validate constraint k",
    'alter table größe add "😀" text collate "C" not null',
    "create unique index concurrently i on t (lower(a), b) where b is not null",
    "drop index concurrently if exists a.i",
    "truncate a, b cascade",
    "with x as (delete from a where b returning *) insert into c select * from x",
    "alter type e add value if not exists 'v' after 'u'",
    "set local lock_timeout = '5s'",
    "select set_config('lock_timeout', '5s', true)",
    "create function f() returns int language sql begin atomic select 1; end",
    "alter tabl t",
    "select 1 +",
  ];

  /** Without what depends on the place in the file. */
  function placeless(value: unknown, text: string, offset: number): unknown {
    return JSON.parse(
      JSON.stringify(value, (key: string, inner: unknown) => {
        if (key === "range") return text.slice(...(inner as [number, number]));
        if (key === "statement") return undefined;
        if (key === "position" || key === "afterIndexKeyword") return (inner as number) - offset;
        return inner;
      }),
    );
  }

  test("statements joined by semicolons are what each is alone", () => {
    const alone = new Map(
      STATEMENTS.map((sql) => {
        const { text, statements } = parseSql(sql);
        expect(statements).toHaveLength(1);
        return [sql, placeless(statements[0]?.operations, text, 0)];
      }),
    );
    const separator = fc.constantFrom(";", ";\n", " ; -- c 😀\n", "\r\n;\r\n/* x; */ ");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...STATEMENTS), separator), { minLength: 1, maxLength: 6 }),
        (parts) => {
          const { text, statements } = parseSql(parts.flat().join(""));
          expect(statements.map(({ operations, range }) => placeless(operations, text, range[0]))).toEqual(
            parts.map(([sql]) => alone.get(sql)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
