import { describe, expect, it } from "vitest";
import rule from "../../rules/no-out-of-order-migration.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Configuration } from "../../src/model/configuration.js";
import { checkedMessages } from "./change-findings.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, supabase, unknownRunner } from "./tools.js";

const ORDERS = "CREATE TABLE orders (id bigint);";

ruleTester.run("no-out-of-order-migration", rule, {
  valid: [
    { name: "after what was merged", tool: supabase, history: [ORDERS], code: "SELECT 1;" },
    {
      name: "Prisma runs it all the same",
      tool: prisma6,
      history: [ORDERS],
      code: "SELECT 1;",
      meanwhile: ["SELECT 2;"],
    },
    {
      name: "Drizzle 1.0 goes by the names that ran",
      tool: drizzle,
      history: [ORDERS],
      code: "SELECT 1;",
      meanwhile: ["SELECT 2;"],
    },
    {
      name: "the runner is not known",
      tool: unknownRunner,
      history: [ORDERS],
      code: "SELECT 1;",
      meanwhile: ["SELECT 2;"],
    },
    { name: "base is not known", base: false, tool: supabase, history: [ORDERS], code: "SELECT 1;" },
    {
      name: "merged before, and edited",
      tool: supabase,
      history: [ORDERS],
      was: "SELECT 1;",
      code: "SELECT 3;",
      meanwhile: ["SELECT 2;"],
    },
  ],
  invalid: [
    {
      name: "before one that was merged",
      tool: supabase,
      history: [ORDERS],
      code: "ALTER TABLE orders ADD note text;\nSELECT 1;",
      meanwhile: ["SELECT 2;"],
      errors: [
        {
          message:
            "0002.sql comes before 0003.sql, which is merged already. supabase db push refuses to run: it finds local migrations to be inserted before the last one of the database, and runs them with --include-all only. Move it behind: git mv db/migrations/0002.sql db/migrations/0004.sql",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 34,
        },
      ],
    },
  ],
});

type Files = Readonly<Record<string, string>>;

/** What is said of a change that adds files to those at base. */
function messages(base: Files, added: Files, configuration: Partial<Configuration> = {}): readonly string[] {
  const tree = (files: Files, label: string) => memoryTree(new Map(Object.entries(files)), label);
  const change = loadChange(
    {
      root: "/repo",
      base: { label: "main", commit: "b", tree: tree(base, "main") },
      comparedWith: "b",
      head: { label: "work", tree: tree({ ...base, ...added }, "work") },
      changed: Object.keys(added).map((file) => ({ file, status: file in base ? "modified" : "added" })),
      incomplete: [],
    },
    { ...DEFAULT_CONFIGURATION, ...configuration },
  );
  return checkedMessages(rule, change);
}

const REFUSES =
  "supabase db push refuses to run: it finds local migrations to be inserted before the last one of the database, and runs them with --include-all only.";

describe("the name that mends it", () => {
  const at = (name: string): string => `supabase/migrations/${name}`;
  const base = {
    "supabase/config.toml": "",
    [at("20260101120000_a.sql")]: ORDERS,
    [at("20260228235959_z.sql")]: ORDERS,
  };

  it("is a second later than the last one, and stays before those of the change that are in order", () => {
    const added = {
      [at("20260201000000_b.sql")]: "SELECT 1;",
      [at("20260202000000_c d.sql")]: "SELECT 1;",
      [at("20260301000000_e.sql")]: "SELECT 1;",
      [at("20260301000002_f.sql")]: "SELECT 1;",
    };
    expect(messages(base, added)).toEqual([
      `supabase/migrations/20260201000000_b.sql: 20260201000000_b.sql comes before 20260228235959_z.sql, which is merged already. ${REFUSES} Move it behind: git mv supabase/migrations/20260201000000_b.sql supabase/migrations/20260301000001_b.sql`,
      `supabase/migrations/20260202000000_c d.sql: 20260202000000_c d.sql comes before 20260228235959_z.sql, which is merged already. ${REFUSES} Move it behind: git mv 'supabase/migrations/20260202000000_c d.sql' 'supabase/migrations/20260301000003_c d.sql'`,
    ]);
  });

  it("does not depend on what is ignored, and is not given for it", () => {
    expect(
      messages(base, { [at("20260201000000_b.sql")]: "SELECT 1;" }, { ignore: ["supabase/migrations/*_b.sql"] }),
    ).toEqual([]);
  });

  it("is another version where the version is taken", () => {
    const says =
      "Supabase knows a migration by its digits, and those are the primary key of its history: the second one fails.";
    expect(messages(base, { [at("20260228235959_y.sql")]: "SELECT 1;" })).toEqual([
      `supabase/migrations/20260228235959_y.sql: 20260228235959_y.sql has the version of 20260228235959_z.sql. ${says} Move it behind: git mv supabase/migrations/20260228235959_y.sql supabase/migrations/20260301000000_y.sql`,
    ]);
    const two = { [at("20260401000000_m.sql")]: "SELECT 1;", [at("20260401000000_n.sql")]: "SELECT 1;" };
    expect(messages(base, two)).toEqual([
      `supabase/migrations/20260401000000_n.sql: 20260401000000_n.sql has the version of 20260401000000_m.sql. ${says} Move it behind: git mv supabase/migrations/20260401000000_n.sql supabase/migrations/20260401000001_n.sql`,
    ]);
  });
});

describe("Drizzle", () => {
  const journal = (...entries: readonly (readonly [tag: string, when: number])[]): Files => ({
    "drizzle/meta/_journal.json": JSON.stringify({
      dialect: "postgresql",
      entries: entries.map(([tag, when], idx) => ({ idx, when, tag })),
    }),
  });
  const base = {
    ...journal(["0000_a", 1000], ["0001_b", 3000]),
    "drizzle/0000_a.sql": ORDERS,
    "drizzle/0001_b.sql": "",
  };

  it("skips an entry that is not newer than the last, wherever it stands", () => {
    const added = {
      ...journal(["0000_a", 1000], ["0001_b", 3000], ["0002_c", 3000], ["0003_d", 3001]),
      "drizzle/0002_c.sql": "SELECT 1;",
      "drizzle/0003_d.sql": "SELECT 1;",
    };
    expect(messages(base, added)).toEqual([
      'drizzle/0002_c.sql: 0002_c.sql comes before 0001_b.sql, which is merged already. Drizzle skips it, without a word and for good: it runs only what is newer than the last migration that ran. Set its "when" in meta/_journal.json to 3001 or later.',
    ]);
  });

  it("runs an entry that is newer, though it stands before the last", () => {
    const added = {
      ...journal(["0000_a", 1000], ["0002_c", 5000], ["0001_b", 3000]),
      "drizzle/0002_c.sql": "SELECT 1;",
    };
    expect(messages(base, added)).toEqual([]);
  });
});

describe("graphile-migrate and node-pg-migrate", () => {
  it("are told what mends it there", () => {
    const committed = (previous: string): string => `--! Previous: ${previous}\n--! Hash: sha1:x\n\nSELECT 1;\n`;
    expect(
      messages(
        { "migrations/committed/000001.sql": committed("-"), "migrations/committed/000002-a.sql": committed("sha1:1") },
        { "migrations/committed/000002-b.sql": committed("sha1:1") },
      ),
    ).toEqual([
      "migrations/committed/000002-b.sql: 000002-b.sql has the version of 000002-a.sql. graphile-migrate refuses to run any: both name the same migration as the one before them, and only one can. Take it back with graphile-migrate uncommit, bring the base into this branch, and commit it again with graphile-migrate commit.",
    ]);
    expect(
      messages(
        { "package.json": '{"dependencies":{"node-pg-migrate":"8"}}', "migrations/1700000000000_a.sql": ORDERS },
        { "migrations/1600000000000_b.sql": "SELECT 1;" },
      ),
    ).toEqual([
      'migrations/1600000000000_b.sql: 1600000000000_b.sql comes before 1700000000000_a.sql, which is merged already. node-pg-migrate refuses to run any: "Not run migration … is preceding already run migration …". Move it behind: git mv migrations/1600000000000_b.sql migrations/1700000000001_b.sql',
    ]);
  });
});

describe("numbers, where the runner is not known", () => {
  const base = { "migrations/001_a.sql": ORDERS, "migrations/002_b.sql": "", "migrations/003_c.up.sql": "" };
  const added = { "migrations/003_d.up.sql": "SELECT 1;", "migrations/003_d.down.sql": "SELECT 2;" };

  it("are expected to differ where they always did", () => {
    expect(messages(base, added)).toEqual([
      "migrations/003_d.up.sql: 003_d.up.sql has the number of 003_c.up.sql, as no two migrations had before. A runner that goes by the number runs only one of them, or refuses. Move it behind: git mv migrations/003_d.up.sql migrations/004_d.up.sql && git mv migrations/003_d.down.sql migrations/004_d.down.sql",
    ]);
  });

  it("may be equal where they were before, and where little is known", () => {
    expect(messages({ ...base, "migrations/001_x.sql": "" }, added)).toEqual([]);
    expect(messages({ "migrations/003_c.up.sql": "" }, added)).toEqual([]);
  });
});

describe("several folders", () => {
  it("have an order each, in one database and in several", () => {
    const base = {
      "supabase/config.toml": "",
      "supabase/migrations/20260301000000_z.sql": ORDERS,
      "apps/shop/supabase/config.toml": "",
      "apps/shop/supabase/migrations/20260101000000_a.sql": ORDERS,
    };
    const added = { "apps/shop/supabase/migrations/20260201000000_b.sql": "SELECT 1;" };
    expect(messages(base, added)).toEqual([]);
    const paths = ["apps/shop/supabase/migrations", "supabase/migrations"];
    const main = { migrations: paths.map((path) => ({ path })), code: [], session: {} };
    expect(messages(base, added, { databases: { main } })).toEqual([]);
  });
});
