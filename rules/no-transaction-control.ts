/**
 * PostgreSQL has one transaction a session: COMMIT and ROLLBACK end whichever is open, also one that the migration tool
 * opened, and what no COMMIT ends is undone with the session.
 */
import { defineRule, migrationOf, transactionOpenedBy, type RuleMigration } from "../src/rule/index.js";
import type { Rule } from "eslint";
import type { AnalysedStatement } from "../src/model/migration.js";
import type { Operation, TransactionControl } from "../src/model/operation.js";

type MessageId = "endsTransaction" | "undoesTransaction" | "undoesOwn" | "neverCommits" | "noEffect" | "addCommit";

export default defineRule<MessageId>({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow BEGIN, COMMIT and ROLLBACK that end the migration tool's transaction, or leave one open",
      recommended: "error",
      category: "Transactions",
      harm: "fails",
    },
    hasSuggestions: true,
    messages: {
      endsTransaction: "COMMIT ends {{transaction}}. {{behind}} {{remedy}}",
      undoesTransaction:
        "ROLLBACK ends {{transaction}}: what ran in it is undone, and this migration counts as run all the same. Remove it.",
      undoesOwn:
        "ROLLBACK undoes what ran since BEGIN, and this migration counts as run all the same. End it with COMMIT.",
      neverCommits:
        "This BEGIN has no COMMIT: what runs behind it is undone when the connection closes{{unless}}. Add COMMIT at the end of the file.",
      noEffect: "This BEGIN opens no transaction, because one is open: {{opened}} Remove it.",
      addCommit: "Add COMMIT at the end of the file",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    let problems: ReadonlyMap<Operation, Problem> | undefined;
    return {
      TransactionControl(op) {
        problems ??= problemsOf(migration);
        switch (problems.get(op)) {
          case "ends":
            if (op.kind === "rollback") {
              const data = { transaction: transactionOf(op, migration) };
              context.report({ node: op, messageId: "undoesTransaction", data });
            } else {
              const data = { transaction: transactionOf(op, migration), ...aftermath(op, migration) };
              context.report({ node: op, messageId: "endsTransaction", data });
            }
            break;
          case "undoes":
            context.report({ node: op, messageId: "undoesOwn" });
            break;
          case "open": {
            const known = migration.migration.transaction !== "unknown";
            context.report({
              node: op,
              messageId: "neverCommits",
              data: { unless: known ? "" : ", unless whoever runs the file commits" },
              suggest: [{ messageId: "addCommit", fix: commitAtEnd(migration) }],
            });
            break;
          }
          case "idle":
            context.report({ node: op, messageId: "noEffect", data: { opened: transactionOpenedBy(migration, op) } });
        }
      },
    };
  },
});

/**
 * - `ends`: COMMIT or ROLLBACK of a transaction that BEGIN in this file did not open.
 * - `undoes`: ROLLBACK of what the file itself began.
 * - `open`: BEGIN that nothing ends.
 * - `idle`: BEGIN where the tool's transaction is open, and stays open.
 */
type Problem = "ends" | "undoes" | "open" | "idle";

function problemsOf({ migration }: RuleMigration): ReadonlyMap<Operation, Problem> {
  const problems = new Map<Operation, Problem>();
  const { statements, transaction: mode } = migration;
  let own: TransactionControl | undefined;
  let idle: TransactionControl | undefined;
  let changes = false;
  for (const statement of statements) {
    const { openedBy } = statement.transaction;
    for (const operation of statement.statement.operations) {
      if (operation.type !== "TransactionControl") {
        changes ||= operation.type !== "Select" && operation.type !== "SetVariable";
      } else if (operation.kind === "begin") {
        // That of COMMIT AND CHAIN opens a transaction whoever opened the one before.
        if (openedBy === "tool" && !endsTransaction(statement)) idle ??= operation;
        else own ??= operation;
      } else if (operation.kind === "commit" || operation.kind === "rollback" || operation.kind === "prepare") {
        if (openedBy === "file") {
          if (operation.kind === "rollback" && changes) problems.set(operation, "undoes");
        } else if (openedBy === "tool" || (openedBy === "send" && losesHalf(operation, statement, statements))) {
          problems.set(operation, "ends");
          idle = undefined;
        }
        own = undefined;
        changes = false;
      }
    }
  }
  // The tool's COMMIT ends a BEGIN behind its own transaction, too.
  if (own && mode !== "per-file" && mode !== "all-pending") problems.set(own, "open");
  if (idle) problems.set(idle, "idle");
  return problems;
}

function endsTransaction({ statement }: AnalysedStatement): boolean {
  return statement.operations.some(
    (operation) => operation.type === "TransactionControl" && operation.kind !== "begin",
  );
}

/** Where a file is one query, COMMIT at its end and ROLLBACK at its start change nothing. */
function losesHalf(
  { kind }: TransactionControl,
  { statement }: AnalysedStatement,
  statements: readonly AnalysedStatement[],
): boolean {
  const other = kind === "rollback" ? statements.slice(0, statement.index) : statements.slice(statement.index + 1);
  return other.some(isWork);
}

function isWork({ statement }: AnalysedStatement): boolean {
  return statement.operations.some(({ type }) => type !== "TransactionControl");
}

/** The transaction that a COMMIT or ROLLBACK ends, in words. */
function transactionOf(op: TransactionControl, migration: RuleMigration): string {
  const { tool, transaction: mode } = migration.migration;
  if (migration.statementOf(op).transaction.openedBy === "send") {
    return `the transaction in which PostgreSQL runs this file, because ${tool.label} sends it as one query`;
  }
  // The runner of plain files has no name.
  const who = tool.name === "sql" ? "your runner" : tool.label;
  return `the transaction that ${who} opened for ${mode === "all-pending" ? "all pending migrations" : "this migration"}`;
}

/** What runs behind a COMMIT, and where it should go. */
function aftermath(op: TransactionControl, migration: RuleMigration): { behind: string; remedy: string } {
  const { statements, tool, transaction: mode } = migration.migration;
  const sent = migration.statementOf(op).transaction.openedBy === "send";
  const behind: AnalysedStatement[] = [];
  for (const statement of statements.slice(op.statement + 1)) {
    // The next part of the file, which has a transaction of its own.
    if (statement.transaction.openedBy === "tool") break;
    if (isWork(statement)) behind.push(statement);
  }
  const where = sent ? "in another one" : "outside of it";
  const what =
    mode === "all-pending"
      ? "What is left of the pending migrations"
      : behind.length === 0
        ? `What ${tool.name === "sql" ? "the runner" : tool.label} still does for this migration`
        : behind.length === 1
          ? "The statement behind it"
          : `The ${String(behind.length)} statements behind it`;
  const plural = mode !== "all-pending" && behind.length > 1;
  const outside =
    behind.some(isRefusedInTransaction) && tool.outsideTransaction !== undefined
      ? tool.outsideTransaction + (tool.outsideWaiting ?? "")
      : undefined;
  const began = statements.slice(0, op.statement).some(({ statement }) => statement.operations.some(isBegin));
  return {
    behind: `${what} ${plural ? "run" : "runs"} ${where}: if ${plural ? "one" : "it"} fails, what ran before COMMIT stays.`,
    remedy:
      (began ? "Remove BEGIN and COMMIT" : "Remove it") +
      (outside === undefined ? "." : `, and run what no transaction may hold ${outside}.`),
  };
}

function isBegin(operation: Operation): boolean {
  return operation.type === "TransactionControl" && operation.kind === "begin";
}

function isRefusedInTransaction({ statement }: AnalysedStatement): boolean {
  return statement.operations.some(
    (operation) =>
      ("concurrently" in operation && operation.concurrently && operation.type !== "RefreshMaterializedView") ||
      (operation.type === "Vacuum" && !operation.analyzeOnly) ||
      ("refusedInTransaction" in operation && operation.refusedInTransaction) ||
      (operation.type === "Discard" && operation.target === "all"),
  );
}

/** An edit that puts COMMIT behind the last statement. */
function commitAtEnd({ migration }: RuleMigration): Rule.ReportFixer {
  const { text, statements } = migration.sql;
  const end = statements.at(-1)?.range[1] ?? text.length;
  const semicolon = /^\s*;/.exec(text.slice(end))?.[0];
  return (fixer) =>
    fixer.insertTextAfterRange([0, end + (semicolon?.length ?? 0)], `${semicolon === undefined ? ";" : ""}\nCOMMIT;`);
}
