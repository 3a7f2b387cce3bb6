/**
 * Whether a function may answer differently from row to row. A volatile default makes ADD COLUMN rewrite the table.
 * Functions are known by name only, since the types of their arguments are not: a name is volatile if any of its
 * overloads is.
 */
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { Expression } from "../model/operation.js";
import { otherFunctions, volatileFunctions } from "./builtin-functions.js";

let names: ReadonlyMap<string, "volatile" | "not volatile"> | undefined;

/** For a function of PostgreSQL or of an extension in its distribution; undefined for every other function. */
export function builtinVolatility(name: QualifiedName): "volatile" | "not volatile" | undefined {
  names ??= new Map([
    ...otherFunctions.split(" ").map((name) => [name, "not volatile"] as const),
    ...volatileFunctions.split(" ").map((name) => [name, "volatile"] as const),
  ]);
  return names.get(name.name);
}

/**
 * Whether an expression is volatile. A function that neither PostgreSQL nor a migration defines counts as volatile, as
 * CREATE FUNCTION declares it unless told otherwise.
 */
export function isVolatile(expression: Expression, catalog: Catalog): boolean {
  return expression.functions.some((name) => {
    const declared = catalog.functionVolatility(name);
    if (declared) return declared === "volatile";
    return builtinVolatility(name) !== "not volatile";
  });
}
