/** The `pgm` that a migration of node-pg-migrate is given: calls are collected, and sent when the function is done. */
import { Text } from "../evaluator/text.js";
import { Dictionary, Handle, List, type Method, option, type Site, Unknown, type Value } from "../evaluator/value.js";
import { OBJECT_OPERATIONS } from "./objects.js";
import { type Operation, TABLE_OPERATIONS } from "./tables.js";
import { escapeValue, listOf, nameOf, SqlLiteral, sqlOf } from "./values.js";

/** Older names of operations. */
const ALIASES: Readonly<Record<string, Operation>> = {
  addExtension: OBJECT_OPERATIONS["createExtension"]!,
  addType: OBJECT_OPERATIONS["createType"]!,
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...TABLE_OPERATIONS,
  ...OBJECT_OPERATIONS,
  ...ALIASES,
  sql: ([sql, mapping]) => [substituted(sql, mapping)],
};

/** `{name}` in a text: a name in quotes for a string, a value for everything else. */
function substituted(sql: Value, mapping: Value): Text {
  let text = sqlOf(sql);
  if (!(mapping instanceof Dictionary)) return text;
  for (const [key, value] of mapping.properties) {
    const isName = value instanceof Text || (value instanceof Dictionary && value.has("name"));
    text = Text.join(text.split(`{${key}}`), isName ? nameOf(value) : escapeValue(value));
  }
  return text;
}

const RESULT = new Unknown("comes from a query");

/**
 * What undoes a call, where the package finds it out itself: the operation, and its arguments made of those of the call;
 * undefined where it cannot.
 */
type Undoing = readonly [operation: string, args: (args: readonly Value[]) => readonly Value[] | undefined];

/** A constraint without a name, or one in SQL, is not undone. */
function ifNamed(args: readonly Value[]): readonly Value[] | undefined {
  return args[1] === null || args[2] instanceof Text ? undefined : args;
}

const same = (args: readonly Value[]): readonly Value[] => args;
const lastFirst = ([list, options]: readonly Value[]): readonly Value[] => [
  new List([...listOf(list)].reverse()),
  options,
];
const swapped = ([first, second]: readonly Value[]): readonly Value[] => [second, first];
const swappedBehind = ([first, second, third]: readonly Value[]): readonly Value[] => [first, third, second];
const withoutSecond = ([first, , ...rest]: readonly Value[]): readonly Value[] => [first, ...rest];

const UNDOING: Readonly<Record<string, Undoing>> = {
  ...undo(
    "create",
    "drop",
    ["Type", "Index", "Role", "Schema", "Sequence", "Operator", "Policy", "Trigger", "Cast"],
    same,
  ),
  ...undo("create", "drop", ["Table", "View", "MaterializedView", "Domain"], withoutSecond),
  ...undo(
    "rename",
    "rename",
    ["Table", "Type", "Index", "Role", "Schema", "Domain", "Sequence", "View", "MaterializedView"],
    swapped,
  ),
  ...undo(
    "rename",
    "rename",
    ["Column", "Constraint", "TypeAttribute", "TypeValue", "Policy", "Trigger", "MaterializedViewColumn"],
    swappedBehind,
  ),
  createExtension: ["dropExtension", lastFirst],
  addExtension: ["dropExtension", lastFirst],
  addType: ["dropType", same],
  addColumns: ["dropColumns", same],
  addColumn: ["dropColumns", same],
  addIndex: ["dropIndex", same],
  addConstraint: ["dropConstraint", ifNamed],
  createConstraint: ["dropConstraint", ifNamed],
  renameOperatorClass: ["renameOperatorClass", ([name, method, to]) => [to, method, name]],
  renameOperatorFamily: ["renameOperatorFamily", ([name, method, to]) => [to, method, name]],
  addTypeAttribute: ["dropTypeAttribute", same],
  createFunction: ["dropFunction", same],
  renameFunction: ["renameFunction", ([name, params, to]) => [to, params, name]],
  createOperatorFamily: ["dropOperatorFamily", same],
  createOperatorClass: ["dropOperatorClass", ([name, , method, , options]) => [name, method, options]],
  addToOperatorFamily: ["removeFromOperatorFamily", same],
  refreshMaterializedView: ["refreshMaterializedView", same],
  grantRoles: ["revokeRoles", same],
  grantOnSchemas: ["revokeOnSchemas", same],
  grantOnTables: ["revokeOnTables", same],
};

function undo(from: string, to: string, kinds: readonly string[], args: Undoing[1]): Readonly<Record<string, Undoing>> {
  return Object.fromEntries(kinds.map((kind) => [from + kind, [to + kind, args] as const]));
}

/** A migration's calls, in the direction in which they are sent. */
export class NodePgMigrateBuilder {
  readonly #steps: (() => void)[] = [];
  /** Whether `pgm.noTransaction()` was called. */
  outside = false;
  readonly handle: Handle;

  /**
   * @param shorthands Types that the file gives a name.
   * @param reversed Whether the calls of `up` are undone, the last one first.
   */
  constructor(
    readonly shorthands: Value,
    readonly reversed = false,
  ) {
    const methods: Record<string, Method> = {
      noTransaction: () => void (this.outside = true),
      func: ([sql]) => new SqlLiteral(sqlOf(sql)),
      toString: ([name]: readonly Value[]) => nameOf(name),
    };
    for (const operation of Object.keys(OPERATIONS)) {
      methods[operation] = (args, site) => this.#add(operation, args, site);
    }
    // Both are sent at once, before anything that is collected.
    const query: Method = ([sql], site) => {
      site.run.send(sql instanceof Dictionary ? sqlOf(sql.get("text")) : sqlOf(sql), site);
      return RESULT;
    };
    const db = new Handle("pgm.db", { query, select: query });
    this.handle = new Handle("pgm", methods, { get: (property) => (property === "db" ? db : undefined) });
  }

  #add(operation: string, args: readonly Value[], site: Site): undefined {
    const [name, given] = this.reversed ? (UNDOING[operation] ?? [undefined, same]) : [operation, same];
    const make = name === undefined ? undefined : OPERATIONS[name];
    const undone = given(args);
    // What cannot be undone makes the package refuse to go down; that is no statement.
    if (make === undefined || undone === undefined) return;
    const steps = make(undone, this.shorthands).map((sql) => site.run.postpone(sql, site));
    if (this.reversed && operation === "createTrigger" && args[3] !== undefined) {
      const [, trigger, options] = args;
      const called = option(options, "function") ?? trigger;
      const drop = OPERATIONS["dropFunction"]?.([called, new List([]), options], this.shorthands) ?? [];
      steps.push(...drop.map((sql) => site.run.postpone(sql, site)));
    }
    if (this.reversed) this.#steps.unshift(...steps);
    else this.#steps.push(...steps);
  }

  /** Sends what was collected. */
  send(): void {
    for (const step of this.#steps.splice(0)) step();
  }
}
