/** The migration that ESLint is linting, as the language found it when it parsed the file. */
import type { Change, Database } from "../model/change.js";
import type { Migration } from "../model/migration.js";

/** Something to say about a directive that is not an error. */
export interface DirectiveNote {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** A migration with the change and the database that it belongs to. */
export interface LocatedMigration {
  readonly change: Change;
  readonly database: Database;
  readonly migration: Migration;
  /**
   * Given by the Action and the command line, which honour only directives that name one of our rules and give a
   * reason: takes what they pass over.
   */
  readonly onNote?: (note: DirectiveNote) => void;
}

/** A source code that knows which migration it is; the SQL language's. */
export interface MigrationSourceCode {
  readonly located: LocatedMigration;
}

/** The migration that a source code is; undefined for a file of another language. */
export function migrationIn(sourceCode: object): LocatedMigration | undefined {
  return (sourceCode as Partial<MigrationSourceCode>).located;
}
