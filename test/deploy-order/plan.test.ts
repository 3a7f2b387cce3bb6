import { describe, expect, test } from "vitest";
import { planOf } from "../../src/deploy-order/plan.js";
import { defineRecipe, type Recipe } from "../../src/deploy-order/recipe.js";
import { RECIPES } from "../../src/deploy-order/recipes/index.js";
import type { Change } from "../../src/model/change.js";
import type { DeployModel } from "../../src/model/configuration.js";
import type { Finding, Harm } from "../../src/model/finding.js";
import type { QualifiedName } from "../../src/model/name.js";
import type { Plan } from "../../src/model/plan.js";
import type { Reference, Side } from "../../src/model/reference.js";
import { isLive } from "../../src/change/live.js";
import { removedBy } from "../../src/change/names.js";
import { memoryChange } from "../rules/memory-change.js";

const SCHEMA =
  "CREATE TABLE accounts (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref text, note varchar(10));";

interface Situation {
  readonly used?: readonly Side[];
  readonly grade?: Reference["grade"];
  readonly hazard?: Harm;
  /** The statement that has it. Default: the first. */
  readonly statement?: number;
  /** The side of the code that it is about. */
  readonly broken?: Side;
  readonly schema?: string;
  readonly model?: DeployModel;
  readonly migrations?: "before" | "after";
  /** Default: none, so that every statement has to stand for itself. */
  readonly recipes?: readonly Recipe[];
}

function plan(
  sql: string,
  {
    used = [],
    grade = "certain",
    hazard,
    model = "rolling",
    migrations = "before",
    recipes = [],
    ...rest
  }: Situation = {},
): Plan {
  const { schema = SCHEMA, statement = 0, broken } = rest;
  const { change: made, file } = memoryChange("/repository", sql, { history: [schema] });
  const change: Change = { ...made, configuration: { ...made.configuration, deploy: { model, migrations } } };
  const references = used.map((side) => referenceOn(side, grade));
  return planOf({
    change,
    findings: hazard
      ? [{ ...finding(file, hazard), statement, evidence: broken === undefined ? [] : [referenceOn(broken, grade)] }]
      : [],
    isLive: (placed, relation) => isLive(change, change.databases[0]!, placed, relation),
    referencesTo: (placed) => (removedBy(placed) ? references : []),
    recipes,
  });
}

function referenceOn(side: Side, grade: Reference["grade"]): Reference {
  return {
    side,
    grade,
    kind: "read",
    file: "src/repository.ts",
    line: 88,
    column: 3,
    excerpt: "SELECT legacy_ref FROM orders",
  };
}

function finding(file: string, harm: Harm): Finding {
  return {
    database: "main",
    rule: "a-rule",
    severity: "error",
    harm,
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 2,
    message: "This goes wrong on orders. Do it in another way.",
    messageId: "found",
    statement: 0,
    evidence: [],
    suggestions: [],
    help: "",
  };
}

/** The plan as lines: heading, then a box or a plain line for each step. */
function lines({ phases }: Plan): string[] {
  return phases.flatMap(({ id, steps }) => [
    id,
    ...steps.map(({ person, title, place }) => `${person ? "[ ]" : " - "} ${title} (${place?.file}:${place?.line})`),
  ]);
}

const DROP = "ALTER TABLE orders DROP COLUMN legacy_ref";

describe("nothing to plan: no order, no steps, and why", () => {
  const nothing = (change: Change): Plan =>
    planOf({ change, findings: [], isLive: () => true, referencesTo: () => [] });
  const withoutMigrations = (change: Change): Change => ({ ...change, databases: [] });
  const { change: pullRequest } = memoryChange("/repository", "-- nothing yet\n", { history: [SCHEMA] });
  const { change: files } = memoryChange("/repository", DROP, { history: [SCHEMA], base: false });

  test.each([
    ["a migration without statements", pullRequest, "The migrations of this pull request run nothing that is new."],
    ["no migration", withoutMigrations(pullRequest), "This pull request changes no migration."],
    ["files by themselves", files, "The files were checked by themselves: without a base there is no order to plan."],
    ["no file at all", withoutMigrations(files), "There is no migration to check."],
  ])("%s", (_, change, sentence) => {
    expect(nothing(change)).toEqual({ sentence, deployOrder: "none", phases: [] });
  });
});

test("a long statement stands in the first of its steps, and each step has the answers of its own part", () => {
  const columns = Array.from({ length: 150 }, (_, index) => `column_number_${String(index)}`);
  const made = plan(`ALTER TABLE wide ${columns.map((name) => `ALTER ${name} SET NOT NULL`).join(", ")};`, {
    schema: `CREATE TABLE wide (id bigint PRIMARY KEY, ${columns.map((name) => `${name} int`).join(", ")});`,
    hazard: "blocks",
    recipes: RECIPES,
  });
  const parts = made.phases[0]!.steps.filter(({ origin }) => origin === "this pull request");
  expect(parts).toHaveLength(150);
  expect(parts.filter(({ sql }) => sql !== undefined)).toHaveLength(1);
  expect(parts[149]!.compatibility?.reasons).toEqual([
    "Inserts of the code running now fail where they leave wide.column_number_149 out or send NULL.",
  ]);
});

test("what runs by itself and takes data away says so before it says whom it blocks", () => {
  expect(lines(plan("TRUNCATE orders, accounts;"))).toEqual([
    "automatic",
    " -  Every row of orders is gone; every row of accounts is gone; blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
  expect(lines(plan("DROP TABLE orders;"))).toEqual([
    "automatic",
    " -  orders is gone, with its rows; blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
});

test("a nullable column runs by itself, before the code", () => {
  const made = plan("ALTER TABLE orders ADD COLUMN seen_at timestamptz;");
  expect(made.sentence).toBe("Migrations first, then the code: one pull request is enough.");
  expect(made.deployOrder).toBe("migration-first");
  expect(lines(made)).toEqual([
    "automatic",
    " -  Blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
});

test("a table that is listed is said to be", () => {
  const { change } = memoryChange(
    "/repository",
    "ALTER TABLE orders ADD COLUMN seen_at timestamptz;\nCREATE INDEX i ON accounts (id);",
    { history: [SCHEMA] },
  );
  const isListed = (list: string, _: unknown, { name }: QualifiedName): boolean =>
    name === (list === "hot" ? "orders" : "accounts");
  expect(lines(planOf({ change, findings: [], isLive: () => true, isListed, referencesTo: () => [] }))).toEqual([
    "automatic",
    " -  Blocks reads and writes on orders (listed as hot) for a moment (db/migrations/0002.sql:1)",
    " -  Blocks writes on accounts (listed as small) while it builds an index (db/migrations/0002.sql:2)",
  ]);
});

test("a new table is quiet, but the lock on the table that its foreign key names is said", () => {
  const made = plan("CREATE TABLE invoices (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts);");
  expect(lines(made)).toEqual(["automatic", " -  Blocks writes on accounts for a moment (db/migrations/0002.sql:1)"]);
});

test("a foreign key of a table that is made here holds others up for a moment only", () => {
  const made = plan(
    "CREATE TABLE items (order_id bigint);\nALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders;",
  );
  expect(lines(made)).toContain(" -  Blocks writes on orders for a moment (db/migrations/0002.sql:2)");
});

test("statements on what is new share one line for each file", () => {
  const made = plan("CREATE TABLE invoices (id bigint PRIMARY KEY);\nCREATE INDEX invoices_id ON invoices (id);");
  expect(lines(made)).toEqual(["automatic", " -  2 statements that block nobody (db/migrations/0002.sql:1)"]);
});

test("a drop that the running code uses is taken out, and comes later", () => {
  const made = plan(`SELECT 1;\n${DROP};`, { used: ["base"] });
  expect(made.sentence).toBe("Split this pull request: the code running now still uses orders.legacy_ref.");
  expect(made.deployOrder).toBe("code-first");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take the drop of orders.legacy_ref out of this pull request: the code running now fails as soon as it has run. (db/migrations/0002.sql:2)",
    "automatic",
    " -  1 statement that blocks nobody (db/migrations/0002.sql:1)",
    "later",
    "[ ] Drop orders.legacy_ref in a pull request of its own, once every instance runs code that no longer uses it. (db/migrations/0002.sql:2)",
  ]);
  const [take] = made.phases[0]!.steps;
  expect(take!.evidence.map(({ side, file, line }) => `${side} ${file}:${line}`)).toEqual([
    "base src/repository.ts:88",
  ]);
  expect(take!.sql).toBe(DROP);
  expect(take!.locks).toEqual([]);
  expect(made.phases.at(-1)!.steps[0]!.locks).toEqual([
    { relation: "public.orders", mode: "ACCESS EXCLUSIVE", blocks: ["read", "write", "ddl"], while: "instant" },
  ]);
});

test("a drop that the code of the pull request still uses: the code comes out first", () => {
  const made = plan(DROP, { used: ["base", "head"] });
  expect(lines(made).slice(0, 2)).toEqual([
    "before-merge",
    "[ ] Take orders.legacy_ref out of the code in this pull request: whatever the order, it fails once orders.legacy_ref is dropped. (db/migrations/0002.sql:1)",
  ]);
  expect(made.phases[0]!.steps[0]!.evidence.map(({ side }) => side)).toEqual(["head"]);
});

test("a statement of several clauses: each use is named, and the hazard beside it is not forgotten", () => {
  const made = plan("ALTER TABLE orders ADD COLUMN region text NOT NULL, DROP COLUMN legacy_ref", {
    used: ["base"],
    hazard: "fails",
  });
  expect(made.sentence).toBe(
    "Split this pull request: the code running now still uses orders.legacy_ref. Change 1 statement before you merge.",
  );
  expect(made.deployOrder).toBe("split");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take the drop of orders.legacy_ref out of this pull request: the code running now fails as soon as it has run. (db/migrations/0002.sql:1)",
    "[ ] Change this statement. This goes wrong on orders. (db/migrations/0002.sql:1)",
    "later",
    "[ ] Drop orders.legacy_ref in a pull request of its own, once every instance runs code that no longer uses it. (db/migrations/0002.sql:1)",
  ]);
});

test("a rename in use is given its new name in steps", () => {
  const made = plan("ALTER TABLE orders RENAME COLUMN note TO remark", { used: ["base"] });
  expect(made.deployOrder).toBe("split");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take the rename of orders.note out of this pull request: the code running now fails as soon as it has run. (db/migrations/0002.sql:1)",
    "later",
    "[ ] Give orders.note its new name in steps: add the new one beside it, write both, copy, read the new one, drop orders.note. (db/migrations/0002.sql:1)",
  ]);
});

test("without the rule that reports it, a required column still splits the pull request", () => {
  const made = plan("ALTER TABLE orders ADD COLUMN region text NOT NULL");
  expect(made.sentence).toBe("Split this pull request: the code running now fails with the change of orders.region.");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take this statement out of this pull request. Inserts of the code running now leave orders.region out, and it has no default. (db/migrations/0002.sql:1)",
    "later",
    "[ ] Run it once every instance runs the code in this pull request. (db/migrations/0002.sql:1)",
  ]);
});

test("a possible use is a thing to confirm", () => {
  const made = plan(DROP, { used: ["base"], grade: "possible" });
  expect(made.sentence).toBe("1 thing to confirm before you merge.");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Confirm that this statement can run while the code running now is live. Whether code uses orders.legacy_ref is not certain. (db/migrations/0002.sql:1)",
    "automatic",
    " -  orders.legacy_ref is gone, with its values; blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
});

test("migrations after the deploy: the running code is gone, and what the new code needs must run first", () => {
  expect(lines(plan(DROP, { used: ["base"], migrations: "after" }))).toEqual([
    "after-deploy",
    " -  orders.legacy_ref is gone, with its values; blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
  expect(lines(plan("ALTER TABLE orders ADD COLUMN seen_at timestamptz", { migrations: "after" }))).toEqual([
    "before-merge",
    "[ ] Run this statement before the deploy: the code in this pull request needs it, and the pipeline runs it afterwards. (db/migrations/0002.sql:1)",
  ]);
});

test("with downtime only the code of the pull request counts", () => {
  expect(lines(plan(DROP, { used: ["base"], model: "recreate" }))).toEqual([
    "automatic",
    " -  orders.legacy_ref is gone, with its values; blocks reads and writes on orders for a moment (db/migrations/0002.sql:1)",
  ]);
  expect(plan(DROP, { used: ["base"], model: "recreate" }).deployOrder).toBe("any");
});

test("a statement with an error that blocks is changed, and is said to run nowhere", () => {
  const made = plan("CREATE INDEX orders_note_idx ON orders (note);", { hazard: "blocks" });
  expect(made.sentence).toBe("Change 1 statement before you merge.");
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Change this statement: it blocks writes on orders while it builds an index. (db/migrations/0002.sql:1)",
  ]);
  expect(made.phases[0]!.steps[0]!.instead).toBe("Do it in another way.");
});

test("a statement that blocks by what it holds already says what its finding says", () => {
  expect(lines(plan("LOCK TABLE orders IN SHARE MODE;", { hazard: "blocks" }))).toEqual([
    "before-merge",
    "[ ] Change this statement. This goes wrong on orders. (db/migrations/0002.sql:1)",
  ]);
});

test("an expanding and a contracting statement cannot ship in one pull request", () => {
  const made = plan(`ALTER TABLE orders ADD COLUMN ref text; ${DROP};`, { used: ["base"] });
  expect(made.deployOrder).toBe("split");
});

test("ids survive reformatting and moving, and differ between steps", () => {
  const ids = (made: Plan): string[] => made.phases.flatMap(({ steps }) => steps.map(({ id }) => id));
  const one = ids(plan(DROP, { used: ["base"] }));
  expect(ids(plan(`-- gone\n\nalter table "orders"\n  drop column legacy_ref;`, { used: ["base"] }))).toEqual(one);
  expect(new Set(one).size).toBe(one.length);
});

const NOW = { release: 0, slot: "before" } as const;

/** A recipe whose steps are on every slot. */
const RENAME = defineRecipe({
  name: "rename-for-the-test",
  summary: "Both columns live side by side.",
  operation: "RenameColumn",
  way: ({ column, newName }) => ({
    steps: [
      {
        name: "add",
        actor: "pipeline",
        title: `Add \`${newName}\`.`,
        from: NOW,
        until: NOW,
        sql: `ALTER TABLE orders ADD COLUMN ${newName} varchar(10);`,
        wayBack: "Drop it.",
      },
      { name: "write-both", actor: "code", title: "Write both.", from: { release: 0, slot: "deploy" } },
      {
        name: "backfill",
        actor: "person",
        title: "Copy.",
        from: { release: 0, slot: "backfill" },
        sql: `UPDATE orders SET ${newName} = ${column};`,
        repeat: true,
        check: { sql: `SELECT count(*) FROM orders WHERE ${newName} IS DISTINCT FROM ${column}`, answer: "0" },
      },
      {
        name: "index",
        actor: "pipeline",
        title: "Build the index.",
        from: { release: 0, slot: "after" },
        sql: `CREATE INDEX CONCURRENTLY remark_idx ON orders (${newName});`,
        transaction: "outside",
      },
      {
        name: "drop",
        actor: "pipeline",
        title: `Drop \`${column}\`.`,
        from: { release: 2, slot: "before" },
        sql: `ALTER TABLE orders DROP COLUMN ${column};`,
        stopCondition: "It waits for a lock for longer than 2 s.",
      },
    ],
  }),
});
const OTHER = defineRecipe({
  name: "other",
  summary: "A view has both names.",
  operation: "RenameColumn",
  way: () => ({ steps: [] }),
});

test("a recipe takes the statement's place: boxes for people, lines for the pipeline, later pull requests by number", () => {
  const made = plan("ALTER TABLE orders RENAME COLUMN note TO remark", { used: ["base"], recipes: [RENAME, OTHER] });
  expect(made.sentence).toBe(
    "Split this pull request: the code running now still uses orders.note. With the proposed steps it takes 3 pull requests, this one included.",
  );
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take the rename of orders.note out of this pull request: the code running now fails as soon as it has run. Put the proposed step in its place. (db/migrations/0002.sql:1)",
    "[ ] Write both. (db/migrations/0002.sql:1)",
    "automatic",
    " -  Add `remark`. (db/migrations/0002.sql:1)",
    "after-deploy",
    "[ ] Copy. (db/migrations/0002.sql:1)",
    "later",
    "[ ] Build the index. (db/migrations/0002.sql:1)",
    "[ ] Drop `note`. (db/migrations/0002.sql:1)",
  ]);
  const steps = made.phases.flatMap((phase) => phase.steps);
  expect(steps.map(({ release }) => release)).toEqual([undefined, undefined, undefined, undefined, 1, 2]);
  expect(steps[0]!.otherWays).toEqual(["A view has both names."]);
  expect(steps[2]).toMatchObject({
    origin: "proposed",
    sql: "ALTER TABLE orders ADD COLUMN remark varchar(10);",
    wayBack: "Drop it.",
  });
  // It is the only one that the pipeline runs with this pull request.
  expect(steps[2]!.how).toBeUndefined();
  // The locks are those of the schema that the earlier steps leave.
  expect(steps.map(({ locks }) => locks.map(({ mode, while: work }) => `${mode}, ${work}`))).toEqual([
    [],
    [],
    ["ACCESS EXCLUSIVE, instant"],
    [],
    ["SHARE UPDATE EXCLUSIVE, index-build"],
    ["ACCESS EXCLUSIVE, instant"],
  ]);
  expect(steps[4]!.how).toBe("In a migration of its own that runs outside a transaction.");
  expect(steps[4]!.estimates).toEqual([
    {
      relation: "public.orders",
      work: "index-build",
      query: "SELECT pg_size_pretty(pg_table_size('public.orders'))",
    },
  ]);
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
});

test("what needs a name that comes later waits for it, and what the new code needs cannot", () => {
  const made = plan(
    "ALTER TABLE orders RENAME COLUMN legacy_ref TO ref;\nCREATE INDEX orders_ref_idx ON orders (ref);\nCREATE VIEW refs AS SELECT ref FROM orders;",
    { used: ["base"] },
  );
  expect(lines(made)).toEqual([
    "before-merge",
    "[ ] Take the rename of orders.legacy_ref out of this pull request: the code running now fails as soon as it has run. (db/migrations/0002.sql:1)",
    "[ ] Take this statement out of this pull request: it needs orders.ref. (db/migrations/0002.sql:2)",
    "[ ] Split the code in this pull request, too: it needs refs, which can only come later. (db/migrations/0002.sql:3)",
    "[ ] Take this statement out of this pull request: it needs orders.ref. (db/migrations/0002.sql:3)",
    "later",
    "[ ] Give orders.legacy_ref its new name in steps: add the new one beside it, write both, copy, read the new one, drop orders.legacy_ref. (db/migrations/0002.sql:1)",
    "[ ] Run it with or behind what it waits for: it needs orders.ref. (db/migrations/0002.sql:2)",
    "[ ] Run it with or behind what it waits for: it needs orders.ref. (db/migrations/0002.sql:3)",
  ]);
  expect(made.phases[0]!.steps[2]!.because).toEqual([
    "db/migrations/0002.sql:3 must run before the deploy, because the code in this pull request needs it",
    "it needs orders.ref",
    "db/migrations/0002.sql:1 must wait for a later pull request: the code running now uses orders.legacy_ref",
  ]);
});

test("what rests on something that a later step takes away is said, where the order alone cannot mend it", () => {
  const made = plan(
    "ALTER TABLE orders ADD CONSTRAINT note_long CHECK (length(note) > 2) NOT VALID;\nALTER TABLE orders RENAME COLUMN note TO remark;",
    { used: ["base"], recipes: [RENAME] },
  );
  expect(made.phases[0]!.steps.map(({ title }) => title)).toContain(
    "Write the steps for note_long of orders anew: in this order it is not there in the end, because a later step takes away what it rests on.",
  );
});

test("a drop says what shows that nobody needs the column", () => {
  const [step] = plan(DROP).phases[0]!.steps;
  expect(step!.because).toEqual([
    "No code names orders.legacy_ref, before or in this pull request. Whether an older release still runs is not known: `deploy.released` in the configuration says which tags tell.",
  ]);
  expect(step!.wayBack).toBe("None for the values: what was in orders.legacy_ref comes back only from a backup.");
});

test("of two recipes of which one takes the other's place, that one is proposed", () => {
  const made = plan(
    "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT, ALTER COLUMN note TYPE jsonb USING note::jsonb;",
    { hazard: "blocks", recipes: RECIPES, schema: `${SCHEMA} ALTER TABLE orders ALTER COLUMN note SET DEFAULT '{}';` },
  );
  const titles = lines(made);
  expect(titles.filter((line) => line.includes("default"))).toEqual([]);
  expect(titles[1]).toBe(
    "[ ] Change the part of this statement about orders.note: it blocks reads and writes on orders while it rewrites the table. Put the 2 proposed steps in its place. (db/migrations/0002.sql:1)",
  );
});

test("what a later pull request does is taken out, with why it cannot come now", () => {
  const made = plan("SELECT 1;\nCREATE UNIQUE INDEX note_idx ON orders (note);", {
    hazard: "blocks",
    statement: 1,
    recipes: RECIPES,
  });
  expect(made.sentence).toBe(
    "Split this pull request: note_idx can only come once every instance runs the code of this one. With the proposed steps it takes 2 pull requests, this one included.",
  );
  expect(lines(made)[1]).toBe(
    "[ ] Take this statement out of this pull request: it blocks writes on orders while it builds an index. The code running now may write duplicates, which note_idx refuses. (db/migrations/0002.sql:2)",
  );
});

test("the statements that go along are named by their lines", () => {
  const made = plan(
    "UPDATE orders SET note = '' WHERE note IS NULL;\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    {
      hazard: "blocks",
      statement: 1,
      recipes: RECIPES,
    },
  );
  expect(lines(made)[1]).toMatch(
    / Line 1 goes with it: the proposed steps do what it does\. \(db\/migrations\/0002\.sql:2\)$/,
  );
});

test("a relation that changes its schema is moved", () => {
  const made = plan("ALTER TABLE orders SET SCHEMA archive;", { used: ["base", "head"] });
  expect(lines(made).slice(1)).toEqual([
    "[ ] Take orders out of the code in this pull request: whatever the order, it fails once orders is moved. (db/migrations/0002.sql:1)",
    "[ ] Take the move of orders out of this pull request: the code running now fails as soon as it has run. (db/migrations/0002.sql:1)",
    "later",
    "[ ] Move orders in steps: make it reachable under both names, let the code use the new one, take the old one away. (db/migrations/0002.sql:1)",
  ]);
});

test("an error about the code of the pull request alone asks for other code, and says nothing of the running code", () => {
  const made = plan("ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", { hazard: "breaks code", broken: "head" });
  expect(made.sentence).toBe("The code in this pull request fails on the schema that it makes.");
  expect(lines(made)[1]).toBe(
    "[ ] Change the code in this pull request. This goes wrong on orders. (db/migrations/0002.sql:1)",
  );
  const running = plan("ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", { hazard: "breaks code", broken: "base" });
  expect(running.sentence).toBe("Split this pull request: the code running now fails with the change of orders.note.");
  expect(lines(running)[1]).toBe(
    "[ ] Take this statement out of this pull request. This goes wrong on orders. (db/migrations/0002.sql:1)",
  );
});

test("a wider type needs the migration first, and a change of rows locks them", () => {
  const wider = plan("ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);");
  expect(wider.deployOrder).toBe("migration-first");
  expect(wider.sentence).toBe("Migrations first, then the code: one pull request is enough.");
  expect(lines(plan("UPDATE orders SET note = upper(note);"))).toEqual([
    "automatic",
    " -  Locks the rows of orders that it changes, until its transaction ends (db/migrations/0002.sql:1)",
  ]);
});

test("what ends older code is said where it does, and once", () => {
  const floors = (made: Plan): readonly string[] =>
    made.phases.flatMap(({ steps }) => steps.flatMap(({ rollbackFloor }) => rollbackFloor ?? []));
  const may = "From here on code from before that of this pull request may fail: roll back no further.";
  // Three statements in three steps: the first refuses what older code may write.
  expect(
    floors(plan("ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", { hazard: "blocks", recipes: RECIPES })),
  ).toEqual([may]);
  // A default fills what older code leaves out.
  const filled = "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();";
  expect(floors(plan(filled, { hazard: "blocks", recipes: RECIPES }))).toEqual([]);
  // What worked with 32 bits works with 64.
  const wider = "ALTER TABLE orders ALTER COLUMN size TYPE bigint;";
  const schema = `${SCHEMA} ALTER TABLE orders ADD COLUMN size int NOT NULL DEFAULT 0;`;
  expect(floors(plan(wider, { hazard: "blocks", recipes: RECIPES, schema }))).toEqual([]);
});

test("what a tool drops to be sure, and the column does not have, asks for nothing", () => {
  const made = plan(
    "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;\nALTER TABLE orders ALTER COLUMN note DROP NOT NULL;",
  );
  expect(made.sentence).toBe("The migrations and the code can ship in any order.");
  expect(made.phases.flatMap(({ steps }) => steps.filter(({ person }) => person))).toEqual([]);
  const schema = "CREATE TABLE orders (id bigint PRIMARY KEY, note text DEFAULT 'none' NOT NULL);";
  expect(plan("ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;", { schema }).sentence).toBe(
    "1 thing to confirm before you merge.",
  );
  expect(plan("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;", { schema }).sentence).toBe(
    "Migrations first, then the code: one pull request is enough.",
  );
});
