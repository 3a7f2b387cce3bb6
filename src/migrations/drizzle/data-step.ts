/** Programs beside Drizzle's SQL that move data. Drizzle does not run them; the project's scripts do. */
import { evaluator, exportedFunction, type ProgramTool } from "../evaluator/evaluate.js";
import { parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, type Method, textOf, Unknown, type Value } from "../evaluator/value.js";
import type { EvaluateMigration } from "../tool.js";
import { DRIZZLE_SQL, SqlChunk, sqlOf } from "./sql-tag.js";

const PROGRAM = /^(?!.*\.(?:d|test|spec)\.[cm]?[jt]s$).*\.[cm]?[jt]s$/;

/** Whether a file beside the SQL is a data step. */
export function isDataStep(name: string, text: () => string): boolean {
  return PROGRAM.test(name) && /["']drizzle-orm(?:\/[\w-]+)?["']/.test(text());
}

const ROWS = new Unknown("comes from a query");

/** `pgTable("users", …)`. What its columns are called in the database is not read. */
class Table extends SqlChunk {
  override readonly more = { get: (): Value => new Unknown("is a column") };

  constructor(name: Text) {
    super(quoted(name));
  }
}

const COLUMN = Text.hole({ kind: "identifier", name: "column", reason: "is named by the table's definition" });

/** A query that is sent when it is awaited. */
function builder(sqlWith: (where: Text | string) => Text): Handle {
  let condition: Text | string = "";
  let isSent = false;
  const same: Method = () => handle;
  const handle: Handle = new Handle(
    "a query of Drizzle's",
    {
      set: same,
      values: same,
      from: same,
      returning: same,
      onConflictDoNothing: same,
      onConflictDoUpdate: same,
      prepare: same,
      where: ([given]) => {
        if (given !== undefined) condition = sqlText` WHERE ${parameter("where")}`;
        return handle;
      },
      execute: (_, site) => site.run.settle(handle, site),
    },
    {
      settle(site) {
        if (!isSent) site.run.send(sqlWith(condition), site);
        isSent = true;
        return ROWS;
      },
    },
  );
  return handle;
}

/** A query that only reads. */
const question: Method = () => {
  const same: Method = () => handle;
  const words = [
    "from",
    "where",
    "leftJoin",
    "innerJoin",
    "rightJoin",
    "groupBy",
    "having",
    "orderBy",
    "limit",
    "offset",
    "for",
    "as",
  ];
  const handle: Handle = new Handle("db.select()", Object.fromEntries(words.map((word) => [word, same])), {
    settle: () => ROWS,
  });
  return handle;
};

/** The statement of a builder, for a table that the program's schema declares. */
function changing(what: string, sqlOfTable: (table: Text) => (where: Text | string) => Text): Method {
  return ([table], site) => {
    if (table instanceof Table) return builder(sqlOfTable(table.sql));
    site.run.unknown(`what \`${what}\` changes is a table that is not read`, site);
    return ROWS;
  };
}

/** A database of Drizzle, or the one of a transaction. */
function database(isInside: boolean): Handle {
  return new Handle(
    "db",
    {
      execute: ([query], site) => {
        site.run.send(sqlOf(query), site);
        return ROWS;
      },
      transaction: ([work], site) => {
        if (!isInside) site.run.send(Text.of("begin"), site);
        const result = site.run.settle(site.run.call(work, [database(true)], site), site);
        if (!isInside) site.run.send(Text.of("commit"), site);
        return result;
      },
      select: question,
      selectDistinct: question,
      selectDistinctOn: question,
      $count: () => ROWS,
      update: changing(
        "update",
        (table) => (where) => sqlText`UPDATE ${table} SET ${quoted(COLUMN)} = ${parameter("value")}${where}`,
      ),
      delete: changing("delete", (table) => (where) => sqlText`DELETE FROM ${table}${where}`),
      insert: changing(
        "insert",
        (table) => () => sqlText`INSERT INTO ${table} (${quoted(COLUMN)}) VALUES (${parameter("value")})`,
      ),
    },
    { get: (property) => (property === "query" ? ROWS : undefined) },
  );
}

/** Packages of Drizzle's that connect. */
const DRIVERS = [
  "node-postgres",
  "postgres-js",
  "neon-http",
  "neon-serverless",
  "vercel-postgres",
  "pglite",
  "xata-http",
];

const table: Method = ([name]) =>
  new Table(textOf(name) ?? Text.hole({ kind: "identifier", name: "table", reason: "is not known" }));

/** `pgSchema("app").table("users", …)` */
const schema: Method = () => new Dictionary([["table", new Callable("table", table)]], undefined, "is Drizzle's");

function modules(made: () => Value): NonNullable<ProgramTool["modules"]> {
  const driver = new Dictionary([["drizzle", new Callable("drizzle", made)]], undefined, "is Drizzle's");
  return {
    "drizzle-orm": new Dictionary([["sql", DRIZZLE_SQL]], undefined, "is Drizzle's"),
    "drizzle-orm/pg-core": new Dictionary(
      [
        ["pgTable", new Callable("pgTable", table)],
        ["pgSchema", new Callable("pgSchema", schema)],
      ],
      undefined,
      "is Drizzle's",
    ),
    ...Object.fromEntries(DRIVERS.map((name) => [`drizzle-orm/${name}`, driver] as const)),
  };
}

/** What the function is called that a runner of the project's own calls. */
const ENTRIES = ["up", "run", "main", "migrate", "default"];

export const dataStep: EvaluateMigration = (text, file, files) => {
  // A program that connects is a script; one that is given a database is called by a runner.
  let isScript = false;
  return evaluator({
    modules: modules(() => {
      isScript = true;
      return database(false);
    }),
    entry(program) {
      const { site } = program;
      const callee = ENTRIES.map((name) => exportedFunction(program, name)).find((one) => one !== undefined);
      return {
        up: () => (isScript && site.run.sent.length > 0 ? undefined : callee?.call([database(true)], site, undefined)),
        facts: () => ({ transaction: isScript ? "per-statement" : "unknown" }),
      };
    },
  })(text, file, files);
};
