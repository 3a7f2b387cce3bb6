import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderOf, PUBLISHED_PACKAGES } from "../../scripts/published-packages.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { compareHistory, type HistoryFile } from "../postgres/catalog/compare-history.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { builtByUnleash } from "./built-by-unleash.js";
import { sentSql } from "./sent-sql.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite({ extensions: { pg_trgm } });
});
afterAll(async () => {
  await database.close();
});

interface Expected {
  /** Where in the package the migrations are. */
  readonly folder: string;
  /** Statements that both PostgreSQL and the replay have run. */
  readonly statements: number;
  /** Calls whose SQL is put together while the migration runs; all of them write rows. */
  readonly dynamic?: number;
  /** What PostgreSQL refuses, and how often. The replay does not see it either. */
  readonly refused?: Readonly<Record<string, number>>;
  /** What a migration sends through its tool's schema builder, by file. */
  readonly built?: Readonly<Record<string, string>>;
}

const expected: Readonly<Record<string, Expected>> = {
  "@boxyhq/saml-jackson": { folder: "migration/postgres", statements: 12 },
  "@medusajs/cart": { folder: "dist/migrations", statements: 97 },
  "@medusajs/medusa": {
    folder: "dist/migrations",
    statements: 710,
    dynamic: 2,
    // Behind a condition: they are for those who ran an unreleased version of an earlier migration.
    refused: {
      'column "status" of relation "batch_job" does not exist': 1,
      'type "batch_job_status_enum" does not exist': 1,
      'column "dry_run" of relation "batch_job" already exists': 1,
      'column "pre_processed_at" of relation "batch_job" already exists': 1,
      'column "processing_at" of relation "batch_job" already exists': 1,
      'column "confirmed_at" of relation "batch_job" already exists': 1,
      'column "completed_at" of relation "batch_job" already exists': 1,
      'column "canceled_at" of relation "batch_job" already exists': 1,
      'column "failed_at" of relation "batch_job" already exists': 1,
    },
  },
  "@medusajs/order": { folder: "dist/migrations", statements: 380 },
  "@medusajs/pricing": { folder: "dist/migrations", statements: 121 },
  "@medusajs/product": {
    folder: "dist/migrations",
    statements: 146,
    // Behind a condition: they are for a schema of the earlier major version.
    refused: {
      'relation "product_option_value" does not exist': 1,
      'relation "product_variant" does not exist': 1,
      'relation "product_category" does not exist': 1,
    },
  },
  "@medusajs/promotion": { folder: "dist/migrations", statements: 97 },
  "unleash-server": {
    folder: "dist/migrations",
    statements: 832,
    dynamic: 17,
    built: builtByUnleash,
    // Rows that the dynamic calls would have written are not there, temporary tables end with each statement's
    // transaction here, and `migrations` is the tool's own table.
    refused: {
      'insert or update on table "project_environments" violates foreign key constraint "project_environments_environment_name_fkey"': 1,
      'relation "temp_primary_roles" does not exist': 2,
      'relation "temp_discard_roles" does not exist': 3,
      'null value in column "role_id" of relation "role_permission" violates not-null constraint': 16,
      'relation "migrations" does not exist': 3,
      'column "token_name" does not exist': 1,
      'column "token_name" of relation "api_tokens" already exists': 1,
    },
  },
};

function read(folder: string, built: Expected["built"]): { files: HistoryFile[]; dynamic: number } {
  let dynamic = 0;
  const files = readdirSync(folder)
    .filter((name) => /\.(?:js|ts|sql)$/.test(name) && !name.endsWith(".d.ts"))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      const found = name.endsWith(".sql") ? { sql: text, dynamic: 0 } : sentSql(text);
      dynamic += found.dynamic;
      const builtFirst = built?.[name.slice(0, 14)] ?? "";
      return { name, statements: parseSql(`${builtFirst}\n${found.sql}`).statements };
    });
  return { files, dynamic };
}

describe("migration histories of published packages", () => {
  test.each(PUBLISHED_PACKAGES.map((published) => [published.name, published] as const))(
    "%s: every statement is analysed, and the catalog equals PostgreSQL's after every file",
    async (name, published) => {
      const { folder, statements, dynamic = 0, refused = {}, built } = expected[name]!;
      const history = read(path.join(folderOf(published), folder), built);
      const unparsed = history.files.flatMap((file) =>
        file.statements.flatMap(({ operations }) => operations.filter(({ type }) => type === "Unparsed")),
      );
      expect(unparsed).toEqual([]);
      const comparison = await compareHistory(database, history.files);
      const counts: Record<string, number> = {};
      for (const { message } of comparison.refused) counts[message] = (counts[message] ?? 0) + 1;
      expect({ ...comparison, refused: counts, dynamic: history.dynamic }).toEqual({
        differences: [],
        refused,
        statements,
        dynamic,
      });
    },
    // Unleash has 374 files, and the whole catalog is read after each.
    600_000,
  );
});
