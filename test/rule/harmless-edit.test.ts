import { describe, expect, it } from "vitest";
import type { ChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource } from "../check/memory-source.js";

const GO = "module example.com/shop\n\nrequire github.com/pressly/goose/v3 v3.26.0\n";
const goose = (up: string): string => `-- +goose Up\n-- +goose StatementBegin\n${up}\n-- +goose StatementEnd\n`;

const INIT = "CREATE TABLE orders (id bigint PRIMARY KEY, state varchar(20));\nCREATE TABLE items (id bigint);\n";
const VIEW = "CREATE VIEW open_orders AS SELECT id, state FROM orders;\n";

/** The files with findings about edits, for an edit of the last of some migrations. */
function edited(tool: "goose" | "flyway", history: readonly string[], was: string, is: string): readonly string[] {
  const [name, wrap] =
    tool === "goose"
      ? [(index: number): string => `migrations/${String(index).padStart(5, "0")}_step.sql`, goose]
      : [(index: number): string => `src/main/resources/db/migration/V${String(index)}__step.sql`, String];
  const base: Record<string, string> = tool === "goose" ? { "go.mod": GO } : { "pom.xml": POM };
  for (const [index, sql] of [...history, was].entries()) base[name(index + 1)] = wrap(sql);
  const { findings } = check(memorySource(base, { [name(history.length + 1)]: wrap(is) }), DEFAULT_CONFIGURATION);
  return findings.filter(({ rule }) => rule === "no-edited-migration").map(({ file }) => file);
}

const POM =
  "<project><dependencies><dependency><groupId>org.flywaydb</groupId><artifactId>flyway-core</artifactId></dependency>" +
  "<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId></dependency></dependencies></project>\n";

const FLYWAY = ["src/main/resources/db/migration/V3__step.sql"];
const GOOSE = ["migrations/00003_step.sql"];

describe("an edit of a merged migration", () => {
  const was = "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE items ADD COLUMN note text;";
  const moved = "ALTER TABLE items ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN note text;";

  it("is harmless where the same statements come in another order, and nobody keeps a checksum", () => {
    expect(edited("goose", [INIT, VIEW], was, moved)).toEqual([]);
    expect(edited("flyway", [INIT, VIEW], was, moved)).toEqual(FLYWAY);
    expect(edited("goose", [INIT, VIEW], was, `${moved}\nALTER TABLE items ADD COLUMN more text;`)).toEqual(GOOSE);
  });

  it("is harmless where it takes its locks first, or waits for them no longer", () => {
    const locks = "SET LOCAL lock_timeout = '5s';\nLOCK TABLE orders, items IN ACCESS EXCLUSIVE MODE;\n";
    expect(edited("goose", [INIT, VIEW], was, locks + was)).toEqual([]);
    expect(edited("goose", [INIT, VIEW], locks + was, was)).toEqual([]);
    expect(edited("goose", [INIT, VIEW], was, `SET search_path = app;\n${was}`)).toEqual(GOOSE);
  });

  it("is harmless where it only copes with more, and nobody keeps a checksum", () => {
    const tolerant = was.replace(/.+/g, "DO $$$$ BEGIN\n  $&\nEXCEPTION WHEN duplicate_column THEN NULL;\nEND $$$$;");
    expect(tolerant.match(/EXCEPTION/g)).toHaveLength(2);
    expect(edited("goose", [INIT, VIEW], was, tolerant)).toEqual([]);
    expect(edited("goose", [INIT, VIEW], tolerant, was)).toEqual([]);
    expect(edited("flyway", [INIT, VIEW], was, tolerant)).toEqual(FLYWAY);
    expect(edited("goose", [INIT, VIEW], was, tolerant.replace("THEN NULL", "THEN DROP TABLE items"))).toEqual(GOOSE);
  });

  it("is harmless where it makes an extension without which the old text was refused", () => {
    const index = "CREATE INDEX by_name ON orders USING gin (state gin_trgm_ops);";
    const extension = "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n";
    expect(edited("goose", [INIT, VIEW], index, extension + index)).toEqual([]);
    expect(edited("flyway", [INIT, VIEW], index, extension + index)).toEqual(FLYWAY);
    expect(edited("goose", [INIT, VIEW], was, extension + was)).toEqual(GOOSE);
    expect(edited("goose", [INIT, VIEW], index, `CREATE EXTENSION IF NOT EXISTS citext;\n${index}`)).toEqual(GOOSE);
  });

  it("is none where the other order makes another schema", () => {
    const drop = "ALTER TABLE orders DROP COLUMN IF EXISTS state;";
    const add = "ALTER TABLE orders ADD COLUMN IF NOT EXISTS state varchar(20);";
    expect(edited("goose", [INIT, "SELECT 1;"], `${drop}\n${add}`, `${add}\n${drop}`)).toEqual(GOOSE);
  });

  it("is none where rows are written in another order", () => {
    const [insert, update] = ["INSERT INTO items VALUES (1);", "UPDATE items SET id = 2;"];
    expect(edited("goose", [INIT, VIEW], `${insert}\n${update}`, `${update}\n${insert}`)).toEqual(GOOSE);
    expect(edited("goose", [INIT, VIEW], `${insert}\n${was}`, `${was}\n${insert}`)).toEqual([]);
  });

  it("is harmless where PostgreSQL refused what was there, for what a view is made of", () => {
    const retype = "ALTER TABLE orders ALTER COLUMN state TYPE varchar(50);\n";
    const mended = `DROP VIEW open_orders;\n${retype}${VIEW}`;
    expect(edited("flyway", [INIT, VIEW], retype, mended)).toEqual([]);
    expect(edited("flyway", [INIT, "SELECT 1;\n"], retype, mended)).toEqual(FLYWAY);
  });

  it("is harmless where the text broke off in a quote", () => {
    const body = "DO $$\nBEGIN\n  UPDATE orders SET state = 'new' WHERE id = 1;\nEND;\n";
    expect(edited("flyway", [INIT, VIEW], body, `${body}$$;\n`)).toEqual([]);
  });

  it("may take a migration away that another one repeats", () => {
    const name = (index: number): string => `migrations/0000${String(index)}_step.sql`;
    const base = { "go.mod": GO, [name(1)]: goose(INIT), [name(2)]: goose(was), [name(3)]: goose(was) };
    const findings = (deleted: string): unknown[] =>
      check(memorySource(base, {}, [deleted]), DEFAULT_CONFIGURATION).findings.map(({ rule, file }) => [rule, file]);
    expect(findings(name(3))).toEqual([]);
    expect(findings(name(1))).toEqual([["no-edited-migration", name(1)]]);
  });

  it("may rename a migration that had another one's version, and was merged later", () => {
    const [first, second, third] = ["00002_a.sql", "00002_b.sql", "00003_b.sql"].map((name) => `migrations/${name}`);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no names");
    const base = { "go.mod": GO, "migrations/00001_step.sql": goose(INIT), [first]: goose(VIEW), [second]: goose(was) };
    const findings = (mergedBehind: ChangeSource["mergedBehind"], from = second): unknown[] => {
      const source = memorySource(base, { [third]: base[from] ?? "" }, [from]);
      const changed = [{ file: third, status: "renamed", previousFile: from }] as const;
      const { findings: found } = check(
        { ...source, changed, ...(mergedBehind && { mergedBehind }) },
        DEFAULT_CONFIGURATION,
      );
      return found.map(({ rule, message }) => [rule, message]);
    };
    const renamed = (from: string): unknown[] => [
      [
        "no-edited-migration",
        `This migration was merged as ${from}, and databases that ran it know it by that name: as 00003_b.sql it runs there once more. Give it its old name back.`,
      ],
    ];
    const secondCame = (file: string, other: string): boolean => file === second && other === first;
    expect(findings(secondCame)).toEqual([]);
    expect(findings(secondCame, first)).toEqual(renamed("00002_a.sql"));
    expect(findings(undefined)).toEqual(renamed("00002_b.sql"));
  });
});
