import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { locateMigration } from "../../src/eslint/locate-migration.js";
import { OpenRepository } from "../../src/eslint/open-repository.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { memoryChange } from "../rules/memory-change.js";

const ORDERS = "CREATE TABLE orders (id bigint);\n";
const FIRST = "db/migrations/0001_orders.sql";
const SECOND = "db/migrations/0002_items.sql";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A repository whose branch adds a second migration. */
function repository(): TemporaryRepository {
  const temporary = new TemporaryRepository({ [FIRST]: ORDERS, "src/code.ts": "export {};\n" });
  temporary.branch("feature");
  temporary.write({ [SECOND]: "CREATE TABLE items (id bigint);\n" });
  return temporary;
}

/** Lets so much time pass that the repository is looked at again. */
function later(): void {
  const now = performance.now() + 501;
  vi.spyOn(performance, "now").mockReturnValue(now);
}

const statuses = (open: OpenRepository) =>
  open.change.databases.flatMap(({ migrations }) => migrations.map(({ file, status }) => `${file} ${status}`));

describe("an open repository", () => {
  it("is loaded once while nothing changes", () => {
    const open = new OpenRepository(repository().root);
    const { change, fingerprint } = open;
    expect(statuses(open)).toEqual([`${FIRST} existing`, `${SECOND} added`]);
    expect(open.change).toBe(change);
    later();
    expect(open.change).toBe(change);
    expect(open.fingerprint).toBe(fingerprint);
  });

  it("is looked at again after half a second, and not before", () => {
    const temporary = repository();
    const open = new OpenRepository(temporary.root);
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const { change } = open;
    temporary.write({ "db/migrations/0003_more.sql": "SELECT 1;" });
    expect(open.change).toBe(change);
    later();
    expect(statuses(open)).toEqual([`${FIRST} existing`, `${SECOND} added`, "db/migrations/0003_more.sql added"]);
  });

  it("knows what has shipped, and is loaded again with the next release", () => {
    const temporary = repository();
    temporary.git("checkout", "-q", "main");
    temporary.commit("Items", { [SECOND]: "CREATE TABLE items (id bigint);\n" });
    temporary.git("tag", "v1.0.0", "main~1");
    temporary.branch("more");
    temporary.write({ ".github/migration-safety.yml": "deploy: { released: v* }\n" });
    const open = new OpenRepository(temporary.root);
    const has = (table: string): unknown => open.change.databases[0]?.release?.exists(`public.${table}`);
    const { change } = open;
    expect(change.release?.tag).toBe("v1.0.0");
    expect([has("orders"), has("items")]).toEqual([true, false]);
    later();
    expect(open.change).toBe(change);
    temporary.git("tag", "v1.1.0", "main");
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 1000);
    expect(open.change.release?.tag).toBe("v1.1.0");
    expect([has("orders"), has("items")]).toEqual([true, true]);
  });

  it("parses again only what changed", () => {
    const temporary = repository();
    const open = new OpenRepository(temporary.root);
    const sqlOf = (index: number) => open.change.databases[0]?.migrations[index]?.sql;
    const [first, second] = [sqlOf(0), sqlOf(1)];
    temporary.write({ [SECOND]: "CREATE TABLE items (id bigint, name text);\n" });
    later();
    expect(sqlOf(0)).toBe(first);
    expect(sqlOf(1)).not.toBe(second);
  });

  it.each<[what: string, act: (temporary: TemporaryRepository) => void]>([
    ["an earlier migration is edited", (temporary) => temporary.write({ [FIRST]: `${ORDERS}SELECT 1;` })],
    ["a migration is added", (temporary) => temporary.write({ "db/migrations/0003_more.sql": "SELECT 1;" })],
    ["a migration is removed", (temporary) => rmSync(join(temporary.root, SECOND))],
    ["code is edited", (temporary) => temporary.write({ "src/code.ts": "export const orders = 1;\n" })],
    [
      "the configuration is edited",
      (temporary) => temporary.write({ ".github/migration-safety.yml": "postgres: 16\n" }),
    ],
    ["the change is committed", (temporary) => temporary.commit("feature")],
    [
      "the default branch moves on",
      (temporary) => {
        temporary.git("switch", "-q", "main");
        temporary.git("commit", "-q", "--allow-empty", "-m", "more");
        temporary.git("switch", "-q", "feature");
      },
    ],
  ])("has another fingerprint after %s", (what, act) => {
    const temporary = repository();
    const before = new OpenRepository(temporary.root).fingerprint;
    act(temporary);
    const after = new OpenRepository(temporary.root).fingerprint;
    // Committing what is there changes nothing that findings depend on.
    if (what === "the change is committed") expect(after).toBe(before);
    else expect(after).not.toBe(before);
  });

  it("takes the text of a buffer in place of the file's", () => {
    const open = new OpenRepository(repository().root);
    const edited = open.changeWith(SECOND, "ALTER TABLE orders ADD COLUMN a int;");
    expect(edited.databases[0]?.migrations[1]).toMatchObject({ status: "added", judged: true });
    expect(edited.databases[0]?.migrations[0]?.sql).toBe(open.change.databases[0]?.migrations[0]?.sql);
    expect(open.changeWith(SECOND, "ALTER TABLE orders ADD COLUMN a int;")).toBe(edited);
    const history = open.changeWith(FIRST, `${ORDERS}SELECT 1;`);
    expect(history.databases[0]?.migrations[0]).toMatchObject({ status: "modified", judged: true });
    const added = open.changeWith("db/migrations/0009_new.sql", "SELECT 1;");
    expect(added.databases[0]?.migrations.at(-1)).toMatchObject({
      status: "added",
      file: "db/migrations/0009_new.sql",
    });
  });
});

describe("the migration that a file is", () => {
  it("is found in the repository around it", () => {
    const { root } = repository();
    const located = locateMigration(join(root, SECOND), "CREATE TABLE items (id bigint);\n");
    expect(located).toMatchObject({ change: { root }, migration: { file: SECOND, order: 1 } });
    const history = locateMigration(join(root, FIRST), ORDERS);
    expect(history.change).toBe(located.change);
    expect(history.migration.judged).toBe(false);
  });

  it("is the file itself where it is outside every migration folder", () => {
    const { root } = repository();
    for (const path of [join(root, "scripts/repair.sql"), "/nowhere/at/all.sql", "<text>", "<input>"]) {
      const { change, migration } = locateMigration(path, "SELECT 1;");
      expect(change.databases).toHaveLength(1);
      expect(change.databases[0]?.migrations).toEqual([migration]);
      expect(migration).toMatchObject({ status: "added", judged: true });
    }
  });

  it("is looked for nowhere else while a change is handed in", () => {
    const temporary = repository();
    const { change, file } = memoryChange(temporary.root, "SELECT 1;", { history: [ORDERS] });
    const notes: unknown[] = [];
    const takeBack = provideChange(change, { onNote: (note) => notes.push(note) });
    const located = locateMigration(join(temporary.root, file), "SELECT 1;");
    expect(located.change).toBe(change);
    expect(located.onNote).toBeDefined();
    expect(locateMigration(join(temporary.root, SECOND), "SELECT 2;").change.databases[0]?.migrations).toHaveLength(1);
    takeBack();
    expect(locateMigration(join(temporary.root, file), "SELECT 1;").change).not.toBe(change);
  });
});
