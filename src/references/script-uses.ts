/**
 * What calls of database libraries do with columns that they do not name: inserts that leave them out, `*`, and the
 * conflict targets of upserts.
 */
import type { ReferenceGrade } from "../model/reference.js";
import type { Chain, NamedTable, ScriptTables } from "./script-tables.js";
import { type ConflictColumn, prismaConflict } from "./prisma-upsert.js";
import { isOnConflict } from "./script-places.js";
import { methodOf } from "./script-tables.js";
import type { Node } from "./script-tree.js";
import {
  child,
  children,
  isCall,
  isFunction,
  isMember,
  keyName,
  propertyOf,
  stringValue,
  unwrap,
} from "./script-tree.js";
import type { Found, Naming, Sought, SoughtTarget } from "./sought.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Methods that insert rows. An object that only becomes a row when it is saved may get more until then. */
const INSERTS = words(
  "insert insertMany create createMany createManyAndReturn bulkCreate upsert upsertMany values batchInsert save " +
    "nativeInsert findOrCreate insertAndFetch",
);

/** Methods that make an object as often as a row. */
const MAY_ONLY_MAKE = words("create save");

/** Methods of query builders that read every column. */
const STARS = words("selectAll returningAll");

/** A call on a table, and the columns of that table that are looked for. */
interface Work {
  readonly call: Node;
  readonly method: string;
  readonly chain: Chain;
  readonly targets: readonly { readonly target: SoughtTarget; readonly grade: ReferenceGrade }[];
  /** Of the method's name. */
  readonly offset: number;
}

/** @param naming How a table of the script names that of a target. */
export function unnamedUses(
  calls: readonly Node[],
  tables: ScriptTables,
  sought: Sought,
  naming: (target: SoughtTarget, table: NamedTable) => Naming | undefined,
): Found[] {
  if (!sought.unnamed) return [];
  return calls.flatMap((call) => {
    const callee = unwrap(child(call, "callee"));
    const method = methodOf(call);
    if (!isMember(callee) || method === undefined) return [];
    if (!INSERTS.has(method) && !STARS.has(method) && !/^(?:select|returning|onConflict|columns?)$/.test(method))
      return [];
    const chain = tables.chainOf(call);
    const [table, second] = chain.tables;
    if (table === undefined) return [];
    const targets = sought.targets.flatMap((target) => {
      const named = target.column === undefined ? undefined : naming(target, table);
      const grade: ReferenceGrade = named === "exact" && second === undefined ? "certain" : "likely";
      return named === undefined ? [] : [{ target, grade }];
    });
    if (targets.length === 0) return [];
    const work = { call, method, chain, targets, offset: (child(callee, "property") as Node).start };
    return [...inserts(work, tables), ...stars(work), ...conflicts(work, tables)];
  });
}

function inserts({ call, method, chain, targets, offset }: Work, tables: ScriptTables): Found[] {
  if (!INSERTS.has(method) || (chain.tables.length > 1 && chain.style === "builder")) return [];
  const rows = rowsOf(call, method, tables);
  if (rows.length === 0) return [];
  // Models have names of their own for columns.
  const keys =
    chain.style === "builder" ? rows.flatMap((row) => children(row, "properties").map(keyName)) : [undefined];
  const gives = keys.every((key) => key !== undefined) ? { gives: [...new Set(keys)] } : {};
  return targets.flatMap(({ target, grade }): Found[] => {
    if (target.filled === true || rows.every((row) => mayGive(row, target))) return [];
    return [{ target, grade, kind: "insert that omits it", offset, ...gives }];
  });
}

/** The objects that a call makes rows of, as far as they are written in it. */
function rowsOf(call: Node, method: string, tables: ScriptTables): readonly Node[] {
  const args = children(call, "arguments").map((argument) => unwrap(argument) ?? argument);
  const [first, second] = args;
  // Prisma.
  const created = propertyOf(first, method === "upsert" ? "create" : "data");
  if (created !== undefined) return objectsIn(created);
  // Sequelize.
  if (method === "findOrCreate") return [];
  if (MAY_ONLY_MAKE.has(method) && !isWaitedFor(call)) return [];
  // An entity manager's first argument is the entity; Knex's batchInsert takes the table's name.
  const isTable = stringValue(first) !== undefined || (second !== undefined && tables.tableOf(first) !== undefined);
  return objectsIn(isTable ? second : first);
}

function isWaitedFor(call: Node): boolean {
  return call.parent?.type === "AwaitExpression" || call.parent?.type === "ReturnStatement";
}

/** Objects in an expression: itself, the elements of an array, what `map` makes, the value of a constant used only here. */
function objectsIn(expression: Node | undefined): readonly Node[] {
  const node = unwrap(expression);
  if (node?.type === "ObjectExpression") return [node];
  if (node?.type === "ArrayExpression") return children(node, "elements").flatMap(objectsIn);
  if (isCall(node) && methodOf(node) === "map") {
    const [callback] = children(node, "arguments");
    return callback !== undefined && isFunction(callback) ? objectsIn(child(callback, "body")) : [];
  }
  return [];
}

/** Whether a row has a value for a column: under one of its names, under that of its relation, or by what is not known. */
function mayGive(row: Node, target: SoughtTarget): boolean {
  return children(row, "properties").some((property) => {
    const key = property.type === "ObjectProperty" ? keyName(property) : undefined;
    if (key === undefined) return true;
    return target.names.has(key) || [...target.names].some((name) => isKeyOf(name, key));
  });
}

/** Whether a column is the foreign key of a relation: `accountId` and `account_id` of `account`. */
function isKeyOf(column: string, relation: string): boolean {
  return column.startsWith(relation) && /^(?:_|[A-Z])/.test(column.slice(relation.length));
}

function stars({ call, method, chain, targets, offset }: Work): Found[] {
  if (chain.style !== "builder") return [];
  const [first] = children(call, "arguments");
  const text = stringValue(first);
  const isStar =
    STARS.has(method) || ((method === "select" || method === "returning") && text !== undefined && /^\s*\*/.test(text));
  if (!isStar) return [];
  return targets.map(({ target, grade }) => ({ target, grade, kind: "star read", offset }));
}

/** Conflict targets, with all columns that they have. */
function conflicts({ call, method, targets }: Work, tables: ScriptTables): Found[] {
  const named = conflictColumns(call, method, tables);
  if (named.length === 0) return [];
  const nameOf = (property: string): string =>
    targets.find(({ target }) => target.names.has(property))?.target.column ?? property;
  const columns = named.map(({ name }) => nameOf(name));
  return named.flatMap(({ name, offset, unsure }) =>
    targets
      .filter(({ target }) => target.names.has(name))
      .map(({ target, grade }): Found => ({
        target,
        grade: unsure === true ? "possible" : grade,
        kind: "conflict target",
        offset,
        conflict: { columns },
      })),
  );
}

function conflictColumns(call: Node, method: string, tables: ScriptTables): readonly ConflictColumn[] {
  const [first, second] = children(call, "arguments").map((argument) => unwrap(argument));
  switch (method) {
    // Knex.
    case "onConflict":
      return columnsIn(first);
    // Kysely: `onConflict((oc) => oc.columns(["account_id", "email"]).doNothing())`.
    case "column":
    case "columns":
      return isOnConflict(call) ? columnsIn(first) : [];
    case "upsert":
    case "upsertMany": {
      // Supabase: `upsert(row, { onConflict: "account_id,email" })`; TypeORM: `upsert(row, ["accountId", "email"])`.
      const options = tables.tableOf(first) === undefined ? second : unwrap(children(call, "arguments")[2]);
      const given =
        ["onConflict", "conflictPaths", "onConflictFields", "conflictFields"]
          .map((key) => propertyOf(options, key))
          .find((value) => value !== undefined) ?? options;
      if (given?.type === "StringLiteral" || given?.type === "ArrayExpression") return columnsIn(given);
      return prismaConflict(first);
    }
    default:
      return [];
  }
}

/** `"email"`, `["account_id", "email"]` and `"account_id,email"`. */
function columnsIn(node: Node | undefined): readonly ConflictColumn[] {
  if (node?.type === "ArrayExpression") {
    const elements = children(node, "elements");
    const columns = elements.flatMap(columnsIn);
    return columns.length === elements.length ? columns : [];
  }
  const text = stringValue(node);
  if (node === undefined || text === undefined) return [];
  return [...text.matchAll(/[\w$]+/g)].map(({ 0: name, index }) => ({ name, offset: node.start + 1 + index }));
}
