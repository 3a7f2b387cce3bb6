import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

type Statement = ReturnType<(typeof import("@babel/parser"))["parse"]>["program"]["body"][number];
type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type ObjectExpression = Extract<Expression, { type: "ObjectExpression" }>;

export type Literal = string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

/**
 * The settings in a file of JSON, JSON5, or JavaScript that exports an object: what stands there as a literal. Nothing is
 * executed, so what is computed is left out. Undefined where there is no such object.
 */
export function readObjectLiteral(text: string): Readonly<Record<string, Literal>> | undefined {
  const { parse } = require("@babel/parser") as typeof import("@babel/parser");
  let found: ObjectExpression | undefined;
  try {
    const isScript = /\b(?:exports\b|export\s+default\b)/.test(text);
    const { program } = parse(isScript ? text : `(${text}\n)`, {
      sourceType: "unambiguous",
      errorRecovery: true,
      plugins: ["typescript"],
    });
    for (const statement of program.body) {
      if (statement.type === "ExportDefaultDeclaration") found = objectOf(statement.declaration as Expression);
      if (statement.type !== "ExpressionStatement") continue;
      const { expression } = statement;
      found = objectOf(expression.type === "AssignmentExpression" ? expression.right : expression) ?? found;
    }
  } catch {
    return undefined;
  }
  return found === undefined ? undefined : (literalOf(found) as Readonly<Record<string, Literal>>);
}

/** The object itself, or the one that a function such as `defineConfig` is given. */
function objectOf(node: Expression): ObjectExpression | undefined {
  if (node.type === "ObjectExpression") return node;
  if (node.type === "TSSatisfiesExpression" || node.type === "TSAsExpression") return objectOf(node.expression);
  const [first] = node.type === "CallExpression" ? node.arguments : [];
  return first?.type === "ObjectExpression" ? first : undefined;
}

function literalOf(node: Expression): Literal | undefined {
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return node.value;
    case "NullLiteral":
      return null;
    case "TemplateLiteral":
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined;
    case "ArrayExpression":
      return node.elements.flatMap((element) => {
        const value = element === null || element.type === "SpreadElement" ? undefined : literalOf(element);
        return value === undefined ? [] : [value];
      });
    case "ObjectExpression":
      return Object.fromEntries(
        node.properties.flatMap((property) => {
          if (property.type !== "ObjectProperty" || property.computed) return [];
          const { key } = property;
          const name = key.type === "Identifier" ? key.name : key.type === "StringLiteral" ? key.value : undefined;
          const value = literalOf(property.value as Expression);
          return name === undefined || value === undefined ? [] : [[name, value] as const];
        }),
      );
    default:
      return undefined;
  }
}
