import type { QualifiedName } from "../model/name.js";

const NAMED = /^\s*(?:"?([\w$]+)"?\.)?"?([\w$]+)"?(?:\s+(?:as\s+)?"?([\w$]+)"?)?\s*$/i;

/** A table as query builders take it: `orders`, `public.orders`, `orders as o`. */
export function aliasedTable(text: string): (QualifiedName & { readonly alias?: string }) | undefined {
  const match = NAMED.exec(text);
  if (match === null) return undefined;
  const [, schema, name, alias] = match;
  return {
    name: name as string,
    ...(schema !== undefined && { schema }),
    ...(alias !== undefined && { alias }),
  };
}

/** `public.orders` as a qualified name. */
export function tableName(text: string): QualifiedName {
  const named = aliasedTable(text);
  if (named === undefined) return { name: text };
  return { name: named.name, ...(named.schema !== undefined && { schema: named.schema }) };
}
