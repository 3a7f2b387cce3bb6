/** What an edit of a migration that was merged before left as it was. */
import type { MigrationPart } from "../migrations/tool.js";
import type { AnalysedStatement, Edit, Migration } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationType } from "../model/operation.js";
import type { ParsedSql, Statement } from "../model/statement.js";
import { sameSql } from "../postgres/same-sql.js";
import { statementTokens } from "../postgres/statement-tokens.js";
import { withoutHandlers } from "../postgres/tolerant-block.js";
import type { ParsedMigration } from "./parse-migration.js";

export interface EditedStatements {
  /** Indexes of statements that the file had before, comments and white space aside, and that do not run again. */
  readonly unchanged: ReadonlySet<number>;
  /** Operations that the file had before in a DO block, of which something else is not what it was. */
  readonly kept?: ReadonlySet<Operation>;
  /** Operations that make what the file made before, by its name: databases that ran it have that, and make nothing. */
  readonly remade?: ReadonlySet<Operation>;
  /** Of a tool that remembers parts and not files: the parts that are not what they were, or gone. */
  readonly editedParts?: readonly string[];
  readonly edit: Edit;
}

export function editOf(before: ParsedMigration, now: ParsedMigration): EditedStatements {
  if (![...(before.parts ?? []), ...(now.parts ?? [])].some(({ id }) => id !== undefined)) {
    const edit = { before: before.sql.text, effect: effectOf(before.sql, now.sql) };
    if (edit.effect === "mended") return { unchanged: new Set(), edit };
    const unchanged = unchangedStatements(before.sql.statements, now.sql.statements);
    const kept = keptInBlocks(before.sql, now.sql, unchanged);
    const remade = madeBefore(before.sql, now.sql, unchanged);
    return { unchanged, ...(kept.size > 0 && { kept }), ...(remade.size > 0 && { remade }), edit };
  }
  const edit = { before: before.sql.text, effect: before.sql.text === now.sql.text ? "none" : "other" } as const;
  const old = byPart(before);
  const unchanged = new Set<number>();
  const editedParts: string[] = [];
  for (const [id, { repeatable, statements }] of byPart(now)) {
    const was = old.get(id)?.statements;
    old.delete(id);
    if (was === undefined) continue;
    const kept = unchangedStatements(was, statements);
    const same = kept.size === statements.length && was.length === statements.length;
    // All of a repeatable one runs again.
    if (!repeatable || same) for (const index of kept) unchanged.add(index);
    if (!repeatable && !same) editedParts.push(id);
  }
  return { unchanged, editedParts: [...editedParts, ...old.keys()], edit };
}

/** An edit that puts back what databases have run: nothing of it runs again, and none of its parts is another. */
export function restored({ edit: { before } }: EditedStatements, { statements }: ParsedSql): EditedStatements {
  return { unchanged: new Set(statements.map(({ index }) => index)), edit: { before, effect: "restored" } };
}

/** Statements that run because of the change: of an edited migration those that it did not have before. */
export function newStatements({ statements, unchanged }: Migration): readonly AnalysedStatement[] {
  return unchanged === undefined ? statements : statements.filter(({ statement }) => !unchanged.has(statement.index));
}

/** Whether a file says the same as before: then nothing in it is new. */
export function isSame({ unchanged }: EditedStatements, before: ParsedSql, now: ParsedSql): boolean {
  return unchanged.size === now.statements.length && before.statements.length === now.statements.length;
}

function effectOf(before: ParsedSql, now: ParsedSql): Edit["effect"] {
  if (before.text === now.text) return "none";
  if (before.statements.some(isRefused)) return "mended";
  const isKnown = [before, now].every(({ statements }) => statements.every(saysItAll));
  return (isKnown ? sameSql(upOf(before), upOf(now)) : sameSql(before.text, now.text)) ? "same" : "other";
}

/** The migration ends there, wherever it runs. */
function isRefused({ operations }: Statement): boolean {
  return operations.some((operation) => operation.type === "Unparsed" && operation.refused === true);
}

/** Whether its SQL is all that is sent. A program fills in the values of its rows. */
function saysItAll({ operations, embedded }: Statement): boolean {
  return operations.every(({ type }) => type !== "Unparsed" && !(embedded && OF_ROWS.has(type)));
}

const OF_ROWS: ReadonlySet<string> = new Set<OperationType>(["Call", "Delete", "Insert", "Merge", "Select", "Update"]);

function upOf({ statements }: ParsedSql): string {
  return statements.map(({ sql }) => withoutHandlers(sql)).join("\n;");
}

function unchangedStatements(before: readonly Statement[], now: readonly Statement[]): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const { sql } of before) left.set(keyOf(sql), (left.get(keyOf(sql)) ?? 0) + 1);
  const unchanged = new Set<number>();
  for (const { index, sql } of now) {
    const key = keyOf(sql);
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    unchanged.add(index);
  }
  return unchanged;
}

/** Operations of DO blocks that blocks of the file had before. */
function keptInBlocks(before: ParsedSql, now: ParsedSql, unchanged: ReadonlySet<number>): ReadonlySet<Operation> {
  const edited = now.statements.filter((statement) => !unchanged.has(statement.index) && isBlock(statement));
  const kept = new Set<Operation>();
  if (edited.length === 0) return kept;
  const left = new Map<string, number>();
  for (const statement of before.statements.filter(isBlock)) {
    for (const operation of statement.operations) {
      const key = keyInBlock(operation, before);
      left.set(key, (left.get(key) ?? 0) + 1);
    }
  }
  for (const { operations } of edited) {
    for (const operation of operations) {
      const key = keyInBlock(operation, now);
      const count = left.get(key) ?? 0;
      if (operation.inBlock === undefined || count === 0) continue;
      left.set(key, count - 1);
      kept.add(operation);
    }
  }
  return kept;
}

/** Operations of edited statements by which a file makes something under a name that it made before. */
function madeBefore(before: ParsedSql, now: ParsedSql, unchanged: ReadonlySet<number>): ReadonlySet<Operation> {
  const edited = now.statements.filter(({ index }) => !unchanged.has(index)).flatMap(({ operations }) => operations);
  if (edited.every((operation) => nameMade(operation) === undefined)) return new Set();
  const made = new Set(before.statements.flatMap(({ operations }) => operations.flatMap((one) => nameMade(one) ?? [])));
  return new Set(
    edited.filter((operation) => {
      const name = nameMade(operation);
      return name !== undefined && made.has(name);
    }),
  );
}

/** What an operation makes on a table, by its name; undefined where it makes nothing that has one. */
function nameMade(operation: Operation): string | undefined {
  switch (operation.type) {
    case "AddColumn":
      return on(operation.table, "column", operation.column.name);
    case "AddConstraint":
      return operation.constraint.name && on(operation.table, "constraint", operation.constraint.name);
    case "CreateIndex":
      return operation.index && on(operation.table, "index", operation.index.name);
    default:
      return undefined;
  }
}

/** A search path may stand for the schema. */
function on({ name }: QualifiedName, kind: string, made: string): string {
  return [name, kind, made].join("\0");
}

function isBlock({ embedded, operations }: Statement): boolean {
  return !embedded && operations.some(({ inBlock }) => inBlock !== undefined);
}

/** What an operation does to what: a clause of ALTER TABLE does not name the table. */
function keyInBlock(operation: Operation, { text }: ParsedSql): string {
  const table = "table" in operation ? operation.table : undefined;
  return [operation.type, table?.schema, table?.name, keyOf(text.slice(...operation.range))].join("\0");
}

function keyOf(sql: string): string {
  return statementTokens(sql).join("\0");
}

interface Part {
  readonly repeatable: boolean;
  readonly statements: readonly Statement[];
}

/** Statements by the part that they stand in; both are in order. */
function byPart({ parts = [], sql }: ParsedMigration): Map<string, Part> {
  const found = new Map<string, Part>();
  let next = 0;
  for (const { id = "", range, repeatable = false } of parts satisfies readonly MigrationPart[]) {
    const statements: Statement[] = [];
    for (; (sql.statements[next]?.range[0] ?? Infinity) < range[1]; next++) {
      const statement = sql.statements[next];
      if (statement !== undefined) statements.push(statement);
    }
    found.set(id, { repeatable, statements });
  }
  return found;
}
