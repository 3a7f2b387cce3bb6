/** What is known of relations that no migration makes, and of a schema that is head's. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import type { Configuration } from "../../src/model/configuration.js";
import { type Files, memorySource } from "../check/memory-source.js";

const HISTORY = {
  "db/migrations/1_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
  "db/migrations/2_lines.sql": "CREATE TABLE lines (id bigint PRIMARY KEY);\n",
};
const READS = { "db/migrations/3_x.sql": "INSERT INTO networks (id) VALUES (1);\n" };
const NOWHERE =
  'PostgreSQL refuses this: relation "networks" does not exist (SQLSTATE 42P01). The migration stops here. There is orders and lines.';

function refused(base: Files, added: Files, settings: Configuration = DEFAULT_CONFIGURATION): string[] {
  return check(memorySource(base, added), settings).findings.flatMap(({ rule, message }) =>
    rule === "no-invalid-sql" ? [message] : [],
  );
}

describe("a relation that no migration makes", () => {
  it("is nowhere where all migrations are known", () => {
    expect(refused(HISTORY, READS)).toEqual([NOWHERE]);
  });

  it("may be another module's", () => {
    const other = { "lib/migrations/1_tenants.sql": "CREATE TABLE tenants (id bigint);\n" };
    expect(refused({ ...HISTORY, ...other }, READS)).toEqual([]);
  });

  it("may be made by what is left out", () => {
    expect(refused({ ...HISTORY, "db/migrations/setup.sql": "SELECT 1;\n" }, READS)).toEqual([]);
  });

  it("is nowhere all the same where it is named with a schema of these migrations", () => {
    const reads = { "db/migrations/3_x.sql": "INSERT INTO public.networks (id) VALUES (1);\n" };
    expect(refused({ ...HISTORY, "db/migrations/setup.sql": "SELECT 1;\n" }, reads)).toEqual([
      NOWHERE.replace("networks", "public.networks"),
    ]);
  });
});

describe("a schema to start from", () => {
  const settings: Configuration = {
    ...DEFAULT_CONFIGURATION,
    databases: { main: { migrations: [], code: [], session: {}, schema: "db/schema.sql" } },
  };
  const schema = "CREATE TABLE public.orders (id bigint, ref text);\nCREATE TABLE public.lines (id bigint);\n";
  const history = { "db/migrations/1_x.sql": "SELECT 1;\n" };
  const added = {
    "db/migrations/2_y.sql":
      "ALTER TABLE orders ADD COLUMN ref text;\nDROP TABLE notes;\nCREATE TABLE lines (id bigint);\n",
  };

  it("is known where it is base's", () => {
    expect(refused({ ...history, "db/schema.sql": schema }, added, settings)).toEqual([
      'PostgreSQL refuses this: column "ref" of relation "orders" already exists (SQLSTATE 42701). The migration stops here.',
      'PostgreSQL refuses this: table "notes" does not exist (SQLSTATE 42P01). The migration stops here. There is orders and lines.',
      'PostgreSQL refuses this: relation "lines" already exists (SQLSTATE 42P07). The migration stops here.',
    ]);
  });

  it("may have what the change does in it where it is head's", () => {
    expect(refused(history, { ...added, "db/schema.sql": schema }, settings)).toEqual([]);
  });
});
