import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { GitError } from "../../src/change/git.js";
import { replayMerges } from "../../src/check/replay-merges.js";
import type { Replay } from "../../src/model/replay.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";

const TIMEOUT = "SET lock_timeout = '2s';\n";
const INDEX = `${TIMEOUT}CREATE INDEX orders_account_idx ON orders (account_id);\n`;

/** One line for each merge: title, verdict, files, and rule with place of each finding. */
function told({ merges }: Replay): unknown[] {
  return merges.map(({ title, verdict, files, findings }) => [
    title,
    verdict,
    files,
    findings.map(({ rule, file, line }) => `${rule} ${file}:${String(line)}`),
  ]);
}

/** A first commit with a table, a squash with an index, a commit without migrations, a merge of two commits. */
function withMerges(): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.commit("Orders", {
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n",
  });
  repository.commit("Index of accounts (#2)", { "db/migrations/0002_index.sql": INDEX });
  repository.commit("Readme (#3)", { "README.md": "Orders.\n" });
  repository.branch("notes");
  repository.commit("notes", { "db/migrations/0003_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\n" });
  repository.commit("their order", {
    "db/migrations/0004_order.sql":
      "ALTER TABLE notes ADD COLUMN order_id bigint;\nCREATE INDEX ON notes (order_id);\n",
  });
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "--no-ff", "-m", "Merge pull request #4 from someone/notes", "-m", "Notes", "notes");
  return repository;
}

test("each commit of the first-parent line is a pull request; what a merge brings is judged together", () => {
  const repository = withMerges();
  const replay = replayMerges({ root: repository.root, last: 30 });
  expect(told(replay)).toEqual([
    // The index is on a table that the same merge creates, in another of its commits.
    ["Notes (#4)", "safe", ["db/migrations/0003_notes.sql", "db/migrations/0004_order.sql"], []],
    [
      "Index of accounts (#2)",
      "unsafe",
      ["db/migrations/0002_index.sql"],
      ["no-blocking-index-build db/migrations/0002_index.sql:2"],
    ],
    ["Orders", "safe", ["db/migrations/0001_orders.sql"], []],
  ]);
  expect(replay.looked).toEqual({ commits: 4, until: "first commit" });
  expect(replay.branch).toEqual({ label: "main", commit: repository.git("rev-parse", "main") });
  expect(replay.totals).toEqual({
    merges: 3,
    silent: 2,
    withErrors: 1,
    failed: 0,
    findings: { median: 0, mean: 1 / 3, most: 1 },
    statements: 6,
    analysed: 6,
    unparsed: 0,
    rules: [{ rule: "no-blocking-index-build", severity: "error", findings: 1, merges: 1 }],
  });
  const [notes, , orders] = replay.merges;
  expect(notes?.base).toBe(repository.git("rev-parse", "main^1"));
  expect(orders).toMatchObject({ commit: repository.git("rev-parse", "main~3") });
  expect(orders).not.toHaveProperty("base");
});

test("as many as asked for, and how far back they reach", () => {
  const { root } = withMerges();
  const progress: number[] = [];
  const replay = replayMerges({ root, last: 2, onProgress: (done) => progress.push(done) });
  expect(replay.merges.map(({ title }) => title)).toEqual(["Notes (#4)", "Index of accounts (#2)"]);
  expect(replay.looked).toEqual({ commits: 3, until: "asked" });
  expect(progress).toEqual([0, 1]);
});

test("edits, renames and deletions are touches; SQL beside the migrations is none", () => {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
    "db/migrations/0002_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\n",
  });
  repository.commit("a report", { "reports/orders.sql": "SELECT count(*) FROM orders;\n" });
  repository.commit("a comment", {
    "db/migrations/0001_orders.sql": "-- What people buy.\nCREATE TABLE orders (id bigint PRIMARY KEY);\n",
  });
  repository.git("mv", "db/migrations/0002_notes.sql", "db/migrations/0003_notes.sql");
  repository.commit("a new number");
  repository.git("rm", "-q", "db/migrations/0003_notes.sql");
  repository.commit("gone");
  expect(told(replayMerges({ root: repository.root, last: 30 }))).toEqual([
    ["gone", "unsafe", ["db/migrations/0003_notes.sql"], ["no-edited-migration db/migrations/0003_notes.sql:1"]],
    [
      "a new number",
      "unsafe",
      ["db/migrations/0003_notes.sql"],
      ["no-edited-migration db/migrations/0003_notes.sql:1"],
    ],
    ["a comment", "safe", ["db/migrations/0001_orders.sql"], []],
    ["start", "safe", ["db/migrations/0001_orders.sql", "db/migrations/0002_notes.sql"], []],
  ]);
});

test("of an edited migration only what is new in it is judged", () => {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n",
    "db/migrations/0002_index.sql": INDEX,
  });
  repository.commit("another index", {
    "db/migrations/0002_index.sql": `${INDEX}CREATE INDEX orders_id_account_idx ON orders (id, account_id);\n`,
  });
  const replay = replayMerges({ root: repository.root, last: 1 });
  expect(replay.merges).toMatchObject([{ statements: 1, analysed: 1 }]);
  expect(told(replay)).toEqual([
    [
      "another index",
      "unsafe",
      ["db/migrations/0002_index.sql"],
      ["no-edited-migration db/migrations/0002_index.sql:1", "no-blocking-index-build db/migrations/0002_index.sql:3"],
    ],
  ]);
});

test("code that still names a dropped column is looked for on both sides of the merge, not in today's code", () => {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text);\n",
    "src/orders.ts": "export const find = (db: Db) => db.query(`SELECT legacy_ref FROM orders`);\n",
  });
  repository.commit("drop", {
    "db/migrations/0002_drop.sql": `${TIMEOUT}ALTER TABLE orders DROP COLUMN legacy_ref;\n`,
    "src/orders.ts": "export const find = (db: Db) => db.query(`SELECT id FROM orders`);\n",
  });
  repository.commit("long after", { "src/orders.ts": "export {};\n" });
  const [drop] = replayMerges({ root: repository.root, last: 1 }).merges;
  expect(drop?.findings).toMatchObject([
    { rule: "no-referenced-column-drop", evidence: [{ side: "base", file: "src/orders.ts", line: 1 }] },
  ]);
});

test("the configuration that is checked out judges all of them, committed or not", () => {
  const repository = withMerges();
  const { root } = repository;
  repository.write({ ".github/migration-safety.yml": "rules:\n  no-blocking-index-build: off\n" });
  const replay = replayMerges({ root, last: 30 });
  expect(replay.configuration).toBe(".github/migration-safety.yml");
  expect(replay.totals.silent).toBe(3);
  const file = { name: "other.yml", text: "rules:\n  no-blocking-index-build: warn\n" };
  expect(replayMerges({ root, last: 30, configure: { file } }).totals.rules).toEqual([
    { rule: "no-blocking-index-build", severity: "warning", findings: 1, merges: 1 },
  ]);
});

test("an octopus merge is compared with its first parent", () => {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
  });
  for (const [name, number] of [
    ["a", 2],
    ["b", 3],
  ] as const) {
    repository.branch(name, "main");
    repository.commit(name, {
      [`db/migrations/000${String(number)}_${name}.sql`]: `CREATE TABLE ${name} (id bigint);\n`,
    });
  }
  repository.git("checkout", "-q", "main");
  repository.commit("beside", { "README.md": "x\n" });
  repository.git("merge", "-q", "-m", "both", "a", "b");
  expect(repository.git("rev-list", "--parents", "-1", "HEAD").split(" ")).toHaveLength(4);
  expect(told(replayMerges({ root: repository.root, last: 1 }))).toEqual([
    ["both", "safe", ["db/migrations/0002_a.sql", "db/migrations/0003_b.sql"], []],
  ]);
});

test("a bare repository, and a detached HEAD, with the branch that is asked for", () => {
  const repository = withMerges();
  const bare = temporaryFolder();
  repository.git("clone", "-q", "--bare", repository.root, bare);
  expect(told(replayMerges({ root: bare, last: 30 }))).toEqual(told(replayMerges({ root: repository.root, last: 30 })));
  expect(replayMerges({ root: bare, last: 1 })).toMatchObject({ branch: { label: "main" }, configuration: "default" });

  repository.git("checkout", "-q", "--detach", "main~2");
  repository.git("branch", "-q", "-m", "main", "trunk");
  expect(replayMerges({ root: repository.root, last: 1 })).toMatchObject({
    branch: { label: "HEAD" },
    merges: [{ title: "Index of accounts (#2)" }],
  });
  expect(replayMerges({ root: repository.root, last: 1, branch: "trunk" })).toMatchObject({
    branch: { label: "trunk" },
    merges: [{ title: "Notes (#4)" }],
  });
  expect(() => replayMerges({ root: repository.root, last: 1, branch: "nowhere" })).toThrow(
    new GitError("unknown-revision", "There is no revision nowhere in this clone."),
  );
});

test("a shallow clone is read up to where it ends, which is no merge", () => {
  const repository = withMerges();
  const shallow = temporaryFolder();
  repository.git("clone", "-q", "--depth", "3", `file://${repository.root}`, shallow);
  const replay = replayMerges({ root: shallow, last: 30 });
  expect(replay.merges.map(({ title }) => title)).toEqual(["Notes (#4)"]);
  expect(replay.looked).toEqual({ commits: 3, until: "shallow" });
});

test("a shallow clone that reaches the first commit is whole", () => {
  const repository = withMerges();
  const shallow = temporaryFolder();
  repository.git("clone", "-q", "--depth", "100", `file://${repository.root}`, shallow);
  expect(replayMerges({ root: shallow, last: 30 }).looked).toEqual({ commits: 4, until: "first commit" });
});

test("contents that a partial clone lacks are listed, and cost no other merge", () => {
  const repository = withMerges();
  repository.git("config", "uploadpack.allowFilter", "true");
  const partial = temporaryFolder();
  repository.git("clone", "-q", "--bare", "--filter=blob:none", `file://${repository.root}`, partial);
  // Fetches what main~2 has, the second migration included; the newer ones stay away.
  execFileSync("git", ["archive", "--output", "/dev/null", "main~2"], { cwd: partial, stdio: "ignore" });
  const replay = replayMerges({ root: partial, last: 30 });
  expect(
    replay.merges.map(({ title, findings, statements, analysed, unknowns }) => [
      title,
      findings.map(({ rule }) => rule),
      statements,
      analysed,
      unknowns,
    ]),
  ).toEqual([
    [
      "Notes (#4)",
      ["no-unchecked-statement", "no-unchecked-statement"],
      2,
      0,
      ["0003_notes", "0004_order"].map((name) => ({
        file: `db/migrations/${name}.sql`,
        line: 1,
        reason: "the file is missing from this clone, which is a partial one",
      })),
    ],
    ["Index of accounts (#2)", ["no-blocking-index-build"], 2, 2, []],
    ["Orders", [], 1, 1, []],
  ]);
});

test("no migrations, no commits, no repository", () => {
  const none = new TemporaryRepository({ "README.md": "x\n", "src/query.sql": "SELECT 1;\n" });
  expect(replayMerges({ root: none.root, last: 30 })).toMatchObject({
    merges: [],
    databases: [],
    looked: { commits: 1, until: "first commit" },
    totals: { merges: 0, silent: 0, findings: { median: 0, mean: 0, most: 0 }, rules: [] },
  });
  expect(() => replayMerges({ root: new TemporaryRepository().root, last: 30 })).toThrow(
    new GitError("unknown-revision", "The repository has no commit yet."),
  );
  const folder = temporaryFolder();
  expect(() => replayMerges({ root: folder, last: 30 })).toThrow(
    new GitError("not-a-repository", `${folder} is not in a git repository.`),
  );
});

test("a migration that is a program makes a merge one with migrations, whatever its folder is called", () => {
  const program = (sql: string): string => `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});\n`;
  const repository = new TemporaryRepository({
    "package.json": '{ "dependencies": { "knex": "3.1.0", "pg": "8.11.0" } }\n',
    "knexfile.js": 'module.exports = { client: "pg", migrations: { directory: "./db/changes" } };\n',
    "db/changes/1_orders.js": program("CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint)"),
  });
  repository.commit("Index (#2)", {
    "db/changes/2_index.js":
      'const { INDEX } = require("../names");\nexports.up = (knex) => knex.raw(`CREATE INDEX ${INDEX} ON orders (account_id)`);\n',
    "db/names.js": 'exports.INDEX = "orders_idx";\n',
  });
  repository.commit("Readme (#3)", { "README.md": "Orders.\n" });
  // The program is the same, and what it imports is not.
  repository.commit("Names (#4)", {
    "db/names.js": 'exports.INDEX = "orders_account_idx";\n',
    "db/changes/3_note.js": program("CREATE INDEX other_idx ON orders (id, account_id)"),
  });
  const { merges } = replayMerges({ root: repository.root, last: 30 });
  expect(
    merges.map(({ title, files, findings }) => [
      title,
      files,
      findings.filter(({ rule }) => rule === "no-blocking-index-build").map(({ message }) => message.split(" ", 2)[1]),
    ]),
  ).toEqual([
    ["Names (#4)", ["db/changes/3_note.js"], ["other_idx"]],
    ["Index (#2)", ["db/changes/2_index.js"], ["orders_idx"]],
    ["start", ["db/changes/1_orders.js"], []],
  ]);
});
