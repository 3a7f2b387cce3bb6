/** JavaScript and TypeScript as a tree with parents and names, and its strings as SQL. */
import { createRequire } from "node:module";
import type { QualifiedName } from "../model/name.js";
import { withoutEscapes } from "./escapes.js";
import type { EmbeddedSql } from "./sql-references.js";

const require = createRequire(import.meta.url);

/** Larger files are bundles or data. */
const MAX_PARSED_LENGTH = 1_000_000;

/** A node of Babel's tree. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  parent?: Node;
  /** Of a function, class or program: what is declared in it. */
  names?: Map<string, Binding>;
  readonly [key: string]: unknown;
}

/** What a name stands for. */
export interface Binding {
  readonly kind: "import" | "variable" | "parameter" | "other";
  /** The function of a parameter, the statement of everything else. */
  readonly node: Node;
  /** The value of a variable; for a loop's variable what it iterates over. */
  readonly init?: Node;
  /** Whether the name is only a part of the value: `const { rows } = …`, `for (const row of …)`. */
  readonly part?: boolean;
  /** The properties of the value in which it is, from the outside: `const { project: { owner } } = …`; "" is not known. */
  readonly keys?: readonly string[];
  readonly source?: string;
  /** The type annotation of a parameter or variable. */
  readonly annotation?: Node;
}

const SKIPPED = new Set(["loc", "extra", "errors", "comments", "tokens", "parent", "names", "interpreter", "range"]);

interface ParseOptions {
  readonly jsx: boolean;
}

/** Parses a script into its nodes, the program first; undefined where it is no JavaScript or TypeScript. */
export function parseScript(text: string, options: ParseOptions): readonly Node[] | undefined {
  const file = parseText(text, options, { sourceType: "unambiguous" });
  return file === undefined ? undefined : link([file.program as unknown as Node]);
}

/** Parses a part of a module that begins at an offset into its statements; undefined where something in it is wrong. */
export function parseStatements(text: string, offset: number, options: ParseOptions): readonly Node[] | undefined {
  const file = parseText(text, options, {
    sourceType: "module",
    startIndex: offset,
    // What a part exports may be declared in another.
    allowUndeclaredExports: true,
  });
  return file === undefined || (file.errors?.length ?? 0) > 0 ? undefined : (file.program.body as unknown as Node[]);
}

function parseText(
  text: string,
  { jsx }: ParseOptions,
  options: import("@babel/parser").ParserOptions,
): ReturnType<typeof import("@babel/parser").parse> | undefined {
  if (text.length > MAX_PARSED_LENGTH) return undefined;
  const { parse } = require("@babel/parser") as typeof import("@babel/parser");
  try {
    return parse(text, {
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      attachComment: false,
      plugins: ["typescript", "decorators-legacy", "decoratorAutoAccessors", ...(jsx ? ["jsx" as const] : [])],
      ...options,
    });
  } catch {
    return undefined;
  }
}

/** The scripts of a Vue or Svelte file, with blanks in place of everything else. */
export function scriptParts(text: string): string {
  let scripts = "";
  for (const match of text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/gi)) {
    const start = match.index + match[0].indexOf(">") + 1;
    const content = match[1] ?? "";
    scripts = scripts.padEnd(start) + content;
  }
  return scripts;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** A child of a node, if it is one. */
export function child(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

export function children(node: Node | undefined, key: string): readonly Node[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Adds statements and everything in them to the nodes of a program. */
export function linkStatements(statements: readonly Node[], program: Node, nodes: Node[]): void {
  for (const statement of statements) statement.parent = program;
  const first = nodes.length;
  for (const statement of statements) nodes.push(statement);
  link(nodes, first);
}

/** Gives every node from the first one on its parent and its names; returns all of them, parents first. */
function link(nodes: Node[], first = 0): readonly Node[] {
  // The list grows while it is walked: breadth first.
  for (let at = first; at < nodes.length; at++) {
    const node = nodes[at] as Node;
    for (const key in node) {
      const value = node[key];
      if (typeof value !== "object" || value === null || SKIPPED.has(key)) continue;
      if (Array.isArray(value)) {
        for (const element of value) {
          if (!isNode(element)) continue;
          element.parent = node;
          nodes.push(element);
        }
      } else if (isNode(value)) {
        value.parent = node;
        nodes.push(value);
      }
    }
    declare(node);
  }
  return nodes;
}

const FUNCTIONS = new Set([
  "ArrowFunctionExpression",
  "FunctionExpression",
  "FunctionDeclaration",
  "ObjectMethod",
  "ClassMethod",
  "ClassPrivateMethod",
]);

export function isFunction(node: Node): boolean {
  return FUNCTIONS.has(node.type);
}

/** The innermost function around a node, or the program. */
export function functionAround(node: Node): Node {
  let at = node;
  while (at.parent !== undefined) {
    at = at.parent;
    if (isFunction(at)) return at;
  }
  return at;
}

function declare(node: Node): void {
  const declares =
    node.type === "ImportDeclaration" ||
    node.type === "VariableDeclarator" ||
    node.type === "ClassDeclaration" ||
    node.type === "TSEnumDeclaration" ||
    isFunction(node);
  if (!declares) return;
  const scope = functionAround(node);
  const add = (home: Node, name: string, binding: Binding): void => {
    home.names ??= new Map();
    home.names.set(name, binding);
  };
  const addPattern = (home: Node, pattern: Node | undefined, binding: Binding): void => {
    if (pattern === undefined) return;
    const annotation = child(child(pattern, "typeAnnotation"), "typeAnnotation");
    const annotated = annotation === undefined ? binding : { ...binding, annotation };
    if (pattern.type === "Identifier") add(home, pattern["name"] as string, annotated);
    else if (pattern.type === "AssignmentPattern") addPattern(home, child(pattern, "left"), binding);
    else if (pattern.type === "RestElement") addPattern(home, child(pattern, "argument"), { ...binding, part: true });
    else if (pattern.type === "TSParameterProperty") addPattern(home, child(pattern, "parameter"), binding);
    else if (pattern.type === "ArrayPattern") {
      for (const element of children(pattern, "elements")) addPattern(home, element, { ...binding, part: true });
    } else if (pattern.type === "ObjectPattern") {
      for (const property of children(pattern, "properties")) {
        const value = child(property, "value");
        // What a rest has is not told apart from the whole.
        const keys = [...(binding.keys ?? []), ...(value === undefined ? [] : [keyName(property) ?? ""])];
        addPattern(home, value ?? property, { ...annotated, part: true, keys });
      }
    }
  };
  if (node.type === "ImportDeclaration") {
    const source = child(node, "source")?.["value"] as string;
    for (const specifier of children(node, "specifiers")) {
      const local = child(specifier, "local")?.["name"];
      if (typeof local === "string") add(scope, local, { kind: "import", node: specifier, source });
    }
  } else if (node.type === "VariableDeclarator") {
    const init = child(node, "init");
    const loop = node.parent?.parent;
    const over = loop?.type === "ForOfStatement" && loop["left"] === node.parent ? child(loop, "right") : undefined;
    const source = requiredModule(init);
    const binding: Binding =
      source !== undefined
        ? { kind: "import", node, source }
        : over !== undefined
          ? { kind: "variable", node, init: over, part: true }
          : { kind: "variable", node, ...(init !== undefined && { init }) };
    addPattern(scope, child(node, "id"), binding);
  } else if (isFunction(node)) {
    for (const parameter of children(node, "params")) addPattern(node, parameter, { kind: "parameter", node });
    const name = child(node, "id")?.["name"];
    if (typeof name === "string") add(scope, name, { kind: "other", node });
  } else {
    const name = child(node, "id")?.["name"];
    if (typeof name === "string") add(scope, name, { kind: "other", node });
  }
}

function requiredModule(init: Node | undefined): string | undefined {
  if (init?.type !== "CallExpression" || child(init, "callee")?.["name"] !== "require") return undefined;
  const source = children(init, "arguments")[0]?.["value"];
  return typeof source === "string" ? source : undefined;
}

/** What a name stands for where `from` uses it. Blocks are not told apart inside a function. */
export function lookUp(name: string, from: Node): Binding | undefined {
  for (let at: Node | undefined = from; at !== undefined; at = at.parent) {
    const binding = at.names?.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

const WRAPPERS = new Set([
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "ParenthesizedExpression",
]);

/** The expression inside casts and parentheses. */
export function unwrap(node: Node | undefined): Node | undefined {
  let at = node;
  while (at !== undefined && WRAPPERS.has(at.type)) at = child(at, "expression");
  return at;
}

export function isWrapper(node: Node): boolean {
  return WRAPPERS.has(node.type);
}

export interface Call extends Node {
  readonly type: "CallExpression" | "OptionalCallExpression" | "NewExpression";
}

export interface Member extends Node {
  readonly type: "MemberExpression" | "OptionalMemberExpression";
}

export function isCall(node: Node | undefined): node is Call {
  return node?.type === "CallExpression" || node?.type === "OptionalCallExpression" || node?.type === "NewExpression";
}

export function isMember(node: Node | undefined): node is Member {
  return node?.type === "MemberExpression" || node?.type === "OptionalMemberExpression";
}

/** The name of a property, key or member, if it is a constant one. */
export function keyName(node: Node): string | undefined {
  const key = child(node, node.type.includes("MemberExpression") ? "property" : "key");
  if (key === undefined) return undefined;
  if (key.type === "StringLiteral") return key["value"] as string;
  if (key.type === "Identifier" && node["computed"] !== true) return key["name"] as string;
  if (key.type === "PrivateName") return child(key, "id")?.["name"] as string;
  return undefined;
}

export function stringValue(node: Node | undefined): string | undefined {
  if (node?.type === "StringLiteral") return node["value"] as string;
  if (node?.type === "TemplateLiteral" && children(node, "expressions").length === 0) {
    return (children(node, "quasis")[0]?.["value"] as { cooked?: string } | undefined)?.cooked;
  }
  return undefined;
}

/** The names that the arguments of decorators and calls give: `{ name: "legacy_ref" }`. */
export function propertyOf(object: Node | undefined, name: string): Node | undefined {
  if (object?.type !== "ObjectExpression") return undefined;
  const property = children(object, "properties").find((one) => keyName(one) === name);
  return unwrap(child(property, "value"));
}

function isText(node: Node | undefined): boolean {
  if (node?.type === "StringLiteral" || node?.type === "TemplateLiteral") return true;
  return (
    node?.type === "BinaryExpression" &&
    node["operator"] === "+" &&
    (isText(child(node, "left")) || isText(child(node, "right")))
  );
}

/** The whole string that a literal is a part of: a concatenation, or an array that is joined. */
export function wholeString(literal: Node): Node {
  let at = literal;
  while (at.parent?.type === "BinaryExpression" && at.parent["operator"] === "+") at = at.parent;
  const array = at.parent;
  const member = array?.parent;
  if (array?.type === "ArrayExpression" && isMember(member) && keyName(member) === "join" && isCall(member.parent)) {
    if (children(array, "elements").every(isText)) return array;
  }
  return at;
}

/**
 * A string of the script as SQL that begins at the node's own start: quotes are blank, expressions in it are names of
 * the same length.
 */
export function sqlOf(
  node: Node,
  source: string,
  tableOf: (expression: Node) => QualifiedName | undefined,
): EmbeddedSql {
  const holes = new Map<string, QualifiedName | undefined>();
  let text = "";
  const pad = (to: number): void => {
    text = text.padEnd(to - node.start);
  };
  const literal = (start: number, end: number): void => {
    pad(start);
    text += withoutEscapes(source.slice(start, end));
  };
  const hole = (expression: Node, start: number, end: number): void => {
    pad(start);
    const length = end - start;
    if (text.endsWith("$")) text += "1".repeat(Math.min(length, 4)).padEnd(length);
    else {
      const name = `h${holes.size.toString(36)}`.padEnd(length, "_").slice(0, length);
      holes.set(name, tableOf(expression));
      text += name;
    }
  };
  const add = (part: Node): void => {
    if (part.type === "StringLiteral") literal(part.start + 1, part.end - 1);
    else if (part.type === "TemplateLiteral") {
      const quasis = children(part, "quasis");
      const expressions = children(part, "expressions");
      for (const [index, quasi] of quasis.entries()) {
        literal(quasi.start, quasi.end);
        const expression = expressions[index];
        const next = quasis[index + 1];
        if (expression !== undefined && next !== undefined) hole(expression, quasi.end, next.start);
      }
    } else if (part.type === "BinaryExpression" && isText(part)) {
      for (const key of ["left", "right"]) {
        const side = child(part, key);
        if (side !== undefined) add(side);
      }
    } else if (part.type === "ArrayExpression") for (const element of children(part, "elements")) add(element);
    else hole(part, part.start, part.end);
  };
  add(node);
  pad(node.end);
  return holes.size === 0 ? { text } : { text, holes };
}
