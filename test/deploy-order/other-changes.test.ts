import { describe, expect, it } from "vitest";
import type { ChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { loadChange } from "../../src/change/load.js";
import { isLive } from "../../src/change/live.js";
import { configurationOf } from "../../src/check/configuration.js";
import { changesOfPullRequest, unreleasedChanges } from "../../src/deploy-order/other-changes.js";
import type { Change } from "../../src/model/change.js";
import type { Plan } from "../../src/model/plan.js";
import { renderPlanText } from "../../src/report/plan-text.js";
import { renderPlan } from "../../src/report/plan-markdown.js";
import { memorySource, type Files } from "../check/memory-source.js";
import { memoryTree } from "../../src/change/overlay-tree.js";

const SCHEMA =
  "CREATE TABLE accounts (id bigint PRIMARY KEY);\n" +
  "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, full_name text, note text);\n" +
  "CREATE TYPE status AS ENUM ('open');\n" +
  "CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";

const BASE = { "migrations/0001_schema.sql": SCHEMA };
const PULL_REQUEST = 12;

function loaded(source: ChangeSource): Change {
  return loadChange(source, configurationOf(source));
}

/** What a pull request with `theirs` shares with one that has `ours`: what both are about. */
function shared(ours: string, theirs: string): string[] {
  const [one, other] = [ours, theirs].map((sql, index) =>
    loaded(memorySource(BASE, { [`migrations/000${String(index + 2)}.sql`]: sql })),
  );
  return changesOfPullRequest(one!, other!, PULL_REQUEST).map(({ object }) => object);
}

describe("two open pull requests are about the same where", () => {
  it.each([
    [
      "one drops the column that the other requires",
      "ALTER TABLE orders DROP COLUMN note;",
      "ALTER TABLE orders ALTER note SET NOT NULL;",
      "orders.note",
    ],
    [
      "one drops the column that the other indexes",
      "ALTER TABLE orders DROP COLUMN note;",
      "CREATE INDEX ON orders (note);",
      "orders.note",
    ],
    [
      "both add a column of one name",
      "ALTER TABLE orders ADD COLUMN total int;",
      "ALTER TABLE orders ADD total bigint;",
      "orders.total",
    ],
    [
      "both fill one column",
      "UPDATE orders SET note = '' WHERE note IS NULL;",
      "UPDATE orders SET note = 'x' WHERE id = 1;",
      "orders.note",
    ],
    [
      "one drops a column and the other adds one to its table",
      "ALTER TABLE orders DROP COLUMN full_name;",
      "ALTER TABLE orders ADD COLUMN display_name text;",
      "orders",
    ],
    [
      "one retypes the key that the other refers to",
      "ALTER TABLE accounts ALTER id TYPE numeric;",
      "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id);",
      "accounts.id",
    ],
    [
      "one renames the table that the other adds a column to",
      "ALTER TABLE orders RENAME TO purchases;",
      "ALTER TABLE orders ADD COLUMN x int;",
      "orders",
    ],
    ["both create a table of one name", "CREATE TABLE items (id int);", "CREATE TABLE items (id bigint);", "items"],
    [
      "both replace one function",
      "CREATE OR REPLACE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 2';",
      "CREATE OR REPLACE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 3';",
      "total",
    ],
    [
      "one renames the type that the other adds a value to",
      "ALTER TYPE status RENAME TO state;",
      "ALTER TYPE status ADD VALUE 'x';",
      "status",
    ],
  ])("%s", (_, ours, theirs, object) => {
    expect(shared(ours, theirs)).toEqual([object]);
    expect(shared(theirs, ours)).toEqual([object]);
  });
});

describe("nothing is shared where", () => {
  it.each([
    [
      "each adds a column of its own",
      "ALTER TABLE orders ADD COLUMN a int;",
      "ALTER TABLE orders ADD COLUMN b int NOT NULL DEFAULT 0;",
    ],
    [
      "each drops a column of its own",
      "ALTER TABLE orders DROP COLUMN note;",
      "ALTER TABLE orders DROP COLUMN full_name;",
    ],
    [
      "both refer to one table",
      "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id);",
      "CREATE TABLE items (account_id bigint REFERENCES accounts (id));",
    ],
    ["both add a value to one type", "ALTER TYPE status ADD VALUE 'x';", "ALTER TYPE status ADD VALUE 'y';"],
    ["both have columns of one type", "ALTER TABLE orders ADD a status;", "ALTER TABLE accounts ADD b status;"],
    ["the tables differ", "ALTER TABLE orders DROP COLUMN id;", "ALTER TABLE accounts DROP COLUMN id;"],
    ["one only comments", "ALTER TABLE orders DROP COLUMN note;", "COMMENT ON TABLE orders IS 'x';"],
    ["a setting is all that they have in common", "SET lock_timeout = '1s';", "SET lock_timeout = '1s';"],
  ])("%s", (_, ours, theirs) => {
    expect(shared(ours, theirs)).toEqual([]);
    expect(shared(theirs, ours)).toEqual([]);
  });

  it("the migrations are for different databases", () => {
    const base = {
      "db/a/migrations/0001.sql": "CREATE TABLE orders (id int, note text);",
      "db/b/migrations/0001.sql": "CREATE TABLE orders (id int, note text);",
      ".github/migration-safety.yml":
        "databases:\n  a: { migrations: [{ path: db/a/migrations }] }\n  b: { migrations: [{ path: db/b/migrations }] }\n",
    };
    const drop = "ALTER TABLE orders DROP COLUMN note;";
    const one = loaded(memorySource(base, { "db/a/migrations/0002.sql": drop }));
    const other = loaded(memorySource(base, { "db/b/migrations/0002.sql": drop }));
    expect(changesOfPullRequest(one, other, PULL_REQUEST)).toEqual([]);
    expect(changesOfPullRequest(one, one, PULL_REQUEST)).toHaveLength(1);
  });
});

/** `released` has shipped with v1.0.0, the rest of `base` has not. */
function sinceRelease(base: Files, added: Files): ChangeSource {
  const files = { ...base, ".github/migration-safety.yml": "deploy:\n  released: v*\n" };
  const [[first, text] = ["", ""], ...since] = Object.entries(base);
  const release = {
    tag: "v1.0.0",
    commit: "1".repeat(40),
    tree: memoryTree(new Map([[first, text]]), "v1.0.0"),
    changed: () => since.map(([file]) => ({ file, status: "added" as const })),
  };
  return { ...memorySource(files, added), findRelease: () => ({ release }) };
}

describe("what is merged and not released", () => {
  const merged = "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN display_name text;\n";
  const source = sinceRelease(
    { ...BASE, "migrations/0002_expand.sql": merged },
    {
      "migrations/0003_contract.sql":
        "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN full_name;\nTRUNCATE accounts;\n",
    },
  );

  it("is said beside the statement that is about the same", () => {
    expect(check(source, configurationOf(source)).plan.otherChanges).toEqual({
      changes: [
        {
          mergedSince: "v1.0.0",
          sql: "ALTER TABLE orders ADD COLUMN display_name text",
          place: { file: "migrations/0002_expand.sql", line: 2 },
          object: "orders",
          here: { file: "migrations/0003_contract.sql", line: 2 },
        },
      ],
    });
  });

  it("is said in the terminal and in the comment", () => {
    const report = check(source, configurationOf(source));
    const why =
      "Merged since `v1.0.0`, the newest release, and about the same as this pull request: the code of `v1.0.0` meets both with the next release.";
    expect(renderPlanText(report, false)).toContain(
      `${why}\n   -  migrations/0002_expand.sql:2: ALTER TABLE orders ADD COLUMN display_name text; here migrations/0003_contract.sql:2, about orders`,
    );
    expect(rendered(report.plan)).toContain(
      "- migrations/0002_expand.sql:2: <code>ALTER TABLE orders ADD COLUMN display&#95;name text</code>; here migrations/0003_contract.sql:2, about <code>orders</code>",
    );
  });

  it("is nothing where this change only goes on with a table that came with it", () => {
    const on = sinceRelease(
      { ...BASE, "migrations/0002_items.sql": "CREATE TABLE items (id bigint PRIMARY KEY, note text);" },
      { "migrations/0003_items.sql": "ALTER TABLE items DROP COLUMN note;" },
    );
    expect(check(on, configurationOf(on)).plan).not.toHaveProperty("otherChanges");
  });

  it("is nothing where nobody says what has shipped", () => {
    const { findRelease: _, ...rest } = source;
    const change = loadChange(rest, configurationOf(memorySource({}, {})));
    expect(unreleasedChanges(change, (placed) => isLive(change, change.databases[0]!, placed))).toEqual([]);
  });
});

describe("an open pull request", () => {
  const plan: Plan = {
    sentence: "",
    deployOrder: "any",
    phases: [],
    otherChanges: {
      changes: [
        {
          pullRequest: PULL_REQUEST,
          sql: "ALTER TABLE orders\n  DROP COLUMN note",
          place: { file: "migrations/0009_<b>.sql", line: 1 },
          object: "orders.note",
          here: { file: "migrations/0002.sql", line: 3 },
        },
      ],
    },
  };

  it("is named by its number, and its file is not taken for one of this pull request", () => {
    expect(rendered(plan)).toBe(
      "Other open pull requests are about the same. Whichever is merged second meets the schema of the first: update its branch then, so that it is checked again.\n\n" +
        "- pull request #12, <code>migrations/0009&#95;&#60;b&#62;.sql:1</code>: " +
        "<code>ALTER TABLE orders DROP COLUMN note</code>; here migrations/0002.sql:3, about <code>orders.note</code>",
    );
  });

  it("is left out where there is room for counts alone", () => {
    expect(rendered(plan, "counts")).toBe("");
    expect(rendered(plan, "without SQL")).not.toContain("DROP COLUMN");
  });
});

function rendered(plan: Plan, level: "full" | "without SQL" | "counts" = "full"): string {
  return renderPlan(plan, {
    level,
    place: (file, line) => `${file}:${String(line)}`,
    reference: () => "",
    isShown: () => false,
  });
}
