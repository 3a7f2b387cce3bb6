/** Without a transaction each statement commits by itself: if a later one fails, those before it stay. */
import {
  defineRule,
  migrationOf,
  oncePerChange,
  placeOf,
  refusedInTransaction,
  type RuleMigration,
  type RuleReport,
} from "../src/rule/index.js";
import type { AnalysedStatement, Migration } from "../src/model/migration.js";
import type { Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow several changes of schema or data with no transaction around them",
      recommended: "strict",
      category: "Transactions",
      harm: "fails",
    },
    hasSuggestions: true,
    messages: {
      byDefault:
        "If this fails, {{earlier}} stays, and the next run starts again at the top: {{tool}} runs each statement of a migration by itself{{others}}. Put BEGIN before {{first}}, and COMMIT behind {{last}}.",
      bySetting:
        "If this fails, {{earlier}} stays, and the next run starts again at the top: this migration runs outside a transaction. {{remedy}}",
      addTransaction: "Put BEGIN and COMMIT around them",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      Migration() {
        const own = halvesOf(migration).get(migration.migration);
        const [first, second] = own?.changes ?? [];
        const last = own?.changes.at(-1);
        const [node] = second?.statement.operations ?? [];
        if (!own || !first || !last || !node) return;
        const { tool } = migration.migration;
        const lineOf = (statement: AnalysedStatement): string =>
          placeOf(migration, { migration: migration.migration, statement });
        const data = { earlier: lineOf(first), first: lineOf(first), last: lineOf(last) };
        if (tool.transaction !== "per-statement") {
          context.report({ node, messageId: "bySetting", data: { ...data, remedy: remedyOf(own, migration, lineOf) } });
          return;
        }
        const alike = halvesByDefault(migration);
        if (alike[0] !== own) return;
        const others = alike.length > 1 ? ` (as in ${counted(alike.length - 1)} of this change)` : "";
        context.report({
          node,
          messageId: "byDefault",
          data: { ...data, others, tool: tool.name === "sql" ? "your runner" : tool.label },
          suggest: own.refused.length === 0 ? aroundThem(first, last, migration) : [],
        });
      },
    };
  },
});

/** A migration that can be applied by half. */
interface Half {
  readonly migration: Migration;
  /** Statements that change something, each committed by itself; two at least. */
  readonly changes: readonly AnalysedStatement[];
  /** Statements that no transaction may hold, with what they are called. */
  readonly refused: readonly { readonly statement: AnalysedStatement; readonly called: string }[];
}

/** Those of the change, in order. */
const halvesOf = oncePerChange((migration): ReadonlyMap<Migration, Half> => {
  const found = new Map<Migration, { changes: AnalysedStatement[]; refused: Half["refused"][number][] }>();
  for (const placed of migration.judged()) {
    const { statement } = placed;
    if (statement.transaction.inTransaction !== false) continue;
    const half = found.get(placed.migration) ?? { changes: [], refused: [] };
    found.set(placed.migration, half);
    const called = callsOf(statement, migration)[0];
    if (called !== undefined) half.refused.push({ statement, called });
    else if (statement.statement.operations.some(isChange)) half.changes.push(statement);
  }
  return new Map(
    Array.from(found, ([file, half]) => [file, { migration: file, ...half }] as const).filter(
      ([, { changes }]) => changes.length > 1,
    ),
  );
});

/** Those whose tool runs each statement by itself. */
const halvesByDefault = oncePerChange((migration) =>
  [...halvesOf(migration).values()].filter((one) => one.migration.tool.transaction === "per-statement"),
);

/** What the operations are called that PostgreSQL refuses in a transaction. */
function callsOf({ statement, before }: AnalysedStatement, { postgres }: RuleMigration): readonly string[] {
  return statement.operations.flatMap(
    (operation) => refusedInTransaction(operation, { before, statement, postgres }) ?? [],
  );
}

/** Operations after which schema and data are as before; what they do can be done again. */
const NO_CHANGE: ReadonlySet<Operation["type"]> = new Set([
  "Cluster",
  "Comment",
  "LockTable",
  "RefreshMaterializedView",
  "Reindex",
  "Select",
  "SetVariable",
  "TransactionControl",
  "Unparsed",
  "Vacuum",
]);

function isChange({ type }: Operation): boolean {
  return !NO_CHANGE.has(type);
}

/** What to do where the migration, or a part of it, is taken out of the tool's transaction. */
function remedyOf(
  { refused: [refused] }: Half,
  { migration: { tool } }: RuleMigration,
  lineOf: (statement: AnalysedStatement) => string,
): string {
  const who = tool.name === "sql" ? "your runner" : tool.label;
  const again = `let ${who} open one for this migration again`;
  return refused
    ? `Give ${refused.called} in ${lineOf(refused.statement)} a migration of its own, and ${again}.`
    : `${again.replace("let", "Let")}.`;
}

function aroundThem(
  first: AnalysedStatement,
  last: AnalysedStatement,
  { migration }: RuleMigration,
): NonNullable<RuleReport<"addTransaction">["suggest"]> {
  const [start] = first.statement.range;
  const [, end] = last.statement.range;
  const semicolon = /^\s*;/.exec(migration.sql.text.slice(end))?.[0];
  const behind = `${semicolon === undefined ? ";" : ""}\nCOMMIT;`;
  return [
    {
      messageId: "addTransaction",
      fix: (fixer) => [
        fixer.insertTextBeforeRange([start, start], "BEGIN;\n"),
        fixer.insertTextAfterRange([0, end + (semicolon?.length ?? 0)], behind),
      ],
    },
  ];
}

function counted(count: number): string {
  return count === 1 ? "1 other migration" : `${String(count)} other migrations`;
}
