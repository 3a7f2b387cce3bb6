import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import { ByName, oncePerDatabase } from "./same-change.js";
import { sentText } from "./sent-sql.js";
import type { RuleMigration } from "./types.js";

const wordsOfFunctions = oncePerDatabase(({ database }) => {
  const found = new ByName<ReadonlySet<string>>();
  for (const migration of database.migrations) {
    for (const { statement, before } of migration.statements) {
      for (const operation of statement.operations) {
        if (operation.type !== "CreateFunction") continue;
        found.add(before.qualify(operation.function), wordsOf(sentText(migration, statement, operation.range)));
      }
    }
  }
  return found;
});

/**
 * The words of each statement that defines a function under any signature, over all migrations: in lower case, and what
 * stands in double quotes as one.
 */
export function functionWords(
  migration: RuleMigration,
  operation: Operation,
  name: QualifiedName,
): readonly ReadonlySet<string>[] {
  return wordsOfFunctions(migration).of(migration.before(operation).qualify(name));
}

function wordsOf(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  const quoted = Array.from(lower.matchAll(/"([^"\n]+)"/g), ([, name = ""]) => name);
  return new Set([...(lower.match(/[\p{L}\p{N}_$]+/gu) ?? []), ...quoted]);
}
