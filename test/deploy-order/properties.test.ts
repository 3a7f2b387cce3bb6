/** What holds for the plan of any pull request: of statements and references that are put together at random. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isLive } from "../../src/change/live.js";
import { removedBy } from "../../src/change/names.js";
import { schemaDifferences } from "../../src/change/schema-differences.js";
import { planOf, type PlanInput } from "../../src/deploy-order/plan.js";
import { scheduledSteps } from "../../src/deploy-order/schedule.js";
import { judgedStatements } from "../../src/deploy-order/statement-facts.js";
import type { Finding } from "../../src/model/finding.js";
import type { Plan, Step } from "../../src/model/plan.js";
import type { Reference, ReferenceGrade, Side } from "../../src/model/reference.js";
import { memoryChange } from "../rules/memory-change.js";

const SCHEMA = `
  CREATE TYPE status AS ENUM ('open', 'closed');
  CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE customers (id bigint PRIMARY KEY);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, account_id bigint, region text, note varchar(10), title text, code text, legacy_ref text,
    state status
  );
  CREATE VIEW open_accounts AS SELECT id, name FROM accounts;`;

/** Nobody has to act because of one of these, in any order. */
const EXPANDING = [
  "ALTER TABLE orders ADD COLUMN seen_at timestamptz",
  "ALTER TABLE orders ADD COLUMN retries int NOT NULL DEFAULT 0",
  "CREATE TABLE invoices (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers)",
  "ALTER TYPE status ADD VALUE 'paid'",
  "CREATE VIEW all_orders AS SELECT id FROM orders",
  "ALTER TABLE orders ALTER COLUMN note TYPE varchar(20)",
  "COMMENT ON TABLE orders IS 'Orders'",
  "GRANT SELECT ON orders TO PUBLIC",
  "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
] as const;

interface Contracting {
  readonly sql: string;
  /** The finding that asks for another form of it, where the operation by itself does not. */
  readonly hazard?: Finding["harm"];
}

/** What code that uses it does not survive, or what blocks; each on a column of its own, so that no order is wrong. */
const CONTRACTING: readonly Contracting[] = [
  { sql: "ALTER TABLE orders DROP COLUMN legacy_ref" },
  { sql: "ALTER TABLE orders RENAME COLUMN title TO headline" },
  { sql: "DROP TABLE accounts CASCADE" },
  { sql: "CREATE INDEX orders_account_idx ON orders (account_id)", hazard: "blocks" },
  { sql: "ALTER TABLE orders ALTER COLUMN region SET NOT NULL", hazard: "blocks" },
  { sql: "ALTER TABLE orders ADD CONSTRAINT code_long CHECK (length(code) > 2)", hazard: "blocks" },
];

interface Case {
  readonly statements: readonly Contracting[];
  readonly used?: readonly (readonly [Side, ReferenceGrade])[];
}

function inputOf({ statements, used = [] }: Case): PlanInput {
  const sql = statements.map((one) => `${one.sql};`).join("\n");
  const { change, file } = memoryChange("/repository", sql, { history: [SCHEMA] });
  const references = used.map(([side, grade], index): Reference => ({
    side,
    grade,
    kind: "read",
    file: "src/repository.ts",
    line: index + 1,
    column: 1,
    excerpt: "",
  }));
  const findings = statements.flatMap(({ hazard }, statement): Finding[] =>
    hazard === undefined
      ? []
      : [
          {
            database: "main",
            rule: "a-rule",
            severity: "error",
            harm: hazard,
            file,
            line: statement + 1,
            column: 1,
            endLine: statement + 1,
            endColumn: 2,
            message: "",
            messageId: "found",
            statement,
            evidence: [],
            suggestions: [],
            help: "",
          },
        ],
  );
  return {
    change,
    findings,
    isLive: (placed, relation) => isLive(change, change.databases[0]!, placed, relation),
    referencesTo: (placed) => (removedBy(placed) ? references : []),
  };
}

function planOfCase(one: Case): Plan {
  return planOf(inputOf(one));
}

function stepsOf({ phases }: Plan): readonly Step[] {
  return phases.flatMap(({ steps }) => steps);
}

function boxes(plan: Plan): number {
  return stepsOf(plan).filter(({ person }) => person).length;
}

const expanding = fc
  .subarray([...EXPANDING], { minLength: 1 })
  .map((list) => list.map((sql): Contracting => ({ sql })));
const any = fc.tuple(fc.subarray([...CONTRACTING]), fc.subarray([...EXPANDING].map((sql): Contracting => ({ sql }))));
const mixed = any.chain(([some, others]) =>
  fc.shuffledSubarray([...some, ...others], { minLength: some.length + others.length }),
);
const uses = fc.subarray(["base", "head"] as const).map((sides) => sides.map((side) => [side, "certain"] as const));
const runs = { numRuns: 30 };

test("minimality: where everything only adds, nobody acts and one pull request is enough", () => {
  fc.assert(
    fc.property(expanding, uses, (statements, used) => {
      const plan = planOfCase({ statements, used });
      expect(plan.phases.map(({ id }) => id)).toEqual(["automatic"]);
      expect(boxes(plan)).toBe(0);
    }),
    runs,
  );
});

test("completeness: all SQL of a plan leaves the schema of the pull request", () => {
  fc.assert(
    fc.property(mixed, uses, (statements, used) => {
      const input = inputOf({ statements, used });
      const { runs: all } = scheduledSteps(judgedStatements(input), input);
      const [database] = input.change.databases;
      const wanted = database!.migrations.at(-1)!.statements.at(-1)?.after;
      const reached = database!.rehearse!(all).at(-1)?.after;
      if (wanted === undefined || reached === undefined) return;
      expect(schemaDifferences(wanted, reached)).toEqual({ missing: [], added: [], changed: [] });
    }),
    runs,
  );
});

test("stability: formatting, comments and independent statements around it change no id", () => {
  fc.assert(
    fc.property(mixed, uses, (statements, used) => {
      const ids = (list: readonly Contracting[]): readonly string[] =>
        stepsOf(planOfCase({ statements: list, used })).map(({ id }) => id);
      const one = ids(statements);
      expect(new Set(one).size).toBe(one.length);
      const written = statements.map(({ sql, ...rest }) => ({
        ...rest,
        sql: `-- changed\n${sql.replaceAll(" ", "\n ")}`,
      }));
      expect(ids(written)).toEqual(one);
      expect([...ids([...statements].reverse())].sort()).toEqual([...one].sort());
    }),
    runs,
  );
});

test("monotonicity: one reference less asks for no more; one that cannot be resolved asks for no less", () => {
  const rank = ["none", "any", "migration-first", "code-first", "split"];
  fc.assert(
    fc.property(mixed, (statements) => {
      const none = planOfCase({ statements });
      const doubtful = planOfCase({ statements, used: [["base", "unknown"]] });
      const base = planOfCase({ statements, used: [["base", "certain"]] });
      const both = planOfCase({
        statements,
        used: [
          ["base", "certain"],
          ["head", "certain"],
        ],
      });
      expect(boxes(none)).toBeLessThanOrEqual(boxes(doubtful));
      expect(boxes(doubtful)).toBeLessThanOrEqual(boxes(base));
      expect(boxes(base)).toBeLessThanOrEqual(boxes(both));
      expect(rank.indexOf(none.deployOrder)).toBeLessThanOrEqual(rank.indexOf(base.deployOrder));
    }),
    runs,
  );
});

test.each([
  ["ALTER TABLE orders ADD COLUMN seen_at timestamptz", "ALTER TABLE orders DROP COLUMN legacy_ref"],
  ["CREATE TABLE invoices (id bigint PRIMARY KEY)", "DROP TABLE accounts CASCADE"],
])("inversion: %s is migration first, and its revert code first, with what is lost", (forward, back) => {
  expect(planOfCase({ statements: [{ sql: forward }], used: [["base", "certain"]] }).deployOrder).toBe(
    "migration-first",
  );
  const plan = planOfCase({ statements: [{ sql: back }], used: [["base", "certain"]] });
  expect(plan.deployOrder).toBe("code-first");
  const last = stepsOf(plan).at(-1)!;
  expect(last.release).toBe(1);
  expect(last.wayBack).toMatch(/only from a (copy|backup)/);
});
