/**
 * The questions, asked of every operation: does the code that is running now work on the new schema, and does the code
 * of this pull request work on the old schema? Does the running code work again if the new code is rolled back, and does
 * the schema come back? Does anything mean something else without failing? `unknown` is an answer of its own and never
 * silently safe.
 *
 * The table below answers for operations on relations that are in use. It follows from what PostgreSQL does with a
 * statement that names something that is gone, or leaves out something that is required; the tests of this folder run
 * each row on a real PostgreSQL.
 */
import { formatName, objectOf } from "../change/object-names.js";
import type { Catalog } from "../model/catalog.js";
import type { Column } from "../model/catalog.js";
import type { PlacedOperation } from "../model/migration.js";
import type { ObjectKind } from "../model/object-operation.js";
import type { OperationOf, OperationType } from "../model/operation.js";
import type { QualifiedName } from "../model/name.js";
import type { Answer, Compatibility, Undo } from "../model/plan.js";
import type { Reference, Side } from "../model/reference.js";
import { isSureEnough } from "../references/grades.js";

/** What the answers depend on besides the operation itself. */
export interface Circumstances {
  /** Whether the operation's relation is in use while the migration runs. */
  readonly live: boolean;
  /** References to what the operation takes away, on both sides. */
  readonly references: readonly Reference[];
  /** Which of them are sure enough to count. Default: certain and likely ones. */
  readonly isSure?: (reference: Reference) => boolean;
  /** The other half, where the change drops a column and adds it again. */
  readonly counterpart?: PlacedOperation | undefined;
  /** Whether the column has it before the transaction and behind it: nobody sees it without. */
  readonly isRestored?: boolean;
  /** Whether it is a CHECK that allows whatever another allows that the change drops. */
  readonly widens?: boolean;
  /** Whether it is a constraint over columns that the change adds, and that hold nothing yet. */
  readonly isEmpty?: boolean;
}

interface Answers {
  /** Does the running code work on the new schema? */
  readonly running: Answer;
  /** Does the code of this pull request work on the old schema? */
  readonly next: Answer;
  readonly reasons?: readonly string[];
  /** Absent: as `running`. What the new code has written may stand in the way. */
  readonly codeRollback?: Answer;
  /** Absent: yes. */
  readonly undo?: Undo;
  /** What the running code does that means something else from then on, as a sentence. */
  readonly meaning?: string;
}

const WORKS: Answers = { running: "yes", next: "yes" };
/** Something new: nobody who runs now knows it, and the new code may need it. */
const ADDS: Answers = { running: "yes", next: "no" };
/** The same of something that holds data: what the new code has written to it goes with it. */
const ADDS_DATA: Answers = { ...ADDS, undo: "loses data" };
/** Rows or values are gone, or are not what they were. */
const OVERWRITES: Answers = { ...WORKS, undo: "no" };

/** What takes a name away that code may use, of which references are not searched. */
const NOT_LOOKED_FOR: Answers = {
  running: "unknown",
  next: "unknown",
  reasons: ["Whether code uses what is dropped or renamed here was not looked for."],
  undo: "unknown",
};

type Row<Type extends OperationType> = (operation: OperationOf<Type>, facts: PlacedFacts) => Answers;

interface PlacedFacts extends Circumstances {
  readonly placed: PlacedOperation;
  /** Qualified as a person writes it: `orders.legacy_ref`. */
  readonly name: string;
}

const ANSWERS: { readonly [Type in OperationType]?: Row<Type> } = {
  AddColumn: addColumn,
  AddConstraint: addConstraint,
  AddEnumValue: ({ value }, { name }) => ({ ...gains([value], name), undo: "no" }),
  AlterColumnType: alterColumnType,
  AlterDomain: (operation) =>
    operation.subcommand === "AddConstraint" || operation.subcommand === "SetNotNull"
      ? { running: "unknown", next: "yes", reasons: ["The code running now may write values that the domain refuses."] }
      : WORKS,
  AlterPolicy: policy,
  AlterTable: alterTable,
  CreateEnum: () => ADDS,
  CreateDomain: () => ADDS,
  CreateFunction: (operation, { name }) =>
    operation.replace ? { ...ADDS, meaning: `What ${name} does changes at once for the code running now, too.` } : ADDS,
  CreateIndex: (operation, { name }) =>
    operation.unique
      ? {
          running: "unknown",
          next: "unknown",
          // Whether an ON CONFLICT of the new code needs it is not asked here.
          reasons: [`The code running now may write duplicates, which ${name} refuses.`],
        }
      : WORKS,
  CreatePolicy: policy,
  CreateRule: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`The rule ${name} also rewrites what the code running now sends.`],
  }),
  CreateSchema: () => ADDS,
  CreateSequence: () => ADDS,
  CreateTable: () => ADDS_DATA,
  CreateTableAs: () => ADDS_DATA,
  CreateTrigger: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`The trigger ${name} also fires for what the code running now writes.`],
  }),
  CreateType: () => ADDS,
  CreateView: (operation, { name }) =>
    operation.replace
      ? { ...ADDS, meaning: `What ${name} selects changes at once for the code running now, too.` }
      : ADDS,
  Delete: () => OVERWRITES,
  DetachPartition: (operation, { name }) => ({
    running: "unknown",
    next: "unknown",
    reasons: [
      `The rows of ${formatName(operation.partition)} are not read through ${name} any more, and new ones for it are refused.`,
    ],
    undo: "unknown",
  }),
  DoBlock: ({ reason }) => ({
    running: "unknown",
    next: "unknown",
    reasons: [reason === undefined ? "What the DO block runs is not known." : `${reason}.`],
    undo: "unknown",
  }),
  DropColumn: dropColumn,
  DropDefault: dropDefault,
  DropConstraint: dropConstraint,
  DropIndex: dropIndex,
  DropNotNull: dropNotNull,
  DropPolicy: policy,
  DropTrigger: (_, { name }) => ({
    ...WORKS,
    meaning: `What ${name} did no longer happens for what the code running now writes.`,
  }),
  DropRelation: (operation, facts) => ({
    ...gone(facts),
    undo: operation.kind === "table" || operation.kind === "foreign table" ? "loses data" : "yes",
  }),
  DropFunction: (_, facts) => gone(facts),
  DropObject: namesChange,
  DropOwned: () => NOT_LOOKED_FOR,
  DropSchema: (operation, facts) => ({ ...gone(facts), undo: operation.cascade ? "loses data" : "yes" }),
  DropType: (_, facts) => gone(facts),
  Merge: () => OVERWRITES,
  RenameColumn: (_, facts) => renamed(facts),
  RenameEnumValue: (operation) => ({
    running: "unknown",
    next: "no",
    reasons: [`The code running now fails where it writes or compares '${operation.value}'.`],
  }),
  RenameRelation: (operation, facts) => (operation.kind === "index" ? WORKS : renamed(facts)),
  RenameFunction: (_, facts) => renamed(facts),
  RenameObject: namesChange,
  RenameSchema: (_, facts) => renamed(facts),
  Revoke: (operation, { name }) =>
    operation.relation === undefined
      ? WORKS
      : {
          running: "unknown",
          next: "unknown",
          reasons: [`Code fails that connects with the role and needs the privilege on ${name}.`],
        },
  RenameType: (_, facts) => renamed(facts),
  SetDefault: setDefault,
  SetFunctionSchema: (_, facts) => renamed(facts),
  SetNotNull: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`Inserts of the code running now fail where they leave ${name} out or send NULL.`],
  }),
  SetObjectSchema: namesChange,
  SetSchema: (_, facts) => renamed(facts),
  SetTypeSchema: (_, facts) => renamed(facts),
  Truncate: () => OVERWRITES,
  Unparsed: () => ({
    running: "unknown",
    next: "unknown",
    reasons: ["It could not be read."],
    undo: "unknown",
  }),
  Update: () => OVERWRITES,
};

/** Answers both questions for one operation. An operation on a relation that is not in use breaks no running code. */
export function compatibilityOf(placed: PlacedOperation, circumstances: Circumstances): Compatibility {
  const { operation } = placed;
  const facts = { ...circumstances, placed, name: nameOf(placed) };
  const row = ANSWERS[operation.type] as Row<OperationType> | undefined;
  const {
    running,
    next,
    reasons = [],
    codeRollback = running,
    undo = "yes",
    meaning,
  }: Answers = !circumstances.live && operation.type !== "Unparsed" && operation.type !== "DoBlock"
    ? ADDS
    : circumstances.counterpart
      ? recreated(facts, circumstances.counterpart)
      : circumstances.isRestored
        ? WORKS
        : (row?.(operation, facts) ?? WORKS);
  return {
    runningCodeOnNewSchema: running,
    newCodeOnOldSchema: next,
    codeRollback,
    migrationRollback: undo,
    ...(meaning !== undefined && { meaning: [meaning] }),
    reasons,
    evidence: running === "yes" && next === "yes" ? [] : circumstances.references,
  };
}

/** Kinds of objects that no query names. */
const UNNAMED: ReadonlySet<ObjectKind> = new Set<ObjectKind>([
  "access method",
  "event trigger",
  "foreign data wrapper",
  "language",
  "publication",
  "server",
  "statistics",
  "subscription",
  "tablespace",
  "transform",
  "user mapping",
]);

function namesChange({ kind }: { readonly kind: ObjectKind }): Answers {
  return UNNAMED.has(kind) ? WORKS : NOT_LOOKED_FOR;
}

function addColumn({ column }: OperationOf<"AddColumn">, { name }: PlacedFacts): Answers {
  const fillsItself =
    column.default !== undefined ||
    column.generated !== undefined ||
    column.identity !== undefined ||
    /^(small|big)?serial$/.test(column.type.name);
  if (column.notNull && (!fillsItself || column.default?.kind === "null")) {
    return {
      running: "no",
      next: "no",
      reasons: [`Inserts of the code running now leave ${name} out, and it has no default.`],
      undo: "loses data",
    };
  }
  return ADDS_DATA;
}

/** Subcommands that have no operation of their own. */
function alterTable(operation: OperationOf<"AlterTable">, { name }: PlacedFacts): Answers {
  switch (operation.subcommand) {
    case "EnableRowSecurity":
    case "ForceRowSecurity":
      return {
        running: "unknown",
        next: "yes",
        reasons: [`With row level security on, a role without a policy reads no rows of ${name}, without an error.`],
      };
    case "DisableRowSecurity":
    case "NoForceRowSecurity":
      return { ...WORKS, meaning: `The code running now reads rows of ${name} that policies have kept from it.` };
    case "AddIdentity": {
      const refused = `PostgreSQL refuses values that the code running now sends for ${name}.`;
      const leftOut = `Inserts of the code in this pull request may leave ${name} out.`;
      return operation.identity === "always"
        ? { running: "unknown", next: "unknown", reasons: [refused, leftOut] }
        : { running: "yes", next: "unknown", reasons: [leftOut] };
    }
    case "DropIdentity":
    case "DropExpression":
      return {
        running: "unknown",
        next: "yes",
        reasons: [`Inserts of the code running now may leave ${name} out and rely on PostgreSQL to fill it.`],
      };
    case "DisableTrig":
    case "DisableTrigAll":
    case "DisableTrigUser":
      return {
        ...WORKS,
        meaning: `What the triggers of ${name} did no longer happens for what the code running now writes.`,
      };
    default:
      return WORKS;
  }
}

/** A policy decides which rows are seen once row level security is on. */
function policy(operation: { readonly table: QualifiedName }, { placed }: PlacedFacts): Answers {
  const { rowSecurity } = placed.statement.before.table(operation.table) ?? {};
  return rowSecurity?.enabled === true
    ? {
        ...WORKS,
        meaning: `Which rows of ${formatName(operation.table)} the code running now reads and writes changes, without an error.`,
      }
    : WORKS;
}

function setDefault(operation: OperationOf<"SetDefault">, { placed, name }: PlacedFacts): Answers {
  const column = placed.statement.before.table(operation.table)?.columns.get(operation.column);
  if (column?.default !== undefined) {
    return { ...WORKS, meaning: `Inserts of the code running now that leave ${name} out get the new default at once.` };
  }
  return column?.notNull === false
    ? { ...WORKS, meaning: `Inserts of the code running now that leave ${name} out get the default instead of NULL.` }
    : { running: "yes", next: "unknown", reasons: [`Inserts of the code in this pull request may leave ${name} out.`] };
}

/** The column of an operation as it is before it; undefined where no migration has made it. */
function columnBefore(
  { table, column }: { readonly table: QualifiedName; readonly column: string },
  { placed }: PlacedFacts,
): Column | undefined {
  const found = placed.statement.before.table(table)?.columns.get(column);
  return found?.notNull === "unknown" ? undefined : found;
}

/** Calls of tools that change a column drop what it may not have. */
function dropDefault(operation: OperationOf<"DropDefault">, facts: PlacedFacts): Answers {
  const column = columnBefore(operation, facts);
  if (column !== undefined && column.default === undefined) return WORKS;
  return {
    running: "unknown",
    next: "yes",
    reasons: [`Inserts of the code running now may leave ${facts.name} out and rely on its default.`],
  };
}

function dropNotNull(operation: OperationOf<"DropNotNull">, facts: PlacedFacts): Answers {
  if (columnBefore(operation, facts)?.notNull === false) return WORKS;
  return {
    ...ADDS,
    codeRollback: "unknown",
    undo: "unknown",
    meaning: `Code that was written before reads NULL in ${facts.name} as soon as the code in this pull request writes it.`,
  };
}

function dropConstraint(operation: OperationOf<"DropConstraint">, { placed }: PlacedFacts): Answers {
  const found = placed.statement.before.table(operation.table)?.constraints.get(operation.constraint);
  const table = formatName(operation.table);
  switch (found?.kind) {
    case "unique":
    case "primary key":
      return { ...losesKey(found.columns, table), undo: "unknown" };
    case "check":
    case "exclude":
    case "not null":
      return {
        ...ADDS,
        next: "unknown",
        reasons: [`The code in this pull request may write rows that ${operation.constraint} refuses.`],
        codeRollback: "unknown",
        undo: "unknown",
      };
    default:
      return { ...WORKS, undo: "unknown" };
  }
}

function dropIndex(operation: OperationOf<"DropIndex">, { placed }: PlacedFacts): Answers {
  const index = placed.statement.before.index(operation.index);
  return index?.unique === true ? { ...losesKey(index.columns, formatName(index.table)), undo: "unknown" } : WORKS;
}

/** What a rule has found in the code makes `no` of it. */
function losesKey(columns: readonly string[], table: string): Answers {
  return {
    ...WORKS,
    meaning: `PostgreSQL no longer refuses duplicates of ${columns.join(", ")} in ${table}, and an ON CONFLICT that names them fails.`,
  };
}

function addConstraint({ constraint, table }: OperationOf<"AddConstraint">, { widens, isEmpty }: PlacedFacts): Answers {
  if (constraint.notEnforced || widens === true) return WORKS;
  if (constraint.usingIndex !== undefined && constraint.kind === "unique") return WORKS;
  const name = constraint.name ?? `the new ${constraint.kind} constraint of ${formatName(table)}`;
  if (constraint.kind === "foreign key" && constraint.references && isEmpty === true) {
    const { table: target, onDelete } = constraint.references;
    const refuses = onDelete === undefined || onDelete === "RESTRICT";
    return {
      ...WORKS,
      ...(refuses && {
        meaning: `The code running now can no longer delete rows of ${formatName(target)} that the code in this pull request refers to.`,
      }),
    };
  }
  const violates: Readonly<Record<typeof constraint.kind, string>> = {
    check: `write rows that ${name} refuses`,
    exclude: `write rows that ${name} refuses`,
    "foreign key": `write rows whose target does not exist, or delete targets that are referenced, and ${name} refuses that`,
    "not null": `leave the column out or send NULL, which ${name} refuses`,
    "primary key": `write duplicates or NULL, which ${name} refuses`,
    unique: `write duplicates, which ${name} refuses`,
  };
  return {
    running: "unknown",
    next: "yes",
    reasons: [`The code running now may ${violates[constraint.kind]}.`],
  };
}

function alterColumnType(operation: OperationOf<"AlterColumnType">, { placed, name }: PlacedFacts): Answers {
  const index = placed.statement.statement.operations.indexOf(operation);
  // Values that the new type alone holds are refused before, and stand in the way back.
  if (placed.statement.work[index] === "instant") {
    return {
      running: "yes",
      next: "unknown",
      reasons: [`The code in this pull request may write values of ${name} that the old type refuses.`],
      undo: "unknown",
    };
  }
  const gained = valuesGained(operation, placed.statement.before);
  if (gained) return { ...gains(gained, name), undo: "unknown" };
  return {
    running: "unknown",
    next: "unknown",
    reasons: [`Values of ${name} come back as ${operation.newType.sql}, and values that do not fit it are refused.`],
    undo: "unknown",
  };
}

/** The values that a column's new enum has beside all those of the one before; undefined where it is not so. */
function valuesGained(operation: OperationOf<"AlterColumnType">, before: Catalog): readonly string[] | undefined {
  const former = before.table(operation.table)?.columns.get(operation.column)?.type;
  const from = former && before.enum(former);
  const to = before.enum(operation.newType);
  if (!from || !to || !from.values.every((value) => to.values.includes(value))) return undefined;
  const gained = to.values.filter((value) => !from.values.includes(value));
  return gained.length > 0 ? gained : undefined;
}

function gains(values: readonly string[], name: string): Answers {
  const listed = values.map((value) => `'${value}'`).join(", ");
  const it = values.length === 1 ? "it" : "them";
  return {
    ...ADDS,
    codeRollback: "unknown",
    meaning: `Code that was written before reads ${listed} of ${name} as soon as the code in this pull request writes ${it}.`,
  };
}

function dropColumn(operation: OperationOf<"DropColumn">, facts: PlacedFacts): Answers {
  const answers: Answers = { ...gone(facts), undo: "loses data" };
  const column = facts.placed.statement.before.table(operation.table)?.columns.get(operation.column);
  const required = column?.notNull === true && !column.default && !column.identity && !column.generated;
  if (!required || answers.running === "yes") return answers;
  return {
    ...answers,
    next: "no",
    reasons: [
      ...(answers.reasons ?? []),
      `${facts.name} is NOT NULL without a default: inserts that leave it out fail until it is dropped.`,
    ],
  };
}

/** A column that is dropped and added again under its name: code finds it, with what the new definition says. */
function recreated({ placed, name }: PlacedFacts, counterpart: PlacedOperation): Answers {
  const [drop, add] = placed.operation.type === "DropColumn" ? [placed, counterpart] : [counterpart, placed];
  if (drop.operation.type !== "DropColumn" || add.operation.type !== "AddColumn") return WORKS;
  const was = drop.statement.before.table(drop.operation.table)?.columns.get(drop.operation.column);
  const { type, notNull } = add.operation.column;
  const lost: Pick<Answers, "undo" | "meaning"> =
    was?.generated === undefined ? { undo: "no", meaning: `Every value of ${name} is gone.` } : {};
  const reasons = [
    ...(was?.type?.sql === type.sql
      ? []
      : [`Values of ${name} come back as ${type.sql}, and values that do not fit it are refused.`]),
    ...(notNull && was?.notNull !== true
      ? [`Inserts of the code running now fail where they leave ${name} out or send NULL.`]
      : []),
  ];
  return reasons.length === 0 ? { ...WORKS, ...lost } : { running: "unknown", next: "unknown", reasons, ...lost };
}

/** Something that code may name disappears. */
function gone(facts: PlacedFacts): Answers {
  const { name } = facts;
  const running = stillUsed(facts, "base");
  const next = stillUsed(facts, "head");
  if (running === "yes" && next === "yes") return WORKS;
  return {
    running: next === "no" ? "no" : running,
    next: "yes",
    reasons: [
      ...(running === "no" ? [`The code running now uses ${name}.`] : []),
      ...(next === "no" ? [`The code in this pull request still uses ${name}.`] : []),
      ...(running === "unknown" || next === "unknown" ? [`Whether code uses ${name} is not certain.`] : []),
    ],
  };
}

/** Something that code may name gets another name: neither side works with the other's. */
function renamed(facts: PlacedFacts): Answers {
  const { name } = facts;
  const running = stillUsed(facts, "base");
  if (running === "yes") return { running: "yes", next: "yes" };
  return {
    running,
    next: "no",
    reasons: [
      running === "no"
        ? `The code running now uses ${name} by its old name.`
        : `Whether code uses ${name} is not certain.`,
    ],
  };
}

/** `yes` is: works without it. */
function stillUsed({ references, isSure = isSureEnough }: PlacedFacts, side: Side): Answer {
  const there = references.filter((reference) => reference.side === side);
  if (there.some((reference) => isSure(reference))) return "no";
  return there.length > 0 ? "unknown" : "yes";
}

/** The operation's object as a person writes it, the schema `public` left out. */
export function nameOf(placed: PlacedOperation): string {
  return objectOf(placed)?.replace(/^public\./, "") ?? placed.operation.type;
}
