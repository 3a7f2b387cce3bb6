/**
 * The two questions, asked of every operation: does the code that is running now work on the new schema, and does the
 * code of this pull request work on the old schema? `unknown` is an answer of its own and never silently safe.
 *
 * The table below answers for operations on relations that are in use. It follows from what PostgreSQL does with a
 * statement that names something that is gone, or leaves out something that is required; the tests of this folder run
 * each row on a real PostgreSQL.
 */
import { formatName, objectOf } from "../change/object-names.js";
import type { PlacedOperation } from "../model/migration.js";
import type { ObjectKind } from "../model/object-operation.js";
import type { OperationOf, OperationType } from "../model/operation.js";
import type { Answer, Compatibility } from "../model/plan.js";
import type { Reference, Side } from "../model/reference.js";

/** What the answers depend on besides the operation itself. */
export interface Circumstances {
  /** Whether the operation's relation is in use while the migration runs. */
  readonly live: boolean;
  /** References to what the operation takes away, on both sides. */
  readonly references: readonly Reference[];
}

interface Answers {
  /** Does the running code work on the new schema? */
  readonly running: Answer;
  /** Does the code of this pull request work on the old schema? */
  readonly next: Answer;
  readonly reasons?: readonly string[];
}

const WORKS: Answers = { running: "yes", next: "yes" };
/** Something new: nobody who runs now knows it, and the new code may need it. */
const ADDS: Answers = { running: "yes", next: "no" };

/** What takes a name away that code may use, of which references are not searched. */
const NOT_LOOKED_FOR: Answers = {
  running: "unknown",
  next: "unknown",
  reasons: ["Whether code uses what is dropped or renamed here was not looked for."],
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
  AddEnumValue: () => ADDS,
  AlterColumnType: alterColumnType,
  AlterDomain: (operation) =>
    operation.subcommand === "AddConstraint" || operation.subcommand === "SetNotNull"
      ? { running: "unknown", next: "yes", reasons: ["The code running now may write values that the domain refuses."] }
      : WORKS,
  AlterTable: (operation, { name }) =>
    operation.subcommand === "EnableRowSecurity" || operation.subcommand === "ForceRowSecurity"
      ? {
          running: "unknown",
          next: "yes",
          reasons: [`With row level security on, a role without a policy reads no rows of ${name}, without an error.`],
        }
      : WORKS,
  CreateEnum: () => ADDS,
  CreateDomain: () => ADDS,
  CreateFunction: () => ADDS,
  CreateIndex: (operation, { name }) =>
    operation.unique
      ? {
          running: "unknown",
          next: "yes",
          reasons: [`The code running now may write duplicates, which ${name} refuses.`],
        }
      : WORKS,
  CreateRule: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`The rule ${name} also rewrites what the code running now sends.`],
  }),
  CreateSchema: () => ADDS,
  CreateSequence: () => ADDS,
  CreateTable: () => ADDS,
  CreateTableAs: () => ADDS,
  CreateTrigger: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`The trigger ${name} also fires for what the code running now writes.`],
  }),
  CreateType: () => ADDS,
  CreateView: () => ADDS,
  DoBlock: ({ reason }) => ({
    running: "unknown",
    next: "unknown",
    reasons: [reason === undefined ? "What the DO block runs is not known." : `${reason}.`],
  }),
  DropColumn: dropColumn,
  DropDefault: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`Inserts of the code running now may leave ${name} out and rely on its default.`],
  }),
  DropNotNull: () => ADDS,
  DropRelation: (_, facts) => gone(facts),
  DropFunction: (_, facts) => gone(facts),
  DropObject: namesChange,
  DropOwned: () => NOT_LOOKED_FOR,
  DropSchema: (_, facts) => gone(facts),
  DropType: (_, facts) => gone(facts),
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
  RenameType: (_, facts) => renamed(facts),
  SetFunctionSchema: (_, facts) => renamed(facts),
  SetNotNull: (_, { name }) => ({
    running: "unknown",
    next: "yes",
    reasons: [`Inserts of the code running now fail where they leave ${name} out or send NULL.`],
  }),
  SetObjectSchema: namesChange,
  SetSchema: (_, facts) => renamed(facts),
  SetTypeSchema: (_, facts) => renamed(facts),
  Unparsed: () => ({ running: "unknown", next: "unknown", reasons: ["The statement could not be read."] }),
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
  }: Answers = !circumstances.live && operation.type !== "Unparsed" && operation.type !== "DoBlock"
    ? ADDS
    : (row?.(operation, facts) ?? WORKS);
  return {
    runningCodeOnNewSchema: running,
    newCodeOnOldSchema: next,
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
    };
  }
  return ADDS;
}

function addConstraint({ constraint, table }: OperationOf<"AddConstraint">): Answers {
  if (constraint.notEnforced) return WORKS;
  if (constraint.usingIndex !== undefined && constraint.kind === "unique") return WORKS;
  const violates: Readonly<Record<typeof constraint.kind, string>> = {
    check: "write rows that it refuses",
    exclude: "write rows that it refuses",
    "foreign key": "write rows whose target does not exist, or delete targets that are referenced",
    "not null": "leave the column out or send NULL",
    "primary key": "write duplicates or NULL",
    unique: "write duplicates",
  };
  return {
    running: "unknown",
    next: "yes",
    reasons: [
      `With the new constraint on ${formatName(table)}, the code running now fails where it may ${violates[constraint.kind]}.`,
    ],
  };
}

function alterColumnType(operation: OperationOf<"AlterColumnType">, { placed, name }: PlacedFacts): Answers {
  const index = placed.statement.statement.operations.indexOf(operation);
  if (placed.statement.work[index] === "instant") return WORKS;
  return {
    running: "unknown",
    next: "unknown",
    reasons: [`Values of ${name} come back as ${operation.newType.sql}, and values that do not fit it are refused.`],
  };
}

function dropColumn(operation: OperationOf<"DropColumn">, facts: PlacedFacts): Answers {
  const answers = gone(facts);
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

/** Something that code may name disappears. */
function gone({ references, name }: PlacedFacts): Answers {
  const running = stillUsed(references, "base");
  const next = stillUsed(references, "head");
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
function renamed({ references, name }: PlacedFacts): Answers {
  const running = stillUsed(references, "base");
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
function stillUsed(references: readonly Reference[], side: Side): Answer {
  const there = references.filter((reference) => reference.side === side);
  if (there.some(({ grade }) => grade === "certain" || grade === "likely")) return "no";
  return there.length > 0 ? "unknown" : "yes";
}

/** The operation's object as a person writes it, the schema `public` left out. */
export function nameOf(placed: PlacedOperation): string {
  return objectOf(placed)?.replace(/^public\./, "") ?? placed.operation.type;
}
