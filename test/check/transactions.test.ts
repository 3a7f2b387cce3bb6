/**
 * Which migrations share a transaction, as rules see it: a pull request of two files, where the second one meets what the
 * first one has left. With one transaction around both, its locks are still held, its constraint is not yet committed, its
 * enum value cannot be used, and what it has SET LOCAL holds; with one for each, or none, nothing of that is so.
 */
import { describe, expect, it } from "vitest";
import type { Files } from "./memory-source.js";
import { report } from "./remedies/follow.js";
import { SCHEMA } from "./remedies/hazards.js";
import { type Tool, TOOLS } from "./remedies/tools.js";

interface Pair {
  readonly rule: string;
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** Whether the rule speaks about the second file where both share a transaction; else where they do not. */
  readonly speaksIfShared: boolean;
}

const TIMEOUT = "SET lock_timeout = '5s';";

const PAIRS: readonly Pair[] = [
  {
    rule: "no-multi-table-lock",
    first: ["ALTER TABLE accounts DROP COLUMN email;"],
    second: ["ALTER TABLE orders DROP COLUMN code;"],
    speaksIfShared: true,
  },
  {
    rule: "no-work-under-lock",
    first: [TIMEOUT, "ALTER TABLE orders ADD COLUMN paid boolean;"],
    second: ["ALTER TABLE orders VALIDATE CONSTRAINT orders_note_check;"],
    speaksIfShared: true,
  },
  {
    rule: "no-backfill-with-ddl",
    first: [TIMEOUT, "ALTER TABLE orders ADD COLUMN paid boolean;"],
    second: ["UPDATE orders SET paid = false;"],
    speaksIfShared: true,
  },
  {
    rule: "no-validate-in-same-transaction",
    first: [TIMEOUT, "ALTER TABLE orders ADD CONSTRAINT orders_code_check CHECK (code <> '') NOT VALID;"],
    second: ["ALTER TABLE orders VALIDATE CONSTRAINT orders_code_check;"],
    speaksIfShared: true,
  },
  {
    rule: "no-enum-value-in-same-transaction",
    first: ["ALTER TYPE status ADD VALUE 'held';"],
    second: ["UPDATE orders SET state = 'held' WHERE id = 1;"],
    speaksIfShared: true,
  },
  {
    rule: "require-lock-timeout",
    first: ["SET LOCAL lock_timeout = '5s';", "CREATE TABLE notes (id bigint PRIMARY KEY);"],
    second: ["ALTER TABLE orders DROP COLUMN code;"],
    speaksIfShared: false,
  },
];

/** Tools of which two files share a transaction unless something says otherwise. */
const SHARED: ReadonlySet<string> = new Set(["Knex", "TypeORM", "Kysely", "MikroORM", "node-pg-migrate", "Drizzle"]);

interface Variant {
  readonly name: string;
  readonly tool: string;
  /** What the repository has besides, or instead. */
  readonly project?: Files;
  /** The file that opts out of the transaction. Absent: none. */
  readonly outside?: "second" | "between";
  readonly shared: boolean;
}

const npm = (scripts: Readonly<Record<string, string>>, name: string): Files => ({
  "package.json": JSON.stringify({ dependencies: { [name]: "1" }, scripts }),
});

const dataSource = (mode: string): Files => ({
  "data-source.ts": `import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["migrations/*.ts"], migrationsTransactionMode: "${mode}" });\n`,
});

const mikroOrm = (migrations: string): Files => ({
  "mikro-orm.config.ts": `import { defineConfig } from "@mikro-orm/postgresql";\n\nexport default defineConfig({ migrations: { path: "migrations", ${migrations} } });\n`,
});

const VARIANTS: readonly Variant[] = [
  {
    name: "Knex without transactions",
    tool: "Knex",
    project: {
      "knexfile.js": 'module.exports = { client: "pg", migrations: { disableTransactions: true } };\n',
    },
    shared: false,
  },
  { name: "Knex, the second one outside", tool: "Knex", outside: "second", shared: false },
  { name: "Knex, one between them outside", tool: "Knex", outside: "between", shared: false },
  { name: "TypeORM, each", tool: "TypeORM", project: dataSource("each"), shared: false },
  { name: "TypeORM, none", tool: "TypeORM", project: dataSource("none"), shared: false },
  { name: "TypeORM, all", tool: "TypeORM", project: dataSource("all"), shared: true },
  {
    name: "TypeORM, each by its command",
    tool: "TypeORM",
    project: npm({ migrate: "typeorm migration:run -d data-source.ts --transaction each" }, "typeorm"),
    shared: false,
  },
  { name: "TypeORM, the second one outside", tool: "TypeORM", outside: "second", shared: false },
  { name: "MikroORM, allOrNothing off", tool: "MikroORM", project: mikroOrm("allOrNothing: false"), shared: false },
  { name: "MikroORM, not transactional", tool: "MikroORM", project: mikroOrm("transactional: false"), shared: false },
  { name: "MikroORM, allOrNothing on", tool: "MikroORM", project: mikroOrm("allOrNothing: true"), shared: true },
  {
    name: "Kysely without transactions",
    tool: "Kysely",
    project: {
      "src/migrate.ts": "export const migrator = new Migrator({ db, provider, disableTransactions: true });\n",
    },
    shared: false,
  },
  {
    name: "node-pg-migrate, one for each",
    tool: "node-pg-migrate",
    project: npm({ migrate: "node-pg-migrate up --no-single-transaction" }, "node-pg-migrate"),
    shared: false,
  },
  { name: "node-pg-migrate, the second one outside", tool: "node-pg-migrate", outside: "second", shared: false },
  { name: "node-pg-migrate, one between them outside", tool: "node-pg-migrate", outside: "between", shared: false },
  {
    name: "Slonik, all in one",
    tool: "Slonik",
    project: {
      "migrate.ts":
        'import { SlonikMigrator } from "@slonik/migrator";\n\nexport const migrator = new SlonikMigrator({ migrationsPath: "migrations", singleTransaction: true });\n',
    },
    shared: true,
  },
];

function spoken(tool: Tool, pair: Pair, { project = {}, outside }: Partial<Variant>): readonly string[] {
  const write = (n: number, statements: readonly string[], isOutside = false): Files =>
    tool.migration(
      n,
      statements.map((statement) => tool.sql(statement)),
      isOutside,
    );
  const last = outside === "between" ? 4 : 3;
  const added = {
    ...write(2, pair.first),
    ...(outside === "between" && write(3, ["SELECT 1;"], true)),
    ...write(last, pair.second, outside === "second"),
  };
  const result = report({ ...tool.project, ...write(1, SCHEMA), ...project }, added);
  expect(result.unknowns).toEqual([]);
  const [file] = result.migrations.filter(({ file }) => file in write(last, pair.second)).map((one) => one.file);
  return result.findings.filter((one) => one.file === file && one.rule === pair.rule).map(({ rule }) => rule);
}

const expected = ({ rule, speaksIfShared }: Pair, shared: boolean): readonly string[] =>
  speaksIfShared === shared ? [rule] : [];

const KNOWN = TOOLS.filter(({ name }) => name !== "plain SQL");

describe.each(PAIRS)("$rule", (pair) => {
  it.each(KNOWN.filter(({ name }) => SHARED.has(name)))("$name: both in one transaction", (tool) => {
    expect(spoken(tool, pair, {})).toEqual(expected(pair, true));
  });

  it.each(KNOWN.filter(({ name }) => !SHARED.has(name)))("$name: each by itself", (tool) => {
    expect(spoken(tool, pair, {})).toEqual(expected(pair, false));
  });

  it.each(VARIANTS)("$name", (variant) => {
    const tool = TOOLS.find(({ name }) => name === variant.tool) ?? expect.fail(variant.tool);
    expect(spoken(tool, pair, variant)).toEqual(expected(pair, variant.shared));
  });
});
