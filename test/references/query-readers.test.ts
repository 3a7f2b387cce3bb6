import { describe, expect, test } from "vitest";
import { splitStatements } from "../../src/postgres/lexer.js";
import { languageOf } from "../../src/references/application-files.js";
import { bindQueries } from "../../src/references/query-binder.js";
import { queriesInAst } from "../../src/references/query-in-ast.js";
import { queriesInPostgresTree } from "../../src/references/query-in-postgres-tree.js";
import type { Query } from "../../src/references/query.js";
import { Sought } from "../../src/references/sought.js";
import { looksLikeSql, usesOf } from "../../src/references/sql-references.js";
import { tablesNamedIn } from "../../src/references/sql-tokens.js";
import { readLiterals } from "../../src/references/text-references.js";
import { readSets } from "./labelled-set.js";

const noPlaceholder = (): boolean => false;

/** Every word of a statement may be a column of each of its tables. */
function soughtIn(sql: string): Sought {
  const words = new Set((sql.match(/[A-Za-z_]\w*/g) ?? []).flatMap((word) => [word, word.toLowerCase()]));
  const tables = tablesNamedIn(sql).map(({ name }) => ({ schema: "public", name }));
  const columns = tables.flatMap((table) => [...words].map((column) => ({ table, column })));
  return new Sought([...tables.map((table) => ({ table })), ...columns], [], true);
}

/** Place, kind and all else of each use that one of the readers finds. */
function usesIn(sql: string, queries: readonly Query[], sought: Sought): readonly string[] {
  const uses = bindQueries(queries, { text: sql }, sought).map(({ target, offset, grade, kind, ...details }) =>
    [
      `${String(offset)} ${target.key} ${grade} ${kind ?? ""}`,
      ...Object.entries(details).map((one) => JSON.stringify(one)),
    ].join(" "),
  );
  return [...new Set(uses)].sort();
}

/** The uses that each reader finds and the other does not; undefined where one cannot read the statement. */
function difference(sql: string): { uses: number; postgres: readonly string[]; ast: readonly string[] } | undefined {
  const queries = [queriesInPostgresTree(sql, noPlaceholder), queriesInAst(sql, noPlaceholder)] as const;
  if (queries[0] === undefined || queries[1] === undefined) return undefined;
  const sought = soughtIn(sql);
  const [postgres, ast] = [usesIn(sql, queries[0], sought), usesIn(sql, queries[1], sought)];
  return {
    uses: postgres.length,
    postgres: postgres.filter((use) => !ast.includes(use)),
    ast: ast.filter((use) => !postgres.includes(use)),
  };
}

function statementsIn(text: string): readonly string[] {
  const statements = splitStatements(text).map(([start, end]) => text.slice(start, end));
  return statements.filter((statement) => looksLikeSql(statement) && usesOf(statement) === "query");
}

/** The SQL of the labelled repositories, in files and in strings. */
const labelled = [
  ...new Set(
    readSets().flatMap(({ files }) =>
      [...files].flatMap(([file, text]) => {
        const language = languageOf(file);
        if (language === "sql") return statementsIn(text);
        const { literals } = readLiterals(text, language === "script" || language === "vue" ? "c-like" : language);
        return literals.flatMap((literal) => (looksLikeSql(literal.text) ? statementsIn(literal.text) : []));
      }),
    ),
  ),
];

test("both readers find the same in the labelled set", () => {
  const differences = labelled.map((sql) => ({ sql, ...difference(sql) })).filter(({ uses }) => uses !== undefined);
  expect(differences.length).toBeGreaterThan(60);
  expect(differences.reduce((sum, { uses = 0 }) => sum + uses, 0)).toBeGreaterThan(300);
  expect(differences.filter(({ postgres = [], ast = [] }) => postgres.length + ast.length > 0)).toEqual([]);
});

describe("both readers find the same", () => {
  test.each([
    'SELECT o."ref", o.status AS s FROM public.orders AS o WHERE o.total > 1',
    'SELECT Ref, "Ref" FROM Orders -- ref',
    "SELECT * FROM orders o JOIN lines USING (id, \"ref\") LEFT JOIN notes n USING (ref) WHERE o.ref = 'é' AND n.ref = 'ü'",
    "SELECT o.*, n.ref FROM orders o, notes n WHERE o.id = n.order_id ORDER BY ref",
    "SELECT ref, count(*) AS status FROM orders GROUP BY ref, status HAVING max(total) > 1 ORDER BY status, lower(ref) LIMIT 2 OFFSET 3",
    "SELECT DISTINCT ON (ref) id FROM orders ORDER BY ref",
    "SELECT CASE status WHEN 'new' THEN ref ELSE total END FROM orders",
    "SELECT CASE WHEN status IN ('new', 'open') THEN 1 WHEN 'done' = status THEN 2 END FROM orders",
    "SELECT ref FROM orders WHERE status::text = 'new'::text AND id = ANY(ARRAY[1, -2, 3]) AND done = true AND gone <> NULL AND total != 1.5",
    "SELECT (SELECT max(ref) FROM notes WHERE order_id = orders.id) FROM orders WHERE EXISTS (SELECT * FROM lines WHERE ref = 1)",
    "SELECT ref FROM orders UNION ALL SELECT ref FROM notes",
    "SELECT x.ref FROM (SELECT * FROM orders) x JOIN LATERAL (SELECT total FROM notes WHERE notes.id = x.id) y ON true",
    "SELECT sum(total) FILTER (WHERE status = 'new'), row_number() OVER (PARTITION BY ref ORDER BY id) FROM orders",
    "SELECT u.ref, ref FROM orders, unnest(orders.refs) AS u(ref)",
    "WITH o AS (SELECT * FROM orders), p AS (SELECT id FROM o) SELECT ref FROM o JOIN p ON p.id = o.id",
    "WITH RECURSIVE t(id) AS (SELECT id FROM orders UNION ALL SELECT orders.parent FROM orders JOIN t ON t.id = orders.id) SELECT id FROM t",
    "WITH gone AS (DELETE FROM orders WHERE status = 'done' RETURNING *) INSERT INTO notes SELECT id, ref FROM gone",
    "INSERT INTO orders AS o (id, \"ref\", status) VALUES (1, 'a', NULL), (2, DEFAULT, 'new') ON CONFLICT (ref, id) DO UPDATE SET status = excluded.status, ref = o.ref WHERE o.total > 1 RETURNING id, total AS t",
    "INSERT INTO orders (id) SELECT * FROM notes ON CONFLICT DO NOTHING",
    "INSERT INTO orders VALUES (1, 2) ON CONFLICT ON CONSTRAINT orders_pkey DO NOTHING",
    "INSERT INTO orders (id) VALUES (1) ON CONFLICT (lower(ref)) DO NOTHING",
    "UPDATE shop.orders AS o SET status = 'new', total = o.total + 1 FROM notes n WHERE n.id = o.id RETURNING o.*",
    "DELETE FROM orders WHERE id IN (SELECT order_id FROM notes) RETURNING ref",
    "CREATE MATERIALIZED VIEW v AS SELECT ref FROM orders",
    "PREPARE q AS SELECT * FROM orders",
    "TRUNCATE orders, notes",
    "SELECT refs FROM orders; REFRESH MATERIALIZED VIEW orders",
  ])("%s", (sql) => {
    const found = difference(sql);
    expect(found).toMatchObject({ postgres: [], ast: [] });
    expect(found?.uses).toBeGreaterThan(0);
  });
});

describe("where they differ, PostgreSQL's own parser is right", () => {
  test.each([
    [
      "a key word is no alias",
      "SELECT id FROM orders FETCH FIRST ROW ONLY",
      { postgres: [], ast: ["22 public.orders.first certain read"] },
    ],
    [
      "a column that is cast is an output of its name, which ORDER BY prefers",
      "SELECT ref::text FROM orders ORDER BY ref",
      { postgres: [], ast: ["38 public.orders.ref certain read"] },
    ],
    [
      "IN of position() compares nothing",
      "SELECT position('@' in email) FROM orders",
      {
        postgres: ["23 public.orders.email certain read"],
        ast: ['23 public.orders.email certain read ["values",["@"]]'],
      },
    ],
  ])("%s", (_, sql, expected) => {
    expect(difference(sql)).toMatchObject(expected);
  });
});
