/** Computes expressions of a program. */
import { ENVIRONMENT } from "./environment.js";
import { classOf, closure } from "./functions.js";
import { LANGUAGE } from "./language.js";
import { elementsOf, getProperty } from "./members.js";
import { importDynamically, importMeta, requireModule, URL_CLASS } from "./modules.js";
import { bind } from "./patterns.js";
import type { Scope } from "./scope.js";
import { type Expression, type NodeOf, type ObjectExpression, type Pattern, rangeOf } from "./script.js";
import { branches, equality, oneOf } from "./statements.js";
import { type Hole, Text } from "./text.js";
import { Callable, Dictionary, List, type Site, textOf, truthOf, Unknown, type Value } from "./value.js";

type AnyExpression =
  | Expression
  | ObjectExpression["properties"][number]
  | NodeOf<"CallExpression">["arguments"][number]
  | NodeOf<"CallExpression">["callee"]
  | NodeOf<"BinaryExpression">["left"]
  | NodeOf<"AssignmentExpression">["left"]
  | NodeOf<"TemplateLiteral">["expressions"][number];

/** @param name What a function gets its name from: the variable or property that it is given to. */
export function evaluate(node: AnyExpression, scope: Scope, name?: string): Value {
  const { run } = scope;
  run.step();
  switch (node.type) {
    case "StringLiteral": {
      const [start, end] = rangeOf(node);
      const { file, text } = scope.module;
      const verbatim = text.slice(start + 1, end - 1) === node.value;
      return Text.of(node.value, {
        file,
        range: verbatim ? [start + 1, end - 1] : [start, end],
        verbatim,
        quote: text[start] ?? "",
      });
    }
    case "TemplateLiteral":
      return template(node, scope);
    case "NumericLiteral":
    case "BooleanLiteral":
      return node.value;
    case "BigIntLiteral":
      return BigInt(node.value);
    case "NullLiteral":
      return null;
    case "RegExpLiteral":
      return new Dictionary([
        ["source", Text.of(node.pattern)],
        ["flags", Text.of(node.flags)],
      ]);
    case "Identifier":
      return variable(node.name, scope);
    case "ThisExpression":
      return variable("this", scope);
    case "Super":
      return variable("super", scope);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "TSInstantiationExpression":
    case "ParenthesizedExpression":
    case "TypeCastExpression":
      return evaluate(node.expression, scope, name);
    case "ArrayExpression":
      return arrayOf(node, scope);
    case "ObjectExpression":
      return objectOf(node, scope);
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return closure(node, scope, name);
    case "ClassExpression":
      return classOf(node, scope);
    case "SequenceExpression":
      return node.expressions.map((expression) => evaluate(expression, scope)).at(-1);
    case "AwaitExpression":
      return run.settle(evaluate(node.argument, scope), run.siteOf(node, scope));
    case "UnaryExpression":
      return unary(node, scope);
    case "BinaryExpression":
      return binary(node, scope);
    case "LogicalExpression":
      return logical(node.operator, evaluate(node.left, scope), () => evaluate(node.right, scope), scope);
    case "ConditionalExpression": {
      const truth = truthOf(evaluate(node.test, scope));
      if (truth !== undefined) return evaluate(truth ? node.consequent : node.alternate, scope, name);
      return either([() => evaluate(node.consequent, scope), () => evaluate(node.alternate, scope)], scope);
    }
    case "AssignmentExpression":
      return assignment(node, scope);
    case "UpdateExpression": {
      const before = evaluate(node.argument, scope);
      const after = typeof before === "number" ? before + (node.operator === "++" ? 1 : -1) : new Unknown("is counted");
      assign(node.argument as Pattern, after, scope);
      return node.prefix ? after : before;
    }
    case "MemberExpression":
    case "OptionalMemberExpression":
      return member(node, scope).value;
    case "CallExpression":
    case "OptionalCallExpression":
      return callOf(node, scope);
    case "NewExpression":
      return instance(node, scope);
    case "TaggedTemplateExpression":
      return tagged(node, scope);
    case "MetaProperty":
      return importMeta(scope);
    case "ImportExpression":
      return importDynamically(evaluate(node.source, scope), scope);
    case "YieldExpression":
      return node.argument == null ? undefined : run.settle(evaluate(node.argument, scope), run.siteOf(node, scope));
    default:
      return new Unknown("is not followed");
  }
}

function variable(name: string, scope: Scope): Value {
  const found = scope.find(name);
  if (found !== undefined) return found.get(name);
  const { globals } = scope.run.environment;
  if (globals.has(name)) return globals.get(name);
  if (LANGUAGE.has(name)) return LANGUAGE.get(name);
  const { module } = scope;
  switch (name) {
    case "undefined":
      return undefined;
    case "exports":
      return module.exports;
    case "module":
      return new Dictionary([["exports", module.exports]], undefined, "is Node's");
    case "__dirname":
      return Text.of(`/${module.file.slice(0, Math.max(module.file.lastIndexOf("/"), 0))}`);
    case "__filename":
      return Text.of(`/${module.file}`);
    case "URL":
      return URL_CLASS;
    case "require":
      return REQUIRE(scope);
    default:
      return new Unknown("is not declared in this file");
  }
}

const REQUIRE = (scope: Scope): Callable => new Callable("require", ([path]) => requireModule(path, scope));

/** What a string has in the place of a value: its text, or a hole with the name of the expression. */
function embedded(value: Value, node: { start?: number | null; end?: number | null }, scope: Scope): Text {
  const text = textOf(value);
  if (text !== undefined) return text;
  if (typeof value === "boolean" || value == null) return Text.of(String(value));
  if (value instanceof List && value.items.every((item) => textOf(item) !== undefined) && !value.open) {
    return Text.join(
      value.items.flatMap((item) => textOf(item) ?? []),
      ",",
    );
  }
  return Text.hole(holeFor(value, node, scope), { file: scope.module.file, range: rangeOf(node), verbatim: false });
}

function holeFor(value: Value, node: { start?: number | null; end?: number | null }, scope: Scope): Hole {
  const name = scope.module.text.slice(...rangeOf(node)).replace(/\s+/g, " ");
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return { kind: "any", name: name.length > 40 ? `${name.slice(0, 39)}…` : name, reason };
}

function template(node: NodeOf<"TemplateLiteral">, scope: Scope): Text {
  const parts: Text[] = [];
  for (const [index, quasi] of node.quasis.entries()) {
    parts.push(quasiText(quasi, scope));
    const expression = node.expressions[index];
    if (expression) parts.push(embedded(evaluate(expression, scope), expression, scope));
  }
  return Text.join(parts);
}

function quasiText(quasi: NodeOf<"TemplateLiteral">["quasis"][number], { module }: Scope): Text {
  const { cooked, raw } = quasi.value;
  const text = cooked ?? raw;
  const range = rangeOf(quasi);
  const verbatim = module.text.slice(...range) === text;
  return text === "" ? Text.EMPTY : Text.of(text, { file: module.file, range, verbatim, quote: "`" });
}

function arrayOf(node: NodeOf<"ArrayExpression">, scope: Scope): List {
  const made = new List([]);
  for (const element of node.elements) {
    if (element?.type !== "SpreadElement") {
      made.items.push(element == null ? undefined : evaluate(element, scope));
      continue;
    }
    const spread = evaluate(element.argument, scope);
    const items = elementsOf(spread);
    made.items.push(...(items ?? []));
    if (items === undefined || (spread instanceof List && spread.open)) made.open = true;
  }
  return made;
}

function objectOf(node: ObjectExpression, scope: Scope): Dictionary {
  const made = new Dictionary();
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      const spread = evaluate(property.argument, scope);
      if (spread instanceof Dictionary) {
        for (const [key, value] of spread.properties) made.properties.set(key, value);
        if (spread.open !== undefined) made.open = spread.open;
      } else if (spread instanceof Unknown) made.open = spread.reason;
      continue;
    }
    const key = propertyName(property, scope);
    if (key === undefined) made.open = "has a property whose name is not known";
    else if (property.type === "ObjectMethod") made.properties.set(key, closure(property, scope, key));
    else made.properties.set(key, evaluate(property.value as Expression, scope, key));
  }
  return made;
}

/** The name of a property; undefined where it is not known. */
export function propertyName(
  property: {
    readonly key: AnyExpression | { type: "PrivateName"; id: { name: string } };
    readonly computed?: boolean;
  },
  scope: Scope,
): string | undefined {
  const { key, computed } = property;
  if (key.type === "PrivateName") return `#${key.id.name}`;
  if (key.type === "Identifier" && computed !== true) return key.name;
  return textOf(evaluate(key, scope))?.known;
}

function unary(node: NodeOf<"UnaryExpression">, scope: Scope): Value {
  const value = evaluate(node.argument, scope);
  switch (node.operator) {
    case "!": {
      const truth = truthOf(value);
      return truth === undefined ? new Unknown("depends on a condition") : !truth;
    }
    case "-":
      return typeof value === "number" ? -value : new Unknown("is computed");
    case "+":
      return typeof value === "number" ? value : new Unknown("is computed");
    case "typeof":
      if (value instanceof Unknown) return new Unknown("is the type of something that is not known");
      return Text.of(value instanceof Text ? "string" : value instanceof Callable ? "function" : typeof value);
    case "void":
      return undefined;
    default:
      return new Unknown("is computed");
  }
}

function binary(node: NodeOf<"BinaryExpression">, scope: Scope): Value {
  if (node.left.type === "PrivateName") return new Unknown("is not followed");
  const left = evaluate(node.left, scope);
  const right = evaluate(node.right, scope);
  switch (node.operator) {
    case "+":
      if (typeof left === "number" && typeof right === "number") return left + right;
      if (
        !(left instanceof Text) &&
        !(right instanceof Text) &&
        (left instanceof Unknown || right instanceof Unknown)
      ) {
        return new Unknown("is computed");
      }
      return Text.join([embedded(left, node.left, scope), embedded(right, node.right, scope)]);
    case "==":
    case "===":
      return equality(left, right) ?? new Unknown("depends on a condition");
    case "!=":
    case "!==": {
      const equal = equality(left, right);
      return equal === undefined ? new Unknown("depends on a condition") : !equal;
    }
    case "in": {
      const key = textOf(left)?.known;
      if (key === undefined || !(right instanceof Dictionary)) return new Unknown("depends on a condition");
      return right.has(key) || (right.open === undefined ? false : new Unknown(right.open));
    }
    default:
      return typeof left === "number" && typeof right === "number"
        ? (ARITHMETIC[node.operator]?.(left, right) ?? new Unknown("is computed"))
        : new Unknown("is computed");
  }
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number | boolean>> = {
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "**": (left, right) => left ** right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  "<=": (left, right) => left <= right,
  ">=": (left, right) => left >= right,
};

/** The value of the branch that is taken; every branch is followed where that is not known. */
function either(follow: readonly (() => Value)[], scope: Scope): Value {
  const values: Value[] = [];
  const branch = (one: () => Value) => (): undefined => void values.push(one());
  branches(follow.map(branch), scope, { mayReturn() {} });
  return oneOf(values);
}

function logical(operator: "&&" | "||" | "??", left: Value, right: () => Value, scope: Scope): Value {
  const truth = operator === "??" ? (left instanceof Unknown ? undefined : left == null) : truthOf(left);
  if (truth === undefined) {
    const other = either([right, () => left], scope);
    // A setting of the environment that has a default here is taken to have that.
    return left instanceof Unknown && left.reason === ENVIRONMENT && operator !== "&&" ? right() : other;
  }
  return truth === (operator !== "||") ? right() : left;
}

function assignment(node: NodeOf<"AssignmentExpression">, scope: Scope): Value {
  const { left, right, operator } = node;
  const isMember = left.type === "MemberExpression";
  if (operator === "=") {
    const value = evaluate(right, scope, left.type === "Identifier" ? left.name : undefined);
    if (isMember) setMember(left, value, scope);
    else assign(left as Pattern, value, scope);
    return value;
  }
  const before = evaluate(left, scope);
  const after =
    operator === "+="
      ? typeof before === "number"
        ? addNumber(before, evaluate(right, scope))
        : Text.join([embedded(before, left, scope), embedded(evaluate(right, scope), right, scope)])
      : operator === "||=" || operator === "&&=" || operator === "??="
        ? logical(operator.slice(0, -1) as "||", before, () => evaluate(right, scope), scope)
        : new Unknown("is computed");
  if (isMember) setMember(left, after, scope);
  else assign(left as Pattern, after, scope);
  return after;
}

function addNumber(one: number, other: Value): Value {
  return typeof other === "number" ? one + other : new Unknown("is computed");
}

function assign(pattern: Pattern, value: Value, scope: Scope): void {
  bind(pattern, value, scope, (name, part) => scope.assign(name, part));
}

function setMember(node: NodeOf<"MemberExpression">, value: Value, scope: Scope): void {
  const object = evaluate(node.object, scope);
  const name = memberName(node, scope);
  if (object instanceof Dictionary) {
    if (name === undefined) object.open = "has a property whose name is not known";
    else if (name === "exports" && node.object.type === "Identifier" && node.object.name === "module") {
      replaceExports(scope, value);
    } else object.properties.set(name, value);
  } else if (object instanceof Callable && name !== undefined) object.members.properties.set(name, value);
  else if (object instanceof List && name !== undefined && /^\d+$/.test(name)) object.items[Number(name)] = value;
}

/** `module.exports = …`: what `exports` has had before is gone. */
function replaceExports({ module: { exports } }: Scope, value: Value): void {
  exports.properties.clear();
  exports.properties.set("default", value);
  const own = value instanceof Dictionary ? value : value instanceof Callable ? value.members : undefined;
  for (const [name, property] of own?.properties ?? []) exports.properties.set(name, property);
}

type MemberNode = NodeOf<"MemberExpression"> | NodeOf<"OptionalMemberExpression">;

function memberName(node: MemberNode, scope: Scope): string | undefined {
  return propertyName({ key: node.property, computed: node.computed }, scope);
}

function member(node: MemberNode, scope: Scope): { readonly value: Value; readonly self: Value } {
  const self = evaluate(node.object, scope);
  const name = memberName(node, scope);
  const site = scope.run.siteOf(node, scope);
  if (name !== undefined) return { value: getProperty(self, name, site), self };
  return { value: new Unknown("has a name that is not known", { reaches: scope.run.reaches(self) }), self };
}

type CallNode = NodeOf<"CallExpression"> | NodeOf<"OptionalCallExpression">;

function callOf(node: CallNode, scope: Scope): Value {
  const { run } = scope;
  const { callee } = node;
  const isMember = callee.type === "MemberExpression" || callee.type === "OptionalMemberExpression";
  const { value, self } = isMember ? member(callee, scope) : { value: evaluate(callee, scope), self: undefined };
  if (callee.type === "Super") return undefined;
  if (callee.type === "Import") return importDynamically(argumentsOf(node, scope)[0], scope);
  if (value === undefined && node.type === "OptionalCallExpression") return undefined;
  const args = argumentsOf(node, scope);
  const receiver =
    callee.type === "MemberExpression" && callee.object.type === "Super" ? variable("this", scope) : self;
  return run.call(value, args, run.siteOf(node, scope), receiver, () => scope.module.text.slice(...rangeOf(callee)));
}

function argumentsOf(node: CallNode | NodeOf<"NewExpression">, scope: Scope): Value[] {
  return node.arguments.flatMap((argument) => {
    if (argument.type !== "SpreadElement") return [evaluate(argument, scope)];
    const spread = evaluate(argument.argument, scope);
    return (
      elementsOf(spread) ?? [
        new Unknown("is an element of a list that is not known", { reaches: scope.run.reaches(spread) }),
      ]
    );
  });
}

function instance(node: NodeOf<"NewExpression">, scope: Scope): Value {
  const { run } = scope;
  const value = evaluate(node.callee, scope);
  const args = argumentsOf(node, scope);
  const site = run.siteOf(node, scope);
  if (value instanceof Callable && value.construct) return value.construct(args, site);
  return run.call(
    value instanceof Unknown ? value : new Unknown("is no class that is known"),
    args,
    site,
    undefined,
    () => scope.module.text.slice(...rangeOf(node.callee)),
  );
}

/** Functions for templates that only take indentation away: to PostgreSQL it is all the same. */
const PLAIN_TAGS: ReadonlySet<string> = new Set([
  "dedent",
  "outdent",
  "stripIndent",
  "stripIndents",
  "oneLine",
  "html",
  "String.raw",
]);

function tagged(node: NodeOf<"TaggedTemplateExpression">, scope: Scope): Value {
  const { run } = scope;
  const { tag, quasi } = node;
  const isMember = tag.type === "MemberExpression";
  const { value, self } = isMember ? member(tag, scope) : { value: evaluate(tag, scope), self: undefined };
  const name = scope.module.text.slice(...rangeOf(tag));
  if (value instanceof Unknown && PLAIN_TAGS.has(name)) return template(quasi, scope);
  const strings = new List(quasi.quasis.map((part) => quasiText(part, scope)));
  const values = quasi.expressions.map((expression) => {
    const inner = evaluate(expression, scope);
    if (!(inner instanceof Unknown)) return inner;
    // A tag that makes a parameter of it gives it the name that it has here.
    const { reaches, equals } = inner;
    return new Unknown(inner.reason, { reaches, equals, expression: scope.module.text.slice(...rangeOf(expression)) });
  });
  const site: Site = run.siteOf(node, scope);
  return run.call(value, [strings, ...values], site, self, () => name);
}
