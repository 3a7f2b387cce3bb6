/** Which relations are in use while the migrations of a change run. */
import type { Relation } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { Migration, MigrationFile, PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Statement } from "../model/statement.js";
import { isMadeByChange } from "./names.js";

/** Operations that make their own relation: before them it is not unknown, it does not exist. */
const CREATES: ReadonlySet<Operation["type"]> = new Set([
  "CreateTable",
  "CreateTableAs",
  "CreateView",
  "CreateSequence",
]);

/** The relation that an operation is about; that of an index is its table. */
export function relationOf({ operation, statement }: PlacedOperation): QualifiedName | undefined {
  const indexed = (index: QualifiedName): QualifiedName | undefined => statement.before.index(index)?.table;
  switch (operation.type) {
    case "CreateView":
    case "RefreshMaterializedView":
      return operation.view;
    case "CreateSequence":
    case "AlterSequence":
      return operation.sequence;
    case "AlterTable":
      return operation.kind === "index" ? indexed(operation.table) : operation.table;
    case "DropRelation":
    case "AlterExtension":
      return operation.relation;
    case "RenameRelation":
    case "SetSchema":
      return operation.kind === "index" ? indexed(operation.relation) : operation.relation;
    case "ChangeOwner":
    case "Comment":
    case "Grant":
    case "Revoke":
      return operation.relation && operation.kind === "index" ? indexed(operation.relation) : operation.relation;
    case "DropIndex":
      return indexed(operation.index);
    case "Reindex":
      return operation.kind === "table"
        ? operation.target
        : operation.kind === "index"
          ? indexed(operation.target)
          : undefined;
    default:
      return "table" in operation ? operation.table : undefined;
  }
}

/**
 * Whether a relation is in use while the migration runs: it exists at base and has shipped, or nothing is known of it.
 * @param relation Default: the operation's own.
 */
export function isLive(
  change: Change,
  database: Database,
  placed: PlacedOperation,
  relation: QualifiedName | undefined = relationOf(placed),
): boolean {
  // Where no base is known and none is missing, each file is its own change.
  const alone = !change.base && change.incomplete.length === 0;
  if (!relation) return !isMadeByChange(database, placed, alone);
  const known: Relation | undefined = placed.statement.before.table(relation);
  if (!known) return !createdInStatement(placed, relation) && !unreadTables(database).has(relation.name.toLowerCase());
  if ("temporary" in known && known.temporary === true) return false;
  if (known.createdIn === undefined) return !unreadTables(database).has(known.name.toLowerCase());
  if (alone) return known.createdIn !== placed.migration.order;
  const creator = creatorOf(database, known.createdIn);
  // Where an edited migration runs, nothing that it creates is there yet.
  const isOwn = creator?.status === "modified" && known.createdIn === placed.migration.order;
  if (isOwn && !runsAgain(placed.migration)) return false;
  if (creator && creator.status !== "added" && isUnreleased(database, creator)) {
    return database.release?.exists(`${known.schema}.${known.name}`) === true;
  }
  switch (creator?.status) {
    case "added":
      return false;
    case "modified":
      return database.existsAtBase(`${known.schema}.${known.name}`) !== false;
    default:
      return true;
  }
}

/** Whether a migration was merged and has not shipped. */
function isUnreleased({ release }: Database, { file, previousFile = file }: MigrationFile): boolean {
  return release?.lacks(previousFile) === true;
}

/** Whether something in an edited migration runs on databases that have run it: all of it, or parts that are new. */
function runsAgain({ kind, editedParts }: Migration): boolean {
  return kind === "repeatable" || editedParts !== undefined;
}

/** By the operation itself, or by another one of the same DO block. */
function createdInStatement({ statement, migration }: PlacedOperation, relation: QualifiedName): boolean {
  return statement.statement.operations.some(
    (operation) => CREATES.has(operation.type) && isSame(relation, relationOf({ operation, statement, migration })),
  );
}

const unread = new WeakMap<Database, ReadonlySet<string>>();

/** Tables that the change creates with statements which PostgreSQL refuses, so that nothing is known of them. */
function unreadTables(database: Database): ReadonlySet<string> {
  let known = unread.get(database);
  if (known === undefined) {
    const names = database.migrations.flatMap(({ judged, statements }) =>
      judged ? statements.flatMap(({ statement }) => tableInUnread(statement) ?? []) : [],
    );
    unread.set(database, (known = new Set(names)));
  }
  return known;
}

function tableInUnread({ operations, sql }: Statement): string | undefined {
  if (operations[0]?.type !== "Unparsed") return undefined;
  const named = /^\s*CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"?\w+"?\s*\.\s*)?"?(\w+)/i;
  return named.exec(sql)?.[1]?.toLowerCase();
}

function isSame(a: QualifiedName, b: QualifiedName | undefined): boolean {
  return a.name === b?.name && a.schema === b.schema;
}

function creatorOf(database: Database, order: number): Migration | undefined {
  const migration = database.migrations[order];
  return migration?.order === order ? migration : database.migrations.find((other) => other.order === order);
}
