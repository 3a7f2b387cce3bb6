/** Where in a database call a key or string stands: which call, under which keys, on which tables. */
import type { ReferenceKind } from "../model/reference.js";
import type { Chain, NamedTable, ScriptTables } from "./script-tables.js";
import { callbackOf, methodOf } from "./script-tables.js";
import type { Node } from "./script-tree.js";
import {
  child,
  children,
  isCall,
  isFunction,
  isMember,
  isWrapper,
  keyName,
  lookUp,
  propertyOf,
  unwrap,
} from "./script-tree.js";

export interface Place {
  readonly chain: Chain;
  readonly call: Node;
  readonly method: string;
  /** Which argument of the call it is in. */
  readonly argument: number;
  /** The keys above it inside that argument, from the outside. */
  readonly path: readonly string[];
  /** The model that an object names beside it: `{ model: Order, where: { … } }`, and how many keys are below that object. */
  readonly model?: { readonly table: NamedTable; readonly below: number };
  /** Whether a function that takes SQL or a column name stands between: `raw("legacy_ref IS NULL")`. */
  readonly raw: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Functions inside a query whose arguments are columns of the query again. */
const TRANSPARENT = words(
  "raw ref col literal fn cast and or not desc asc count countDistinct sum avg min max lower upper coalesce Raw In Not",
);

/** How often a variable that holds an object is followed to where it is used. */
const MAX_STEPS = 4;

/** Finds a node's place; undefined where it is in no database call. */
export function placeOf(
  node: Node,
  tables: ScriptTables,
  usesOf: (declarator: Node) => readonly Node[],
): Place | undefined {
  return climb(node, [], undefined, false, MAX_STEPS);

  function climb(
    start: Node,
    below: readonly string[],
    modelBelow: Place["model"],
    wasRaw: boolean,
    steps: number,
  ): Place | undefined {
    const path = [...below];
    let model = modelBelow;
    let raw = wasRaw;
    let at = start;
    for (let parent = at.parent; parent !== undefined; parent = at.parent) {
      if (parent.type === "ObjectProperty") {
        if (child(parent, "value") !== at) return undefined;
        path.unshift(keyName(parent) ?? "");
      } else if (parent.type === "ObjectExpression") {
        const table = tables.tableOf(propertyOf(parent, "model"));
        if (table !== undefined && model === undefined) model = { table, below: path.length };
      } else if (isCall(parent)) {
        const place = inCall(parent, at);
        if (place !== "through") return place;
        raw = true;
      } else if (parent.type === "ReturnStatement" || (isFunction(parent) && child(parent, "body") === at)) {
        const fn = parent.type === "ReturnStatement" ? functionOf(parent) : parent;
        const call = fn === undefined ? undefined : callbackOf(fn);
        if (fn === undefined || call === undefined) return undefined;
        const method = methodOf(call) ?? "";
        if (method === "map" || method === "flatMap") {
          at = call;
          continue;
        }
        const chain = tables.chainOf(call);
        if (chain.tables.length === 0) return undefined;
        return found(call, chain, method, 0);
      } else if (typedModel(parent) !== undefined && at.type === "ObjectExpression") {
        const chain: Chain = { tables: [typedModel(parent) as NamedTable], style: "model" };
        return { chain, call: parent, method: "", argument: 0, path, raw };
      } else if (parent.type === "VariableDeclarator") {
        if (steps === 0 || child(parent, "init") !== at) return undefined;
        for (const use of usesOf(parent)) {
          const place = climb(use, path, model, raw, steps - 1);
          if (place !== undefined) return place;
        }
        return undefined;
      } else if (
        !isWrapper(parent) &&
        !/^(?:ArrayExpression|SpreadElement|LogicalExpression|AwaitExpression|ConditionalExpression)$/.test(parent.type)
      ) {
        return undefined;
      }
      at = parent;
    }
    return undefined;

    function found(call: Node, chain: Chain, method: string, argument: number): Place {
      return { chain, call, method, argument, path, raw, ...(model !== undefined && { model }) };
    }

    function inCall(call: Node, from: Node): Place | "through" | undefined {
      const argument = children(call, "arguments").indexOf(from);
      if (argument < 0) return undefined;
      const callee = unwrap(child(call, "callee"));
      const method = methodOf(call) ?? (callee?.type === "Identifier" ? (callee["name"] as string) : "");
      const chain = tables.chainOf(call);
      if (chain.tables.length > 0) return found(call, chain, method, argument);
      return TRANSPARENT.has(method) ? "through" : undefined;
    }
  }
}

/** Types of Prisma's client for what a query takes: the model's name stands before this. */
const PRISMA_TYPE =
  /^(\w+?)(?:Select|Include|Omit|(?:Unchecked)?(?:Create|Update)(?:Many)?(?:Mutation)?Input|Where(?:Unique)?Input|(?:FindMany|FindFirst|FindUnique|Create|Update|Upsert|Delete|Count)(?:Args)|OrderBy\w*Input|DefaultArgs)$/;

/** The model in `… satisfies Prisma.OrderSelect` and `const where: Prisma.OrderWhereInput = …`. */
function typedModel(node: Node): NamedTable | undefined {
  const typed = node.type === "VariableDeclarator" ? child(child(node, "id"), "typeAnnotation") : node;
  const annotation = child(typed, "typeAnnotation");
  const name = annotation?.type === "TSTypeReference" ? child(annotation, "typeName") : undefined;
  if (name?.type !== "TSQualifiedName" || child(name, "left")?.["name"] !== "Prisma") return undefined;
  const model = prismaModelOf(String(child(name, "right")?.["name"]));
  return model === undefined ? undefined : { by: "word", word: model };
}

/** `Order` of `OrderSelect`. */
export function prismaModelOf(type: string): string | undefined {
  return PRISMA_TYPE.exec(type)?.[1];
}

function functionOf(statement: Node): Node | undefined {
  let at: Node | undefined = statement;
  while (at !== undefined && !isFunction(at)) at = at.parent;
  return at;
}

const WRITES = words(
  "insert values set update create createMany createManyAndReturn save upsert merge bulkCreate insertMany build patch " +
    "doUpdateSet onConflictDoUpdate increment decrement patchAndFetch patchAndFetchById insertAndFetch insertGraph assign " +
    "preload nativeUpdate nativeInsert upsertMany updateMany findOrCreate",
);

const READ_KEYS = words(
  "where select orderBy order include attributes by having distinct cursor columns returning group fields",
);
const WRITE_KEYS = words("data create update set defaults values createMany updateMany connectOrCreate");

/** Whether a call is on what Kysely gives to a callback: `onConflict((oc) => oc.columns(["account_id", "email"]))`. */
export function isOnConflict(call: Node): boolean {
  let root = unwrap(child(call, "callee"));
  while (isMember(root) || isCall(root)) root = unwrap(child(root, isCall(root) ? "callee" : "object"));
  const binding = root?.type === "Identifier" ? lookUp(root["name"] as string, root) : undefined;
  const around = binding?.kind === "parameter" ? callbackOf(binding.node) : undefined;
  return around !== undefined && methodOf(around) === "onConflict";
}

/** What a database call does with the column at a place. */
export function kindAt({ call, method, path }: Place): ReferenceKind {
  if (/^onConflict/.test(method) && path.length === 0) return "conflict target";
  if (/^columns?$/.test(method) && isOnConflict(call)) return "conflict target";
  const keys = [...path].reverse();
  if (keys[0] === "target" || keys[0] === "conflictPaths" || keys[0] === "conflictFields") return "conflict target";
  const decisive = keys.find((key) => READ_KEYS.has(key) || WRITE_KEYS.has(key));
  if (decisive !== undefined) return READ_KEYS.has(decisive) ? "read" : "write";
  return WRITES.has(method) ? "write" : "read";
}
