/** Keys of indexes, written so that two of them can be compared. */
import type { IndexElem } from "libpg-query";
import { strings } from "./names.js";

/** Orders of keys that are not the default: ascending, with NULL behind everything; descending, with NULL in front. */
const ORDER: Readonly<Record<string, string>> = {
  "SORTBY_DESC SORTBY_NULLS_DEFAULT": "DESC",
  "SORTBY_DESC SORTBY_NULLS_FIRST": "DESC",
  "SORTBY_DESC SORTBY_NULLS_LAST": "DESC NULLS LAST",
  "SORTBY_DEFAULT SORTBY_NULLS_FIRST": "NULLS FIRST",
  "SORTBY_ASC SORTBY_NULLS_FIRST": "NULLS FIRST",
};

/**
 * A column's name, and behind it collation, operator class and order as far as they are written and not the default; an
 * expression by its tree.
 */
export function indexKey({ name, expr, collation, opclass, opclassopts, ordering, nulls_ordering }: IndexElem): string {
  const parts = [
    name ?? shape(expr),
    collation && `COLLATE ${strings(collation).join(".")}`,
    opclass && strings(opclass).join("."),
    opclassopts && shape(opclassopts),
    ORDER[`${ordering ?? ""} ${nulls_ordering ?? ""}`],
  ];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** A tree without the places where its parts stand. */
function shape(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (key === "location" ? undefined : value));
}
