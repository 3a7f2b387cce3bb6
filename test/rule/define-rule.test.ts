import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { plugin } from "../../src/eslint/plugin.js";
import { defineRule } from "../../src/rule/define-rule.js";
import { concurrently, migrationOf } from "../../src/rule/index.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { joinRecords, recordFindings } from "../../src/rule/records.js";
import { ruleTester } from "../rules/rule-tester.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

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

function lint(
  code: string,
  surroundings: Surroundings = {},
  settings: Linter.RulesRecord = { "test/no-index-build": 2 },
) {
  const { change, file } = memoryChange("/repository", code, surroundings);
  const takeBack = provideChange(change);
  try {
    const linter = new Linter({ cwd: "/repository" });
    const { result, records } = recordFindings(() =>
      linter.verify(
        code,
        {
          files: ["**/*.sql"],
          plugins: {
            "migration-safety": plugin as never,
            test: { rules: { "no-index-build": noIndexBuild as never } },
          },
          language: "migration-safety/sql",
          rules: settings,
        },
        { filename: `/repository/${file}` },
      ),
    );
    return { messages: result, records };
  } finally {
    takeBack();
  }
}

const CREATE = "CREATE INDEX orders_account_idx ON orders (account_id)";
const history = ["CREATE TABLE orders (id bigint, account_id bigint)"];

describe("defineRule", () => {
  it("gives ESLint the place of the operation and a suggestion", () => {
    expect(lint(`-- first\n  ${CREATE};\n`, { history }).messages).toEqual([
      {
        ruleId: "test/no-index-build",
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
