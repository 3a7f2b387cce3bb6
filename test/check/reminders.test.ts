/** What is no finding where nothing else is said: whether a lock_timeout is missing, a repository that sets none does not show. */
import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import type { Report } from "../../src/model/report.js";
import { type Files, memorySource } from "./memory-source.js";

const BASE: Files = {
  "db/migrations/0001_orders.sql":
    "CREATE TABLE orders (id bigint PRIMARY KEY, note text, account_id bigint);\n" +
    "CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();\n",
};
const CONFIGURATION = ".github/migration-safety.yml";

function reportOf(sql: string, { base = {}, configuration }: { base?: Files; configuration?: string } = {}): Report {
  const added = {
    "db/migrations/0003_next.sql": sql,
    ...(configuration !== undefined && { [CONFIGURATION]: configuration }),
  };
  const source = memorySource({ ...BASE, ...base }, added);
  return check(source, configurationOf(source));
}

const found = ({ findings }: Report): string[] => findings.map(({ rule, line }) => `${String(line)} ${rule}`);

const DROP = "ALTER TABLE orders DROP COLUMN note;\n";
const DROP_TRIGGER = "DROP TRIGGER touched ON orders;\n";
const INDEX = "CREATE INDEX orders_account ON orders (account_id);\n";

const WAITS =
  "A reminder and no finding (require-lock-timeout), since the connection that migrates may set it: While this waits " +
  "for its lock on orders, all queries there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '5s' " +
  "before it: it then gives up, and can be run again.";

describe("a lock_timeout that is set nowhere in the repository", () => {
  it("is a note where nothing else is said", () => {
    const report = reportOf(DROP);
    expect(report.verdict).toBe("safe");
    expect(report.findings).toEqual([]);
    expect(report.notes).toEqual([{ file: "db/migrations/0003_next.sql", line: 1, message: WAITS }]);
  });

  it("is a note for a trigger as well", () => {
    const report = reportOf(DROP_TRIGGER);
    expect(report.verdict).toBe("safe");
    expect(report.notes.map(({ message }) => message)).toEqual([
      "A reminder and no finding (no-trigger-change-on-live-table), since the connection that migrates may set it: DROP " +
        "TRIGGER waits for every transaction that has used orders, and every query that comes later waits behind it, " +
        "SELECT too. Put SET lock_timeout = '5s' before it: it then gives up, and can be run again.",
    ]);
  });

  it("is a finding beside others", () => {
    const report = reportOf(DROP + INDEX);
    expect(found(report)).toEqual(["1 require-lock-timeout", "2 no-blocking-index-build"]);
    expect(report.notes).toEqual([]);
  });

  it("is a note beside a finding that is accepted", () => {
    const accepted = `-- migration-safety-disable-next-line no-blocking-index-build -- built at night\n${INDEX}`;
    const report = reportOf(DROP + accepted);
    expect(report.suppressed.map(({ rule }) => rule)).toEqual(["no-blocking-index-build"]);
    expect(report.findings).toEqual([]);
    expect(report.notes.map(({ message }) => message)).toEqual([WAITS]);
  });
});

describe("it is a finding by itself", () => {
  it.each<[what: string, sql: string, options: Parameters<typeof reportOf>[1]]>([
    ["where the statement has one that does not end soon", `SET lock_timeout = '5min';\n${DROP}`, {}],
    ["where the migration turns it off", `SET lock_timeout = 0;\n${DROP}`, {}],
    ["where it is set too late", `\n${DROP}SET lock_timeout = '5s';\n`, {}],
    [
      "where another migration sets one",
      `\n${DROP}`,
      { base: { "db/migrations/0002_id.sql": "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN due date;\n" } },
    ],
    [
      "where the configuration says what the connection sets",
      `\n${DROP}`,
      { configuration: "databases:\n  main:\n    session: { statement_timeout: 1min }\n" },
    ],
    ["where the table is hot", `\n${DROP}`, { configuration: "databases:\n  main:\n    tables: { hot: [orders] }\n" }],
    [
      "where the configuration names the rule",
      `\n${DROP}`,
      { configuration: "rules: { require-lock-timeout: warn }\n" },
    ],
    [
      "where an override names it",
      `\n${DROP}`,
      { configuration: "overrides:\n  - files: [db/**]\n    rules: { require-lock-timeout: error }\n" },
    ],
    [
      "where the database names it",
      `\n${DROP}`,
      {
        configuration:
          "databases:\n  main:\n    migrations: [{ path: db/migrations }]\n    rules: { require-lock-timeout: warn }\n",
      },
    ],
  ])("%s", (_, sql, options) => {
    expect(found(reportOf(sql, options))).toEqual(["2 require-lock-timeout"]);
  });

  it("where the trigger could be replaced in place", () => {
    const again =
      "CREATE TRIGGER touched BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();\n";
    expect(found(reportOf(DROP_TRIGGER + again))).toContain("1 no-trigger-change-on-live-table");
  });

  it("where the preset asks for more", () => {
    expect(found(reportOf(DROP, { configuration: "extends: strict\n" }))).toContain("1 require-lock-timeout");
  });
});

it("a dump's SET lock_timeout = 0 is no sign that the project sets its own", () => {
  const dump = {
    "db/migrations/0002_dump.sql": "SET lock_timeout = 0;\nCREATE TABLE accounts (id bigint PRIMARY KEY);\n",
  };
  expect(reportOf(DROP, { base: dump }).findings).toEqual([]);
});

it("a change that could not be read whole says all that is known", () => {
  const source = memorySource(BASE, { "db/migrations/0003_next.sql": DROP });
  const incomplete = [{ reason: "The base is missing.", fix: "Set `fetch-depth: 2` on actions/checkout." }];
  const report = check({ ...source, incomplete }, configurationOf(source));
  expect(report.verdict).toBe("incomplete");
  expect(found(report)).toEqual(["1 require-lock-timeout"]);
});
