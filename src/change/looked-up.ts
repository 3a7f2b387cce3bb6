/** Statements that a tool makes of what the database has, on the schema that they meet. */
import type { Catalog } from "../model/catalog.js";
import type { Statement } from "../model/statement.js";

/** What is sent for a statement: itself, but where its tool looks at the schema first. */
export function lookedUp(statement: Statement, schema: () => Catalog): readonly Statement[] {
  const lookup = statement.embedded?.lookup;
  return lookup === undefined ? [statement] : lookup(schema());
}
