/** The schema that migrations start from: dumps of pg_dump, and what a migration does to them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import { OpenRepository } from "../../src/eslint/open-repository.js";
import { check } from "../../src/check/check.js";
import { projectOf } from "../../src/change/project.js";
import type { Catalog } from "../../src/model/catalog.js";
import type { Configuration } from "../../src/model/configuration.js";
import type { Change } from "../../src/model/change.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { type Files, memorySource } from "../check/memory-source.js";
import { TemporaryRepository } from "./temporary-repository.js";

const read = (name: string): string => readFileSync(new URL(`dumps/${name}`, import.meta.url), "utf8");
/** What `pg_dump` 15 makes of `schema.sql`, its rows included. */
const DUMP = read("pg-dump-15.sql");
const SCHEMA = read("schema.sql");
const FILE = "db/baseline.sql";

const configuration: Configuration = {
  ...DEFAULT_CONFIGURATION,
  databases: { main: { migrations: [], code: [], session: { lock_timeout: "2s" }, schema: FILE } },
};

const load = (base: Files, added: Files, deleted?: readonly string[]): Change =>
  loadChange(memorySource(base, added, deleted), configuration);

const rulesOf = (base: Files, added: Files, settings = configuration): string[] =>
  check(memorySource(base, added), settings).findings.map(({ rule, line }) => `${String(line)} ${rule}`);

const columnsOf = (catalog: Catalog | undefined, name: string): string[] => [
  ...(catalog?.table({ schema: "public", name })?.columns.keys() ?? []),
];

/** The catalog as text, without the ways in which a dump writes the same thing otherwise. */
function describeCatalog(catalog: Catalog): string[] {
  const serial: Readonly<Record<string, string>> = { bigserial: "int8" };
  return [...catalog.tables()]
    .filter(({ kind }) => kind !== "sequence")
    .map((table) =>
      [
        `${table.schema}.${table.name} ${table.kind}${table.columnsKnown ? "" : ", columns unknown"}`,
        ...[...table.columns.values()].map(
          ({ name, type, notNull, default: given }) =>
            `  ${name} ${serial[type!.name] ?? type!.name}(${type!.modifiers.join()})${notNull === true ? " not null" : ""}${given || serial[type!.name] ? " default" : ""}`,
        ),
        ...[...table.constraints.values()]
          .map(({ name, kind, valid }) => `  ${name} ${kind}${valid ? "" : ", not valid"}`)
          .sort(),
        ...catalog
          .indexesOf(table)
          .map(({ name, columns, unique }) => `  ${name} (${columns.join()})${unique ? " unique" : ""}`)
          .sort(),
        ...table.reads.map((name) => `  reads ${String(name.schema)}.${name.name}`),
      ].join("\n"),
    )
    .sort();
}

describe("a dump", () => {
  it("makes the schema that it was taken of", () => {
    const after = (sql: string): Catalog => {
      const replay = new Replay({ postgres: 15 });
      for (const statement of parseSql(sql).statements) replay.apply(statement, 0);
      return replay.catalog;
    };
    const dumped = describeCatalog(after(DUMP));
    expect(dumped).toEqual(describeCatalog(after(SCHEMA)));
    expect(dumped.map((table) => table.split("\n")[0])).toEqual([
      "billing.invoices table",
      "public.accounts table",
      "public.events partitioned table",
      "public.events_2026 table",
      "public.open_orders view, columns unknown",
      "public.orders table",
    ]);
  });

  it("has nothing that is not read: commands of psql, rows of COPY, owners, policies", () => {
    const operations = parseSql(DUMP).statements.flatMap((statement) => statement.operations);
    expect(operations.filter(({ type }) => type === "Unparsed")).toEqual([]);
    expect(operations.filter(({ type }) => type === "DropRelation")).toEqual([]);
  });
});

const HISTORY = { "migrations/0001_note.sql": "ALTER TABLE orders ADD COLUMN note text;\n" };

describe("the schema that migrations start from", () => {
  it("is known before the first of them, and everything in it is live", () => {
    const change = load(
      { [FILE]: DUMP, ...HISTORY },
      { "migrations/0002_x.sql": "ALTER TABLE orders DROP COLUMN code;" },
    );
    const [database] = change.databases;
    const [first, second] = database!.migrations;
    expect(database!.schema).toEqual({ file: FILE, side: "main" });
    expect(columnsOf(first?.statements[0]?.before, "orders")).toEqual(
      expect.arrayContaining(["id", "account_id", "status", "code", "sku", "total", "updated_at"]),
    );
    expect(columnsOf(second?.statements[0]?.before, "orders")).toContain("note");
    const [operation] = second!.statements[0]!.statement.operations;
    expect(
      projectOf(change).isLive({ migration: second!, statement: second!.statements[0]!, operation: operation! }),
    ).toBe(true);
    expect(database!.existsAtBase("public.accounts")).toBe(true);
    expect(database!.existsAtBase("billing.invoices")).toBe(true);
  });

  it("says what could not be told without it", () => {
    const sets = { "migrations/0002_status.sql": "ALTER TABLE orders ALTER COLUMN status SET NOT NULL;\n" };
    expect(rulesOf(HISTORY, sets, DEFAULT_CONFIGURATION)).toEqual(["1 no-blocking-not-null"]);
    expect(rulesOf({ [FILE]: DUMP, ...HISTORY }, sets)).toEqual([]);
    const indexes = { "migrations/0002_i.sql": "CREATE INDEX i ON billing.invoices (order_id);\n" };
    expect(rulesOf({ [FILE]: DUMP, ...HISTORY }, indexes)).toEqual(["1 no-blocking-index-build"]);
  });

  it("is whole where all of it was read: what it does not have is not there", () => {
    const schema = "CREATE TABLE orders (id bigint);\n";
    const complete = (text: string): boolean | undefined => {
      const change = load({ [FILE]: text, ...HISTORY }, { "migrations/0002_x.sql": "SELECT 1;" });
      return change.databases[0]?.migrations[1]?.statements[0]?.before.complete;
    };
    expect(complete(schema)).toBe(true);
    // What an extension brings along, it does not say.
    expect(complete(DUMP)).toBe(false);
  });

  it("leaves no settings behind: the dump's own connection is another one", () => {
    const added = { "migrations/0002_x.sql": "ALTER TABLE orders DROP COLUMN updated_at;\n" };
    const [, second] = load({ [FILE]: DUMP, ...HISTORY }, added).databases[0]!.migrations;
    expect([...second!.statements[0]!.session]).toEqual([["lock_timeout", "2s"]]);
    expect(second!.statements[0]!.before.qualify({ name: "fresh" })).toEqual({ schema: "public", name: "fresh" });
  });

  it("is base's where the file is written anew with every migration", () => {
    const after = DUMP.replace(
      "    code character varying(20),\n",
      "    code character varying(20),\n    seen date,\n",
    );
    expect(after).not.toBe(DUMP);
    const added = {
      "migrations/0002_seen.sql":
        "ALTER TABLE orders ADD COLUMN seen date;\nCREATE TABLE fresh (id int);\nCREATE INDEX fresh_id ON fresh (id);\n",
    };
    const change = load(
      { [FILE]: DUMP, ...HISTORY },
      { ...added, [FILE]: `${after}CREATE TABLE public.fresh (id int);\n` },
    );
    expect(columnsOf(change.databases[0]?.migrations[1]?.statements[0]?.before, "orders")).not.toContain("seen");
    expect(
      rulesOf({ [FILE]: DUMP, ...HISTORY }, { ...added, [FILE]: `${after}CREATE TABLE public.fresh (id int);\n` }),
    ).toEqual([]);
  });

  it("may have what earlier migrations made already: they make it once more, and it is the same", () => {
    const history = {
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(20));\n",
      "migrations/0002_status.sql": "CREATE TYPE kind AS ENUM ('a');\nALTER TYPE kind ADD VALUE 'b';\n",
      "migrations/0003_total.sql":
        "ALTER TABLE orders ADD COLUMN total numeric;\nCREATE INDEX orders_code ON orders (code);\n",
    };
    const dump =
      "CREATE TABLE public.orders (id bigint NOT NULL, code varchar(20), total numeric);\nCREATE TYPE public.kind AS ENUM ('a', 'b');\nALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\nCREATE INDEX orders_code ON public.orders USING btree (code);\n";
    const head = { "migrations/0004_x.sql": "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);" };
    const before = (base: Files): string[] =>
      describeCatalog(load(base, head).databases[0]!.migrations[3]!.statements[0]!.before);
    expect(before({ ...history, [FILE]: dump })).toEqual(before(history));
    expect(rulesOf({ ...history, [FILE]: dump }, head)).toEqual([]);
  });

  it("and a new migration that makes a table of the dump makes a new table", () => {
    const head = {
      [FILE]: "CREATE TABLE public.payments (id bigint, note text);\n",
      "migrations/0002_payments.sql":
        "CREATE TABLE payments (id bigint, note text);\nCREATE INDEX payments_note ON payments (note);\n",
    };
    // Base has no dump yet, so that of this change is read.
    const change = load(HISTORY, head);
    expect(change.databases[0]?.schema).toEqual({ file: FILE, side: "the working tree" });
    expect(rulesOf(HISTORY, head)).toEqual([]);
  });

  it("is head's where migrations were squashed into it", () => {
    const base = {
      [FILE]: "CREATE TABLE accounts (id bigint);\n",
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint, code varchar(20));\n",
      "migrations/0002_note.sql": "ALTER TABLE orders ADD COLUMN note text;\n",
    };
    const added = {
      [FILE]: "CREATE TABLE accounts (id bigint);\nCREATE TABLE orders (id bigint, code varchar(20), note text);\n",
      "migrations/0003_x.sql": "ALTER TABLE orders DROP COLUMN note;\n",
    };
    const [database] = load(base, added, ["migrations/0001_orders.sql", "migrations/0002_note.sql"]).databases;
    expect(database?.schema?.side).toBe("the working tree");
    expect(columnsOf(database?.migrations[0]?.statements[0]?.before, "orders")).toEqual(["id", "code", "note"]);
    expect(database?.existsAtBase("public.orders")).toBe(true);
    expect(database?.existsAtBase("public.customers")).toBe(false);
  });

  it("says what of it cannot be read", () => {
    const schema = "CREATE TABLE orders (id bigint);\n\nCREATE TABEL accounts (id bigint);\n";
    const added = { "migrations/0002_x.sql": "ALTER TABLE orders ADD COLUMN due date;\n" };
    const report = check(memorySource({ [FILE]: schema, ...HISTORY }, added), configuration);
    expect(report.findings).toEqual([]);
    expect(report.coverage.leftOut).toEqual([
      {
        file: FILE,
        reason:
          'has a statement that cannot be read, the first in line 3 (syntax error at or near "TABEL"), so it does not say which tables there are not',
      },
    ]);
    expect(report.databases[0]?.schema).toEqual({ file: FILE, side: "main" });
  });

  it("is the same for ESLint, and a new one is noticed", () => {
    const repository = new TemporaryRepository({
      ".github/migration-safety.yml": `databases: { main: { schema: ${FILE} } }\n`,
      [FILE]: "CREATE TABLE orders (id bigint, code text);\n",
      ...HISTORY,
    });
    const open = new OpenRepository(repository.root);
    expect(columnsOf(open.change.databases[0]?.migrations[0]?.statements[0]?.before, "orders")).toEqual(["id", "code"]);
    const before = open.fingerprint;
    repository.write({ [FILE]: "CREATE TABLE orders (id bigint, kind text);\n" });
    expect(new OpenRepository(repository.root).fingerprint).not.toBe(before);
  });
});
