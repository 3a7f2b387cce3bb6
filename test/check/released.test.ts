import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { replayMerges } from "../../src/check/replay-merges.js";
import type { Report } from "../../src/model/report.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";

const CONFIGURATION = ".github/migration-safety.yml";
const RELEASED = { [CONFIGURATION]: "deploy:\n  released: v*\n" };
const TIMEOUT = "SET lock_timeout = '2s';\n";
const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n";
const ITEMS = "CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint);\n";
const at = (name: string): string => `db/migrations/${name}.sql`;

/** `orders` has shipped with v1.0.0; `items` was merged since. */
function repository(configuration: Readonly<Record<string, string>> = RELEASED): TemporaryRepository {
  const made = new TemporaryRepository({ [at("0001_orders")]: ORDERS, ...configuration });
  made.git("tag", "v1.0.0");
  made.commit("Items", { [at("0002_items")]: ITEMS });
  made.branch("work");
  return made;
}

function checked({ root }: { readonly root: string }): Report {
  const source = gitChangeSource({ root, base: "main" });
  return check(source, configurationOf(source));
}

function places({ findings }: Report): string[] {
  return findings.map(({ rule, file, line }) => `${rule} ${file}:${String(line)}`);
}

describe("a column", () => {
  const rename = `${TIMEOUT}ALTER TABLE orders RENAME COLUMN number TO serial;\nALTER TABLE orders RENAME COLUMN account_id TO account;\n`;
  const code = { "src/orders.py": 'q = "SELECT number, account_id FROM orders"\n' };

  it("that only what is merged names, and no release has, is free to be renamed", () => {
    const made = new TemporaryRepository({ [at("0001_orders")]: ORDERS, ...RELEASED });
    made.git("tag", "v1.0.0");
    made.commit("number", { [at("0002_number")]: "ALTER TABLE orders ADD COLUMN number text;\n", ...code });
    made.branch("work");
    made.commit("renames", { [at("0003_rename")]: rename, "src/orders.py": "" });
    expect(places(checked(made))).toEqual([`no-rename ${at("0003_rename")}:3`]);
    made.commit("left behind", code);
    expect(places(checked(made))).toEqual([`no-rename ${at("0003_rename")}:2`, `no-rename ${at("0003_rename")}:3`]);
  });
});

describe("a table", () => {
  const indexes = `${TIMEOUT}CREATE INDEX ON orders (account_id);\nCREATE INDEX ON items (order_id);\n`;

  it("that no release has is not in use yet", () => {
    const made = repository();
    made.commit("indexes", { [at("0003_indexes")]: indexes });
    const report = checked(made);
    expect(places(report)).toEqual([`no-blocking-index-build ${at("0003_indexes")}:2`]);
    expect(report.change.release).toEqual({ tag: "v1.0.0", commit: made.git("rev-parse", "v1.0.0") });
    expect(report.notes).toEqual([]);
  });

  it("is in use as soon as it is merged where nothing says what has shipped", () => {
    const made = repository({});
    made.commit("indexes", { [at("0003_indexes")]: indexes });
    const report = checked(made);
    expect(places(report)).toEqual([
      `no-blocking-index-build ${at("0003_indexes")}:2`,
      `no-blocking-index-build ${at("0003_indexes")}:3`,
    ]);
    expect(report.change).not.toHaveProperty("release");
  });

  it("is in use where its migration was renamed after the release", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.git("mv", at("0001_orders"), at("0001_all_orders"));
    made.commit("renamed");
    made.branch("more");
    made.commit("indexes", { [at("0003_indexes")]: indexes });
    expect(places(checked(made))).toEqual([`no-blocking-index-build ${at("0003_indexes")}:2`]);
  });

  it("is in use where a release had one of its name", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("made again", { [at("0003_again")]: `DROP TABLE orders;\n${ORDERS}` });
    made.branch("more");
    made.commit("indexes", { [at("0004_indexes")]: indexes });
    expect(places(checked(made))).toEqual([`no-blocking-index-build ${at("0004_indexes")}:2`]);
  });

  it("is in use where it was renamed after the release", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("renamed", { [at("0003_rename")]: "ALTER TABLE orders RENAME TO purchases;\n" });
    made.branch("more");
    made.commit("index", { [at("0004_index")]: `${TIMEOUT}CREATE INDEX ON purchases (account_id);\n` });
    expect(places(checked(made))).toEqual([`no-blocking-index-build ${at("0004_index")}:2`]);
  });

  it("is in use where what has shipped was squashed since", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.remove(at("0001_orders"), at("0002_items"));
    made.commit("squashed", {
      [at("0003_all")]: `CREATE TABLE purchases (id bigint PRIMARY KEY, account_id bigint);\n${ITEMS}`,
    });
    made.branch("more");
    made.commit("index", { [at("0004_index")]: `${TIMEOUT}CREATE INDEX ON purchases (account_id);\n` });
    expect(places(checked(made))).toEqual([`no-blocking-index-build ${at("0004_index")}:2`]);
  });

  it("that an edited migration creates, although the release has one of its name, is not there where it runs", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("all", { [at("0000_all")]: "SELECT 1;\n" });
    made.branch("squash");
    made.remove(at("0001_orders"), at("0002_items"));
    made.commit("squash", { [at("0000_all")]: `${ORDERS}CREATE INDEX ON orders (account_id);\n` });
    expect(places(checked(made)).filter((place) => !place.startsWith("no-edited-migration"))).toEqual([]);
  });

  it("that a branch for a release made of its own is in use", () => {
    const made = repository();
    made.branch("release-1.1", "main");
    made.commit("picked");
    made.git("tag", "v1.1.0");
    made.git("checkout", "-q", "work");
    made.commit("indexes", { [at("0003_indexes")]: indexes });
    const report = checked(made);
    expect(report.change.release?.tag).toBe("v1.1.0");
    expect(places(report)).toContain(`no-blocking-index-build ${at("0003_indexes")}:3`);
  });
});

describe("a release on a branch of its own", () => {
  it("does not have what main has got since, whatever else it has", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("a note", { "db/migrations/.gitkeep": "" });
    made.git("tag", "-f", "v1.0.0");
    made.remove("db/migrations/.gitkeep");
    made.commit("More items", { [at("0002_more_items")]: ITEMS.replace("items", "more_items") });
    made.branch("release-1.1", "v1.0.0");
    made.commit("picked", { [at("0009_picked")]: "CREATE TABLE picked (id bigint PRIMARY KEY);\n" });
    made.git("tag", "v1.1.0");
    made.branch("index", "main");
    made.commit("index", { [at("0003_index")]: `${TIMEOUT}CREATE INDEX ON more_items (order_id);\n` });
    const report = checked(made);
    expect(report.change.release?.tag).toBe("v1.1.0");
    expect(places(report)).toEqual([]);
  });
});

describe("a merged migration", () => {
  it("that no release has may be edited, renamed and deleted", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("More", {
      [at("0003_a")]: "CREATE TABLE a (id bigint);\n",
      [at("0004_b")]: "CREATE TABLE b (x int);\n",
    });
    made.branch("edits");
    made.git("mv", at("0003_a"), at("0005_a"));
    made.remove(at("0004_b"));
    made.commit("edits", { [at("0002_items")]: `${ITEMS}CREATE INDEX ON items (order_id);\n` });
    expect(places(checked(made))).toEqual([]);
  });

  it("that stands for others which a release has may be edited, too", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.remove(at("0001_orders"), at("0002_items"));
    made.commit("squashed", { [at("0003_all")]: ORDERS + ITEMS });
    made.branch("more");
    made.commit("edit", { [at("0003_all")]: ORDERS + ITEMS.replace("order_id", "orders_id") });
    expect(places(checked(made))).toEqual([]);
  });

  it("that a release has may not", () => {
    const made = repository();
    made.commit("edits", {
      [at("0001_orders")]: ORDERS.replace("account_id bigint", "account_id int"),
      [at("0002_items")]: ITEMS.replace("order_id bigint", "order_id int"),
    });
    expect(places(checked(made))).toEqual([`no-edited-migration ${at("0001_orders")}:1`]);
    made.git("tag", "v1.1.0", "main");
    expect(places(checked(made))).toEqual([
      `no-edited-migration ${at("0001_orders")}:1`,
      `no-edited-migration ${at("0002_items")}:1`,
    ]);
  });
});

test("a new migration may come before those that no release has, and not before those that one has", () => {
  const flyway = (name: string): string => `src/main/resources/db/migration/${name}.sql`;
  const made = new TemporaryRepository({ [flyway("V3__orders")]: ORDERS, ...RELEASED });
  made.git("tag", "v1.0.0");
  made.commit("Items", { [flyway("V5__items")]: ITEMS });
  made.branch("work");
  made.commit("notes", { [flyway("V4__notes")]: "CREATE TABLE notes (id bigint PRIMARY KEY);\n" });
  expect(places(checked(made))).toEqual([]);
  made.commit("more", { [flyway("V2__more")]: "CREATE TABLE more (id bigint PRIMARY KEY);\n" });
  expect(checked(made).findings.map(({ rule, file, message }) => [rule, file, message.split(". ")[0]])).toEqual([
    [
      "no-out-of-order-migration",
      flyway("V2__more"),
      "V2__more.sql comes before V3__orders.sql, which is merged already",
    ],
  ]);
});

test("the code that runs is that of the release", () => {
  const made = new TemporaryRepository({
    [at("0001_orders")]: ORDERS,
    "src/report.ts": "export const sql = `SELECT account_id FROM orders`;\n",
    ...RELEASED,
  });
  made.git("tag", "v1.0.0");
  made.commit("The last use is gone", { "src/report.ts": "export const sql = `SELECT id FROM orders`;\n" });
  made.branch("work");
  made.commit("drop", { [at("0002_drop")]: `${TIMEOUT}ALTER TABLE orders DROP COLUMN account_id;\n` });
  const { findings } = checked(made);
  expect(
    findings.map(({ rule, evidence }) => [rule, evidence.map(({ side, file, line }) => [side, file, line])]),
  ).toEqual([["no-drop-in-same-release", [["base", "src/report.ts", 1]]]]);
  made.git("tag", "v1.0.1", "main");
  expect(places(checked(made))).toEqual([]);
});

describe("where there is no release", () => {
  it("what is merged counts as released, and the configuration's line says so", () => {
    const made = repository({
      [CONFIGURATION]: "# The tags of our releases\ndeploy:\n  model: rolling\n  released: release/*\n",
    });
    made.commit("index", { [at("0003_index")]: `${TIMEOUT}CREATE INDEX ON items (order_id);\n` });
    const report = checked(made);
    expect(places(report)).toEqual([`no-blocking-index-build ${at("0003_index")}:2`]);
    expect(report.verdict).toBe("unsafe");
    expect(report.notes).toEqual([
      {
        file: CONFIGURATION,
        line: 4,
        message: "No tag matches `release/*`, so everything that is merged counts as released.",
      },
    ]);
  });

  it("in a shallow clone, nothing is known of what the change does; a change without migrations does not ask", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("Readme", { "README.md": "Orders.\n" });
    made.branch("more");
    made.commit("code", { "src/a.ts": "export {};\n" });
    const clone = (): string => {
      const folder = join(temporaryFolder(), "checkout");
      execFileSync("git", ["clone", "-q", "--depth=2", "--branch=more", `file://${made.root}`, folder], {
        stdio: "ignore",
      });
      return folder;
    };
    const judged = (root: string): Report => {
      const source = gitChangeSource({ root, base: "HEAD~1", head: "HEAD" });
      return check(source, configurationOf(source));
    };
    expect(judged(clone()).verdict).toBe("safe");
    made.git("reset", "-q", "--hard", "main");
    made.commit("table", { [at("0003_table")]: "CREATE TABLE fresh (id bigint PRIMARY KEY);\n" });
    const { verdict, change } = judged(clone());
    expect(verdict).toBe("incomplete");
    expect(change.incomplete).toEqual([
      {
        reason: "It is not known which release the base builds on, and so not what has shipped. The clone is shallow.",
        fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow --tags`.",
      },
    ]);
  });
});

test("a replay judges each merge by the releases that there were then", () => {
  const made = new TemporaryRepository();
  made.now = "2026-01-01T00:00:00Z";
  made.commit("Orders", { [at("0001_orders")]: ORDERS });
  made.git("tag", "v1.0.0");
  made.now = "2026-02-01T00:00:00Z";
  made.commit("Items", { [at("0002_items")]: ITEMS });
  made.commit("Edit of items", { [at("0002_items")]: ITEMS.replace("order_id", "orders_id") });
  made.now = "2026-03-01T00:00:00Z";
  made.commit("Version 2");
  made.git("tag", "v2.0.0");
  made.commit("Another edit of items", { [at("0002_items")]: ITEMS.replace("order_id", "purchase_id") });
  const said = (released?: string): unknown =>
    replayMerges({ root: made.root, last: 10, ...(released !== undefined && { released }) }).merges.map(
      ({ title, findings }) => [title, ...findings.map(({ rule }) => rule)],
    );
  expect(said("v*")).toEqual([
    ["Another edit of items", "no-edited-migration"],
    ["Edit of items"],
    ["Items"],
    ["Orders"],
  ]);
  expect(said()).toEqual([
    ["Another edit of items", "no-edited-migration"],
    ["Edit of items", "no-edited-migration"],
    ["Items"],
    ["Orders"],
  ]);
});

test("replay knows that nothing had shipped before the first release", () => {
  const made = new TemporaryRepository();
  const commit = (day: string, message: string, files: Readonly<Record<string, string>>): void => {
    made.now = `2026-01-${day}T00:00:00Z`;
    made.commit(message, files);
  };
  commit("01", "Orders", { [at("0001_orders")]: ORDERS });
  commit("02", "Edit, index", {
    [at("0001_orders")]: ORDERS.replace("account_id", "customer_id"),
    [at("0002_index")]: `${TIMEOUT}CREATE INDEX ON orders (customer_id);\n`,
  });
  made.git("tag", "v1.0.0");
  commit("03", "Index", { [at("0003_index")]: `${TIMEOUT}CREATE INDEX ON orders (id, customer_id);\n` });
  const said = (released: string): unknown =>
    replayMerges({ root: made.root, last: 10, released }).merges.map(({ title, findings }) => [
      title,
      ...findings.map(({ rule }) => rule),
    ]);
  expect(said("v*")).toEqual([["Index", "no-blocking-index-build"], ["Edit, index"], ["Orders"]]);
  // A pattern that no tag has may have a slip of the pen in it.
  expect(said("w*")).toEqual([
    ["Index", "no-blocking-index-build"],
    ["Edit, index", "no-edited-migration", "no-blocking-index-build"],
    ["Orders"],
  ]);
});

describe("an edit that is taken back", () => {
  const edited = ITEMS.replace("order_id", "orders_id");
  const said = ({ findings }: Report): unknown => findings.map(({ rule, message }) => [rule, message.slice(0, 31)]);

  it("gives databases what they have: the text with which the migration was merged", () => {
    const made = repository({});
    made.git("checkout", "-q", "main");
    made.commit("edit", { [at("0002_items")]: edited });
    made.branch("back");
    made.commit("taken back", { [at("0002_items")]: ITEMS });
    expect(said(checked(made))).toEqual([]);
    made.commit("another edit", { [at("0002_items")]: ITEMS.replace("order_id", "purchase_id") });
    expect(said(checked(made))).toEqual([["no-edited-migration", "This migration was merged befor"]]);
  });

  it("gives them what the release has, whatever it was merged with", () => {
    const made = repository();
    made.git("checkout", "-q", "main");
    made.commit("edit", { [at("0002_items")]: edited });
    made.git("tag", "v1.1.0");
    made.commit("another edit", { [at("0002_items")]: ITEMS.replace("order_id", "purchase_id") });
    made.branch("back");
    made.commit("taken back", { [at("0002_items")]: edited });
    expect(said(checked(made))).toEqual([]);
  });

  it("is an edit in a shallow clone, which does not tell with what it was merged", () => {
    const made = repository({});
    made.git("checkout", "-q", "main");
    made.commit("edit", { [at("0002_items")]: edited });
    made.branch("back");
    made.commit("taken back", { [at("0002_items")]: ITEMS });
    made.git("branch", "-D", "work");
    const root = temporaryFolder();
    execFileSync("git", [
      "clone",
      "-q",
      "--depth=2",
      "--branch=back",
      "--no-single-branch",
      `file://${made.root}`,
      root,
    ]);
    const source = gitChangeSource({ root, base: "origin/main" });
    expect(said(check(source, configurationOf(source)))).toEqual([
      ["no-edited-migration", "This migration was merged befor"],
    ]);
  });
});
