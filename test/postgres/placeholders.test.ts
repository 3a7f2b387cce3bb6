import type { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { RESERVED_WORDS, substitutePlaceholders } from "../../src/postgres/placeholders.js";
import { startPGlite } from "./start-pglite.js";

/** Each operation's type with the text of its range, and the reason of an `Unparsed`. */
function read(sql: string): string[][] {
  const { text, statements } = parseSql(sql);
  return statements.flatMap(({ operations }) =>
    operations.map((operation) => [
      operation.type,
      text.slice(...operation.range),
      ...(operation.type === "Unparsed" ? [operation.reason] : []),
    ]),
  );
}

function substituted(sql: string): string {
  return substitutePlaceholders(sql)?.text ?? sql;
}

describe("placeholders become names of the same length", () => {
  test.each([
    ["drop table {{ .Schema }}.jobs", "drop table        Schema.jobs"],
    ['drop table {{ index .Options "Namespace" }}.jobs', "drop table          index_Options_Namespace.jobs"],
    ['drop table "{{ index .Options "Namespace" }}".jobs', "drop table            index_Options_Namespace.jobs"],
    ["drop table ${schema}.jobs", "drop table    schema.jobs"],
    ["drop table {{prefix}}jobs", "drop table     prefixjobs"],
    ["drop table my_{{name}}", "drop table my_name    "],
    ["drop table a_{{b}}_c", "drop table a_b_____c"],
    ["drop table {{{raw}}}", "drop table       raw"],
    ["drop table ${user}", "drop table   _user"],
    ["drop table ${1}", "drop table    _"],
    ["drop table :SCHEMA.jobs", "drop table  SCHEMA.jobs"],
    ["drop table :user", "drop table _user"],
    ['grant select on t to :"role"', 'grant select on t to  "role"'],
    ["select :'text', :n", "select  'text',  n"],
    ['drop table "a{{b}}c", {{d}}', 'drop table "a{{b}}c",     d'],
  ])("%s", (sql, expected) => {
    expect(substituted(sql)).toBe(expected);
  });

  test.each([
    "select a::int, b :: text",
    "select a[1:n], a[:n], a[lower:upper]",
    "select ':a', \":b\", $$ :c {{d}} ${e} $$, E'\\':f' -- :g {{h}}\n /* ${i} */",
    "select f(a := 1, b => 2)",
    "select '{{x}}' || '${y}'",
    "select $1, $tag$ x $tag$",
  ])("%s has none", (sql) => {
    expect(substituted(sql)).toBe(sql);
    expect(read(sql)).toEqual([["Select", expect.anything()]]);
  });

  test("a template that is included is SQL that is not read", () => {
    const included = (name: string): string => `the SQL of the template ${name} is put here, which is not read`;
    expect(
      read('drop table a;\n{{ template "shared/v1.sql" . }}\ndrop table {{.b}};\n{{install_snapshot "x"}}\n'),
    ).toEqual([
      ["DropRelation", "drop table a"],
      ["Unparsed", '{{ template "shared/v1.sql" . }}', included("shared/v1.sql")],
      ["DropRelation", "drop table {{.b}}"],
      ["Unparsed", '{{install_snapshot "x"}}', included("x")],
    ]);
    const view = 'create view v as {{ template "v.sql" . }} select 1';
    expect(read(view)).toEqual([["Unparsed", view, included("v.sql")]]);
  });

  test("control words and comments of a template become blanks", () => {
    const sql = "{{ if .A }}\nselect 1;\n{{- else -}}\nselect 2;\n{{end}}{{/* note; */}}{{#each x}}{{/each}}select 3;";
    expect(substituted(sql)).toHaveLength(sql.length);
    expect(read(sql)).toEqual([
      ["Select", "select 1"],
      ["Select", "select 2"],
      ["Select", "select 3"],
    ]);
  });

  test("ranges contain whole placeholders", () => {
    const sql =
      "alter table {{x}}.{{y}} drop {{a}}, drop b_{{c}}, add {{d}} {{type}} default :v;\ndrop table {{a}}, :b";
    expect(read(sql)).toEqual([
      ["DropColumn", "drop {{a}}"],
      ["DropColumn", "drop b_{{c}}"],
      ["AddColumn", "add {{d}} {{type}} default :v"],
      ["DropRelation", "{{a}}"],
      ["DropRelation", ":b"],
    ]);
    const column = parseSql(sql).statements[0]?.operations[2];
    expect(column).toMatchObject({
      column: { name: "d", type: { name: "type", sql: "{{type}}" }, default: { sql: ":v" } },
    });
  });

  test("a statement keeps what is written", () => {
    expect(parseSql("{{if a}}drop table {{ x }}{{end}};").statements.map(({ sql }) => sql)).toEqual([
      "drop table {{ x }}",
    ]);
  });

  test("they are tried only where the text does not parse, also statement by statement", () => {
    const sql = "select a[1:n]; select :x; alter tabl {{y}}; drop table a_${z}";
    expect(read(sql)).toEqual([
      ["Select", "select a[1:n]"],
      ["Select", "select :x"],
      ["Unparsed", "alter tabl {{y}}", 'syntax error at or near "tabl"'],
      ["DropRelation", "drop table a_${z}"],
    ]);
  });

  test("the text stays as long as it is", () => {
    const piece = fc.constantFrom(
      ..."{{x}} {{if}} {{ }} ${y} ${} :z :'z' :\"z\" \\c \\i ; ' \" $$ -- /* */ { } } $ : :: [ ] copy stdin from \\. a 1 ü 😀".split(
        " ",
      ),
      " ",
      "\n",
      "\r\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const sql = pieces.join("");
        expect(substituted(sql)).toHaveLength(sql.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("psql's commands", () => {
  test("are passed over, each to the end of its line", () => {
    const sql =
      "\\set ON_ERROR_STOP on\n\\connect db ; '\nselect 1;\n  \\echo it's done\ndrop table a;\n\\unrestrict x\n";
    expect(read(sql)).toEqual([
      ["Select", "select 1"],
      ["DropRelation", "drop table a"],
    ]);
  });

  test("\\g and its kin end a statement", () => {
    expect(read("select 1 \\g\nselect 2\\gx (format=csv)\nselect 3 \\gset\ndrop table a\\;drop table b;")).toEqual([
      ["Select", "select 1"],
      ["Select", "select 2"],
      ["Select", "select 3"],
      ["DropRelation", "drop table a"],
      ["DropRelation", "drop table b"],
    ]);
  });

  test("that run SQL from elsewhere are said to be unknown", () => {
    expect(
      read("select 1;\n\\i other.sql  \n\\ir '../x.sql'\ndrop table a;\nselect 'drop table ' || x from y \\gexec\n"),
    ).toEqual([
      ["Select", "select 1"],
      ["Unparsed", "\\i other.sql", "psql's \\i runs the SQL of another file, which is not read here"],
      ["Unparsed", "\\ir '../x.sql'", "psql's \\ir runs the SQL of another file, which is not read here"],
      ["DropRelation", "drop table a"],
      ["Select", "select 'drop table ' || x from y"],
      ["Unparsed", "\\gexec", "psql's \\gexec runs SQL that its query makes, which cannot be known"],
    ]);
  });

  test("in the middle of a statement make that unknown", () => {
    expect(read("create table a (x int)\n\\i rest.sql\n, b; drop table c")).toEqual([
      [
        "Unparsed",
        "create table a (x int)\n\\i rest.sql\n, b",
        "psql's \\i runs the SQL of another file, which is not read here",
      ],
      ["DropRelation", "drop table c"],
    ]);
  });

  test("the rows behind COPY … FROM stdin are no SQL", () => {
    const sql = "create table t (a int);\nCOPY t (a, b) FROM stdin;\n1\tit's; -- \"\n{{2}}\t$$\n\\.\n\ndrop table t;";
    const { comments } = parseSql(sql);
    expect(read(sql)).toEqual([
      ["CreateTable", "create table t (a int)"],
      ["Copy", "COPY t (a, b) FROM stdin"],
      ["DropRelation", "drop table t"],
    ]);
    expect(comments).toEqual([]);
  });
});

describe("words that no bare name may be", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await startPGlite();
  });
  afterAll(() => database.close());

  test("as PostgreSQL lists them", async () => {
    const { rows } = await database.query<{ word: string }>(
      "select word from pg_get_keywords() where catcode in ('R', 'T') order by word",
    );
    expect([...RESERVED_WORDS].sort()).toEqual(rows.map(({ word }) => word).sort());
  });
});
