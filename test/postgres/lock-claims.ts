/** What we claim of a statement's locks and work, and what a PostgreSQL shows, in one shape. */
import type { Lock, Work } from "../../src/model/lock.js";
import type { LockMode } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import type { MeasuredPostgres } from "./measured-postgres.js";
import type { StatementForm } from "./statement-form.js";

/** By qualified name of the relation. */
type Locks = Readonly<Record<string, { readonly mode: LockMode; readonly while: Work }>>;

/** The replay's claim, for one major version. */
export function claimedLocks(form: StatementForm, postgres: number): Locks {
  const locks = locksOfForm(form, postgres);
  return Object.fromEntries(locks.map(({ relation, mode, while: work }) => [relation, { mode, while: work }]));
}

export function locksOfForm({ sql, before }: StatementForm, postgres: number): readonly Lock[] {
  const replay = new Replay({ postgres });
  for (const statement of parseSql(schemaOf(before)).statements) replay.apply(statement, 0);
  const [statement, ...others] = parseSql(sql).statements;
  if (!statement || others.length > 0) throw new TypeError(`Not a single statement: ${sql}`);
  return replay.apply(statement, 1).locks;
}

/** What the server holds at the end of the statement, and has done for it. */
export async function measuredLocks(postgres: MeasuredPostgres, { sql, before }: StatementForm): Promise<Locks> {
  const { locks } = await postgres.measure(schemaOf(before), sql);
  // TRUNCATE changes the file too, but writes nothing into it.
  if (sql.startsWith("TRUNCATE")) for (const lock of Object.values(locks)) lock.while = "instant";
  return locks;
}

function schemaOf({ schema, setup }: StatementForm["before"]): string {
  return `${schema};\n${setup}`;
}
