/** The migration that ESLint is linting, as the language found it when it parsed the file. */
import type { Change, Database } from "../model/change.js";
import type { Migration } from "../model/migration.js";
import type { Range } from "../model/position.js";

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

/** What a directive of ours does with a finding in a program: nothing is said, or it is said on another line. */
export type Silenced = "silent" | { readonly line: number };

/** A program that is a migration, as ESLint lints it in its own language. */
export interface LintedProgram {
  readonly located: LocatedMigration;
  /** Looks for a directive that ESLint does not know, or reads otherwise; undefined where there is none. */
  silenced(rule: string, range: Range): Silenced | undefined;
}

/** Finds the migration that a program is, by its absolute path and its text. */
export type LocateProgram = (path: string, text: string) => LintedProgram | undefined;

let locateProgram: LocateProgram | undefined;

/** The plugin says how programs are found; without it no program is a migration. */
export function provideLocateProgram(locate: LocateProgram): void {
  locateProgram = locate;
}

/** The migration that a source code is; undefined for a file of another language. */
export function migrationIn(sourceCode: object): LocatedMigration | undefined {
  return (sourceCode as Partial<MigrationSourceCode>).located;
}

const programs = new WeakMap<object, { readonly program: LintedProgram | undefined }>();

/** The migration that a source code of JavaScript or TypeScript is. */
export function programIn(sourceCode: { readonly text: string }, path: string): LintedProgram | undefined {
  if (!locateProgram || !/\.[cm]?[jt]sx?$/i.test(path)) return undefined;
  let known = programs.get(sourceCode);
  if (!known) programs.set(sourceCode, (known = { program: locateProgram(path, sourceCode.text) }));
  return known.program;
}
