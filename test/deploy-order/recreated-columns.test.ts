/** A column that is dropped and added again is one step: no plan takes the two apart. */
import { expect, test } from "vitest";
import { checkChange } from "../../src/check/check.js";
import type { Plan } from "../../src/model/plan.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

const SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY, status varchar(20) NOT NULL, note text);";
const CODE = { "src/orders.ts": `export const all = (db) => db.query("SELECT id, status FROM orders");\n` };

function reportOf(sql: string, surroundings: Surroundings = {}) {
  const { change } = memoryChange("/repository", sql, {
    history: [SCHEMA],
    baseCode: CODE,
    headCode: CODE,
    ...surroundings,
  });
  return checkChange(change);
}

function lines({ phases }: Plan): string[] {
  return phases.flatMap(({ id, steps }) => [
    id,
    ...steps.map(({ person, title, place }) => `${person ? "[ ]" : " - "} ${title} (${place?.file}:${place?.line})`),
  ]);
}

test("two statements are one box, in the words of the finding", () => {
  const { plan, findings } = reportOf(
    "ALTER TABLE orders DROP COLUMN status;\nALTER TABLE orders ADD COLUMN status integer NOT NULL;",
  );
  expect(findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule)).toEqual([
    "no-column-recreate",
  ]);
  expect(plan.sentence).toBe("Change 1 statement before you merge.");
  expect(lines(plan)).toEqual([
    "before-merge",
    "[ ] Change this statement. status of orders is dropped here and added again in line 2, as integer: every value of it is lost. (db/migrations/0002.sql:1)",
  ]);
  const [step] = plan.phases[0]!.steps;
  expect(step!.instead).toBe(
    "To keep them, add the new column under another name, copy the values, and drop status in a later deploy.",
  );
  expect(step!.compatibility).toMatchObject({
    runningCodeOnNewSchema: "unknown",
    migrationRollback: "no",
    meaning: ["Every value of orders.status is gone."],
  });
});

test("one statement with both halves is one box", () => {
  const { plan } = reportOf("ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT '', DROP COLUMN status;");
  expect(lines(plan)).toEqual([
    "before-merge",
    "[ ] Change this statement. status of orders is dropped here and added again in line 1, as text: every value of it is lost. (db/migrations/0002.sql:1)",
  ]);
});

test("what stands beside a half keeps its own step", () => {
  const { plan } = reportOf(
    "ALTER TABLE orders DROP COLUMN status;\nALTER TABLE orders ADD COLUMN status text, ADD COLUMN region text NOT NULL;",
  );
  expect(lines(plan).filter((line) => line.includes("0002.sql:2"))).toContain(
    "[ ] Take the part of this statement about orders.region out of this pull request. Inserts of the code running now leave orders.region out, and it has no default. Put the proposed step in its place. (db/migrations/0002.sql:2)",
  );
  expect(lines(plan).filter((line) => line.includes("status"))).toEqual([
    "[ ] Change this statement. status of orders is dropped here and added again in line 2, as text: every value of it is lost. (db/migrations/0002.sql:1)",
  ]);
});

test("accepted, both halves run, and it is said that the values are gone", () => {
  const { plan } = reportOf(
    "-- migration-safety-disable-next-line no-column-recreate -- filled anew every night\nALTER TABLE orders DROP COLUMN status;\nALTER TABLE orders ADD COLUMN status varchar(20) NOT NULL DEFAULT '';",
  );
  expect(plan.sentence).toBe("Nothing is left to do before you merge: 1 step is accepted.");
  expect(lines(plan)).toEqual([
    "before-merge",
    " -  Change this statement. status of orders is dropped here and added again in line 3: every value of it is lost. (db/migrations/0002.sql:2)",
    "automatic",
    " -  Blocks reads and writes on orders for a moment (db/migrations/0002.sql:3)",
  ]);
});

test("a generated column that is made anew has lost nothing", () => {
  const { plan } = reportOf(
    "ALTER TABLE orders DROP COLUMN size;\nALTER TABLE orders ADD COLUMN size int GENERATED ALWAYS AS (length(note) + 1) STORED;",
    { history: [`${SCHEMA}\nALTER TABLE orders ADD COLUMN size int GENERATED ALWAYS AS (length(note)) STORED;`] },
  );
  const all = plan.phases.flatMap(({ steps }) => steps);
  expect(all.flatMap(({ compatibility }) => compatibility?.meaning ?? [])).toEqual([]);
  expect(lines(plan).join("\n")).not.toContain("pull request of its own");
});

test("a drop that moves to another name is no pair", () => {
  const { plan } = reportOf("ALTER TABLE orders DROP COLUMN status;\nALTER TABLE orders ADD COLUMN state varchar(20);");
  expect(lines(plan)[2]).toContain("Take the drop of orders.status out of this pull request");
});
