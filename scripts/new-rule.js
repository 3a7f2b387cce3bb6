/**
 * Starts a rule: its file, its test and its page.
 *
 *   npm run new-rule -- no-explicit-table-lock LockTable
 *
 * The operation (src/model/operation.ts) is the one that the rule visits first.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The three files of a new rule, by path.
 * @param {string} name
 * @param {string} operation
 * @returns {Record<string, string>}
 */
export function newRule(name, operation) {
  return {
    [`rules/${name}.ts`]: `/** What PostgreSQL does here, in one sentence. */
import { defineRule, migrationOf } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow …",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    messages: {
      found: "What stops working on {{table}}, for whom, until when. The way out.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      ${operation}(op) {
        if (!migration.isLive(op)) return;
        context.report({ node: op, messageId: "found", data: migration.describe(op) });
      },
    };
  },
});
`,
    [`test/rules/${name}.test.ts`]: `import rule from "../../rules/${name}.js";
import { ruleTester } from "./rule-tester.js";

ruleTester.run("${name}", rule, {
  valid: [{ name: "a table that this change creates", code: "CREATE TABLE orders (id bigint);" }],
  invalid: [],
});
`,
    [`docs/rules/${name}.md`]: `# ${name}

What happens, to whom, and until when.

<!-- history
CREATE TABLE orders (id bigint PRIMARY KEY);
-->

## Incorrect

\`\`\`sql
\`\`\`

## Correct

\`\`\`sql
\`\`\`

## When it is silent

## Options

None.

## Versions

All versions of PostgreSQL behave alike here.

## When not to use it
`,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = "", operation = ""] = process.argv.slice(2);
  const project = fileURLToPath(new URL("..", import.meta.url));
  if (!/^(no|require|prefer)(-[a-z0-9]+)+$/.test(name) || !/^[A-Z][A-Za-z]+$/.test(operation)) {
    console.error("Usage: npm run new-rule -- no-something Operation");
    process.exit(2);
  }
  const files = Object.entries(newRule(name, operation));
  const taken = files.find(([file]) => existsSync(join(project, file)));
  if (taken) {
    console.error(`${taken[0]} exists already.`);
    process.exit(1);
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
    console.log(file);
  }
  console.log("Then: npm run docs");
}
