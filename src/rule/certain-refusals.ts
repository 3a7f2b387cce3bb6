/**
 * What PostgreSQL refuses for certain. The schema tells it only as far as it is known: history that ran cannot hold a
 * refused statement, so that one which seems to shows what we do not know, and casts doubt on all that it is about.
 */
import type { Catalog } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Refusal } from "../model/refusal.js";
import { builtinVolatility } from "../postgres/function-volatility.js";
import { oncePerDatabase } from "./same-change.js";
import type { RuleMigration } from "./types.js";

/** Why PostgreSQL refuses an operation; undefined where it does not, or where that is not certain. */
export function refusalOf(migration: RuleMigration, operation: Operation): Refusal | undefined {
  const { refusals, statement } = migration.statementOf(operation);
  if (refusals[statement.operations.indexOf(operation)] === undefined || statement.embedded?.uncertain)
    return undefined;
  return certainRefusals(migration).get(operation);
}

/** Those of all judged statements, by one walk over history and change. */
const certainRefusals = oncePerDatabase(({ change, database }) => certainRefusalsOf(change, database));

export function certainRefusalsOf(change: Change, database: Database): ReadonlyMap<Operation, Refusal> {
  const { migrations, postgres, schema } = database;
  const certain = new Map<Operation, Refusal>();
  const knowledge = new Knowledge(postgres.source !== "default");
  // A schema of head has what the change does in it already.
  if (schema === undefined || schema.side === change.base?.label) knowledge.start(migrations[0]?.statements[0]?.before);
  else knowledge.doubtAbsence();
  const mayBeThere = mayBeThereIn(change, database);
  for (const migration of migrations) {
    for (const statement of migration.statements) {
      for (const [index, operation] of statement.statement.operations.entries()) {
        const refusal = statement.refusals[index];
        if (refusal) {
          const isCertain = isJudged(migration, statement) && knowledge.proves(refusal);
          if (isCertain && !(refusal.missing && mayBeThere(refusal.missing, migration))) {
            certain.set(operation, refusal);
          }
          knowledge.doubt(refusal);
        }
        knowledge.learn(operation, statement);
      }
    }
  }
  return certain;
}

function isJudged({ judged, unchanged }: Migration, { statement }: AnalysedStatement): boolean {
  return judged && unchanged?.has(statement.index) !== true && !TEMPLATE.test(statement.sql);
}

/** Whether something that the replay has not run by then may have made a relation. */
function mayBeThereIn(
  change: Change,
  { migrations, tools }: Database,
): (name: QualifiedName, migration: Migration) => boolean {
  // What another tool runs, or nobody could read, may make it: on which connection, and when, is not known.
  const others = change.databases.length > 1 || tools.length > 1;
  const unread = change.leftOut.length > 0 || (change.unread?.length ?? 0) > 0;
  const madeLast = new Map<string, number>();
  for (const { order, status, statements } of migrations) {
    if (status === "added") continue;
    for (const { statement } of statements) {
      for (const operation of statement.operations) {
        const name = madeBy(operation);
        if (name) madeLast.set(name.name, order);
      }
    }
  }
  return ({ schema, name }, { order }) =>
    ((others || unread) && schema === undefined) ||
    // History that stands behind it has run before: repeatable migrations do, and those that an older one came after.
    (madeLast.get(name) ?? -1) > order;
}

function madeBy(operation: Operation): QualifiedName | undefined {
  switch (operation.type) {
    case "CreateTable":
    case "CreateTableAs":
      return operation.table;
    case "CreateView":
      return operation.view;
    case "CreateSequence":
      return operation.sequence;
    default:
      return undefined;
  }
}

/** Placeholders have been given names that nothing else has. */
const TEMPLATE = /\{\{|\$\{|(?<!:):["'A-Za-z_]/;

/** Of which objects all is known. */
class Knowledge {
  /** Since when, counted in operations, each object is known whole. */
  readonly #since = new Map<string, number>();
  readonly #versionKnown: boolean;
  #time = 0;
  /** When something ran that may have changed everything. */
  #opaque = -1;
  #absenceDoubted = false;

  constructor(versionKnown: boolean) {
    this.#versionKnown = versionKnown;
  }

  /** Takes over what a schema has before the first migration. */
  start(seed: Catalog | undefined): void {
    for (const table of seed?.tables() ?? []) if (table.createdIn !== undefined) this.#since.set(keyOf(table), 0);
    for (const type of seed?.types() ?? []) this.#since.set(keyOf(type), 0);
  }

  proves({ about, absence, since }: Refusal): boolean {
    if (since !== undefined) return this.#versionKnown;
    if (absence && this.#absenceDoubted) return false;
    return about.every((name) => (this.#since.get(keyOf(name)) ?? -1) > this.#opaque);
  }

  doubtAbsence(): void {
    this.#absenceDoubted = true;
  }

  /** Something is otherwise than the schema shows it. */
  doubt({ about, absence }: Refusal): void {
    if (absence) this.doubtAbsence();
    for (const name of about) this.#since.delete(keyOf(name));
  }

  learn(operation: Operation, { before, after }: AnalysedStatement): void {
    this.#time++;
    if (isOpaque(operation)) this.#opaque = this.#time;
    const place = (name: QualifiedName): string => keyOf((before.table(name) ? before : after).qualify(name));
    if (operation.inBlock !== undefined) {
      // A condition may have kept it from running.
      for (const name of namesIn(operation)) this.#since.delete(place(name));
      return;
    }
    switch (operation.type) {
      case "CreateTable":
      case "CreateTableAs":
      case "CreateSequence": {
        const name = operation.type === "CreateSequence" ? operation.sequence : operation.table;
        const isNew = !operation.ifNotExists || (before.complete && !before.table(name));
        if (isNew) this.#since.set(place(name), this.#time);
        break;
      }
      case "CreateView":
        this.#since.set(place(operation.view), this.#time);
        break;
      case "CreateFunction":
        this.#since.set(keyOf(ofFunction(before.qualify(operation.function))), this.#time);
        break;
      case "RenameFunction":
      case "SetFunctionSchema": {
        const from = before.qualify(operation.function);
        const to = "newName" in operation ? operation.newName : from.name;
        const schema = "newSchema" in operation ? operation.newSchema : from.schema;
        this.#move(ofFunction(from), ofFunction({ schema, name: to }));
        break;
      }
      case "CreateEnum":
        this.#since.set(keyOf(typePlace(operation.enum, after)), this.#time);
        break;
      case "CreateDomain":
        this.#since.set(keyOf(typePlace(operation.domain, after)), this.#time);
        break;
      case "CreateType":
        this.#since.set(keyOf(typePlace(operation.name, after)), this.#time);
        break;
      case "RenameRelation":
        this.#move(before.qualify(operation.relation), { name: operation.newName });
        break;
      case "SetSchema":
        this.#move(before.qualify(operation.relation), { schema: operation.newSchema });
        break;
      case "RenameType":
        this.#move(typePlace(operation.name, before), { name: operation.newName });
        break;
      case "SetTypeSchema":
        this.#move(typePlace(operation.name, before), { schema: operation.newSchema });
        break;
    }
  }

  #move(from: Required<QualifiedName>, to: Partial<QualifiedName>): void {
    const since = this.#since.get(keyOf(from));
    this.#since.delete(keyOf(from));
    if (since !== undefined) this.#since.set(keyOf({ ...from, ...to }), since);
  }
}

function keyOf({ schema, name }: Required<QualifiedName>): string {
  return `${schema}\0${name}`;
}

/** As `about` of a refusal names it. */
function ofFunction({ schema, name }: Required<QualifiedName>): Required<QualifiedName> {
  return { schema, name: `${name}()` };
}

function typePlace(name: QualifiedName, catalog: Catalog): Required<QualifiedName> {
  const type = catalog.type(name);
  return type ? { schema: type.schema, name: type.name } : catalog.qualify(name);
}

/** Whether what it does to the schema is not known. */
function isOpaque(operation: Operation): boolean {
  switch (operation.type) {
    case "Call":
    case "DoBlock":
    case "Execute":
    case "Unparsed":
      return true;
    case "TransactionControl":
      return operation.kind === "rollback" || operation.kind === "rollback to";
    case "Select":
      return operation.functions.some((name) => builtinVolatility(name) === undefined);
    default:
      return false;
  }
}

/** The relations and types that an operation names as its own. */
function namesIn(operation: Operation): readonly QualifiedName[] {
  const named: QualifiedName[] = [];
  for (const field of ["table", "relation", "view", "sequence", "partition", "enum", "domain", "name"] as const) {
    const value = (operation as unknown as Record<string, unknown>)[field];
    if (typeof value === "object" && value !== null && "name" in value) named.push(value as QualifiedName);
  }
  return named;
}
