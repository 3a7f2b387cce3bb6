/**
 * Functions that nobody calls: their bodies name what a migration takes away, and nothing fails. Known by words alone, so
 * that one that means something else counts as a call. Who calls from outside of the repository nobody can see.
 */
import type { Change, Database } from "../model/change.js";
import type { Tree } from "../model/tree.js";
import { isSeed, isTest, languageOf, NOT_APPLICATION_CODE } from "../references/application-files.js";
import { escapeRegExp } from "../references/escapes.js";
import { camelCase } from "../references/spelling.js";

/** Statements about a function that call it no more than its own definition does. */
const NO_CALL = /^(?:drop|revoke|comment|alter\s+(?:function|procedure|routine))\b/i;

/** Those of some functions, by their bare names, that no migration and no code of either side names but to define them. */
export function uncalledAmong(
  names: ReadonlySet<string>,
  change: Change,
  database: Database,
  migrationFiles: readonly string[],
): ReadonlySet<string> {
  const left = new Set(names);
  calledInMigrations(left, database);
  for (const side of [change.head, change.base, change.release]) {
    if (left.size > 0 && side !== undefined) calledInCode(left, side.tree, migrationFiles);
  }
  return left;
}

/** Triggers, views, policies, defaults, GRANTs to those who shall call, and other functions, also those of the past. */
function calledInMigrations(left: Set<string>, { migrations }: Database): void {
  for (const { statements } of migrations) {
    for (const { statement } of statements) {
      if (left.size === 0) return;
      if (NO_CALL.test(statement.sql)) continue;
      const own = new Set(
        statement.operations.flatMap((operation) =>
          operation.type === "CreateFunction" ? operation.function.name : [],
        ),
      );
      for (const name of namesIn(statement.sql, left)) if (!own.has(name)) left.delete(name);
    }
  }
}

/** Code, where GraphQL servers and clients write names in camel case. */
function calledInCode(left: Set<string>, tree: Tree, migrationFiles: readonly string[]): void {
  const words = [...left].flatMap((name) => [name, camelCase(name), name.toUpperCase()]);
  const exclude = [...migrationFiles, ...NOT_APPLICATION_CODE];
  const files = tree.filesWith?.(words, exclude) ?? new Set(tree.grep(words, exclude).map(({ file }) => file));
  for (const file of files) {
    const text = isTest(file) || isSeed(file) ? undefined : tree.read(file);
    if (text === undefined) continue;
    const code = languageOf(file) === "sql" ? text.replaceAll(DEFINITION, "") : text;
    for (const name of [...left]) {
      if (namesIn(code, new Set([name, camelCase(name)])).length > 0) left.delete(name);
    }
  }
}

/** `FUNCTION app.total`, as it stands where one is made, dropped or commented on. */
const DEFINITION = /\b(?:function|procedure|routine)\s+(?:if\s+exists\s+)?(?:"?\w+"?\s*\.\s*)?"?\w+"?/gi;

function namesIn(text: string, names: ReadonlySet<string>): readonly string[] {
  const pattern = new RegExp(`(?<![\\w$])(?:${[...names].map(escapeRegExp).join("|")})(?![\\w$])`, "gi");
  const found = new Set(Array.from(text.matchAll(pattern), ([word]) => word.toLowerCase()));
  return [...names].filter((name) => found.has(name.toLowerCase()));
}
