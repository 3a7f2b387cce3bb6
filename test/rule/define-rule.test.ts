import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { plugin } from "../../src/eslint/plugin.js";
import type { Change } from "../../src/model/change.js";
import type { Operation } from "../../src/model/operation.js";
import type { Reference } from "../../src/model/reference.js";
import { defineRule, type DefinedRule, visitOperations } from "../../src/rule/define-rule.js";
import { concurrently, migrationOf } from "../../src/rule/index.js";
import { migrationsOf, provideChange } from "../../src/rule/project-registry.js";
import { isRecording, joinRecords, recordFindings } from "../../src/rule/records.js";
import type { Found } from "../../src/rule/types.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";
import { ruleTester } from "../rules/rule-tester.js";

const docs = { description: "Disallow", recommended: "error", category: "Blocking", harm: "blocks" } as const;

const noIndexBuild = defineRule({
  meta: {
    type: "problem",
    docs,
    hasSuggestions: true,
    schema: [{ type: "object", properties: { max: { type: "integer" } }, additionalProperties: false }],
    defaultOptions: [{ max: 3 }],
    messages: { blocks: "Building {{index}} on {{table}}, max {{max}}.", addConcurrently: "Build it concurrently" },
  },
  create(context) {
    const migration = migrationOf(context);
    const [{ max }] = context.options;
    return {
      CreateIndex(op) {
        if (op.concurrently || !migration.isLive(op)) return;
        const data = { ...migration.describe(op), max: String(max) };
        context.report({ node: op, messageId: "blocks", data, suggest: concurrently(op) });
      },
    };
  },
});

const configFor = (rule: DefinedRule): Linter.Config => ({
  files: ["**/*.sql"],
  plugins: { "migration-safety": plugin as never, test: { rules: { "the-rule": rule as never } } },
  language: "migration-safety/sql",
  rules: { "test/the-rule": "error" },
});

/** Lints every migration of a change with one rule. */
function lintAll(rule: DefinedRule, change: Change): void {
  const takeBack = provideChange(change);
  const linter = new Linter({ cwd: "/repository" });
  for (const { file, sql } of change.databases[0]!.migrations) {
    linter.verify(sql.text, configFor(rule), { filename: `/repository/${file}` });
  }
  takeBack();
}

/** Lints a migration with one rule, as the check does. */
function lint(rule: DefinedRule, code: string, surroundings: Surroundings = {}) {
  const { change, file } = memoryChange("/repository", code, surroundings);
  const takeBack = provideChange(change);
  try {
    const linter = new Linter({ cwd: "/repository" });
    const filename = `/repository/${file}`;
    const { result, records } = recordFindings(() => linter.verify(code, configFor(rule), { filename }));
    return { messages: result, records };
  } finally {
    takeBack();
  }
}

const CREATE = "CREATE INDEX orders_account_idx ON orders (account_id)";
const history = ["CREATE TABLE orders (id bigint, account_id bigint)"];

describe("a defined rule", () => {
  it("gives ESLint the place of the operation and a suggestion", () => {
    expect(lint(noIndexBuild, `-- first\n  ${CREATE};\n`, { history }).messages).toEqual([
      {
        ruleId: "test/the-rule",
        severity: 2,
        message: "Building orders_account_idx on orders, max 3.",
        messageId: "blocks",
        line: 2,
        column: 3,
        endLine: 2,
        endColumn: 57,
        suggestions: [
          {
            messageId: "addConcurrently",
            desc: "Build it concurrently",
            fix: { range: [23, 23], text: " CONCURRENTLY" },
          },
        ],
      },
    ]);
  });

  it("is for SQL and for what migrations are written in otherwise", () => {
    expect(noIndexBuild.meta.languages).toEqual(["migration-safety/sql", "js/js"]);
    const javascript: Linter.Config = {
      plugins: { test: { rules: { "the-rule": noIndexBuild as never } } },
      rules: { "test/the-rule": "error" },
    };
    expect(new Linter().verify("const migration = `CREATE INDEX`;", javascript)).toEqual([]);
  });

  it("takes no options where it defines none", () => {
    const rule = defineRule({ meta: { type: "problem", docs, messages: {} } });
    expect(rule.meta.schema).toEqual([]);
  });

  it("never judges history", () => {
    const visited: string[] = [];
    const rule = defineRule({
      meta: { type: "problem", docs, messages: {} },
      create: () => ({ CreateTable: ({ table }) => void visited.push(table.name) }),
    });
    const { change } = memoryChange("/repository", "CREATE TABLE items (id bigint)", { history });
    lintAll(rule, change);
    expect(visited).toEqual(["items"]);
  });

  it("does not answer for a context that ESLint did not give", () => {
    expect(() => migrationOf({ id: "x", options: [], report: () => undefined })).toThrow(
      "migrationOf takes the context that the rule's create was called with.",
    );
  });

  it("finds without ESLint, with others or alone", () => {
    const order: string[] = [];
    const ruleOf = (name: string) =>
      defineRule({
        meta: { type: "problem", docs, messages: { seen: "Seen." } },
        create(context) {
          const see = (node: Operation) => {
            order.push(`${name} ${node.type}`);
            context.report({ node, messageId: "seen" });
          };
          return { Migration: () => void order.push(name), Select: see, ...(name === "b" && { Delete: see }) };
        },
      });
    const { change, file } = memoryChange("/repository", "SELECT 1;\nDELETE FROM a;\nSELECT 2;\n", {});
    const located = migrationsOf(change).get(file)!;
    const [a, b] = [ruleOf("a"), ruleOf("b")];
    expect(a.looksAt("Update")).toBe(true);
    const looks = [a.look(located, { id: "test/a", options: [] }), b.look(located, { id: "test/b", options: [] })];
    visitOperations(located.migration, looks);
    expect(order).toEqual(["a", "b", "a Select", "b Select", "b Delete", "a Select", "b Select"]);
    const places = (found: readonly Found[]) => found.map(({ range }) => range);
    expect(looks.map(({ found }) => places(found))).toEqual([
      [
        [0, 8],
        [25, 33],
      ],
      [
        [0, 8],
        [10, 23],
        [25, 33],
      ],
    ]);
    expect(places(a.find(located, { id: "test/a", options: [] }))).toEqual(places(looks[0]!.found));
    expect([a.looksAt("Select"), a.looksAt("Delete"), b.looksAt("Delete")]).toEqual([true, false, true]);
  });

  it("has the same visitors for every migration", () => {
    let type = "Select";
    const rule = defineRule({
      meta: { type: "problem", docs, messages: {} },
      create: () => ({ [type]: () => undefined }),
    });
    const { change, file } = memoryChange("/repository", "SELECT 1;\nDELETE FROM a;\n", {});
    const located = migrationsOf(change).get(file)!;
    expect(rule.find(located, { id: "test/the-rule", options: [] })).toEqual([]);
    type = "Delete";
    expect(() => rule.find(located, { id: "test/the-rule", options: [] })).toThrow(
      "The rule's visitors depend on the migration or its options: Delete.",
    );
  });

  it("answers for operations of other files of the change", () => {
    const seen: string[] = [];
    const rule = defineRule({
      meta: { type: "problem", docs, messages: {} },
      create(context) {
        const migration = migrationOf(context);
        return {
          Select() {
            for (const { statement } of migration.judged()) {
              for (const operation of statement.statement.operations) {
                seen.push(`${migration.objectOf(operation) ?? "-"} ${migration.work(operation)}`);
              }
            }
          },
        };
      },
    });
    lint(rule, "SELECT 1", { history, pending: [CREATE] });
    expect(seen).toEqual(["public.orders_account_idx index-build", "- instant"]);
  });
});

describe("what a message cannot carry", () => {
  const evidence: Reference[] = [
    { side: "base", grade: "certain", file: "src/orders.ts", line: 3, column: 5, excerpt: "orders.ref" },
  ];
  const rule = defineRule({
    meta: { type: "problem", docs, messages: { drops: "Drops {{column}}.", twice: "Again: {{what}}." } },
    create(context) {
      const migration = migrationOf(context);
      return {
        DropColumn(op) {
          context.report({ node: op, messageId: "drops", data: migration.describe(op), evidence });
          context.report({ node: op, messageId: "twice", data: { what: "one" }, range: [0, 5], object: "public.a" });
          context.report({ node: op, messageId: "twice", data: { what: "two" }, range: [0, 5], object: "public.b" });
        },
      };
    },
  });
  const code = "SELECT 1;\nALTER TABLE orders\n  DROP COLUMN id,\n  DROP COLUMN ref;\n";

  it("is recorded with its place", () => {
    const { records } = lint(rule, code);
    expect(records.filter(({ messageId }) => messageId === "drops").map(({ operation: _, ...rest }) => rest)).toEqual([
      {
        rule: "test/the-rule",
        messageId: "drops",
        data: { table: "orders", column: "id" },
        range: [31, 45],
        line: 3,
        column: 3,
        endLine: 3,
        endColumn: 17,
        object: "public.orders.id",
        evidence,
        statement: 1,
      },
      {
        rule: "test/the-rule",
        messageId: "drops",
        data: { table: "orders", column: "ref" },
        range: [49, 64],
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 18,
        object: "public.orders.ref",
        evidence,
        statement: 1,
      },
    ]);
  });

  it("is joined to its message, also where several share rule and place", () => {
    const { messages, records } = lint(rule, code);
    const recordOf = joinRecords(records);
    expect(messages.map((message) => `${message.message} ${recordOf(message)?.object ?? "nothing"}`)).toEqual([
      "Again: one. public.a",
      "Again: two. public.b",
      "Again: one. public.a",
      "Again: two. public.b",
      "Drops id. public.orders.id",
      "Drops ref. public.orders.ref",
    ]);
  });

  it("is kept only while somebody listens, and for the innermost who does", () => {
    expect(isRecording()).toBe(false);
    const { result: inner, records: outer } = recordFindings(() => lint(rule, code).records.length);
    expect(inner).toBe(6);
    expect(outer).toEqual([]);
    expect(() =>
      recordFindings(() => {
        throw new Error("broken");
      }),
    ).toThrow("broken");
    expect(isRecording()).toBe(false);
  });

  it("has nothing for a message that no rule of ours reported", () => {
    const message = { ruleId: null, message: "Parsing error", line: 1, column: 1, severity: 2 } as const;
    expect(joinRecords([])(message)).toBeUndefined();
  });
});

describe("a finding about the change as a whole", () => {
  const looked: Change[] = [];
  const rule = defineRule({
    meta: { type: "problem", docs, messages: { edited: "{{what}} was edited." } },
    *checkChange(change) {
      looked.push(change);
      for (const database of change.databases) {
        for (const { file, status } of database.migrations) {
          if (status === "modified") yield { database, file, messageId: "edited", data: { what: file } };
        }
      }
    },
  });

  it("stands on the first line of its file", () => {
    const { messages, records } = lint(rule, "\uFEFFSELECT 1;\nSELECT 2;\n".slice(1), { was: "SELECT 3;" });
    expect(messages).toMatchObject([
      { message: "db/migrations/0001.sql was edited.", line: 1, column: 1, endLine: 1, endColumn: 10 },
    ]);
    expect(records).toMatchObject([{ messageId: "edited", evidence: [], range: [0, 9] }]);
    expect(records[0]).not.toHaveProperty("statement");
  });

  it("is looked for once in a change", () => {
    const { change } = memoryChange("/repository", "SELECT 1;", { pending: ["SELECT 2;", "SELECT 3;"] });
    lintAll(rule, change);
    expect(looked.filter((one) => one === change)).toHaveLength(1);
  });
});

ruleTester.run("no-index-build", noIndexBuild, {
  valid: [
    { history, code: "CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id)" },
    { code: `CREATE TABLE orders (id bigint, account_id bigint); ${CREATE}` },
    { pending: history, code: CREATE },
  ],
  invalid: [
    {
      history,
      code: CREATE,
      options: [{ max: 5 }],
      errors: [
        {
          message: "Building orders_account_idx on orders, max 5.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 55,
          suggestions: [{ desc: "Build it concurrently", output: CREATE.replace("INDEX", "INDEX CONCURRENTLY") }],
        },
      ],
    },
  ],
});
