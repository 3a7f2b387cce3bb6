/** The migration that ESLint is linting, as the language found it when it parsed the file. */
import type { Change, Database } from "../model/change.js";
import type { Migration } from "../model/migration.js";

/** A migration with the change and the database that it belongs to. */
export interface LocatedMigration {
  readonly change: Change;
  readonly database: Database;
  readonly migration: Migration;
}

/** A source code that knows which migration it is; the SQL language's. */
export interface MigrationSourceCode {
  readonly located: LocatedMigration;
}

/** The migration that a source code is; undefined for a file of another language. */
export function migrationIn(sourceCode: object): LocatedMigration | undefined {
  return (sourceCode as Partial<MigrationSourceCode>).located;
}
