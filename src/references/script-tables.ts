/** Which tables a script's expressions are about: chains of calls to a database library, and the rows they give. */
import type { QualifiedName } from "../model/name.js";
import { decoratorsOf } from "./script-models.js";
import { aliasedTable } from "./script-table-names.js";
import type { Binding, Node } from "./script-tree.js";
import {
  child,
  children,
  functionAround,
  isCall,
  isFunction,
  isMember,
  keyName,
  lookUp,
  sqlOf,
  stringValue,
  unwrap,
  wholeString,
} from "./script-tree.js";
import { looksLikeSql } from "./sql-references.js";
import { tablesNamedIn } from "./sql-tokens.js";
import {
  BUILT_INS,
  ENTITY_METHODS,
  IDENTIFIER_FUNCTION,
  KNEX_ROOT,
  MODEL_METHODS,
  OBJECT_METHODS,
  PRISMA_METHODS,
  REPOSITORY,
  SHARED_PRISMA_METHODS,
  TABLE_METHODS,
} from "./table-methods.js";

/** A table as a script names it. */
export interface NamedTable {
  /** In a string, the database's own name; otherwise a variable, class or accessor. */
  readonly by: "database name" | "word";
  readonly word: string;
  readonly schema?: string;
  /** The qualifier that the query gives it. */
  readonly alias?: string;
  /** Whether the word is a property of another table's rows: the models say to whose rows it leads. */
  readonly relation?: true;
}

/** A chain of calls on a database library, seen as a whole: `db("orders").where(…).first()`. */
export interface Chain {
  readonly tables: readonly NamedTable[];
  /**
   * - `builder`: its arguments are columns (Knex, Kysely, Drizzle, Supabase).
   * - `model`: its arguments are objects with parts (Prisma, TypeORM, Sequelize).
   * - `sql`: it takes a whole query.
   */
  readonly style: "builder" | "model" | "sql";
}

interface Step {
  /** Absent for a call of the root itself: `knex("orders")`. */
  readonly method?: string;
  readonly arguments: readonly Node[];
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const PRISMA_ROOT = /^(?:\w*prisma\w*|tx|trx|db|\w*client)$/i;

/** Methods of arrays and promises: what they take is no part of a query, and what they give are rows again. */
const ROW_METHODS = words(
  "map flatMap filter find findLast forEach some every reduce sort toSorted slice at then catch finally concat reverse " +
    "pop shift flat entries values keyBy groupBy",
);

/** Properties under which libraries give the rows themselves. */
export const ROW_CONTAINERS = words(
  "rows data raw result results records items entities list docs nodes value values generatedMaps",
);

const ROW_CALLBACKS = words("map flatMap filter find findLast findIndex forEach some every sort toSorted then keyBy");

export class ScriptTables {
  readonly #chains = new Map<Node, Chain>();
  readonly #rows = new Map<Node, readonly NamedTable[]>();

  constructor(readonly source: string) {}

  /** The chain that a call belongs to. */
  chainOf(call: Node): Chain {
    const top = topOfChain(call);
    const known = this.#chains.get(top);
    if (known !== undefined) return known;
    // A chain that is inside itself names nothing new.
    this.#chains.set(top, { tables: [], style: "builder" });
    const chain = this.#readChain(top);
    this.#chains.set(top, chain);
    return chain;
  }

  #readChain(top: Node): Chain {
    const steps: Step[] = [];
    let root: Node | undefined = top;
    while (isCall(root)) {
      const callee: Node | undefined = unwrap(child(root, "callee"));
      const args = children(root, "arguments").map((argument) => unwrap(argument) ?? argument);
      if (isMember(callee)) {
        const method = keyName(callee);
        steps.unshift({ ...(method !== undefined && { method }), arguments: args });
        root = unwrap(child(callee, "object"));
      } else {
        steps.unshift({ arguments: args });
        root = callee;
        break;
      }
    }
    if (root?.type === "AwaitExpression" || isBuiltIn(root)) return { tables: [], style: "builder" };
    const fromRoot = this.#root(root, steps);
    let style = fromRoot?.style ?? "builder";
    const tables: NamedTable[] = [...(fromRoot?.tables ?? [])];
    const schema = steps.find(({ method }) => method === "withSchema" || method === "schema");
    const schemaName = stringValue(schema?.arguments[0]);
    for (const [index, step] of steps.entries()) {
      const { method } = step;
      const [first, second] = step.arguments;
      if (method === undefined) continue;
      if (TABLE_METHODS.has(method)) {
        const isRelation = style === "model" && stringValue(first)?.includes(".") === true;
        if (isRelation) {
          const alias = stringValue(second);
          const word = stringValue(first)?.split(".").at(-1) as string;
          tables.push({ by: "word", word, ...(alias !== undefined && { alias }) });
        } else tables.push(...this.#argument(first, second));
      } else if (ENTITY_METHODS.has(method)) {
        const entity = this.#entity(first);
        if (entity !== undefined) {
          tables.push(entity);
          style = "model";
        }
      } else if (method === "createQueryBuilder" || method === "qb") {
        const entity = stringValue(first) === undefined ? this.#entity(first) : undefined;
        const alias = stringValue(entity === undefined ? first : second);
        if (entity !== undefined) tables.push({ ...entity, ...(alias !== undefined && { alias }) });
        else if (alias !== undefined && tables[0] !== undefined) tables[0] = { ...tables[0], alias };
        style = "model";
      } else if (fromRoot === undefined && OBJECT_METHODS.has(method) && index === 0) {
        const entity = this.tableOf(first);
        if (entity !== undefined) tables.push(entity);
        if (step.arguments.length > 1) style = "model";
      } else if (fromRoot === undefined && MODEL_METHODS.has(method) && index === 0 && step.arguments.length > 0) {
        const entity =
          first?.type === "Identifier" && /^[A-Z]/.test(first["name"] as string) ? this.tableOf(first) : undefined;
        if (entity !== undefined) {
          tables.push(entity);
          style = "model";
        }
      }
      const sql = tables.length === 0 && index <= 1 ? this.#sqlTables(first) : [];
      if (sql.length > 0) return { tables: sql, style: "sql" };
    }
    if (schemaName === undefined) return { tables, style };
    return { tables: tables.map((table) => ({ schema: schemaName, ...table })), style };
  }

  /** What the root of a chain says about its table. */
  #root(root: Node | undefined, steps: readonly Step[]): Chain | undefined {
    if (root === undefined) return undefined;
    const [first] = steps;
    const name = root.type === "Identifier" ? (root["name"] as string) : isMember(root) ? keyName(root) : undefined;
    const inherited = this.#inherited(root);
    if (first?.method === undefined) {
      // `knex("orders")`: the root itself is called.
      if (name !== undefined && KNEX_ROOT.test(name) && steps.length > 1) {
        const tables = this.#argument(first?.arguments[0], undefined);
        if (tables.length > 0) return { tables, style: "builder" };
      }
      return inherited;
    }
    if (inherited !== undefined) return inherited;
    // `this.knex("orders")`, `this.db(TABLE)`
    if (KNEX_ROOT.test(first.method) && steps.length > 1 && first.arguments.length > 0) {
      const tables = this.#argument(first.arguments[0], undefined);
      if (tables.length > 0) return { tables, style: "builder" };
    }
    if (name === undefined) return undefined;
    if (isMember(root)) {
      const owner = unwrap(child(root, "object"));
      const ownerName =
        owner?.type === "Identifier" ? (owner["name"] as string) : isMember(owner) ? keyName(owner) : undefined;
      const word: NamedTable = { by: "word", word: name };
      if (ownerName === "query" && isMember(owner) && /^find(?:Many|First)$/.test(first.method))
        return { tables: [word], style: "model" };
      if (ownerName !== undefined && PRISMA_METHODS.has(first.method)) return { tables: [word], style: "model" };
      if (ownerName !== undefined && SHARED_PRISMA_METHODS.has(first.method) && PRISMA_ROOT.test(ownerName)) {
        return { tables: [word], style: "model" };
      }
      if (!MODEL_METHODS.has(first.method)) return undefined;
      if (owner?.type === "ThisExpression") {
        const typed = this.#memberTable(root, name);
        if (typed !== undefined) return { tables: [typed], style: "model" };
      }
      if (REPOSITORY.test(name) || /^[A-Z]/.test(name)) return { tables: [word], style: "model" };
      return undefined;
    }
    if (!MODEL_METHODS.has(first.method)) return undefined;
    const binding = lookUp(name, root);
    const typed = entityOfType(binding?.annotation);
    if (typed !== undefined) return { tables: [typed], style: "model" };
    if (/^[A-Z]/.test(name) || REPOSITORY.test(name)) {
      return { tables: [this.tableOf(root) ?? { by: "word", word: name }], style: "model" };
    }
    return undefined;
  }

  /** The chain that a variable holds, or that a callback's parameter stands for. */
  #inherited(root: Node): Chain | undefined {
    let binding: Binding | undefined;
    if (root.type === "Identifier") binding = lookUp(root["name"] as string, root);
    // `eb.fn.coalesce("status")`
    const owner = isMember(root) && keyName(root) === "fn" ? unwrap(child(root, "object")) : undefined;
    if (owner?.type === "Identifier") binding = lookUp(owner["name"] as string, owner);
    if (root.type === "ThisExpression") {
      let scope = functionAround(root);
      while (scope.type === "ArrowFunctionExpression") scope = functionAround(scope);
      if (scope.type === "FunctionExpression") binding = { kind: "parameter", node: scope };
    }
    if (binding?.kind === "variable" && binding.part !== true) {
      const init = unwrap(binding.init);
      const chain = isCall(init) ? this.chainOf(init) : undefined;
      return chain !== undefined && chain.tables.length > 0 && chain.style !== "sql" ? chain : undefined;
    }
    if (binding?.kind === "parameter") {
      const call = callbackOf(binding.node);
      if (call === undefined || ROW_CALLBACKS.has(methodOf(call) ?? "")) return undefined;
      const chain = this.chainOf(call);
      return chain.tables.length > 0 && chain.style !== "sql" ? chain : undefined;
    }
    return undefined;
  }

  /** Tables in the argument of a method that takes tables. */
  #argument(argument: Node | undefined, second: Node | undefined): readonly NamedTable[] {
    const text = stringValue(argument);
    if (text !== undefined) {
      const table = aliasedTable(text);
      if (table === undefined) return [];
      const { name, ...rest } = table;
      return [{ by: "database name", word: name, ...rest }];
    }
    if (argument?.type === "ArrayExpression") {
      return children(argument, "elements").flatMap((element) => this.#argument(element, undefined));
    }
    if (argument?.type === "ObjectExpression") {
      return children(argument, "properties").flatMap((property) => {
        const name = stringValue(child(property, "value"));
        const alias = keyName(property);
        return name === undefined
          ? []
          : [{ by: "database name" as const, word: name, ...(alias !== undefined && { alias }) }];
      });
    }
    const table = this.tableOf(argument);
    if (table === undefined) return [];
    const alias = stringValue(second);
    return [{ ...table, ...(alias !== undefined && { alias }) }];
  }

  #entity(argument: Node | undefined): NamedTable | undefined {
    const text = stringValue(argument);
    return text === undefined ? this.tableOf(argument) : { by: "word", word: text };
  }

  /** The table that an expression is: a table object, a model class, a constant with its name. */
  tableOf(expression: Node | undefined): NamedTable | undefined {
    const node = unwrap(expression);
    if (node === undefined) return undefined;
    if (isMember(node)) {
      const owner = unwrap(child(node, "object"));
      const name = keyName(node);
      if (name === undefined) return undefined;
      if (/^(?:tableName|getTableName|_table)$/.test(name)) return this.tableOf(owner);
      const ownerName =
        owner?.type === "Identifier" ? (owner["name"] as string) : isMember(owner) ? keyName(owner) : undefined;
      const isModels = ownerName !== undefined && /^(?:schema|tables?|models?|entities|db)$/i.test(ownerName);
      const isNamespace =
        owner?.type === "Identifier" && lookUp(ownerName as string, owner)?.node.type === "ImportNamespaceSpecifier";
      return isModels || isNamespace ? { by: "word", word: name } : undefined;
    }
    if (node.type !== "Identifier") return undefined;
    const name = node["name"] as string;
    const binding = lookUp(name, node);
    if (binding === undefined) return /^[A-Z]/.test(name) ? { by: "word", word: name } : undefined;
    if (binding.kind === "import") {
      const imported = child(binding.node, "imported");
      return { by: "word", word: ((imported?.["name"] ?? imported?.["value"]) as string | undefined) ?? name };
    }
    if (binding.kind === "other") return /^[A-Z]/.test(name) ? { by: "word", word: name } : undefined;
    if (binding.kind !== "variable") return undefined;
    const init = unwrap(binding.init);
    const text = stringValue(init);
    if (text !== undefined && binding.part !== true) {
      const table = aliasedTable(text);
      return table === undefined
        ? undefined
        : { by: "database name", word: table.name, ...(table.schema && { schema: table.schema }) };
    }
    if (isCall(init)) {
      const callee = child(init, "callee");
      const method = methodOf(init) ?? (callee?.type === "Identifier" ? (callee["name"] as string) : "");
      if (/^(?:pgTable\w*|createTable|table)$/.test(method)) {
        return this.#argument(children(init, "arguments")[0], undefined)[0];
      }
      // `const o = alias(orders, "o")`
      if (/^alias(?:edTable)?$/.test(method)) return this.tableOf(children(init, "arguments")[0]);
      return method === "define" || /^[A-Z]/.test(name) ? { by: "word", word: name } : undefined;
    }
    const isOfModels = binding.part === true && (init?.type === "Identifier" || isMember(init));
    return isOfModels && /^[A-Z]/.test(name) ? { by: "word", word: name } : undefined;
  }

  /** The table of `this.orders` where the class says what it is: `Repository<Order>`, `@InjectModel(Order)`. */
  #memberTable(member: Node, name: string): NamedTable | undefined {
    let at: Node | undefined = member;
    while (at !== undefined && at.type !== "ClassBody") at = at.parent;
    for (const one of children(at, "body")) {
      if (one["kind"] === "constructor") {
        for (const parameter of children(one, "params")) {
          const inner = child(parameter, "parameter");
          if (inner?.["name"] === name) return memberEntity(parameter, inner);
        }
      } else if (keyName(one) === name) {
        const value = unwrap(child(one, "value"));
        const tables = isCall(value) ? this.chainOf(value).tables : [];
        return memberEntity(one, one) ?? tables[0];
      }
    }
    return undefined;
  }

  #sqlTables(argument: Node | undefined): readonly NamedTable[] {
    if (argument === undefined) return [];
    const text = argument.type === "TaggedTemplateExpression" ? child(argument, "quasi") : argument;
    const isString = text !== undefined && /^(?:StringLiteral|TemplateLiteral|BinaryExpression)$/.test(text.type);
    return isString ? this.tablesInSql(text) : [];
  }

  /** The tables that a string of SQL names. */
  tablesInSql(literal: Node): readonly NamedTable[] {
    const { text, holes } = sqlOf(wholeString(literal), this.source, (expression) => this.databaseTable(expression));
    if (!looksLikeSql(text)) return [];
    return tablesNamedIn(text).flatMap(({ name, schema }) => {
      if (holes?.has(name) === true) {
        const table = holes.get(name);
        return table === undefined ? [] : [{ by: "database name" as const, word: table.name }];
      }
      return [{ by: "database name" as const, word: name, ...(schema !== undefined && { schema }) }];
    });
  }

  /** The table in `${orders}`, `${sql(ORDERS)}` or `${sql.identifier(["orders"])}` of a SQL template. */
  tableIn(expression: Node): NamedTable | undefined {
    const node = unwrap(expression);
    if (!isCall(node)) return this.tableOf(node);
    const callee = unwrap(child(node, "callee"));
    const name = methodOf(node) ?? (callee?.type === "Identifier" ? (callee["name"] as string) : "");
    if (!IDENTIFIER_FUNCTION.test(name)) return undefined;
    const argument = unwrap(children(node, "arguments")[0]);
    if (argument?.type !== "ArrayExpression") return this.#argument(argument, undefined)[0];
    const [schema, table] = children(argument, "elements")
      .map((element) => stringValue(element))
      .slice(-2);
    if (table === undefined) return schema === undefined ? undefined : { by: "database name", word: schema };
    return { by: "database name", word: table, ...(schema !== undefined && { schema }) };
  }

  databaseTable(expression: Node): QualifiedName | undefined {
    const table = this.tableIn(expression);
    if (table === undefined) return undefined;
    return { name: table.word, ...(table.schema !== undefined && { schema: table.schema }) };
  }

  /** The tables that the rows in an expression come from; empty where that is not known. */
  rowsOf(expression: Node | undefined, depth = 0): readonly NamedTable[] {
    const node = unwrap(expression);
    if (node === undefined || depth > 8) return [];
    const known = this.#rows.get(node);
    if (known !== undefined) return known;
    const tables = this.#readRows(node, depth + 1);
    this.#rows.set(node, tables);
    return tables;
  }

  #readRows(node: Node, depth: number): readonly NamedTable[] {
    switch (node.type) {
      case "AwaitExpression":
      case "SpreadElement":
      case "UnaryExpression":
        return this.rowsOf(child(node, "argument"), depth);
      case "LogicalExpression":
        return this.rowsOf(child(node, "left"), depth);
      case "ConditionalExpression": {
        const rows = this.rowsOf(child(node, "consequent"), depth);
        return rows.length > 0 ? rows : this.rowsOf(child(node, "alternate"), depth);
      }
      case "TaggedTemplateExpression": {
        const quasi = child(node, "quasi");
        return quasi === undefined ? [] : this.tablesInSql(quasi);
      }
      case "MemberExpression":
      case "OptionalMemberExpression": {
        const key = keyName(node);
        const rows = this.rowsOf(child(node, "object"), depth);
        const isElement = node["computed"] === true && key === undefined;
        return isElement ? rows : rowsUnder(rows, [key ?? ""]);
      }
      case "CallExpression":
      case "OptionalCallExpression": {
        const method = methodOf(node);
        const object = child(unwrap(child(node, "callee")), "object");
        if (method !== undefined && ROW_METHODS.has(method)) {
          const rows = this.rowsOf(object, depth);
          // What `map` gives is made by its callback.
          if (rows.length > 0) return method === "map" || method === "flatMap" || method === "reduce" ? [] : rows;
        }
        return this.chainOf(node).tables;
      }
      case "Identifier": {
        const name = node["name"] as string;
        const binding = lookUp(name, node);
        const typed = entityOfType(binding?.annotation) ?? plainEntity(binding?.annotation);
        if (binding?.kind === "variable") {
          const init = unwrap(binding.init);
          if (isCall(init) && binding.part !== true) {
            const chain = this.chainOf(init);
            if (chain.tables.length > 0) return chain.tables;
          }
          const rows = this.rowsOf(init, depth);
          return rowsUnder(rows.length > 0 || typed === undefined ? rows : [typed], binding.keys);
        }
        if (binding?.kind === "parameter") {
          if (typed !== undefined) return rowsUnder([typed], binding.keys);
          const call = callbackOf(binding.node);
          if (call === undefined || !ROW_CALLBACKS.has(methodOf(call) ?? "")) return [];
          return rowsUnder(this.rowsOf(child(unwrap(child(call, "callee")), "object"), depth), binding.keys);
        }
        return [];
      }
      default:
        return [];
    }
  }
}

/** What is under properties of rows: the rows themselves where it is a library's container, else those of a relation. */
function rowsUnder(rows: readonly NamedTable[], keys: readonly string[] = []): readonly NamedTable[] {
  if (rows.length === 0) return [];
  const key = keys.findLast((one) => !ROW_CONTAINERS.has(one));
  return key === undefined ? rows : [{ by: "word", word: key, relation: true }];
}

/** Whether an expression is an object of JavaScript, and no model of that name. */
function isBuiltIn(root: Node | undefined): boolean {
  const name = root?.type === "Identifier" ? (root["name"] as string) : "";
  return root !== undefined && BUILT_INS.has(name) && lookUp(name, root) === undefined;
}

/** The outermost call of the chain that a call is in: `.first()` in `db("orders").where(…).first()`. */
function topOfChain(call: Node): Node {
  let top = call;
  for (;;) {
    let member = top.parent;
    while (member !== undefined && unwrap(member) !== member && member.parent !== undefined) member = member.parent;
    const outer = isMember(member) && unwrap(child(member, "object")) === top ? member.parent : undefined;
    if (!isCall(outer) || unwrap(child(outer, "callee")) !== member) return top;
    const method = keyName(member as Node);
    // What comes behind `.then` and `.map` is about the result.
    if (method !== undefined && ROW_CALLBACKS.has(method) && isFunctionArgument(outer)) return top;
    top = outer;
  }
}

function isFunctionArgument(call: Node): boolean {
  const [first] = children(call, "arguments");
  return first !== undefined && (isFunction(first) || first.type === "Identifier");
}

export function methodOf(call: Node): string | undefined {
  const callee = unwrap(child(call, "callee"));
  return isMember(callee) ? keyName(callee) : undefined;
}

/** The call that a function is an argument of. */
export function callbackOf(fn: Node): Node | undefined {
  let at = fn;
  while (at.parent !== undefined && unwrap(at.parent) !== at.parent) at = at.parent;
  const call = at.parent;
  return isCall(call) && child(call, "callee") !== at ? call : undefined;
}

function memberEntity(decorated: Node, typed: Node): NamedTable | undefined {
  for (const { name, arguments: args } of decoratorsOf(decorated)) {
    const [entity] = args;
    if (/^Inject/.test(name) && entity?.type === "Identifier") return { by: "word", word: entity["name"] as string };
  }
  return entityOfType(child(child(typed, "typeAnnotation"), "typeAnnotation"));
}

/** The entity in `Repository<Order>`, `EntityRepository<Order>`, `typeof Order`, `ModelStatic<Order>`. */
function entityOfType(annotation: Node | undefined): NamedTable | undefined {
  if (annotation?.type === "TSTypeQuery") {
    const name = child(annotation, "exprName")?.["name"];
    return typeof name === "string" ? { by: "word", word: name } : undefined;
  }
  if (annotation?.type !== "TSTypeReference") return undefined;
  const name = child(annotation, "typeName")?.["name"];
  if (typeof name !== "string" || !/(?:Repository|Model|ModelStatic|ModelCtor|Collection)$/.test(name))
    return undefined;
  const parameters = child(annotation, "typeParameters") ?? child(annotation, "typeArguments");
  const inner = child(children(parameters, "params")[0], "typeName")?.["name"];
  return typeof inner === "string" ? { by: "word", word: inner } : undefined;
}

/** Modules that models come from: `./entities/order`, `../db/schema`, `@prisma/client`. */
const MODEL_MODULE = /entit|model|schema|prisma|drizzle|database|repositor|(?:^|[/@-])db(?:$|[/-])/i;

/** The class in `order: Order`, `orders: Order[]`, where it is declared here or comes from a module of models. */
function plainEntity(annotation: Node | undefined): NamedTable | undefined {
  const element = annotation?.type === "TSArrayType" ? child(annotation, "elementType") : annotation;
  const name = element?.type === "TSTypeReference" ? child(element, "typeName")?.["name"] : undefined;
  if (element === undefined || typeof name !== "string" || !/^[A-Z]/.test(name)) return undefined;
  const binding = lookUp(name, element);
  const isModel =
    binding?.kind === "import" ? MODEL_MODULE.test(binding.source ?? "") : binding?.node.type === "ClassDeclaration";
  return isModel ? { by: "word", word: name } : undefined;
}
