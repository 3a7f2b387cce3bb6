/** The names that operations take away from code, and those that they give. */
import type { Database } from "../model/change.js";
import type { AnalysedStatement, PlacedOperation } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { ReferenceTarget } from "../model/reference.js";
import { targetKey } from "../references/find-references.js";

/**
 * What an operation takes away from code that names it: a column, a relation, a function, …, or the old name of one.
 * Undefined where it takes nothing, or where the name is there again at the end of the transaction: a view stands in for
 * a renamed table, two tables change places, a function is dropped and made again.
 */
export function removedBy(placed: PlacedOperation): ReferenceTarget | undefined {
  const target = nameTaken(placed);
  return target === undefined || isGivenBack(target, placed) ? undefined : target;
}

/** What an operation drops or renames, whether or not its name is given back. */
export function nameTaken({ operation, statement }: PlacedOperation): ReferenceTarget | undefined {
  const { before } = statement;
  switch (operation.type) {
    case "DropColumn":
    case "RenameColumn":
      return { table: before.qualify(operation.table), column: operation.column };
    case "DropRelation":
    case "RenameRelation":
    case "SetSchema":
      if (operation.kind === "index") return undefined;
      return {
        table: before.qualify(operation.relation),
        ...(operation.kind === "sequence" && { object: "sequence" }),
      };
    case "DropFunction":
    case "RenameFunction":
    case "SetFunctionSchema":
      return { table: before.qualify(operation.function), object: "function" };
    case "DropType":
    case "RenameType":
    case "SetTypeSchema":
      return { table: before.qualify(operation.name), object: "type" };
    case "DropSchema":
    case "RenameSchema":
      return { table: { schema: operation.schema, name: operation.schema }, object: "schema" };
    default:
      return undefined;
  }
}

/** The name under which an operation makes something, or makes it known. */
export function nameGiven({
  operation,
  statement,
}: Pick<PlacedOperation, "operation" | "statement">): ReferenceTarget | undefined {
  const { before } = statement;
  switch (operation.type) {
    case "AddColumn":
      return { table: before.qualify(operation.table), column: operation.column.name };
    case "RenameColumn":
      return { table: before.qualify(operation.table), column: operation.newName };
    case "CreateTable":
    case "CreateTableAs":
      return { table: before.qualify(operation.table) };
    case "CreateView":
      return { table: before.qualify(operation.view) };
    case "CreateSequence":
      return { table: before.qualify(operation.sequence), object: "sequence" };
    case "RenameRelation":
    case "SetSchema": {
      if (operation.kind === "index") return undefined;
      const table = before.qualify(operation.relation);
      return {
        table:
          "newName" in operation ? { ...table, name: operation.newName } : { ...table, schema: operation.newSchema },
        ...(operation.kind === "sequence" && { object: "sequence" }),
      };
    }
    case "CreateFunction":
      return { table: before.qualify(operation.function), object: "function" };
    case "RenameFunction":
      return { table: { ...before.qualify(operation.function), name: operation.newName }, object: "function" };
    case "SetFunctionSchema":
      return { table: { ...before.qualify(operation.function), schema: operation.newSchema }, object: "function" };
    case "CreateEnum":
      return { table: before.qualify(operation.enum), object: "type" };
    case "CreateDomain":
      return { table: before.qualify(operation.domain), object: "type" };
    case "CreateType":
      return { table: before.qualify(operation.name), object: "type" };
    case "RenameType":
      return { table: { ...before.qualify(operation.name), name: operation.newName }, object: "type" };
    case "SetTypeSchema":
      return { table: { ...before.qualify(operation.name), schema: operation.newSchema }, object: "type" };
    case "CreateSchema":
      return { table: { schema: operation.schema, name: operation.schema }, object: "schema" };
    case "RenameSchema":
      return { table: { schema: operation.newName, name: operation.newName }, object: "schema" };
    default:
      return undefined;
  }
}

/** Whether a later statement of the same transaction gives the name to something that takes the old one's place. */
function isGivenBack(target: ReferenceTarget, { operation, statement, migration }: PlacedOperation): boolean {
  // A column that is added again under its name is empty.
  if (operation.type === "DropColumn") return false;
  const names = new Set([targetKey(target)]);
  // A view in the table's place stands in for its columns.
  if (target.column !== undefined) names.add(targetKey({ table: target.table }));
  const readOnly = operation.type !== "RenameColumn" && isReadOnly(target, { operation, statement, migration });
  const { index, operations } = statement.statement;
  // A DO block is one statement with many operations.
  const own = operations.indexOf(operation);
  const { group } = statement.transaction;
  const given = namesGivenIn(migration.statements);
  return [...names].some((name) =>
    given.get(name)?.some((one) => {
      const { statement: later } = one;
      const follows = later.statement.index === index ? one.at > own : later.statement.index > index;
      const together = later === statement || group === undefined || later.transaction.group === group;
      return follows && together && (readOnly || takesWrites(one.operation));
    }),
  );
}

/** Columns of a table in use that what takes its name in the same transaction does not have. */
export function columnsLost(placed: PlacedOperation): readonly string[] {
  const { operation, statement, migration } = placed;
  if (operation.type !== "DropRelation" && operation.type !== "RenameRelation") return [];
  const old = statement.before.table(operation.relation);
  const target = nameTaken(placed);
  if (old?.columnsKnown !== true || target === undefined || !isGivenBack(target, placed)) return [];
  const taker = migration.statements.at(-1)?.after.table(target.table);
  if (taker?.columnsKnown !== true) return [];
  return [...old.columns.keys()].filter((column) => !taker.columns.has(column));
}

interface GivenName {
  readonly statement: AnalysedStatement;
  readonly operation: Operation;
  /** Which operation of the statement it is. */
  readonly at: number;
}

const givenIn = new WeakMap<readonly AnalysedStatement[], ReadonlyMap<string, readonly GivenName[]>>();

/** What the statements of a migration give names to, by name: asked for each name that is taken. */
function namesGivenIn(statements: readonly AnalysedStatement[]): ReadonlyMap<string, readonly GivenName[]> {
  const known = givenIn.get(statements);
  if (known) return known;
  const given = new Map<string, GivenName[]>();
  for (const statement of statements) {
    for (const [at, operation] of statement.statement.operations.entries()) {
      const name = nameGiven({ operation, statement });
      if (name === undefined) continue;
      const key = targetKey(name);
      const list = given.get(key);
      if (list) list.push({ statement, operation, at });
      else given.set(key, [{ statement, operation, at }]);
    }
  }
  givenIn.set(statements, given);
  return given;
}

function isReadOnly({ table, object }: ReferenceTarget, { operation, statement }: PlacedOperation): boolean {
  // DROP VIEW says what it drops, also where a repeatable migration made it, which runs after all others.
  const said = operation.type === "DropRelation" ? operation.kind : "table";
  const kind = said === "table" ? statement.before.table(table)?.kind : said;
  return object !== undefined || kind === "view" || kind === "materialized view";
}

/** Whether what an operation makes can be written to as a table or column can. */
function takesWrites(operation: Operation): boolean {
  switch (operation.type) {
    case "CreateView":
      return operation.updatable === true;
    case "CreateTableAs":
      return !operation.materializedView;
    case "AddColumn":
      return operation.column.generated === undefined;
    default:
      return true;
  }
}

/** Whether an earlier statement of a migration that is new made what loses its name: then nobody knows it yet. */
export function isMadeByChange({ migrations }: Database, placed: PlacedOperation, ownFileOnly: boolean): boolean {
  const target = nameTaken(placed);
  if (target?.object === undefined) return false;
  const key = targetKey(target);
  for (const migration of migrations) {
    const own = migration.file === placed.migration.file;
    if (migration.status === "added" && (own || !ownFileOnly)) {
      for (const statement of migration.statements) {
        if (statement === placed.statement) return false;
        for (const operation of statement.statement.operations) {
          const name = nameGiven({ operation, statement });
          if (name !== undefined && targetKey(name) === key) return true;
        }
      }
    }
    if (own) return false;
  }
  return false;
}

/** Whether a repeatable migration makes it again: it runs behind all others of this run because its text changed. */
export function isMadeAgain({ migrations }: Database, placed: PlacedOperation): boolean {
  const target = nameTaken(placed);
  if (target === undefined) return false;
  const key = targetKey(target);
  return migrations.some(
    ({ kind, status, order, statements }) =>
      kind === "repeatable" &&
      status !== "existing" &&
      order > placed.migration.order &&
      statements.some((statement) =>
        statement.statement.operations.some((operation) => {
          const name = nameGiven({ operation, statement });
          return name !== undefined && targetKey(name) === key;
        }),
      ),
  );
}

/** Whether another function of the name stays, with other arguments: a call may mean that one. */
export function leavesOverload({ migrations }: Database, placed: PlacedOperation): boolean {
  const { operation } = placed;
  if (
    operation.type !== "DropFunction" &&
    operation.type !== "RenameFunction" &&
    operation.type !== "SetFunctionSchema"
  ) {
    return false;
  }
  const key = targetKey(nameTaken(placed) as ReferenceTarget);
  const signatures = new Set<string>();
  for (const migration of migrations) {
    for (const statement of migration.statements) {
      for (const other of statement.statement.operations) {
        if (other.type !== "CreateFunction" && other.type !== "DropFunction") continue;
        const name = { table: statement.before.qualify(other.function), object: "function" } as const;
        if (targetKey(name) !== key) continue;
        const signature = other.arguments?.join();
        if (other.type === "CreateFunction") signatures.add(signature ?? "");
        else if (signature === undefined) signatures.clear();
        else signatures.delete(signature);
      }
      if (statement === placed.statement) {
        if (operation.type === "DropFunction") return signatures.size > 0;
        return signatures.size > 1;
      }
    }
  }
  return false;
}
