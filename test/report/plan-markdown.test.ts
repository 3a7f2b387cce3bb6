import { expect, test } from "vitest";
import type { Lock } from "../../src/model/lock.js";
import type { Plan, Step } from "../../src/model/plan.js";
import { renderPlan, type PlanView } from "../../src/report/plan-markdown.js";
import { lockFacts, rangeWords } from "../../src/report/plan-words.js";

const view: PlanView = {
  level: "full",
  place: (file, line) => `${file}:${String(line)}`,
  reference: ({ file, line }) => `${file}:${String(line)}`,
  isShown: () => false,
};

function step(parts: Partial<Step>): Step {
  return { id: "000000000000", title: "Do it.", person: true, locks: [], origin: "proposed", evidence: [], ...parts };
}

const SCAN: Lock = { relation: "public.orders", mode: "SHARE", blocks: ["write", "ddl"], while: "scan" };

test("lock, who is blocked and duration are three facts", () => {
  expect(lockFacts({ ...SCAN, while: "instant" })).toBe(
    "Lock: SHARE on `orders`. Blocked: writes; reads go on. Duration: a moment, whatever the size of the table",
  );
  const size = { rows: 48_000_000, bytes: 6_549_825_126, indexBytes: 0 };
  expect(lockFacts({ ...SCAN, size }, [{ relation: "public.orders", work: "scan", seconds: [13.1, 65.5] }])).toBe(
    "Lock: SHARE on `orders`. Blocked: writes; reads go on. Duration: it reads the whole table, 13 s to 1.1 min (about 48 million rows, 6.1 GB)",
  );
  expect(lockFacts(SCAN, [{ relation: "public.orders", work: "scan", query: "SELECT 1" }])).toBe(
    "Lock: SHARE on `orders`. Blocked: writes; reads go on. Duration: it reads the whole table, how long depends on the size: `SELECT 1`",
  );
});

test.each([
  [0.2, 0.9, "less than a second"],
  [0.2, 1.6, "less than a second to 1.6 s"],
  [65.5, 327, "1.1 to 5.5 min"],
  [3000, 8000, "50 min to 2.2 h"],
])("%d to %d seconds are %s", (least, most, words) => {
  expect(rangeWords(least, most)).toBe(words);
});

test("what is not for now is folded by pull request; check, stop and way back are folded by step", () => {
  const plan: Plan = {
    sentence: "",
    deployOrder: "split",
    phases: [
      {
        id: "later",
        steps: [
          step({
            sql: "SELECT 1;",
            check: "SELECT 2",
            answer: "t",
            stopCondition: "It hangs.",
            wayBack: "None.",
            release: 1,
          }),
          step({ id: "111111111111", title: "Drop it.", rollbackFloor: "Roll back no further.", release: 2 }),
        ],
      },
    ],
  };
  expect(renderPlan(plan, view).replaceAll(/ <!--.*?-->( {2})?/g, "")).toBe(`#### A later pull request

A connection that is older than the deploy belongs to an instance that still runs the code from before: <code>SELECT application&#95;name, client&#95;addr, min&#40;backend&#95;start&#41; FROM pg&#95;stat&#95;activity WHERE datname = current&#95;database&#40;&#41; GROUP BY 1, 2;</code>

<details><summary><b>The next pull request</b>, once every instance runs the code of this one: 1 step</summary>

- [ ] Do it. Proposed:
  \`\`\`sql
  SELECT 1;
  \`\`\`
  <details><summary>Check, stop, way back</summary>

  - Done when: <code>SELECT 2</code> answers <code>t</code>
  - Stop if: It hangs.
  - Way back: None.

  </details>

</details>

<details><summary><b>Pull request 3, counted from this one</b>, once every instance runs the code of pull request 2: 1 step</summary>

- [ ] Drop it.
  <details><summary>Check, stop, way back</summary>

  - Roll back no further.

  </details>

</details>`);
  const short = renderPlan(plan, { ...view, level: "counts" });
  expect(short).not.toContain("SELECT");
  expect(short).toContain("- [ ] Drop it.");
});

test("upgrade notes: the downtime, the work, what may stop it, the way back", () => {
  const place = { file: "db/2.sql", line: 3 };
  const text = renderPlan(
    {
      sentence: "",
      deployOrder: "any",
      phases: [],
      upgradeNotes: {
        downtime: ["The application is down meanwhile."],
        work: [{ relation: "public.orders", work: "scan", lock: SCAN, query: "SELECT 1", place }],
        mayFail: [{ what: "It stops where orders.a is NULL.", query: "SELECT 2", place }],
        wayBack: ["What was in orders.b comes back only from a backup."],
      },
    },
    view,
  );
  expect(text).toBe(`#### Upgrade notes

The application is down meanwhile.

**Tables that are worked through**

- <code>orders</code>: it reads the whole table, how long depends on the size: <code>SELECT 1</code> (db/2.sql:3)

**What existing data can stop**

- It stops where orders.a is NULL. Count them before: <code>SELECT 2</code> (db/2.sql:3)

**The way back**

- Code: install the old version on the backup that was taken before.
- What was in orders.b comes back only from a backup.`);
});
