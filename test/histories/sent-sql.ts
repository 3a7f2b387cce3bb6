/** The SQL that migrations written in JavaScript send as it stands, read without running them. */
import { parse } from "@babel/parser";

/** A node of the tree, as far as it matters here. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Methods of migration tools that send SQL: db-migrate, TypeORM, MikroORM. */
const SENDS: ReadonlySet<string> = new Set(["runSql", "query", "addSql"]);

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function* inside(node: Node): Generator<Node, void> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) yield* inside(child);
  }
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "MemberExpression") return nameOf(node["property"]);
  return (node["name"] ?? node["value"]) as string | undefined;
}

/** The bodies of `up`: a method, or a function that is assigned to a member of that name. */
function* ups(program: Node): Generator<Node, void> {
  for (const node of inside(program)) {
    if (node.type === "ClassMethod" && nameOf(node["key"]) === "up") yield node["body"] as Node;
    if (node.type === "AssignmentExpression" && nameOf(node["left"]) === "up") yield node["right"] as Node;
  }
}

/** Calls that make SQL for databases of an earlier schema, which does nothing on a new one. */
const FOR_EARLIER_SCHEMAS = /^generatePostgresAlterColumm?nIfExistStatement$/;

/** A string, a template of strings, or the name of one. */
function textOf(node: unknown, constants: ReadonlyMap<string, Node>): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "CallExpression" && FOR_EARLIER_SCHEMAS.test(calledName(node) ?? "")) return "";
  if (node.type === "StringLiteral") return node["value"] as string;
  if (node.type === "Identifier") return textOf(constants.get(node["name"] as string), constants);
  if (node.type !== "TemplateLiteral") return undefined;
  const values = (node["expressions"] as unknown[]).map((value) => textOf(value, constants));
  if (values.includes(undefined)) return undefined;
  const quasis = node["quasis"] as { readonly value: { readonly cooked: string } }[];
  return quasis.map(({ value }, index) => value.cooked + (values[index] ?? "")).join("");
}

/** Also of `(0, module.name)(…)`, which is how a compiler writes a call of an import. */
function calledName(call: Node): string | undefined {
  const callee = call["callee"] as Node;
  const expressions = callee["expressions"] as Node[] | undefined;
  return nameOf(expressions?.at(-1) ?? callee);
}

/** What a call sends: `db.runSql(SQL)`, `db.runSql.bind(db, SQL)`; none for every other call. */
function sent(call: Node): { readonly sql: unknown; readonly values: unknown } | undefined {
  const callee = call["callee"] as Node;
  const given = call["arguments"] as unknown[];
  if (SENDS.has(nameOf(callee) ?? "")) return { sql: given[0], values: given[1] };
  const isBound = nameOf(callee) === "bind" && SENDS.has(nameOf(callee["object"]) ?? "");
  return isBound ? { sql: given[1], values: given[2] } : undefined;
}

export interface SentSql {
  readonly sql: string;
  /** Calls whose SQL, or the values in it, are put together while the program runs. */
  readonly dynamic: number;
}

export function sentSql(program: string): SentSql {
  const { program: tree } = parse(program, { sourceType: "unambiguous", plugins: ["typescript"] });
  const root = tree as unknown as Node;
  const constants = new Map<string, Node>();
  for (const node of inside(root)) {
    if (node.type === "VariableDeclarator" && isNode(node["init"]))
      constants.set(nameOf(node["id"]) ?? "", node["init"]);
  }
  const texts: string[] = [];
  let dynamic = 0;
  for (const up of ups(root)) {
    for (const node of inside(up)) {
      const call = node.type === "CallExpression" ? sent(node) : undefined;
      if (call === undefined) continue;
      const hasValues = isNode(call.values) && call.values.type === "ArrayExpression";
      const text = hasValues ? undefined : textOf(call.sql, constants);
      if (text === undefined) dynamic++;
      else texts.push(text);
    }
  }
  return { sql: texts.map((text) => (/;\s*$/.test(text) ? text : `${text};`)).join("\n"), dynamic };
}
