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
  /** What it is, its schema as far as it is written, and its name. */
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
  const all = deleted.flatMap(({ sql }) => operationsOf(sql.statements));
  const allMade = namesOf(all.flatMap(keysMade));
  const allTaken = namesOf(all.flatMap(takes));
  const offers = offersOf(kept);
  for (const { file, sql } of deleted) {
    const operations = operationsOf(sql.statements);
    const needs = operations.flatMap((operation) => needsOf(operation, allMade, allTaken));
    const met = needs.flatMap((keys) => keys.map((key) => offers.get(key)).find((offer) => offer !== undefined) ?? []);
    const offer = met.find(({ fails }) => fails) ?? met[0];
    const tables = operations.flatMap(keysMade).filter((key) => key.startsWith("relation\0"));
    const again = tables.flatMap((key) => offers.get(key) ?? [])[0];
    if (met.length < needs.length) {
      if (again !== undefined) found.set(file, { ...again, table: true, inPart: true });
    } else if (offer !== undefined) found.set(file, again === undefined ? offer : { ...offer, table: true });
    else if (operations.some((operation) => keysMade(operation).length > 0)) found.set(file, {});
  }
  return found;
}

/** What another migration has to do for each of these to be there: one of its keys. */
function needsOf(operation: Operation, allMade: Names<true>, allTaken: Names<true>): readonly (readonly string[])[] {
  const table = "table" in operation && operation.table !== undefined ? keyOf("relation", operation.table) : "";
  const made = keysMade(operation).filter((key) => !allTaken.get(key));
  if (operation.type === "AddConstraint") return made.length === 0 ? [] : [[...made, table]];
  const taken = takes(operation).filter((key) => !allMade.get(key));
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
  const made = namesOf(deleted.flatMap(({ sql }) => operationsOf(sql.statements).flatMap(keysMade)));
  return new Set(
    operationsOf(statements).filter((operation) => {
      const again = keysMade(operation);
      return again.length > 0 && again.every((key) => made.get(key));
    }),
  );
}

function offersOf(kept: readonly Kept[]): Names<Offer> {
  const offers = new Names<Offer>();
  for (const { file, status, sql, unchanged } of kept) {
    if (status !== "added" && status !== "modified") continue;
    for (const statement of sql.statements) {
      if (unchanged?.has(statement.index) === true) continue;
      for (const operation of statement.operations) {
        const fails = !copesWithWhatIsThere(operation, statement);
        for (const { key, object } of makes(operation)) {
          offers.add(key, { by: file, object, fails });
        }
        for (const key of takes(operation)) offers.add(dropped(key), { by: file, fails: false });
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

function keyOf(kind: string, { schema = "", name }: QualifiedName, part = ""): string {
  return [kind, name, part, schema].join("\0");
}

/** What is known by its key; a search path may stand for a schema that one side does not write. */
class Names<Value> {
  readonly #exact = new Map<string, Value>();
  readonly #inAnySchema = new Map<string, Value>();

  /** The first of a key stays. */
  add(key: string, value: Value): void {
    const bare = withoutSchema(key);
    if (!this.#exact.has(key)) this.#exact.set(key, value);
    if (!this.#inAnySchema.has(bare)) this.#inAnySchema.set(bare, value);
  }

  get(key: string): Value | undefined {
    const bare = withoutSchema(key);
    return this.#exact.get(key) ?? (key === bare ? this.#inAnySchema : this.#exact).get(bare);
  }
}

function namesOf(keys: readonly string[]): Names<true> {
  const names = new Names<true>();
  for (const key of keys) names.add(key, true);
  return names;
}

function withoutSchema(key: string): string {
  return key.slice(0, key.lastIndexOf("\0") + 1);
}

/** With a table its columns, too; what else is in its brackets comes with it. */
function makes(operation: Operation): readonly Made[] {
  switch (operation.type) {
    case "CreateTable": {
      const { table, columns } = operation;
      const own = { key: keyOf("relation", table), object: formatName(table) };
      return [own, ...columns.map(({ name }) => ({ key: keyOf("column", table, name), object: formatName(table) }))];
    }
    case "CreateTableAs":
      return [{ key: keyOf("relation", operation.table), object: formatName(operation.table) }];
    case "CreateView":
      return [{ key: keyOf("relation", operation.view), object: formatName(operation.view) }];
    case "CreateSequence":
      return [{ key: keyOf("relation", operation.sequence), object: formatName(operation.sequence) }];
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
        : [{ key: keyOf("index", { name: operation.index.name }), object: quoteIdentifier(operation.index.name) }];
    case "CreateFunction":
      return [{ key: keyOf("function", operation.function), object: `function ${formatName(operation.function)}` }];
    case "CreateEnum":
      return [{ key: keyOf("type", operation.enum), object: `type ${formatName(operation.enum)}` }];
    case "CreateType":
      return [{ key: keyOf("type", operation.name), object: `type ${formatName(operation.name)}` }];
    default:
      return [];
  }
}

/** What an operation takes away, by the keys of `makes`. */
function takes(operation: Operation): readonly string[] {
  switch (operation.type) {
    case "DropRelation":
      return [keyOf("relation", operation.relation)];
    case "DropColumn":
      return [keyOf("column", operation.table, operation.column)];
    case "DropConstraint":
      return [keyOf("constraint", operation.table, operation.constraint)];
    case "DropTrigger":
      return [keyOf("trigger", operation.table, operation.trigger)];
    case "DropIndex":
      return [keyOf("index", { name: operation.index.name })];
    case "DropFunction":
      return [keyOf("function", operation.function)];
    default:
      return [];
  }
}

function dropped(key: string): string {
  return `drop\0${key}`;
}

function keysMade(operation: Operation): readonly string[] {
  return makes(operation).map(({ key }) => key);
}

function partOf(table: QualifiedName, kind: string, name: string): Made {
  return { key: keyOf(kind, table, name), object: `${kind} ${quoteIdentifier(name)} of ${formatName(table)}` };
}
