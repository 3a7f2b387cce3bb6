/** What a rule is made of, and what it may ask about the migration that it looks at. */
import type { Rule } from "eslint";
import type { Catalog } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { RuleLevel } from "../model/configuration.js";
import type { Harm } from "../model/finding.js";
import type { Work } from "../model/lock.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { Reference } from "../model/reference.js";

/** Metadata of a rule: ESLint's, and what the catalogue, the presets and the folding of findings need. */
export interface RuleMeta<MessageId extends string> {
  readonly type: "problem" | "suggestion";
  readonly docs: {
    /** `Disallow …` or `Require …`, without a final stop. */
    readonly description: string;
    /**
     * The level in the `recommended` preset. `strict` rules are warnings in the `strict` preset only; `next` ones are
     * warnings in `all` only, until the next major version gives them their place.
     */
    readonly recommended: Exclude<RuleLevel, "off"> | "strict" | "next";
    readonly category: "Blocking" | "Transactions" | "Compatibility" | "Data" | "Migrations" | "Schema design";
    readonly harm: Harm;
    /** Rules that speak instead of this one where both find something on the same operation, whatever the harm. */
    readonly yieldsTo?: readonly string[];
  };
  readonly hasSuggestions?: boolean;
  /** JSON Schema of the options, one entry per option, as ESLint takes it. */
  readonly schema?: readonly object[];
  readonly defaultOptions?: readonly unknown[];
  readonly messages: Readonly<Record<MessageId, string>>;
}

export interface RuleReport<MessageId extends string> {
  /** The operation that the finding is about. Its range is the finding's place unless `range` says otherwise. */
  readonly node: Operation;
  readonly range?: Range;
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string>>;
  /** Qualified object; absent: the operation's own. */
  readonly object?: string | undefined;
  /** Other operations that the finding is about: rules that yield to this one yield there, too. */
  readonly also?: readonly Operation[];
  /** It is a guess: errors of rules that yield to this one speak all the same, and in its place on the same operation. */
  readonly isGuess?: boolean;
  /**
   * It reminds of a setting that a repository seldom shows, so that nobody can tell whether it is missing. Where a pull
   * request is told nothing else it is a note, unless the configuration chooses the rule.
   */
  readonly isReminder?: boolean;
  readonly evidence?: readonly Reference[];
  readonly suggest?:
    | readonly {
        readonly messageId: MessageId;
        readonly data?: Readonly<Record<string, string>>;
        readonly fix: Rule.ReportFixer;
      }[]
    | undefined;
}

/** What a rule has found in a migration, or in the change about it. */
export interface Found extends Omit<RuleReport<string>, "node"> {
  /** Absent: it is about the file as a whole. */
  readonly operation?: Operation;
}

/** The context that `create` gets. */
export interface RuleContext<MessageId extends string, Options extends readonly unknown[] = readonly unknown[]> {
  readonly id: string;
  readonly options: Options;
  report(report: RuleReport<MessageId>): void;
}

/** What a rule may ask about the migration that it looks at. Got with `migrationOf(context)`. */
export interface RuleMigration {
  readonly migration: Migration;
  readonly database: Database;
  readonly change: Change;
  /** PostgreSQL's major version. */
  readonly postgres: number;
  statementOf(operation: Operation): AnalysedStatement;
  /** The schema before the operation's statement. */
  before(operation: Operation): Catalog;
  /** The schema after it. */
  after(operation: Operation): Catalog;
  /** What PostgreSQL does for this operation while it holds its lock; on a small table it is over in an instant. */
  work(operation: Operation): Work;
  /**
   * Whether the relation is in use while the migration runs: it exists at base, or nothing is known of it.
   * Without `relation` it is the operation's own.
   */
  isLive(operation: Operation, relation?: QualifiedName): boolean;
  /** Whether the configuration lists the relation as busy; without `relation`, the operation's own. */
  isHot(operation: Operation, relation?: QualifiedName): boolean;
  /** Whether the configuration lists it as small. */
  isSmall(operation: Operation, relation?: QualifiedName): boolean;
  /** References to the object that the operation takes away, on both sides. */
  referencesTo(operation: Operation): readonly Reference[];
  /** References to the object that the operation makes, on both sides. */
  referencesToNew(operation: Operation): readonly Reference[];
  /**
   * What code on both sides does with a column: where it names it, with the constants that it writes or compares
   * (`values`) and the conflict targets that it is in; and where it works on it without naming it: inserts that leave it
   * out, `*`, positional writes. An insert whose columns are not known is no reference at all.
   * @param table Default: the operation's own relation.
   */
  usesOf(operation: Operation, column: string, table?: QualifiedName): readonly Reference[];
  /** Columns that are gone though the table's name stays: what takes it in the same transaction does not have them. */
  columnsLost(operation: Operation): readonly string[];
  /** The judged statements of the change, over all files of this database, in the order in which they run. */
  judged(): Iterable<{ readonly migration: Migration; readonly statement: AnalysedStatement }>;
  /** Names for messages: `table`, `column`, `index`, `constraint`, `referenced`, as a person would write them. */
  describe(operation: Operation): Readonly<Record<string, string>>;
  /** The object that the operation is about, qualified: `public.orders.legacy_ref`. */
  objectOf(operation: Operation): string | undefined;
}

export type OperationVisitors = {
  readonly [Type in OperationType]?: (operation: OperationOf<Type>) => void;
} & {
  /** Called before the operations of each judged migration, for rules that look for theirs themselves. */
  readonly Migration?: () => void;
};

/** A finding about the change as a whole; it is placed on a file, which need not exist any more. */
export interface ChangeFinding<MessageId extends string> {
  readonly database: Database;
  readonly file: string;
  /** Default: the file's first line. */
  readonly range?: Range;
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string>>;
  readonly object?: string;
}

export interface RuleDefinition<MessageId extends string, Options extends readonly unknown[] = readonly unknown[]> {
  readonly meta: RuleMeta<MessageId>;
  /** The same visitors for every migration and all options: conditions stand inside of them. */
  create?(context: RuleContext<MessageId, Options>): OperationVisitors;
  /** For hazards that no single statement shows: deleted migrations, journals, models without a migration. */
  checkChange?(change: Change): Iterable<ChangeFinding<MessageId>>;
}
