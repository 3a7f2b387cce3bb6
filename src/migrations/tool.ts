import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import type { Range } from "../model/position.js";
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

/** Reads the text of a file: its directives, its sections. Never throws. */
export type ReadMigrationText = (text: string, file: string) => MigrationText;

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
  /** Files that look like migrations but do not run, or cannot be read. */
  readonly leftOut: readonly LeftOutFile[];
  /** The database system that the folder is for, where something says so. */
  readonly dialect?: string;
  /** Settings that are in force when a migration starts, because the tool or a callback of it sets them. */
  readonly session?: ReadonlyMap<string, string>;
  /** Default: `upSection`, without parts. */
  readonly read?: ReadMigrationText;
}

/** A migration tool: how its folders are found, and how one is read. */
export interface MigrationTool {
  readonly name: string;
  /** As its makers write it. */
  readonly label: string;
  /** Names of the files that `find` and `open` read, migrations excepted; a commit's files come cheapest all at once. */
  readonly reads?: readonly string[];
  /** Folders that are this tool's without any configuration. */
  find(listing: Listing): readonly string[];
  /** Reads a folder that is this tool's. */
  open(listing: Listing, folder: string): MigrationSource;
}
