import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource, type Files } from "./memory-source.js";

const rulesOf = (base: Files, added: Files, deleted: readonly string[]): readonly string[] =>
  check(memorySource(base, added, deleted), DEFAULT_CONFIGURATION).findings.map(
    ({ rule, file, message }) => `${rule} ${file}: ${message}`,
  );

const GO = "module example.com/shop\n\nrequire github.com/pressly/goose/v3 v3.26.0\n";
const up = (sql: string): string => `-- +goose Up\n${sql}\n`;

describe("a migration that is deleted and written anew", () => {
  const base = {
    "go.mod": GO,
    "migrations/00001_init.sql": up(
      "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (user_id bigint);",
    ),
    "migrations/00002_key.sql": up(
      "ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id);",
    ),
  };
  const key = "ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)";

  it("blocks nobody by what is there already", () => {
    const tolerant = up(
      `-- +goose StatementBegin\nDO $$ BEGIN\n  ${key};\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$;\n-- +goose StatementEnd`,
    );
    expect(rulesOf(base, { "migrations/00003_key.sql": tolerant }, ["migrations/00002_key.sql"])).toEqual([]);
  });

  it("fails where the deleted one has run, and that is the only finding", () => {
    expect(
      rulesOf(base, { "migrations/00003_key.sql": up(`${key} NOT VALID;`) }, ["migrations/00002_key.sql"]),
    ).toEqual([
      "no-edited-migration migrations/00002_key.sql: 00002_key.sql was merged before, and 00003_key.sql does its work now: databases that ran 00002_key.sql run 00003_key.sql as well, and it fails where constraint orders_user_fkey of orders exists. Put 00002_key.sql back, and make the change in a new migration.",
    ]);
  });

  it("blocks by what was not there before", () => {
    const other = key.replace("orders_user_fkey", "orders_owner_fkey");
    expect(
      rulesOf(base, { "migrations/00003_key.sql": up(`${other};`) }, ["migrations/00002_key.sql"]).map(
        (finding) => finding.split(":")[0],
      ),
    ).toEqual(["no-edited-migration migrations/00002_key.sql", "no-blocking-constraint migrations/00003_key.sql"]);
  });
});

describe("a migration of Drizzle's that keeps its SQL", () => {
  const journal = (...entries: readonly (readonly [tag: string, when: number])[]): string =>
    JSON.stringify({
      version: "7",
      dialect: "postgresql",
      entries: entries.map(([tag, when], idx) => ({ idx, version: "7", when, tag, breakpoints: true })),
    });
  const sql = "CREATE TABLE orders (id bigint);";
  const base = { "drizzle/meta/_journal.json": journal(["0000_init", 1000]), "drizzle/0000_init.sql": sql };

  it("is the same under another name, and another one at another time", () => {
    const renamed = (when: number) => {
      const source = memorySource(
        base,
        { "drizzle/meta/_journal.json": journal(["1000_new", when]), "drizzle/1000_new.sql": sql },
        ["drizzle/0000_init.sql"],
      );
      const changed = [
        ...source.changed.filter(({ file }) => file.endsWith(".json")),
        { file: "drizzle/1000_new.sql", previousFile: "drizzle/0000_init.sql", status: "renamed" as const },
      ];
      return check({ ...source, changed }, DEFAULT_CONFIGURATION).findings.map(({ message }) => message);
    };
    expect(renamed(1000)).toEqual([]);
    expect(renamed(2000)).toEqual([
      'This migration was merged as 0000_init.sql with another "when" in meta/_journal.json, by which Drizzle knows it: where it has run, it runs once more. Give it its old "when" back.',
    ]);
  });
});
