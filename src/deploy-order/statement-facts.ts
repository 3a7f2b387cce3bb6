/** What the plan has to know of a statement before it can place it. */
import type { Change } from "../model/change.js";
import type { TableLists } from "../model/configuration.js";
import { newStatements } from "../change/edited-statements.js";
import { objectOf, parseQualified } from "../change/object-names.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import type { AnalysedStatement, Migration, PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Answer, Compatibility, Undo } from "../model/plan.js";
import type { AcceptedReference, LeastGrade, Reference, Side } from "../model/reference.js";
import { isSureEnough } from "../references/grades.js";
import type { Recipe } from "./recipe.js";
import { whatHappens } from "./hazard-words.js";
import { lineCounter } from "../text/line-counter.js";
import { checkTime } from "../text/out-of-time.js";
import { type ReplacedChecks, replacedChecks } from "./replaced-checks.js";
import { areEmpty } from "./empty-columns.js";
import { compatibilityOf, nameOf } from "./compatibility.js";
import { restoredColumns } from "../change/restored-columns.js";
import { type RecreatedColumns, recreatedColumns } from "./recreated-columns.js";

/** What the planner asks about the change. */
export interface PlanInput {
  readonly change: Change;
  /** All findings that stand; errors that block, fail or lose data ask for another statement. */
  readonly findings: readonly Finding[];
  /** Findings that a directive or the configuration accepts. Default: none. */
  readonly accepted?: readonly SuppressedFinding[];
  /** Whether a relation is in use while the operation runs; without one, the operation's own. */
  isLive(placed: PlacedOperation, relation?: QualifiedName): boolean;
  /** Whether the configuration lists a relation as busy, or as small. Default: none is. */
  isListed?(list: keyof TableLists, placed: PlacedOperation, relation: QualifiedName): boolean;
  referencesTo(placed: PlacedOperation): readonly Reference[];
  /** How sure a reference to what an operation takes away must be to count. Default: likely. */
  leastGradeOf?(placed: PlacedOperation): LeastGrade | undefined;
  /** Uses of what an operation takes away that somebody declares harmless. Default: none. */
  acceptedUsesOf?(placed: PlacedOperation): readonly AcceptedReference[];
  /** Default: all that there are. */
  readonly recipes?: readonly Recipe[];
  /** What code does with a column of an operation's table. Default: that is not known. */
  usesOf?(placed: PlacedOperation, column: string): readonly Reference[];
}

/** What becomes of a name. */
export type NameChange = "drop" | "rename" | "move";

/** Something that a statement takes away, or renames, while code is known to name it. */
export interface Use {
  readonly operation: Operation;
  /** `orders.legacy_ref` */
  readonly name: string;
  /** As findings name it. */
  readonly object: string | undefined;
  readonly change: NameChange;
  readonly base: readonly Reference[];
  readonly head: readonly Reference[];
}

/** One operation of a statement, with its answers. */
export interface OperationFacts {
  readonly placed: PlacedOperation;
  readonly object: string | undefined;
  /** Whether its relation is in use. */
  readonly live: boolean;
  readonly references: readonly Reference[];
  /** Those of them that are not sure enough to count. */
  readonly doubtful: readonly Reference[];
  /** Those that somebody declares harmless, which are not among them. */
  readonly acceptedUses: readonly AcceptedReference[];
  readonly compatibility: Compatibility;
  readonly use: Use | undefined;
  /** The other half, where the change drops a column and adds it again. */
  readonly counterpart: PlacedOperation | undefined;
}

export interface StatementFacts {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
  readonly operations: readonly OperationFacts[];
  /** Where it starts; 1-based. */
  readonly line: number;
  /** The worst answers over its operations. */
  readonly compatibility: Compatibility;
  readonly uses: readonly Use[];
  /** References that are no proof. */
  readonly doubtful: readonly Reference[];
  /** Errors that only another statement can mend. */
  readonly hazards: readonly Finding[];
  /** Errors about the code of the pull request, which fails behind it in whatever order. */
  readonly newCode: readonly Finding[];
  /** Findings about it that somebody accepts. */
  readonly accepted: readonly SuppressedFinding[];
  /** Locks that others wait for, on relations in use. */
  readonly locks: readonly Lock[];
  /** Relations among them that the configuration lists, and as what. */
  readonly listed: ReadonlyMap<string, keyof TableLists>;
  /** The tag of the newest release, where one tells what runs now. */
  readonly released: string | undefined;
}

/** What two operations of a change are together. */
interface Pairs {
  readonly recreated: RecreatedColumns;
  readonly restored: ReadonlyMap<Operation, PlacedOperation>;
  readonly replaced: ReplacedChecks;
  readonly all: readonly PlacedOperation[];
}

/** The facts of all judged statements, in the order in which they run. */
export function judgedStatements(input: PlanInput): StatementFacts[] {
  const hazards = byStatement(input.findings.filter(isHazard));
  const breaking = byStatement(
    input.findings.filter(({ severity, harm }) => severity === "error" && harm === "breaks code"),
  );
  const accepted = byStatement(input.accepted ?? []);
  const judged = input.change.databases.flatMap(({ migrations }) => migrations.filter((one) => one.judged));
  const all = judged.flatMap(placedIn);
  const pairs: Pairs = {
    recreated: recreatedColumns(all),
    restored: restoredColumns(all),
    replaced: replacedChecks(all),
    all,
  };
  return judged.flatMap((migration) => {
    const lineOf = lineCounter(migration.sql.text);
    return newStatements(migration).map((statement) => {
      checkTime();
      return {
        ...factsOf(input, migration, statement, breaking(migration, statement), pairs),
        hazards: hazards(migration, statement),
        newCode: breaking(migration, statement).filter(isAboutNewCode),
        accepted: accepted(migration, statement),
        line: lineOf(statement.statement.range[0]),
      };
    });
  });
}

/** The major version of each database; where several are in use the lowest, so that SQL runs on each. */
export function versionsOf({ databases }: Change): (database: string) => number {
  const versions = new Map(databases.map(({ name, postgres }) => [name, postgres.version]));
  return (database) => versions.get(database) ?? 14;
}

function placedIn(migration: Migration): readonly PlacedOperation[] {
  return newStatements(migration).flatMap((statement) =>
    statement.statement.operations.map((operation) => ({ operation, statement, migration })),
  );
}

/** Rules on what a statement is for: no other form of it, and no other order, spares the data. */
const ON_PURPOSE: ReadonlySet<string> = new Set(["no-data-loss"]);

/** Whether only another statement can mend it. */
export function isHazard({ severity, harm, rule }: Finding): boolean {
  if (severity !== "error") return false;
  return harm === "blocks" || harm === "fails" || (harm === "loses data" && !ON_PURPOSE.has(rule));
}

/** Looks up the findings of a statement. */
function byStatement<Kind extends Finding>(
  findings: readonly Kind[],
): (migration: Migration, statement: AnalysedStatement) => readonly Kind[] {
  const found = new Map<string, Kind[]>();
  const keyOf = (database: string, file: string, statement: number): string =>
    `${database}\0${file}\0${String(statement)}`;
  for (const finding of findings) {
    if (finding.statement === undefined) continue;
    const key = keyOf(finding.database, finding.file, finding.statement);
    const list = found.get(key);
    if (list) list.push(finding);
    else found.set(key, [finding]);
  }
  return ({ database, file }, { statement }) => found.get(keyOf(database, file, statement.index)) ?? [];
}

function factsOf(
  input: PlanInput,
  migration: Migration,
  statement: AnalysedStatement,
  breaking: readonly Finding[],
  { recreated, restored, replaced, all }: Pairs,
): Omit<StatementFacts, "line" | "hazards" | "newCode" | "accepted"> {
  const operations = statement.statement.operations.map((operation): OperationFacts => {
    const placed: PlacedOperation = { operation, statement, migration };
    const object = objectOf(placed);
    const live = input.isLive(placed);
    const counterpart = live ? recreated.get(operation) : undefined;
    const references = live && !counterpart ? input.referencesTo(placed) : [];
    const acceptedUses = live ? (input.acceptedUsesOf?.(placed) ?? []) : [];
    const least = input.leastGradeOf?.(placed);
    const isSure = (reference: Reference): boolean => isSureEnough(reference, least);
    const use = useOf(placed, references.filter(isSure));
    const answers = compatibilityOf(placed, {
      live,
      references,
      isSure,
      counterpart,
      isRestored: operation.type !== "SetDefault" && restored.has(operation),
      widens: replaced.get(operation)?.allows === "more",
      isEmpty:
        operation.type === "AddConstraint" && areEmpty(all, placed, operation.table, operation.constraint.columns),
    });
    const alone = statement.statement.operations.length === 1;
    const found = breaking.filter((finding) => alone || finding.object === undefined || finding.object === object);
    return {
      placed,
      object,
      live,
      references,
      doubtful: references.filter((reference) => !isSure(reference)),
      acceptedUses,
      use,
      counterpart,
      compatibility: use || counterpart ? answers : broken(answers, found),
    };
  });
  const [first] = operations;
  // A table that is made here has next to no rows: a foreign key of its own reads nothing for long.
  const short = operations.every(({ live }) => !live);
  const locks = statement.locks
    .filter(
      ({ blocks, relation }) => blocks.length > 0 && first && input.isLive(first.placed, parseQualified(relation)),
    )
    .map((lock): Lock => (short ? { ...lock, while: "instant" } : lock));
  return {
    migration,
    statement,
    operations,
    compatibility: worstOf(operations.map(({ compatibility }) => compatibility)),
    uses: operations.flatMap(({ use }) => use ?? []),
    doubtful: operations.flatMap(({ doubtful }) => doubtful),
    locks,
    listed: listedAmong(locks, input, first?.placed),
    released: input.change.release?.tag,
  };
}

/** The worst answers over several operations. */
export function worstOf(all: readonly Compatibility[]): Compatibility {
  const meaning = [...new Set(all.flatMap(({ meaning: sentences = [] }) => sentences))];
  return {
    runningCodeOnNewSchema: all.reduce<Answer>((so, { runningCodeOnNewSchema: one }) => worse(so, one), "yes"),
    newCodeOnOldSchema: all.reduce<Answer>((so, { newCodeOnOldSchema: one }) => worse(so, one), "yes"),
    codeRollback: all.reduce<Answer>((so, { codeRollback: one = "yes" }) => worse(so, one), "yes"),
    migrationRollback: all.reduce<Undo>((so, { migrationRollback: one = "yes" }) => worseUndo(so, one), "yes"),
    ...(meaning.length > 0 && { meaning }),
    reasons: [...new Set(all.flatMap(({ reasons }) => reasons))],
    evidence: all.flatMap(({ evidence }) => evidence),
  };
}

/** What a rule has found in the code that the operation by itself does not tell. */
function broken(answers: Compatibility, findings: readonly Finding[]): Compatibility {
  const found = findings.filter((finding) => !isAboutNewCode(finding));
  if (found.length === 0 || answers.runningCodeOnNewSchema === "no") return answers;
  return {
    ...answers,
    runningCodeOnNewSchema: "no",
    reasons: [...new Set(found.map(whatHappens))],
    evidence: [...answers.evidence, ...found.flatMap(({ evidence }) => evidence)],
  };
}

/** Whether it is the code of the pull request alone that a finding shows to fail, in whatever order the two ship. */
function isAboutNewCode({ evidence }: Finding): boolean {
  return evidence.length > 0 && evidence.every(({ side }) => side === "head");
}

function listedAmong(
  locks: readonly Lock[],
  input: PlanInput,
  placed: PlacedOperation | undefined,
): ReadonlyMap<string, keyof TableLists> {
  const listed = new Map<string, keyof TableLists>();
  for (const { relation } of locks) {
    const list = (["hot", "small"] as const).find(
      (name) => placed && input.isListed?.(name, placed, parseQualified(relation)),
    );
    if (list) listed.set(relation, list);
  }
  return listed;
}

/** What accepts that a statement takes a name away. */
export function acceptedFor({ object }: Use, { accepted }: StatementFacts): readonly SuppressedFinding[] {
  return accepted.filter((finding) => finding.harm === "breaks code" && finding.object === object);
}

function useOf(placed: PlacedOperation, references: readonly Reference[]): Use | undefined {
  const on = (wanted: Side): Reference[] => references.filter((reference) => reference.side === wanted);
  const [base, head] = [on("base"), on("head")];
  if (base.length === 0 && head.length === 0) return undefined;
  return {
    operation: placed.operation,
    name: nameOf(placed),
    object: objectOf(placed),
    change: changeOf(placed.operation),
    base,
    head,
  };
}

function changeOf({ type }: Operation): NameChange {
  if (type.startsWith("Drop")) return "drop";
  return /^Set\w*Schema$/.test(type) ? "move" : "rename";
}

const RANK: Readonly<Record<Answer, number>> = { yes: 0, unknown: 1, no: 2 };

const UNDO_RANK: Readonly<Record<Undo, number>> = { yes: 0, unknown: 1, "loses data": 2, no: 3 };

function worseUndo(one: Undo, other: Undo): Undo {
  return UNDO_RANK[other] > UNDO_RANK[one] ? other : one;
}

function worse(one: Answer, other: Answer): Answer {
  return RANK[other] > RANK[one] ? other : one;
}
