/** What the configuration says of tables that nobody can see in a migration: which are busy, and which are small. */
import type { TableLists } from "../model/configuration.js";
import type { QualifiedName } from "../model/name.js";
import { matcher } from "./overlay-tree.js";

type Matches = (name: Required<QualifiedName>) => boolean;

const matchers = new WeakMap<readonly string[], Matches>();

/** Whether one of the lists names a table. */
export function isListed(
  list: keyof TableLists,
  lists: TableLists | undefined,
  name: Required<QualifiedName>,
): boolean {
  const patterns = lists?.[list] ?? [];
  if (patterns.length === 0) return false;
  let matches = matchers.get(patterns);
  if (!matches) matchers.set(patterns, (matches = matcherOf(patterns)));
  return matches(name);
}

function matcherOf(patterns: readonly string[]): Matches {
  const matches = matcher(patterns.map((pattern) => (pattern.includes(".") ? pattern : `public.${pattern}`)));
  return ({ schema, name }) => matches(`${schema}.${name}`);
}
