import { describe, expect, it, vi } from "vitest";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { folderChangeSource, gitChangeSource } from "../../src/change/change-source.js";
import type { ChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import type { LoadOptions } from "../../src/change/load.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { projectOf } from "../../src/change/project.js";
import type { Change, Database } from "../../src/model/change.js";
import type { Configuration } from "../../src/model/configuration.js";
import type { Migration } from "../../src/model/migration.js";
import { TemporaryRepository } from "./temporary-repository.js";

const load = (source: ChangeSource, configuration: Partial<Configuration> = {}, options: LoadOptions = {}) =>
  loadChange(source, { ...DEFAULT_CONFIGURATION, ...configuration }, options);

const ofBranch = (repository: TemporaryRepository, configuration: Partial<Configuration> = {}) =>
  load(gitChangeSource({ root: repository.root }), configuration);

/** A change between two sets of files, as the tests write them down. */
function between(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  configuration: Partial<Configuration> = {},
): Change {
  const repository = new TemporaryRepository({ "README.md": "x", ...base });
  repository.branch("work");
  for (const file of Object.keys(base)) if (!(file in head)) repository.remove(file);
  repository.commit("work", head);
  return ofBranch(repository, configuration);
}

function only(change: Change): Database {
  expect(change.databases).toHaveLength(1);
  return change.databases[0]!;
}

const brief = ({ migrations }: Database) =>
  migrations.map(
    ({ file, status, judged }) => `${file.replace(/^migrations\//, "")} ${status}${judged ? " judged" : ""}`,
  );

const firstStatement = ({ migrations }: Database, index: number) => migrations[index]!.statements[0]!;

const placed = (migration: Migration, statement = 0, operation = 0) => ({
  migration,
  statement: migration.statements[statement]!,
  operation: migration.statements[statement]!.statement.operations[operation]!,
});

const LOCK = { "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n' };

describe("the status of a migration", () => {
  it("is what differs from the merge base, in the order in which the tool runs them", () => {
    const database = only(
      between(
        { "migrations/1_a.sql": "CREATE TABLE a ();", "migrations/3_c.sql": "CREATE TABLE c ();" },
        {
          "migrations/1_a.sql": "CREATE TABLE a ();",
          "migrations/2_b.sql": "CREATE TABLE b ();",
          "migrations/3_c.sql": "CREATE TABLE c2 ();",
          "migrations/10_d.sql": "CREATE TABLE d ();",
        },
      ),
    );
    expect(brief(database)).toEqual([
      "1_a.sql existing",
      "2_b.sql added judged",
      "3_c.sql modified judged",
      "10_d.sql added judged",
    ]);
    expect(database.migrations.map(({ order }) => order)).toEqual([0, 1, 2, 3]);
    expect(database.migrations.map(({ edit }) => edit)).toEqual([
      undefined,
      undefined,
      { before: "CREATE TABLE c ();", effect: "other" },
      undefined,
    ]);
  });

  it("counts uncommitted and untracked files", () => {
    const repository = new TemporaryRepository({
      "migrations/1_a.sql": "SELECT 1;",
      "migrations/2_b.sql": "SELECT 1;",
    });
    repository.write({ "migrations/2_b.sql": "SELECT 2;", "migrations/3_c.sql": "SELECT 3;" });
    expect(brief(only(ofBranch(repository)))).toEqual([
      "1_a.sql existing",
      "2_b.sql modified judged",
      "3_c.sql added judged",
    ]);
  });

  it("does not judge again what only moved or was reworded in a comment", () => {
    const long = "CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint);\nCREATE TABLE c (id bigint);\n";
    const database = only(
      between(
        { "migrations/1_a.sql": long, "migrations/3_c.sql": "SELECT 1;\n" },
        { "migrations/2_a.sql": long, "migrations/3_c.sql": "-- why\nSELECT 1;\n" },
      ),
    );
    expect(brief(database)).toEqual(["2_a.sql modified", "3_c.sql modified"]);
    const edited = between(
      { "migrations/1_a.sql": "CREATE TABLE a (id bigint);\nCREATE INDEX i ON a (id);\n" },
      { "migrations/1_a.sql": "create table a (id bigint);\nCREATE INDEX j ON a (id);\nCREATE INDEX i ON a (id);\n" },
    );
    expect(only(edited).migrations.map(({ judged, unchanged }) => [judged, [...(unchanged ?? [])]])).toEqual([
      [true, [0, 2]],
    ]);
    expect(database.migrations[0]?.previousFile).toBe("migrations/1_a.sql");
    expect(database.deleted).toEqual([]);
    expect(database.migrations.map(({ edit }) => edit)).toEqual([
      { before: long, effect: "none" },
      { before: "SELECT 1;\n", effect: "same" },
    ]);
  });

  it("judges all of a migration that PostgreSQL has refused so far", () => {
    const database = only(
      between(
        { "migrations/1_a.sql": "CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint,);\n" },
        { "migrations/1_a.sql": "CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint);\n" },
      ),
    );
    expect(database.migrations.map(({ judged, edit, unchanged }) => [judged, edit?.effect, unchanged?.size])).toEqual([
      [true, "mended", 0],
    ]);
  });

  it("is added where git sees a rename of something that was no migration", () => {
    const long = "CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint);\nCREATE TABLE c (id bigint);\n";
    const database = only(between({ "notes/draft.sql": long }, { "migrations/1_a.sql": long }));
    expect(brief(database)).toEqual(["1_a.sql added judged"]);
  });

  it("lists deleted migrations, and no other deleted file", () => {
    const database = only(
      between(
        { "migrations/1_a.sql": "SELECT 1;", "migrations/2_b.sql": "SELECT 2;", "queries/x.sql": "SELECT 3;" },
        { "migrations/1_a.sql": "SELECT 1;" },
      ),
    );
    expect(brief(database)).toEqual(["1_a.sql existing"]);
    expect(database.deleted).toEqual([{ file: "migrations/2_b.sql", tool: "sql" }]);
  });

  it("is existing where the tip of base has the same file already", () => {
    const repository = new TemporaryRepository({ "migrations/1_a.sql": "SELECT 1;" });
    repository.branch("work");
    repository.commit("work", { "migrations/2_b.sql": "SELECT 2;", "migrations/3_c.sql": "SELECT 3;" });
    repository.git("checkout", "-q", "main");
    repository.commit("the same on main", { "migrations/2_b.sql": "SELECT 2;", "migrations/3_c.sql": "SELECT 33;" });
    repository.git("checkout", "-q", "work");
    expect(brief(only(ofBranch(repository)))).toEqual([
      "1_a.sql existing",
      "2_b.sql existing",
      "3_c.sql modified judged",
    ]);
  });

  it("is history where base has got it since the branch left", () => {
    const repository = new TemporaryRepository({
      "migrations/1_a.sql": "SELECT 1;",
      "migrations/2_b.sql": "SELECT 2;",
    });
    repository.branch("work");
    repository.remove("migrations/1_a.sql");
    repository.commit("work", { "migrations/3_c.sql": "ALTER TABLE d ADD COLUMN x int;" });
    repository.git("checkout", "-q", "main");
    repository.commit("main", { "migrations/0_z.sql": "SELECT 0;", "migrations/4_d.sql": "CREATE TABLE d (id int);" });
    repository.commit("main again", { "migrations/5_e.sql": "SELECT 5;" });
    repository.git("checkout", "-q", "work");
    const database = only(ofBranch(repository));
    expect(brief(database)).toEqual([
      "0_z.sql existing",
      "2_b.sql existing",
      "4_d.sql existing",
      "5_e.sql existing",
      "3_c.sql added judged",
    ]);
    expect(firstStatement(database, 4).before.table({ name: "d" })?.columns.has("id")).toBe(true);
    expect(database.deleted).toEqual([{ file: "migrations/1_a.sql", tool: "sql" }]);
    expect(database.existsAtBase("public.d")).toBe(true);
  });

  it("is modified where a file was moved without telling git", () => {
    const repository = new TemporaryRepository({
      "migrations/1_a.sql": "SELECT 1;",
      "migrations/2_b.sql": "SELECT 2;",
    });
    repository.remove("migrations/2_b.sql");
    repository.write({ "migrations/3_b.sql": "SELECT 2;", "migrations/4_b.sql": "SELECT 2;" });
    const database = only(ofBranch(repository));
    expect(brief(database)).toEqual(["1_a.sql existing", "3_b.sql modified", "4_b.sql added judged"]);
    expect(database.migrations[1]?.previousFile).toBe("migrations/2_b.sql");
    expect(database.deleted).toEqual([]);
  });

  it("ignores with globs what is replayed all the same", () => {
    const database = only(
      between(
        {},
        {
          "migrations/1_a.sql": "CREATE TABLE a (id bigint);",
          "migrations/2_b.sql": "ALTER TABLE a ADD COLUMN x int;",
        },
        { ignore: ["migrations/1_*"] },
      ),
    );
    expect(brief(database)).toEqual(["1_a.sql added", "2_b.sql added judged"]);
    expect(firstStatement(database, 1).before.table({ name: "a" })?.columns.has("id")).toBe(true);
  });
});

describe("what cannot be read", () => {
  it("stays in the list and says why", () => {
    const repository = new TemporaryRepository({ "migrations/1_a.sql": "CREATE TABLE a ();" });
    repository.branch("work");
    repository.commit("work", {
      "migrations/2_b.sql": Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("SELECT 1", "utf16le")]),
      "migrations/3_c.sql": "CREATE TABLE c ();",
    });
    const database = only(ofBranch(repository));
    expect(brief(database)).toEqual(["1_a.sql existing", "2_b.sql added judged", "3_c.sql added judged"]);
    expect(database.migrations[1]!.sql.statements[0]!.operations).toEqual([
      {
        type: "Unparsed",
        range: [0, 0],
        statement: 0,
        reason: "the file is encoded as UTF-16, little-endian; save it as UTF-8",
      },
    ]);
    expect(firstStatement(database, 2).before.complete).toBe(false);
  });

  it("is listed where it is no file", () => {
    const repository = new TemporaryRepository({ "migrations/1_a.sql": "SELECT 1;", "elsewhere/x.sql": "SELECT 2;" });
    symlinkSync("../elsewhere/x.sql", join(repository.root, "migrations/2_b.sql"));
    symlinkSync("x.sql", join(repository.root, "elsewhere/y.sql"));
    repository.commit("links");
    expect(ofBranch(repository).leftOut).toEqual([
      { file: "migrations/2_b.sql", reason: "is a symbolic link, which is not followed" },
    ]);
  });

  it("does not cost the rest of the file or of the history", () => {
    const database = only(
      between(
        { "migrations/1_a.sql": "CREATE TABL a ();\nCREATE TABLE b (id int);" },
        {
          "migrations/1_a.sql": "CREATE TABL a ();\nCREATE TABLE b (id int);",
          "migrations/2_b.sql": "DROP TABLE b;",
        },
      ),
    );
    expect(database.migrations[0]!.statements.map(({ statement }) => statement.operations[0]!.type)).toEqual([
      "Unparsed",
      "CreateTable",
    ]);
    expect(firstStatement(database, 1).before.table({ name: "b" })?.createdIn).toBe(0);
  });

  it("reads what runs on the way up only, at the places of the whole file", () => {
    const text = "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n";
    const database = only(between({}, { "migrations/1_a.sql": `\uFEFF${text}` }));
    const { sql } = database.migrations[0]!;
    expect(sql.text).toBe(text);
    expect(sql.statements.map((statement) => text.slice(...statement.range))).toEqual(["CREATE TABLE a ()"]);
  });
});

describe("the schema at base", () => {
  const BASE = {
    "migrations/1_a.sql": "CREATE TABLE orders (id bigint);",
    "migrations/2_b.sql": "CREATE TABLE gone (id bigint);",
    "migrations/3_c.sql": "CREATE TABLE other (id bigint);\nCREATE TABLE third (id bigint);",
  };

  it("is that before the first new migration", () => {
    const database = only(between(BASE, { ...BASE, "migrations/4_d.sql": "CREATE TABLE fresh ();" }));
    expect(database.existsAtBase("public.orders")).toBe(true);
    expect(database.existsAtBase("public.other")).toBe(true);
    expect(database.existsAtBase("public.fresh")).toBe(false);
  });

  it("is replayed from base where migrations were edited, deleted or put between", () => {
    const { "migrations/2_b.sql": _, ...kept } = BASE;
    const change = between(BASE, {
      ...kept,
      "migrations/0_z.sql": "CREATE TABLE early ();",
      "migrations/3_c.sql": "CREATE TABLE other (id bigint);\nCREATE TABLE fresh (id bigint);",
      "migrations/4_d.sql": "DROP TABLE orders; DROP TABLE other; DROP TABLE fresh;",
    });
    const database = only(change);
    expect(brief(database)).toEqual([
      "0_z.sql added judged",
      "1_a.sql existing",
      "3_c.sql modified judged",
      "4_d.sql added judged",
    ]);
    for (const [table, expected] of [
      ["orders", true],
      ["gone", true],
      ["other", true],
      ["third", true],
      ["early", false],
      ["fresh", false],
    ] as const) {
      expect([table, database.existsAtBase(`public.${table}`)]).toEqual([table, expected]);
    }
    const last = database.migrations[3]!;
    const project = projectOf(change);
    expect([0, 1, 2].map((statement) => project.isLive(placed(last, statement)))).toEqual([true, true, false]);
  });

  it("is unknown for what no migration created, where history is not known whole", () => {
    const database = only(
      between(
        { "migrations/1_a.sql": "ALTER TABLE squashed ADD COLUMN x int;" },
        {
          "migrations/1_a.sql": "ALTER TABLE squashed ADD COLUMN x int;",
          "migrations/2_b.sql": "ALTER TABLE squashed DROP COLUMN x;",
        },
      ),
    );
    expect(database.existsAtBase("public.whatever")).toBe("unknown");
  });
});

describe("without a base", () => {
  const FILES = {
    "migrations/1_a.sql": "CREATE TABLE a (id bigint);\nCREATE INDEX ON a (id);",
    "migrations/2_b.sql": "CREATE INDEX ON a (id);",
    "queries/report.sql": "SELECT 1;",
  };

  it("each file is a change of its own", () => {
    const repository = new TemporaryRepository(FILES);
    const change = load(folderChangeSource(repository.root));
    const database = only(change);
    expect(brief(database)).toEqual(["1_a.sql added judged", "2_b.sql added judged"]);
    expect(database.existsAtBase("public.a")).toBe("unknown");
    const project = projectOf(change);
    expect(project.isLive(placed(database.migrations[0]!, 1))).toBe(false);
    expect(project.isLive(placed(database.migrations[1]!))).toBe(true);
  });

  it("judges the files that were asked for, on the history before them", () => {
    const repository = new TemporaryRepository(FILES);
    const change = load(folderChangeSource(repository.root), {}, { files: ["migrations/2_b.sql"] });
    expect(brief(only(change))).toEqual(["1_a.sql existing", "2_b.sql added judged"]);
    expect(projectOf(change).isLive(placed(only(change).migrations[1]!))).toBe(true);
  });

  it("takes folders, files that no tool runs, and says what is not there", () => {
    const repository = new TemporaryRepository(FILES);
    const change = load(
      folderChangeSource(repository.root),
      {},
      { files: ["migrations/", "queries/report.sql", "nope"] },
    );
    expect(change.databases.map((database) => [database.name, brief(database)])).toEqual([
      ["main", ["1_a.sql added judged", "2_b.sql added judged"]],
      ["queries", ["queries/report.sql added judged"]],
    ]);
    expect(change.leftOut).toEqual([{ file: "nope", reason: "is neither a file nor a folder with migrations" }]);
  });

  it("takes nothing of a folder that undoes a migration, or is for another system", () => {
    const repository = new TemporaryRepository({
      "db/migrations/1_a.up.sql": "CREATE TABLE a (id int);",
      "db/migrations/1_a.down.sql": "DROP TABLE a;",
      "db/migrations/2_b.sql": "SELECT 2;",
      "db/migrations/2_b.undo.sql": "SELECT -2;",
      "db/migrations/notes.sql": "SELECT 'by hand';",
      "db/rollback/2_b.sql": "DROP TABLE b;",
      "db/mysql/1_a.sql": "CREATE TABLE a (id int);",
      "db/other/1_a.mysql.up.sql": "CREATE TABLE a (id int);",
      "db/other/tables.sql": "CREATE TABLE a (id int AUTO_INCREMENT);",
      "db/other/views.sql": "CREATE VIEW v AS SELECT 1;",
      "db/other/down.sql": "DROP VIEW v;",
    });
    const asked = (...files: string[]): Change => load(folderChangeSource(repository.root), {}, { files });
    const change = asked("db");
    expect(change.databases.map((database) => [database.name, brief(database)])).toEqual([
      ["main", ["db/migrations/1_a.up.sql added judged", "db/migrations/2_b.sql added judged"]],
      ["db/other", ["db/other/views.sql added judged"]],
    ]);
    expect(change.leftOut).toEqual([
      { file: "db/migrations/notes.sql", reason: "has no number, so its place among the others is not known" },
      { file: "db/mysql/1_a.sql", reason: "is for MySQL; only PostgreSQL is checked" },
      { file: "db/other/1_a.mysql.up.sql", reason: "is for MySQL; only PostgreSQL is checked" },
      { file: "db/other/tables.sql", reason: "is for MySQL; only PostgreSQL is checked" },
    ]);
    // Who names one of them means it.
    expect(brief(only(asked("db/other/down.sql")))).toEqual(["db/other/down.sql added judged"]);
  });

  it("gives every file a transaction of its own in a tool that runs all pending ones in one", () => {
    const journal = { dialect: "postgresql", entries: [{ tag: "0000_a" }, { tag: "0001_b" }] };
    const repository = new TemporaryRepository({
      "drizzle/meta/_journal.json": JSON.stringify(journal),
      "drizzle/0000_a.sql": "SELECT 1;",
      "drizzle/0001_b.sql": "SELECT 2;",
    });
    const database = only(load(folderChangeSource(repository.root)));
    expect([0, 1].map((index) => firstStatement(database, index).transaction.group)).toEqual([
      "drizzle/0000_a.sql#1",
      "drizzle/0001_b.sql#1",
    ]);
  });
});

describe("files that were asked for, with a base", () => {
  it("are judged where they are new", () => {
    const repository = new TemporaryRepository({ "migrations/1_a.sql": "SELECT 1;" });
    repository.write({ "migrations/2_b.sql": "SELECT 2;", "migrations/3_c.sql": "SELECT 3;" });
    const change = load(
      gitChangeSource({ root: repository.root }),
      {},
      {
        files: ["migrations/1_a.sql", "migrations/3_c.sql"],
      },
    );
    expect(brief(only(change))).toEqual(["1_a.sql existing", "2_b.sql added", "3_c.sql added judged"]);
  });
});

describe("hostile names", () => {
  const NAMES = [
    "1_a\nb.sql",
    "2_quote\"d's.sql",
    "3_back\\slash.sql",
    "4 -x --help.sql",
    "5_:(glob)**[!a].sql",
    "6_ünïcödé 🐘.sql",
    "7_$(touch x) `y` %0A::error::.sql",
    `8_${"n".repeat(240)}.sql`,
  ];
  const folder = `migrations/-rf ${"d".repeat(120)}`;

  it("are read, ordered, judged and kept out of the search for references", () => {
    const base = Object.fromEntries(
      NAMES.slice(0, 4).map((name, index) => [`${folder}/${name}`, `CREATE TABLE t${String(index)} (legacy_ref int);`]),
    );
    const change = between(base, {
      ...base,
      ...Object.fromEntries(
        NAMES.slice(4).map((name) => [`${folder}/${name}`, "ALTER TABLE t1 DROP COLUMN legacy_ref;"]),
      ),
    });
    const database = only(change);
    expect(database.migrations.map(({ file }) => file)).toEqual(NAMES.map((name) => `${folder}/${name}`));
    expect(database.migrations.map(({ judged }) => judged)).toEqual([0, 0, 0, 0, 1, 1, 1, 1].map(Boolean));
    expect(database.migrations.every(({ statements }) => statements.length === 1)).toBe(true);
    expect(projectOf(change).referencesOf(placed(database.migrations[4]!))).toEqual([]);
    expect(change.leftOut).toEqual([]);
  });

  it("do not hide a file of code beside them", () => {
    const change = between(
      { "a[b]/migrations/1.sql": "CREATE TABLE t1 (legacy_ref int);" },
      {
        "a[b]/migrations/1.sql": "CREATE TABLE t1 (legacy_ref int);",
        "a[b]/migrations/2.sql": "ALTER TABLE t1 DROP COLUMN legacy_ref;",
        "ab/migrations/code.ts": 'db.query("SELECT legacy_ref FROM t1");',
      },
    );
    expect(projectOf(change).referencesOf(placed(only(change).migrations[1]!))).toMatchObject([
      { side: "head", file: "ab/migrations/code.ts" },
    ]);
  });
});

describe("a base that is missing", () => {
  it("judges nothing and stays incomplete", () => {
    const tree = memoryTree(new Map([["migrations/1_a.sql", "DROP TABLE orders;"]]), "head");
    const incomplete = [{ reason: "No base.", fix: "Fetch it." }];
    const change = load({ root: "/nowhere", head: { label: "head", tree }, changed: [], incomplete });
    expect(brief(only(change))).toEqual(["1_a.sql existing"]);
    expect(change.incomplete).toEqual(incomplete);
    expect(only(change).existsAtBase("public.orders")).toBe("unknown");
  });
});

describe("transactions and settings over files", () => {
  const journal = (...tags: string[]) =>
    JSON.stringify({ dialect: "postgresql", entries: tags.map((tag) => ({ tag })) });
  const BASE = {
    "drizzle/meta/_journal.json": journal("0000_a"),
    "drizzle/0000_a.sql": "SET lock_timeout = '1s';",
  };

  it("span the pending files of Drizzle, and not history", () => {
    const database = only(
      between(BASE, {
        ...BASE,
        "drizzle/meta/_journal.json": journal("0000_a", "0001_b", "0002_c"),
        "drizzle/0001_b.sql": "SELECT 1;--> statement-breakpoint\nSET lock_timeout = '5s';",
        "drizzle/0002_c.sql": "SELECT 2;",
      }),
    );
    const seen = database.migrations.flatMap(({ statements }) =>
      statements.map(({ transaction, session }) => [transaction.group, session.get("lock_timeout")]),
    );
    expect(seen).toEqual([
      ["drizzle/0000_a.sql#1", undefined],
      ["all pending in drizzle", undefined],
      ["all pending in drizzle", undefined],
      ["all pending in drizzle", "5s"],
    ]);
  });

  it("have the search_path of the configuration, and may have the one that history has stored", () => {
    const tables = (base: string, session: Record<string, string> = {}): unknown => {
      const before = { "migrations/1_a.sql": base, "migrations/2_b.sql": "CREATE TABLE app.old (id int);" };
      const next = "CREATE TABLE new (id int); ALTER TABLE old ADD COLUMN x int;";
      const databases = { main: { migrations: [], code: [], session } };
      const database = only(between(before, { ...before, "migrations/3_c.sql": next }, { databases }));
      const { after } = database.migrations[2]!.statements[1]!;
      return [[...after.tables()].map(({ schema, name }) => `${schema}.${name}`).sort(), after.complete];
    };
    const schema = "CREATE SCHEMA app; CREATE TABLE first (id int);";
    expect(tables(schema)).toEqual([["app.old", "public.first", "public.new", "public.old"], false]);
    expect(tables(schema, { search_path: "app, public" })).toEqual([["app.first", "app.new", "app.old"], true]);
    expect(tables(`${schema} ALTER DATABASE shop SET search_path = app, public;`)).toEqual([
      ["app.new", "app.old", "public.first"],
      false,
    ]);
    expect(tables(`${schema} ALTER ROLE shop SET search_path = app;`)).toEqual([
      ["app.old", "public.first", "public.new"],
      true,
    ]);
  });

  it("start from what history has stored with the role", () => {
    const role = "ALTER ROLE app SET lock_timeout = '5s'; ALTER ROLE app SET statement_timeout = '1min';";
    const base = { "migrations/1_a.sql": role, "migrations/2_b.sql": "ALTER ROLE app RESET statement_timeout;" };
    const database = only(between(base, { ...base, "migrations/3_c.sql": role, "migrations/4_d.sql": "SELECT 1;" }));
    // A pending migration's ALTER ROLE comes too late for the connection that runs it.
    expect(database.migrations.map(({ statements }) => [...statements[0]!.session])).toEqual([
      [],
      [
        ["lock_timeout", "5s"],
        ["statement_timeout", "1min"],
      ],
      [["lock_timeout", "5s"]],
      [["lock_timeout", "5s"]],
    ]);
  });

  it("start from the configured session", () => {
    const database = only(
      between(
        {},
        { ...LOCK, "prisma/migrations/1_a/migration.sql": "SELECT 1;" },
        {
          databases: { main: { migrations: [], code: [], session: { lock_timeout: "3s" } } },
        },
      ),
    );
    expect([...firstStatement(database, 0).session]).toEqual([["lock_timeout", "3s"]]);
  });

  it("are the configured runner's where the repository says how it sends files", () => {
    const database = only(
      between(
        {},
        { "db/x/1.sql": "SELECT 1;" },
        {
          databases: { main: { migrations: [{ path: "db/x", transaction: "file" }], code: [], session: {} } },
        },
      ),
    );
    expect(firstStatement(database, 0).transaction).toEqual({
      inTransaction: true,
      openedBy: "tool",
      group: "db/x/1.sql#1",
    });
  });
});

describe("references", () => {
  it("are looked for on both sides, outside migrations", () => {
    const migrations = {
      ...LOCK,
      "prisma/migrations/1_a/migration.sql": "CREATE TABLE orders (id bigint, legacy_ref text);",
    };
    const change = between(
      { ...migrations, "src/old.ts": "db.query('SELECT legacy_ref FROM orders');\n" },
      { ...migrations, "prisma/migrations/2_b/migration.sql": "ALTER TABLE orders DROP COLUMN legacy_ref;" },
    );
    const found = projectOf(change).referencesOf(placed(only(change).migrations[1]!));
    expect(found).toMatchObject([{ side: "base", grade: "certain", file: "src/old.ts", line: 1 }]);
  });
});

describe("two thousand migrations", () => {
  /** What loading them asks of the tree and the parser. */
  function asked(count: number) {
    const files = Array.from({ length: count }, (_, index): [string, string] => [
      `migrations/${String(index).padStart(5, "0")}_x.sql`,
      `CREATE TABLE t${String(index)} (id bigint PRIMARY KEY, a text);\nCREATE INDEX i${String(index)} ON t${String(index)} (a);`,
    ]);
    const tree = memoryTree(new Map(files), "head");
    const [read, list] = [vi.spyOn(tree, "read"), vi.spyOn(tree, "files")];
    const parse = vi.fn(parseMigration);
    const source = { root: "/nowhere", head: { label: "head", tree }, changed: [], incomplete: [] };
    const change = load(source, {}, { parse });
    expect(only(change).migrations).toHaveLength(count);
    return {
      read: read.mock.calls.map(([file]) => file),
      list: list.mock.calls.length,
      parsed: parse.mock.calls.length,
    };
  }

  it("are each read and parsed once, and listed as often as a few", () => {
    const [few, many] = [asked(200), asked(2000)];
    expect(many.parsed).toBe(2000);
    // Some are looked into before, to see what runs them: as many of these as of those.
    const readAgain = ({ read }: typeof many) => read.length - new Set(read).size;
    expect(readAgain(many)).toBe(readAgain(few));
    expect(many.list).toBe(few.list);
  });
});
