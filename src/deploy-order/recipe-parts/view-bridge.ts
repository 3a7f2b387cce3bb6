/** Views that stand in for a table under a name that code still uses. */
import type { NamedTable } from "./names.js";

/** What a view does not take over from the table. */
export function grantsOnView({ sql }: NamedTable): string {
  return `Before it runs, look at who has privileges on \`${sql}\` (\\dp in psql): each role but the owner needs them on the view, too, by GRANT in the same migration; with row level security, on PostgreSQL 15 and later, also ALTER VIEW ${sql} SET (security_invoker = true).`;
}
