import type { Catalog } from "../model/catalog.js";
import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import type { Range } from "../model/position.js";
import type { SqlComment } from "../model/statement.js";
import type { Text } from "./evaluator/text.js";
import type { Listing } from "./listing.js";

export interface LeftOutFile {
  readonly file: string;
  /** As the rest of a sentence that starts with the file: `is not in the journal, so Drizzle does not run it`. */
  readonly reason: string;
}

/** A part of a file that its tool runs apart from the rest. */
export interface MigrationPart {
  readonly range: Range;
  readonly transaction: TransactionMode;
  /** What the tool remembers it by, where it remembers each part and not the file: `ann:3`. */
  readonly id?: string;
  /** Whether it runs again whenever its text changes. Absent: it does not. */
  readonly repeatable?: boolean;
}

/** A migration's text as its tool reads it. */
export interface MigrationText {
  /**
   * What runs on the way up. Everything else is blank, line breaks excepted, so that all places are those of the file:
   * as long as the file's text.
   */
  readonly sql: string;
  /** In order. Absent: the whole file is one part, and runs as is usual for the tool. */
  readonly parts?: readonly MigrationPart[];
}

/** What undoes a migration, where the migration's own text says it. */
export interface DownText {
  /** As `MigrationText.sql`. */
  readonly sql: string;
  /** The parts of the migration that the tool undoes one by one, the last one first. Absent: there is one. */
  readonly parts?: readonly Range[];
  /** Parts of which it does not say how they are undone, so that the tool stops there. */
  readonly missing?: readonly { readonly range: Range; readonly id: string }[];
  /** Whether some part is left as it is. Absent: everything is undone. */
  readonly partial?: true;
}

/** Reads the text of a file: its directives, its sections. Never throws. */
export type ReadMigrationText = (text: string, file: string) => MigrationText;

/** What a call sends that looks at the schema first; where that does not have what it looks for, why it is not known. */
export type SchemaLookup = (schema: Catalog) => readonly Text[] | { readonly reason: string };

/**
 * What a migration that is a program sends with one call: SQL, or something of which only the reason is known, as long as
 * no schema is given to its `lookup`.
 */
export type SentSql = ({ readonly sql: Text } | { readonly reason: string; readonly lookup?: SchemaLookup }) & {
  /** The call that sends it. */
  readonly range: Range;
  /** The statement of the program that the call stands in: what a directive above it covers. */
  readonly statement: Range;
  /** Whether a condition decides about it that only a run of the program knows. */
  readonly conditional: boolean;
  /** How it is sent, where that is not how the file is. */
  readonly transaction?: TransactionMode;
};

/** A migration that is a program, as what it sends. */
export interface EvaluatedMigration {
  /** In the order in which it is sent. */
  readonly up: readonly SentSql[];
  /** What undoes it, followed when it is asked for; absent where the program has no such part. */
  readonly down?: () => readonly SentSql[];
  /** Comments of the program; those in its SQL are found with the SQL. */
  readonly comments: readonly SqlComment[];
  /** How the file is sent, where it says so itself. */
  readonly transaction?: TransactionMode;
  /**
   * What the file does to a transaction around all pending ones.
   * - `everywhere`: each of them runs in one of its own.
   * - `here`: what came before is committed, what follows shares a new one.
   */
  readonly splitsRun?: "everywhere" | "here";
  /** The other files that it depends on, each with its text; undefined for one that is not there. */
  readonly reads: ReadonlyMap<string, string | undefined>;
}

/** Where a program's imports are read. */
export interface SourceFiles {
  has(file: string): boolean;
  read(file: string): string | undefined;
}

/** Follows a program to the SQL that its tool would send. Executes nothing; never throws. */
export type EvaluateMigration = (text: string, file: string, files: SourceFiles) => EvaluatedMigration;

/** One folder of migrations, as its tool reads it. */
export interface MigrationSource {
  readonly folder: string;
  readonly tool: ToolFacts;
  /** Why this folder is this tool's, as the rest of a sentence: `because flyway.toml names it`. */
  readonly because?: string;
  /** What runs on the way up, in the tool's order. Code that undoes a migration is never in it. */
  readonly files: readonly string[];
  /** What is known of single files beside their place in the order. */
  readonly facts?: ReadonlyMap<string, FileFacts>;
  /** How single files are sent where something outside of them says so, such as diesel's metadata.toml. */
  readonly transactions?: ReadonlyMap<string, TransactionMode>;
  /** Whether a file may come to be another migration than it was, its old text another file's. Absent: it does not. */
  readonly reworks?: boolean;
  /** Programs that do nothing but send one of the files: they run, and there is nothing in them to judge. */
  readonly loaders?: readonly string[];
  /** Files that look like migrations but do not run, or cannot be read. */
  readonly leftOut: readonly LeftOutFile[];
  /** Migrations that are in no file that can be read, by what the tool knows them by. New ones are unknown. */
  readonly unread?: ReadonlyMap<string, LeftOutFile>;
  /** Other folders that are the tool's: what stands there is no other tool's migration. */
  readonly owns?: readonly string[];
  /** The database system that the folder is for, where something says so. */
  readonly dialect?: string;
  /** Settings that are in force when a migration starts, because the tool or a callback of it sets them. */
  readonly session?: ReadonlyMap<string, string>;
  /** Whether each file starts with those again: what the one before it has SET is gone. */
  readonly resetsSession?: boolean;
  /** Default: `upSection`, without parts. */
  readonly read?: ReadMigrationText;
  /**
   * Where the code belongs that undoes a file: in the file itself, in all that does not run on the way up, or in a file of
   * its own, which need not be there. Undefined, or absent: nothing undoes it, and nothing is expected to.
   */
  readonly downFile?: (file: string) => string | undefined;
  /**
   * What undoes a file that says so in a way of its own, in place of `downFile`. Undefined: nothing does, or it is not
   * known, and nothing is expected to.
   */
  readonly readDown?: (text: string, file: string) => DownText | undefined;
  /** For the files that are programs, by their names' ends; the others are SQL. */
  readonly evaluate?: EvaluateMigration;
}

/**
 * What a tool does with migrations, for people: a section of `docs/tools.md`, made from this. Each fact is a sentence, or
 * a part of one that says enough by itself, in Markdown. What a tool does not have is left out.
 */
export interface ToolSheet {
  /** Which files are migrations: `` `<folder>/<14 digits>_<name>/migration.sql` ``. */
  readonly layout: string;
  /** In which order they run. */
  readonly order: string;
  /** Which transaction it opens. */
  readonly transaction: string;
  /** How a file runs outside of it. */
  readonly optOut?: string;
  /** How statements reach PostgreSQL: one by one, or several in one query. */
  readonly sends: string;
  /** What it remembers of a migration that ran, and what it does when that was edited. */
  readonly checksum: string;
  /** What it does with a new migration that sorts before one that ran. */
  readonly outOfOrder: string;
  /** What it does with two of the same version. */
  readonly duplicate?: string;
  /** Files that run again, stand for others, or undo. */
  readonly repeatable?: string;
  readonly baseline?: string;
  readonly undo?: string;
  /** What it replaces in the text before it sends it. */
  readonly placeholders?: string;
  /** Files that it runs around migrations. */
  readonly callbacks?: string;
  /** Where its settings are, and which of them are read here. */
  readonly configuration?: string;
  /** Versions that these facts are tested against, and copies of it under other names. */
  readonly versions?: string;
  /** Of what it runs, what is not read here. */
  readonly notRead?: string;
  /** Where these facts stand: pages of its documentation, or files of its source. */
  readonly sources: readonly string[];
}

/** A migration tool: how its folders are found, and how one is read. */
export interface MigrationTool {
  readonly name: string;
  /** As its makers write it. */
  readonly label: string;
  /** Names of the files that `find` and `open` read, migrations excepted; a commit's files come cheapest all at once. */
  readonly reads?: readonly string[];
  readonly sheet: ToolSheet;
  /** Folders that are this tool's without any configuration. */
  find(listing: Listing): readonly string[];
  /** Reads a folder that is this tool's. */
  open(listing: Listing, folder: string): MigrationSource;
}
