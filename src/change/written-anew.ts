/** Migrations that a change deletes, and whose work others of it do: a squash, or a migration under another number. */
import type { WrittenAnew } from "../model/change.js";
import type { MigrationStatus } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationType } from "../model/operation.js";
import type { ParsedSql, Statement } from "../model/statement.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { formatName } from "./object-names.js";

interface Deleted {
  readonly file: string;
  readonly sql: ParsedSql;
}

interface Kept {
  readonly file: string;
  readonly status: MigrationStatus;
  readonly sql: ParsedSql;
  /** Of an edited one: statements that it had before. */
  readonly unchanged?: ReadonlySet<number>;
}

interface Made {
  /** What it is and its name; without the schema, for which a search path may stand. */
  readonly key: string;
  /** As a person names it. */
  readonly object: string;
}

interface Offer extends WrittenAnew {
  readonly by: string;
}

/** By the file that is deleted. What others do in part only is in it where they make one of its tables again. */
export function writtenAnew(deleted: readonly Deleted[], kept: readonly Kept[]): ReadonlyMap<string, WrittenAnew> {
  const found = new Map<string, WrittenAnew>();
  const allMade = new Set(deleted.flatMap(({ sql }) => operationsOf(sql.statements).flatMap(keysMade)));
  const allTaken = new Set(deleted.flatMap(({ sql }) => operationsOf(sql.statements).flatMap(takes)));
  const offers = offersOf(kept);
  for (const { file, sql } of deleted) {
    const operations = operationsOf(sql.statements);
    const needs = operations.flatMap((operation) => needsOf(operation, allMade, allTaken));
    const met = needs.flatMap((keys) => keys.map((key) => offers.get(key)).find((offer) => offer !== undefined) ?? []);
    const offer = met.find(({ fails }) => fails) ?? met[0];
    if (met.length < needs.length) {
      const table = operations
        .flatMap(keysMade)
        .find((key) => key.startsWith(keyOf("relation", "")) && offers.has(key));
      const again = table === undefined ? undefined : offers.get(table);
      if (again !== undefined) found.set(file, { ...again, inPart: true });
      continue;
    }
    if (offer !== undefined) found.set(file, offer);
    else if (operations.some((operation) => keysMade(operation).length > 0)) found.set(file, {});
  }
  return found;
}

/** What another migration has to do for each of these to be there: one of its keys. */
function needsOf(
  operation: Operation,
  allMade: ReadonlySet<string>,
  allTaken: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const table = "table" in operation && operation.table !== undefined ? keyOf("relation", operation.table.name) : "";
  const made = keysMade(operation).filter((key) => !allTaken.has(key));
  if (operation.type === "AddConstraint") return made.length === 0 ? [] : [[...made, table]];
  const taken = takes(operation).filter((key) => !allMade.has(key));
  return [
    ...made.map((key) => [key]),
    ...taken.map((key) => [dropped(key), ...(TAKEN_WITH_TABLE.has(operation.type) ? [table] : [])]),
    ...(ALTERS.has(operation.type) ? [[table]] : []),
  ];
}

/** What is written into CREATE TABLE where it is made anew. */
const ALTERS: ReadonlySet<string> = new Set<OperationType>([
  "AlterColumnType",
  "DropDefault",
  "DropNotNull",
  "RenameColumn",
  "SetDefault",
  "SetNotNull",
]);

const TAKEN_WITH_TABLE: ReadonlySet<string> = new Set<OperationType>(["DropColumn", "DropConstraint"]);

/** Operations of a new migration that make what a deleted one has made, wherever that has run. */
export function madeAgain(deleted: readonly Deleted[], { statements }: ParsedSql): ReadonlySet<Operation> {
  const made = new Set(deleted.flatMap(({ sql }) => operationsOf(sql.statements).flatMap(keysMade)));
  return new Set(
    operationsOf(statements).filter((operation) => {
      const again = keysMade(operation);
      return again.length > 0 && again.every((key) => made.has(key));
    }),
  );
}

function offersOf(kept: readonly Kept[]): ReadonlyMap<string, Offer> {
  const offers = new Map<string, Offer>();
  for (const { file, status, sql, unchanged } of kept) {
    if (status !== "added" && status !== "modified") continue;
    for (const statement of sql.statements) {
      if (unchanged?.has(statement.index) === true) continue;
      for (const operation of statement.operations) {
        const fails = !copesWithWhatIsThere(operation, statement);
        for (const { key, object } of makes(operation)) {
          if (!offers.has(key)) offers.set(key, { by: file, object, fails });
        }
        for (const key of takes(operation)) offers.set(dropped(key), { by: file, fails: false });
      }
    }
  }
  return offers;
}

function operationsOf(statements: readonly Statement[]): readonly Operation[] {
  return statements.flatMap(({ operations }) => operations);
}

/** Whether it does nothing, or the same, where what it makes is there. */
export function copesWithWhatIsThere(operation: Operation, { sql }: Statement): boolean {
  if ("ifNotExists" in operation && operation.ifNotExists) return true;
  if ("replace" in operation && operation.replace) return true;
  return operation.inBlock !== undefined && HANDLES_DUPLICATES.test(sql);
}

const HANDLES_DUPLICATES = /\bwhen\s+(?:others|duplicate_\w+)\s+then\s+null\b/i;

function keyOf(...parts: readonly string[]): string {
  return parts.join("\0");
}

/** With a table its columns, too; what else is in its brackets comes with it. */
function makes(operation: Operation): readonly Made[] {
  switch (operation.type) {
    case "CreateTable": {
      const { table, columns } = operation;
      const own = { key: keyOf("relation", table.name), object: formatName(table) };
      return [
        own,
        ...columns.map(({ name }) => ({ key: keyOf("column", table.name, name), object: formatName(table) })),
      ];
    }
    case "CreateTableAs":
      return [{ key: keyOf("relation", operation.table.name), object: formatName(operation.table) }];
    case "CreateView":
      return [{ key: keyOf("relation", operation.view.name), object: formatName(operation.view) }];
    case "CreateSequence":
      return [{ key: keyOf("relation", operation.sequence.name), object: formatName(operation.sequence) }];
    case "AddColumn":
      return [partOf(operation.table, "column", operation.column.name)];
    case "AddConstraint":
      return operation.constraint.name === undefined
        ? []
        : [partOf(operation.table, "constraint", operation.constraint.name)];
    case "CreateTrigger":
      return [partOf(operation.table, "trigger", operation.trigger)];
    case "CreateIndex":
      return operation.index === undefined
        ? []
        : [{ key: keyOf("index", operation.index.name), object: quoteIdentifier(operation.index.name) }];
    case "CreateFunction":
      return [
        { key: keyOf("function", operation.function.name), object: `function ${formatName(operation.function)}` },
      ];
    case "CreateEnum":
      return [{ key: keyOf("type", operation.enum.name), object: `type ${formatName(operation.enum)}` }];
    case "CreateType":
      return [{ key: keyOf("type", operation.name.name), object: `type ${formatName(operation.name)}` }];
    default:
      return [];
  }
}

/** What an operation takes away, by the keys of `makes`. */
function takes(operation: Operation): readonly string[] {
  switch (operation.type) {
    case "DropRelation":
      return [keyOf("relation", operation.relation.name)];
    case "DropColumn":
      return [keyOf("column", operation.table.name, operation.column)];
    case "DropConstraint":
      return [keyOf("constraint", operation.table.name, operation.constraint)];
    case "DropTrigger":
      return [keyOf("trigger", operation.table.name, operation.trigger)];
    case "DropIndex":
      return [keyOf("index", operation.index.name)];
    case "DropFunction":
      return [keyOf("function", operation.function.name)];
    default:
      return [];
  }
}

function dropped(key: string): string {
  return keyOf("drop", key);
}

function keysMade(operation: Operation): readonly string[] {
  return makes(operation).map(({ key }) => key);
}

function partOf(table: QualifiedName, kind: string, name: string): Made {
  return { key: keyOf(kind, table.name, name), object: `${kind} ${quoteIdentifier(name)} of ${formatName(table)}` };
}
