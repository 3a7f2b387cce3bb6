/**
 * Edits of merged migrations that leave no database behind, as a replay of the texts of before tells: PostgreSQL refused
 * the old text, or it did the same in another order.
 */
import { schemaDifferences } from "../change/schema-differences.js";
import type { Change, Database } from "../model/change.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Operation, OperationType } from "../model/operation.js";
import { needsExtension } from "../postgres/extension-names.js";
import { statementTokens } from "../postgres/statement-tokens.js";
import { certainRefusalsOf } from "./certain-refusals.js";

export function isHarmlessEdit(change: Change, database: Database, migration: Migration): boolean {
  const { old, refused } = beforeEditsOf(change, database);
  const before = old.get(migration.file);
  if (before === undefined) return false;
  return refused(before) || (!migration.tool.checksums && doesTheSame(before, migration));
}

interface BeforeEdits {
  readonly old: ReadonlyMap<string, Migration>;
  /** Whether PostgreSQL ended it, so that nothing of it was there in the end. */
  readonly refused: (old: Migration) => boolean;
}

const known = new WeakMap<Database, BeforeEdits>();

function beforeEditsOf(change: Change, database: Database): BeforeEdits {
  let before = known.get(database);
  if (before === undefined) {
    const migrations = database.beforeEdits?.() ?? [];
    const refusals = certainRefusalsOf(change, { ...database, migrations });
    before = {
      old: new Map(migrations.map((migration) => [migration.file, migration])),
      refused: ({ statements }) =>
        statements.some(
          ({ statement, transaction }, index) =>
            (index === 0 || transaction.inTransaction === true) &&
            statement.operations.some((operation) => refusals.has(operation)),
        ),
    };
    known.set(database, before);
  }
  return before;
}

/** Whether it is made of the same statements, their order and what is only of the moment aside. */
function doesTheSame(before: Migration, now: Migration): boolean {
  const [old, all] = [lastingOf(before), lastingOf(now)];
  if (old === undefined || all === undefined) return false;
  const edited = all.filter((statement) => !isThereAnyway(statement, old));
  const [texts, textsNow] = [old, edited].map((statements) => statements.map(({ statement }) => keyOf(statement.sql)));
  if (JSON.stringify(texts?.sort()) !== JSON.stringify(textsNow?.sort())) return false;
  const [data, dataNow] = [old, edited].map((statements) => statements.filter(changesMoreThanSchema));
  if (data?.some(({ statement }, index) => keyOf(statement.sql) !== keyOf(dataNow?.[index]?.statement.sql ?? ""))) {
    return false;
  }
  const [after, afterNow] = [old.at(-1)?.after, edited.at(-1)?.after];
  if (after === undefined || afterNow === undefined) return true;
  const { missing, added, changed } = schemaDifferences(after, afterNow);
  return missing.length + added.length + changed.length === 0;
}

function keyOf(sql: string): string {
  return statementTokens(sql).join("\0");
}

/** Undefined where it is a program, which fills in values that are not in its SQL. */
function lastingOf({ statements }: Migration): readonly AnalysedStatement[] | undefined {
  if (statements.some(({ statement }) => statement.embedded !== undefined)) return undefined;
  return statements.filter(({ statement }) => !statement.operations.every(isOfTheMoment));
}

/** An extension without which PostgreSQL had refused the old text: every database that ran it has got it already. */
function isThereAnyway({ statement }: AnalysedStatement, old: readonly AnalysedStatement[]): boolean {
  const [operation, ...others] = statement.operations;
  if (operation?.type !== "CreateExtension" || others.length > 0) return false;
  return (
    operation.ifNotExists &&
    old.some(
      ({ statement: { sql, operations } }) =>
        operations.some(({ type }) => READ_AT_ONCE.has(type)) && needsExtension(sql, operation.extension),
    )
  );
}

/** Statements whose names PostgreSQL looks up when it runs them. The body of a function waits until it is called. */
const READ_AT_ONCE: ReadonlySet<string> = new Set<OperationType>([
  "AddColumn",
  "AlterColumnType",
  "CreateIndex",
  "CreateTable",
  "CreateView",
]);

/** What ends with the transaction, or the session, and changes no schema. */
function isOfTheMoment(operation: Operation): boolean {
  return operation.type === "LockTable" || (operation.type === "SetVariable" && TIMEOUT.test(operation.variable));
}

const TIMEOUT = /^(?:lock|statement|transaction|idle_in_transaction_session|deadlock)_timeout$/;

const MORE_THAN_SCHEMA: ReadonlySet<string> = new Set<OperationType>([
  "Call",
  "DoBlock",
  "Delete",
  "Insert",
  "Merge",
  "Select",
  "Truncate",
  "Unparsed",
  "Update",
]);

/** Whether what it does may depend on where it stands in a way that the schema does not show. */
function changesMoreThanSchema({ statement }: AnalysedStatement): boolean {
  return statement.operations.some(({ type, inBlock }) => inBlock !== undefined || MORE_THAN_SCHEMA.has(type));
}
