import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { run } from "../../src/command-line/run.js";
import type { DetectionReport } from "../../src/model/detection.js";
import schema from "../../src/report/detection.schema.json" with { type: "json" };
import { TemporaryRepository } from "../change/temporary-repository.js";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

type Files = Readonly<Record<string, string>>;

function detect(files: Files, ...argv: readonly string[]): string {
  const { root } = new TemporaryRepository(files);
  let [out, err] = ["", ""];
  const code = run(["detect", ...argv], {
    cwd: root,
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    version: "1.2.3",
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}

function asJson(files: Files): DetectionReport {
  const detection = JSON.parse(detect(files, "--format", "json")) as DetectionReport;
  expect(validate(detection) ? [] : validate.errors).toEqual([]);
  return detection;
}

/** Two services with a database each, a twin for another system, and what only looks like migrations. */
const MONOREPO = {
  "docker-compose.yml": "services:\n  db:\n    image: postgres:17-alpine\n",
  "services/shop/package.json": '{"devDependencies":{"prisma":"^6.19.0"}}',
  "services/shop/package-lock.json": '{"packages":{"node_modules/prisma":{"version":"6.19.0"}}}',
  "services/shop/prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
  "services/shop/prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  "services/shop/prisma/migrations/20240101000000_init/migration.sql": "CREATE TABLE orders (id bigint);",
  "services/shop/prisma/migrations/20240201000000_more/migration.sql": "CREATE TABLE more (id bigint);",
  "services/billing/pom.xml": "<artifactId>flyway-core</artifactId>",
  "services/billing/src/main/resources/db/migration/V1__init.sql": "CREATE TABLE invoices (id bigint);",
  "services/billing/src/main/resources/db/migration/V2__more.sql": "CREATE TABLE more (id bigint);",
  "legacy/db/mysql/migrations/001_init.sql": "CREATE TABLE orders (id int);",
  "worker/migrations/20240101000000_init.py": "",
  "worker/migrations/20240201000000_more.py": "",
  "reports/sql/daily.sql": "SELECT 1;",
  "reports/sql/01_weekly.sql": "SELECT 1;",
  "reports/sql/02_monthly.sql": "SELECT 1;",
  "test/db/01_fixture.sql": "SELECT 1;",
  "test/db/02_fixture.sql": "SELECT 1;",
  "queries/1_a.sql": "SELECT 1;",
  "queries/2_b.sql": "SELECT 1;",
  "db/data-migrations/fill.sql": "SELECT 1;",
  "docs/one.sql": "SELECT 1;",
};

it("says what there is, why, what is left out, and the configuration that says the same", () => {
  const files = {
    ...Object.fromEntries(Object.entries(MONOREPO).filter(([file]) => !file.startsWith("services/billing/"))),
    "shop/.gmrc": '{ "pgSettings": { "lock_timeout": "3s" } }',
    "shop/package-lock.json": '{"packages":{"node_modules/graphile-migrate":{"version":"1.4.1"}}}',
    "shop/migrations/committed/000001.sql": "--! Previous: -\n--! Hash: sha1:x\n\nSELECT 1;\n",
    "shop/migrations/current.sql": "SELECT 2;\n",
  };
  expect(detect(files)).toBe(`services/shop: PostgreSQL 17 (docker-compose.yml:3)
  services/shop/prisma/migrations: Prisma 6.19.0 (services/shop/package-lock.json), because of migration_lock.toml in it
      Migrations: 2, 20240101000000_init/migration.sql to 20240201000000_more/migration.sql
      Transaction: none by the tool; a file is one query, and several statements in one query share a transaction.
      Out of order: prisma migrate deploy runs every migration that has not run, whatever its place.

shop: PostgreSQL 17 (docker-compose.yml:3)
  shop/migrations: graphile-migrate 1.4.1 (shop/package-lock.json), because the files in shop/migrations/committed start with --! Previous
      Migrations: 1, committed/000001.sql
      Transaction: one for each migration.
      Out of order: graphile-migrate refuses to run any: each migration names the hash of the one before it, and here the chain is broken.
      Same version: graphile-migrate refuses to run any: both name the same migration as the one before them, and only one can.
      In force: lock_timeout = 3s

Left out
  shop/migrations/current.sql: is work in progress, which graphile-migrate migrate does not run
  legacy/db/mysql/migrations: holds migrations for MySQL; only PostgreSQL is checked

Not read
  worker/migrations: 2 migrations in Python

Looks like migrations, and is not taken for them
  db/data-migrations: holds 1 SQL file without a number, so their order is not known
  queries: holds 2 SQL files with numbers, but nothing says that they are migrations of PostgreSQL's
  reports/sql: holds 3 SQL files, of which only 2 start with a number
  test/db: stands among tests, examples, seeds or other projects' code

The same in .github/migration-safety.yml
  postgres: 17
  databases:
    services/shop:
      migrations:
        - path: services/shop/prisma/migrations
          tool: prisma
    shop:
      migrations:
        - path: shop/migrations
          tool: graphile-migrate
`);
});

it("is the report of --format json, which its schema describes", () => {
  const { databases, leftOut, unread, notTaken, configuration, configured } = asJson(MONOREPO);
  expect({ configuration, configured }).toEqual({ configuration: "default", configured: false });
  expect(
    databases.map(({ name, postgres, sources }) => [name, postgres, sources.map(({ tool }) => tool.name)]),
  ).toEqual([
    ["services/billing", { version: 17, source: "docker-compose.yml:3" }, ["flyway"]],
    ["services/shop", { version: 17, source: "docker-compose.yml:3" }, ["prisma"]],
  ]);
  expect(databases[1]?.sources[0]).toEqual({
    folder: "services/shop/prisma/migrations",
    tool: {
      name: "prisma",
      label: "Prisma",
      version: "6.19.0",
      versionSource: "services/shop/package-lock.json",
    },
    because: "because of migration_lock.toml in it",
    files: 2,
    first: "services/shop/prisma/migrations/20240101000000_init/migration.sql",
    last: "services/shop/prisma/migrations/20240201000000_more/migration.sql",
    transaction: "single-send",
    otherTransactions: 0,
    checksums: true,
    outOfOrder: {
      does: "runs",
      says: "prisma migrate deploy runs every migration that has not run, whatever its place.",
    },
    session: {},
  });
  expect(leftOut).toEqual([
    { file: "legacy/db/mysql/migrations", reason: "holds migrations for MySQL; only PostgreSQL is checked" },
  ]);
  expect(unread).toEqual([{ folder: "worker/migrations", language: "Python", files: 2 }]);
  expect(notTaken).toHaveLength(4);
});

it("gives a configuration with which the same is found", () => {
  const { yaml, databases } = asJson(MONOREPO);
  const again = asJson({ ...MONOREPO, ".github/migration-safety.yml": yaml });
  expect(again).toMatchObject({ configured: true, configuration: ".github/migration-safety.yml", leftOut: [] });
  const brief = (list: DetectionReport["databases"]) =>
    list.map(({ name, postgres, sources }) => [
      name,
      postgres.version,
      sources.map(({ folder, tool, files, first, last, transaction }) => [
        folder,
        tool.name,
        files,
        first,
        last,
        transaction,
      ]),
    ]);
  expect(brief(again.databases)).toEqual(brief(databases));
  expect(again.yaml).toBe(yaml);
});

it("says where to begin where nothing is found", () => {
  expect(detect({ "src/index.ts": "", "docs/a.sql": "" })).toBe(
    "No migrations for PostgreSQL were found. Name them in .github/migration-safety.yml:\n  databases:\n    main:\n      migrations:\n        - path: path/to/the/folder\n",
  );
  expect(asJson({ "README.md": "" })).toEqual({
    version: 1,
    configuration: "default",
    configured: false,
    databases: [],
    leftOut: [],
    unread: [],
    notTaken: [],
    yaml: "",
  });
});

it("follows the configuration, and says so", () => {
  const configuration =
    "databases:\n  main:\n    migrations:\n      - path: db/one\n        transaction: none\n      - path: db/two\n";
  const files = { ".github/migration-safety.yml": configuration, "db/one/a.sql": "", "db/two/1.sql": "" };
  expect(detect(files, "--postgres", "16")).toBe(`main: PostgreSQL 16 (--postgres)
  db/one: SQL files, because the configuration names it
      Migrations: 1, a.sql
      Transaction: none; each statement commits by itself.
  db/two: SQL files, because the configuration names it
      Migrations: 1, 1.sql
      Transaction: not known; databases.*.migrations.transaction in the configuration says it: file or none.

By the configuration: .github/migration-safety.yml
`);
});

it("shows hostile names as they are, harmlessly", () => {
  const folder = "a\u001b[31m: b\n#/migrations";
  const detection = asJson({ [`${folder}/0001_x.sql`]: "" });
  expect(detection.databases[0]?.sources[0]?.folder).toBe(folder);
  const text = detect({ [`${folder}/0001_x.sql`]: "" });
  expect(text).not.toContain("\u001b");
  const again = asJson({ [`${folder}/0001_x.sql`]: "", ".github/migration-safety.yml": detection.yaml });
  expect(again.databases[0]?.sources[0]).toMatchObject({ folder, files: 1 });
});
