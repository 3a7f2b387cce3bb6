/** The constants that a script gives to a column, or compares it with. */
import type { Node } from "./script-tree.js";
import { child, children, isCall, isMember, keyName, lookUp, stringValue, unwrap } from "./script-tree.js";

type Constants = readonly (string | null)[];

const COMPARISONS = new Set(["==", "===", "!=", "!=="]);

/** Operators that query builders take between a column and a value. */
const OPERATOR = /^(?:[=<>!~]+|(?:not )?in|is(?: not)?|(?:not )?(?:like|ilike))$/i;

/** Functions of a column and a value: Drizzle's, and those that put a condition into a query. */
const CONDITION = /^(?:eq|ne|neq|inArray|notInArray|Equal|Not|In)$/;

/** The constants at a place that names a column: a key, a string, or a member. */
export function constantsAt(node: Node): Constants {
  if (node.type === "ObjectProperty") return constantsOf(child(node, "value"));
  const { parent } = node;
  if (isCall(parent)) {
    const args = children(parent, "arguments");
    const index = args.indexOf(node);
    if (index < 0) return [];
    const name = child(parent, "callee")?.["name"];
    if (isMember(node) && !(typeof name === "string" && CONDITION.test(name))) return [];
    return args.slice(index + 1).flatMap((argument) => {
      const text = stringValue(argument);
      return text !== undefined && OPERATOR.test(text) ? [] : constantsOf(argument);
    });
  }
  if (!isMember(node) || parent === undefined) return [];
  if (parent.type === "AssignmentExpression" && child(parent, "left") === node)
    return constantsOf(child(parent, "right"));
  if (parent.type === "BinaryExpression" && COMPARISONS.has(parent["operator"] as string)) {
    const left = child(parent, "left");
    return constantsOf(left === node ? child(parent, "right") : left);
  }
  if (parent.type !== "SwitchStatement") return [];
  return children(parent, "cases").flatMap((one) => constantsOf(child(one, "test")));
}

/** The constants that an expression may be; empty where none is known. */
function constantsOf(expression: Node | undefined, depth = 0): Constants {
  const node = unwrap(expression);
  if (node === undefined || depth > 4) return [];
  const each = (nodes: readonly (Node | undefined)[]): Constants => nodes.flatMap((one) => constantsOf(one, depth + 1));
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return [String(node["value"])];
    case "TemplateLiteral": {
      const text = stringValue(node);
      return text === undefined ? [] : [text];
    }
    case "NullLiteral":
      return [null];
    case "ArrayExpression":
      return each(children(node, "elements"));
    case "ConditionalExpression":
      return each([child(node, "consequent"), child(node, "alternate")]);
    case "LogicalExpression":
      return each([child(node, "right")]);
    case "ObjectExpression":
      return each(
        children(node, "properties").map((property) => (isOperator(property) ? child(property, "value") : undefined)),
      );
    case "CallExpression":
      return CONDITION.test(String(child(node, "callee")?.["name"])) ? each(children(node, "arguments")) : [];
    case "Identifier": {
      const binding = lookUp(node["name"] as string, node);
      return binding?.kind === "variable" && binding.part !== true && binding.node.parent?.["kind"] === "const"
        ? constantsOf(binding.init, depth + 1)
        : [];
    }
    case "MemberExpression": {
      const generated = prismaEnumValue(node);
      if (generated !== undefined) return [generated];
      const member = enumMember(node);
      return member === undefined ? [] : constantsOf(member, depth + 1);
    }
    default:
      return [];
  }
}

/** `{ in: ["new", "open"] }`, `{ $ne: null }`, `{ [Op.ne]: null }`, `{ set: "new" }`. */
function isOperator(property: Node): boolean {
  const key = property["computed"] === true ? child(property, "key") : undefined;
  const name = isMember(key) ? keyName(key) : keyName(property);
  return name !== undefined && /^\$?(?:in|notIn|nin|equals|eq|not|ne|set|has|hasSome|any)$/.test(name);
}

/**
 * The value in `OrderStatus.OPEN` and `$Enums.OrderStatus.OPEN`, imported from a client of Prisma: it is what it is called
 * (Prisma's documentation, "Working with enums"). Of other imported enums only their own file knows the values.
 */
function prismaEnumValue(node: Node): string | undefined {
  const object = unwrap(child(node, "object"));
  const root = isMember(object) ? unwrap(child(object, "object")) : object;
  const name = isMember(object) ? keyName(object) : object?.["name"];
  if (root?.type !== "Identifier" || typeof name !== "string" || !/^[A-Z]/.test(name)) return undefined;
  const binding = lookUp(root["name"] as string, root);
  return binding?.kind === "import" && /prisma/i.test(binding.source ?? "") ? keyName(node) : undefined;
}

/** The value of `Status.Open`, of an enum or constant object of the same file. */
function enumMember(node: Node): Node | undefined {
  const object = unwrap(child(node, "object"));
  const key = keyName(node);
  if (object?.type !== "Identifier" || key === undefined) return undefined;
  const binding = lookUp(object["name"] as string, object);
  if (binding?.node.type === "TSEnumDeclaration") {
    const members = children(child(binding.node, "body") ?? binding.node, "members");
    return child(
      members.find((member) => child(member, "id")?.["name"] === key),
      "initializer",
    );
  }
  const init = binding?.kind === "variable" && binding.part !== true ? unwrap(binding.init) : undefined;
  if (init?.type !== "ObjectExpression") return undefined;
  return child(
    children(init, "properties").find((property) => keyName(property) === key),
    "value",
  );
}
