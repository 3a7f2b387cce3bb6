import type { ToolFacts } from "../model/migration.js";
import type { Listing } from "./listing.js";

export interface LeftOutFile {
  readonly file: string;
  /** As the rest of a sentence that starts with the file: `is not in the journal, so Drizzle does not run it`. */
  readonly reason: string;
}

/** One folder of migrations, as its tool reads it. */
export interface MigrationSource {
  readonly folder: string;
  readonly tool: ToolFacts;
  /** What runs on the way up, in the tool's order. Code that undoes a migration is never in it. */
  readonly files: readonly string[];
  /** Files that look like migrations but do not run, or cannot be read. */
  readonly leftOut: readonly LeftOutFile[];
  /** The database system that the folder is for, where something says so. */
  readonly dialect?: string;
}

/** A migration tool: how its folders are found, and how one is read. */
export interface MigrationTool {
  readonly name: string;
  /** As its makers write it. */
  readonly label: string;
  /** Folders that are this tool's without any configuration. */
  find(listing: Listing): readonly string[];
  /** Reads a folder that is this tool's. */
  open(listing: Listing, folder: string): MigrationSource;
}
