import type { Catalog, Relation } from "./catalog.js";
import type { Configuration } from "./configuration.js";
import type { Lock, Work } from "./lock.js";
import type { Migration } from "./migration.js";
import type { QualifiedName } from "./name.js";
import type { Incompleteness, ReportedTool } from "./report.js";
import type { Statement } from "./statement.js";
import type { Tree } from "./tree.js";

/** One database of the repository with its replayed migrations, in the order in which its tools run them. */
export interface Database {
  readonly name: string;
  readonly tools: readonly ReportedTool[];
  /** `until` is the last version that the configuration names, where it names several. */
  readonly postgres: { readonly version: number; readonly until?: number; readonly source: string };
  /** The file that makes the schema from which the migrations start, and the side that it was read from. */
  readonly schema?: { readonly file: string; readonly side: string };
  /** The file that says how large the tables are, and when that was so. */
  readonly statistics?: { readonly file: string; readonly collectedAt: string };
  /** `deleted` ones excepted: those are in `deleted`. */
  readonly migrations: readonly Migration[];
  /** Migrations of base that head no longer has, and were not renamed. */
  readonly deleted: readonly { readonly file: string; readonly tool: string }[];
  /** Whether a relation of this name exists at base; `unknown` where base is not known. */
  existsAtBase(qualified: string): boolean | "unknown";
  /** Absent: what is merged counts as shipped. */
  readonly release?: ReleasedDatabase;
  /** What its `down` makes of a judged migration; undefined where it has none. Absent: that is not known. */
  undo?(migration: Migration): Undone | undefined;
  /** The migrations as they would run if those that are edited had the text that they have at base. Absent: not known. */
  beforeEdits?(): readonly Migration[];
  /** Of the deleted migrations those whose work others of the change do, by file. Absent: that is not known. */
  writtenAnew?(): ReadonlyMap<string, WrittenAnew>;
  /** Runs statements one behind the other on the schema that its history leaves. Absent: that is not known. */
  rehearse?(statements: readonly Statement[]): readonly Rehearsed[];
}

/** A deleted migration, and what does its work in its place. */
export interface WrittenAnew {
  /** The migration that does; absent where the deleted ones themselves take back all that it made. */
  readonly by?: string;
  /** Something that both make, as a person names it: `column note of orders`. Absent where both only take away. */
  readonly object?: string;
  /** Whether the one in its place fails where that is there. */
  readonly fails?: boolean;
  /** One of its tables is made again. */
  readonly table?: true;
  /** Something else of it is not. Absent: all of its work is done. */
  readonly inPart?: true;
}

/** A statement that is in no migration, as it would run. */
export interface Rehearsed {
  readonly statement: Statement;
  readonly before: Catalog;
  readonly after: Catalog;
  readonly locks: readonly Lock[];
  /** One entry per operation, in order. */
  readonly work: readonly Work[];
}

/** A migration that has been undone right behind itself, in a replay. */
export interface Undone {
  /** The schema before the migration, before its `down`, and behind that. */
  readonly before: Catalog;
  readonly between: Catalog;
  readonly after: Catalog;
  /** The statements of its `down`. */
  readonly statements: readonly {
    readonly statement: Statement;
    readonly before: Catalog;
    readonly after: Catalog;
  }[];
  /** Whether the migration has created a relation, as the schema before one of those statements has it. */
  isNew(relation: Relation): boolean;
}

/** What the newest release has of a database. */
export interface ReleasedDatabase {
  /** Whether a migration of base, by its path there, has been merged since. */
  lacks(file: string): boolean;
  /** Whether a relation of this name exists in it; true where migrations that it has were deleted since. */
  exists(qualified: string): boolean | "unknown";
  /** Whether a relation has a column in it. Absent: that is not known. */
  hasColumn?(table: QualifiedName, column: string): boolean | "unknown";
}

/** What is judged: complete and immutable before any rule runs. */
export interface Change {
  readonly root: string;
  readonly configuration: Configuration;
  /** Absent for `check FILES`. */
  readonly base?: { readonly label: string; readonly commit?: string; readonly tree: Tree };
  readonly head: { readonly label: string; readonly commit?: string; readonly tree: Tree };
  /** What runs now, where that is not base. */
  readonly release?: { readonly tag: string; readonly commit: string; readonly tree: Tree };
  readonly databases: readonly Database[];
  /** Whether a file of base was merged behind another one; undefined where the history at hand does not tell. */
  readonly mergedBehind?: (file: string, other: string) => boolean | undefined;
  readonly incomplete: readonly Incompleteness[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
  /** Settings of the configuration that apply to nothing. */
  readonly notes?: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** The files that differ between base, or what head left it at, and head. Absent: not known. */
  readonly changed?: readonly {
    readonly file: string;
    readonly status: "added" | "modified" | "deleted" | "renamed";
    /** Of a renamed file: its path before. */
    readonly previousFile?: string;
  }[];
  /** Migrations of this change that could not be read at all, because of the language they are written in. */
  readonly unread?: readonly { readonly file: string; readonly reason: string }[];
}
