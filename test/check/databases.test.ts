/** A monorepo with two databases: each has its own levels, and overrides and ignored files are the repository's. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Linter } from "eslint";
import { join } from "node:path";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { plugin } from "../../src/eslint/plugin.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { type Files, memorySource } from "./memory-source.js";

const BASE = {
  "shop/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n",
  "stats/migrations/0001_events.sql": "CREATE TABLE events (id bigint PRIMARY KEY, kind text);\n",
};
const HEAD = {
  "shop/migrations/0002_note.sql": "SET lock_timeout = '2s';\nCREATE INDEX orders_note ON orders (note);\n",
  "shop/migrations/legacy/0003_id.sql": "SET lock_timeout = '2s';\nCREATE INDEX orders_id ON orders (id);\n",
  "stats/migrations/0002_kind.sql": "SET lock_timeout = '2s';\nCREATE INDEX events_kind ON events (kind);\n",
};
const DATABASES = `databases:
  shop:
    migrations: [{ path: shop/migrations }, { path: shop/migrations/legacy }]
    session: { lock_timeout: 2s }
  stats:
    migrations: [{ path: stats/migrations }]
    rules: { no-blocking-index-build: warn }
`;

const withConfiguration = (text: string): Files => ({ ...HEAD, ".github/migration-safety.yml": text });

function checked(text: string, deleted: readonly string[] = []): string[] {
  const source = memorySource(BASE, withConfiguration(text), deleted);
  return check(source, configurationOf(source)).findings.map(
    ({ database, severity, rule, file }) => `${database}: ${severity} ${rule} ${file}`,
  );
}

/** What ESLint says of every migration, with the preset as a project uses it. */
function linted(text: string): string[] {
  const repository = new TemporaryRepository(BASE);
  repository.branch("feature");
  repository.write(withConfiguration(text));
  vi.spyOn(process, "cwd").mockReturnValue(repository.root);
  const linter = new Linter({ cwd: repository.root });
  const { recommended } = plugin.configs;
  return Object.entries(HEAD).flatMap(([file, sql]) =>
    linter
      .verify(sql, recommended, { filename: join(repository.root, file) })
      .map(({ severity, ruleId }) => `${severity === 2 ? "error" : "warning"} ${String(ruleId)} ${file}`),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("rules of a database come between those of all and the overrides", () => {
  it("in the Action and the command line", () => {
    expect(checked(DATABASES)).toEqual([
      "shop: error no-blocking-index-build shop/migrations/0002_note.sql",
      "shop: error no-blocking-index-build shop/migrations/legacy/0003_id.sql",
      "stats: warning no-blocking-index-build stats/migrations/0002_kind.sql",
    ]);
    expect(checked(`${DATABASES}rules: { no-blocking-index-build: off }\n`)).toEqual([
      "stats: warning no-blocking-index-build stats/migrations/0002_kind.sql",
    ]);
    const overrides = "overrides: [{ files: ['stats/**'], rules: { no-blocking-index-build: error } }]\n";
    expect(checked(`${DATABASES}${overrides}ignore: ['**/legacy/**']\n`)).toEqual([
      "shop: error no-blocking-index-build shop/migrations/0002_note.sql",
      "stats: error no-blocking-index-build stats/migrations/0002_kind.sql",
    ]);
  });

  it("in ESLint", () => {
    const name = "migration-safety/no-blocking-index-build";
    expect(linted(DATABASES)).toEqual([
      `error ${name} shop/migrations/0002_note.sql`,
      `error ${name} shop/migrations/legacy/0003_id.sql`,
      `warning ${name} stats/migrations/0002_kind.sql`,
    ]);
    const overrides = "overrides: [{ files: ['stats/**'], rules: { no-blocking-index-build: error } }]\n";
    expect(linted(`${DATABASES}${overrides}ignore: ['**/legacy/**']\n`)).toEqual([
      `error ${name} shop/migrations/0002_note.sql`,
      `error ${name} stats/migrations/0002_kind.sql`,
    ]);
  });

  it("for files that are gone, too", () => {
    const gone = ["shop/migrations/0001_orders.sql", "stats/migrations/0001_events.sql"];
    const text = DATABASES.replace("no-blocking-index-build: warn", "no-edited-migration: warn");
    expect(checked(text, gone).filter((finding) => finding.includes("no-edited-migration"))).toEqual([
      "shop: error no-edited-migration shop/migrations/0001_orders.sql",
      "stats: warning no-edited-migration stats/migrations/0001_events.sql",
    ]);
  });
});

it("two databases that run the same folder are judged by what holds for each", () => {
  const text = `databases:
  europe: { migrations: [{ path: shop/migrations }], tables: { small: [orders] } }
  america: { migrations: [{ path: shop/migrations }] }
`;
  expect(checked(text).filter((finding) => finding.includes("no-blocking-index-build"))).toEqual([
    "america: error no-blocking-index-build shop/migrations/0002_note.sql",
  ]);
});

it("settings of a database that has no migrations are noted, with what there is", () => {
  const notes = (text: string) => {
    const source = memorySource(BASE, withConfiguration(text));
    return check(source, configurationOf(source)).notes;
  };
  expect(notes("# two folders are two databases\ndatabases:\n  main:\n    session: { lock_timeout: 2s }\n")).toEqual([
    {
      file: ".github/migration-safety.yml",
      line: 3,
      message:
        "No migrations were found for the database `main`, so its settings apply to nothing. Name its folder under " +
        "`migrations`, or give the settings to one of: `shop`, `shop/migrations/legacy`, `stats`.",
    },
  ]);
  expect(notes("databases:\n  shop:\n    session: { lock_timeout: 2s }\n")).toEqual([]);
  expect(notes(DATABASES)).toEqual([]);
});

it("migrations of the change that are ignored are named; those of base are not", () => {
  const ignored = (text: string) => {
    const source = memorySource(BASE, withConfiguration(text));
    const { coverage, migrations } = check(source, configurationOf(source));
    return { ignored: coverage.ignored, judged: migrations.map(({ file }) => file) };
  };
  expect(ignored(`${DATABASES}ignore: ['shop/**']\n`)).toEqual({
    ignored: ["shop/migrations/0002_note.sql", "shop/migrations/legacy/0003_id.sql"],
    judged: ["stats/migrations/0002_kind.sql"],
  });
  expect(ignored(DATABASES).ignored).toBeUndefined();
});
