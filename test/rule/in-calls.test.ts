/** How a form of SQL is written in a program whose own calls made the statement. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { type Files, memorySource } from "../check/memory-source.js";
import { SCHEMA } from "../check/remedies/hazards.js";
import { type Tool, TOOLS } from "../check/remedies/tools.js";

const tool = (name: string): Tool => TOOLS.find((one) => one.name === name) ?? expect.fail(`There is no ${name}.`);

function repository(name: string): Files {
  const one = tool(name);
  const statements = SCHEMA.map((statement) => one.sql(statement));
  return { ...one.project, ...one.migration(1, statements, false) };
}

function told(name: string, piece: string): readonly string[] {
  const { findings } = check(
    memorySource(repository(name), tool(name).migration(2, [piece], false)),
    DEFAULT_CONFIGURATION,
  );
  return findings.map(({ message }) => message);
}

const call = (name: string, hazard: string): string => tool(name).calls?.[hazard] ?? expect.fail(`${name}: ${hazard}`);

describe("an option of the call", () => {
  it.each([
    ["Sequelize", "index", "Build it with CREATE INDEX CONCURRENTLY (`concurrently: true`)."],
    ["Sequelize", "drop index", "Drop it with DROP INDEX CONCURRENTLY (`concurrently: true`)."],
    [
      "node-pg-migrate",
      "index",
      "Build it with CREATE INDEX CONCURRENTLY (`concurrently: true`) in a migration of its own in JavaScript or " +
        "TypeScript that calls pgm.noTransaction().",
    ],
    [
      "TypeORM",
      "index",
      "Build it with CREATE INDEX CONCURRENTLY (`new TableIndex({ …, isConcurrent: true })`) in a migration of its own " +
        'with `transaction = false` in its class, and `migrationsTransactionMode: "each"` in the DataSource.',
    ],
  ])("%s: %s", (name, hazard, remedy) => {
    expect(told(name, call(name, hazard))).toEqual([expect.stringContaining(remedy)]);
  });
});

it.each([
  ["Sequelize", /(?= \}\);$)/, ", concurrently: true"],
  ["node-pg-migrate", /(?= \}\);$)/, ", concurrently: true"],
  ["TypeORM", /(?= \}\)\);$)/, ", isConcurrent: true"],
])("%s builds it with that option", (name, place, option) => {
  const added = tool(name).migration(2, [call(name, "index").replace(place, option)], true);
  const { findings, migrations } = check(memorySource(repository(name), added), DEFAULT_CONFIGURATION);
  expect(findings).toEqual([]);
  const [statement] = migrations.flatMap(({ statements }) => statements);
  expect(statement?.operations).toEqual([expect.objectContaining({ type: "CreateIndex", work: "index-build" })]);
  expect(statement?.transactional).toBe(false);
});

describe("the call that sends SQL as it stands", () => {
  it.each([
    [
      "Knex",
      "index",
      "Build it with CREATE INDEX CONCURRENTLY (through `knex.raw()`) in a migration of its own with `export const config " +
        "= { transaction: false }`.",
    ],
    [
      "Knex",
      "foreign key",
      "Add it with NOT VALID (through `knex.raw()`), and VALIDATE CONSTRAINT in a migration of a later deploy",
    ],
    [
      "Kysely",
      "not null",
      "Use ADD CONSTRAINT orders_account_id_nonnull CHECK (account_id IS NOT NULL) NOT VALID (through ``sql`…`.execute(db)``) " +
        "instead, and VALIDATE CONSTRAINT in a migration of a later deploy",
    ],
    [
      "node-pg-migrate",
      "unique",
      "Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON orders (code) (through `pgm.sql()`) in a " +
        "migration of its own in JavaScript or TypeScript that calls pgm.noTransaction().",
    ],
    ["db-migrate", "drop index", "put SET lock_timeout = '5s' (through `db.runSql()`) before it."],
    ["Sequelize", "drop table", "Put SET lock_timeout = '5s' (through `queryInterface.sequelize.query()`) before it"],
  ])("%s: %s", (name, hazard, remedy) => {
    expect(told(name, call(name, hazard))).toContainEqual(expect.stringContaining(remedy));
  });
});

it("is not said where the reader has the SQL before them", () => {
  expect(told("Sequelize", tool("Sequelize").sql("CREATE INDEX orders_account_idx ON orders (account_id);"))).toEqual([
    expect.stringMatching(/Build it with CREATE INDEX CONCURRENTLY\.$/),
  ]);
});
