import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { RuleMigration } from "./types.js";

const found = new WeakMap<Database, ReadonlyMap<string, readonly string[]>>();

/** The statements that define a function under any signature, over all migrations. */
export function functionTexts(migration: RuleMigration, operation: Operation, name: QualifiedName): readonly string[] {
  let known = found.get(migration.database);
  if (!known) found.set(migration.database, (known = textsOf(migration.database)));
  const { schema, name: bare } = migration.before(operation).qualify(name);
  return known.get(`${schema}\0${bare}`) ?? [];
}

function textsOf({ migrations }: Database): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  for (const { statements, sql } of migrations) {
    for (const { statement, before } of statements) {
      for (const operation of statement.operations) {
        if (operation.type !== "CreateFunction") continue;
        const { schema, name } = before.qualify(operation.function);
        const key = `${schema}\0${name}`;
        const text = sql.text.slice(...operation.range);
        const known = texts.get(key);
        if (known) known.push(text);
        else texts.set(key, [text]);
      }
    }
  }
  return texts;
}
