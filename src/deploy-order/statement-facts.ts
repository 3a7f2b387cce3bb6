/** What the plan has to know of a statement before it can place it. */
import type { Change } from "../model/change.js";
import type { TableLists } from "../model/configuration.js";
import { newStatements } from "../change/edited-statements.js";
import { objectOf, parseQualified } from "../change/object-names.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import type { AnalysedStatement, Migration, PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Answer, Compatibility } from "../model/plan.js";
import type { Reference, Side } from "../model/reference.js";
import { lineCounter } from "../text/line-counter.js";
import { compatibilityOf, nameOf } from "./compatibility.js";

/** What the planner asks about the change. */
export interface PlanInput {
  readonly change: Change;
  /** All findings that stand; errors that block or fail ask for another statement. */
  readonly findings: readonly Finding[];
  /** Findings that a directive or the configuration accepts. Default: none. */
  readonly accepted?: readonly SuppressedFinding[];
  /** Whether a relation is in use while the operation runs; without one, the operation's own. */
  isLive(placed: PlacedOperation, relation?: QualifiedName): boolean;
  /** Whether the configuration lists a relation as busy, or as small. Default: none is. */
  isListed?(list: keyof TableLists, placed: PlacedOperation, relation: QualifiedName): boolean;
  referencesTo(placed: PlacedOperation): readonly Reference[];
}

/** Something that a statement takes away, or renames, while code is known to name it. */
export interface Use {
  /** `orders.legacy_ref` */
  readonly name: string;
  /** As findings name it. */
  readonly object: string | undefined;
  readonly change: "drop" | "rename";
  readonly base: readonly Reference[];
  readonly head: readonly Reference[];
}

export interface StatementFacts {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
  /** Where it starts; 1-based. */
  readonly line: number;
  /** The worst answers over its operations. */
  readonly compatibility: Compatibility;
  readonly uses: readonly Use[];
  /** Why running code fails besides the uses. */
  readonly breaks: readonly string[];
  /** What could not be known. */
  readonly doubts: readonly string[];
  /** References that are no proof. */
  readonly doubtful: readonly Reference[];
  /** Errors that only another statement can mend. */
  readonly hazards: readonly Finding[];
  /** Findings about it that somebody accepts. */
  readonly accepted: readonly SuppressedFinding[];
  /** Locks that others wait for, on relations in use. */
  readonly locks: readonly Lock[];
  /** Relations among them that the configuration lists, and as what. */
  readonly listed: ReadonlyMap<string, keyof TableLists>;
}

/** The facts of all judged statements, in the order in which they run. */
export function judgedStatements(input: PlanInput): StatementFacts[] {
  const hazards = byStatement(input.findings.filter(isHazard));
  const accepted = byStatement(input.accepted ?? []);
  return input.change.databases
    .flatMap(({ migrations }) => migrations.filter(({ judged }) => judged))
    .flatMap((migration) => {
      const lineOf = lineCounter(migration.sql.text);
      return newStatements(migration).map((statement) => ({
        ...factsOf(input, migration, statement),
        hazards: hazards(migration, statement),
        accepted: accepted(migration, statement),
        line: lineOf(statement.statement.range[0]),
      }));
    });
}

/** Whether only another statement can mend it. */
export function isHazard({ severity, harm }: Finding): boolean {
  return severity === "error" && (harm === "blocks" || harm === "fails");
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
): Omit<StatementFacts, "line" | "hazards" | "accepted"> {
  const answers = statement.statement.operations.map((operation) => {
    const placed: PlacedOperation = { operation, statement, migration };
    const live = input.isLive(placed);
    const references = live ? input.referencesTo(placed) : [];
    return { placed, live, references, compatibility: compatibilityOf(placed, { live, references }) };
  });
  const [first] = answers;
  const uses = answers.flatMap(({ placed, references }) => useOf(placed, references) ?? []);
  const reasonsFor = (wanted: Answer): string[] => [
    ...new Set(
      answers.flatMap(({ placed, references, compatibility }) =>
        worst(compatibility) === wanted && !useOf(placed, references) ? compatibility.reasons : [],
      ),
    ),
  ];
  // A table that is made here has next to no rows: a foreign key of its own reads nothing for long.
  const short = answers.every(({ live }) => !live);
  const locks = statement.locks
    .filter(
      ({ blocks, relation }) => blocks.length > 0 && first && input.isLive(first.placed, parseQualified(relation)),
    )
    .map((lock): Lock => (short ? { ...lock, while: "instant" } : lock));
  return {
    migration,
    statement,
    compatibility: {
      runningCodeOnNewSchema: answers.reduce<Answer>(
        (so, { compatibility }) => worse(so, compatibility.runningCodeOnNewSchema),
        "yes",
      ),
      newCodeOnOldSchema: answers.reduce<Answer>(
        (so, { compatibility }) => worse(so, compatibility.newCodeOnOldSchema),
        "yes",
      ),
      reasons: [...new Set(answers.flatMap(({ compatibility }) => compatibility.reasons))],
      evidence: answers.flatMap(({ compatibility }) => compatibility.evidence),
    },
    uses,
    breaks: answers.some(({ compatibility }) => compatibility.runningCodeOnNewSchema === "no") ? reasonsFor("no") : [],
    doubts: reasonsFor("unknown"),
    doubtful: answers.flatMap(({ references }) => references.filter((reference) => !isSure(reference))),
    locks,
    listed: listedAmong(locks, input, first?.placed),
  };
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
  const on = (wanted: Side): Reference[] =>
    references.filter((reference) => reference.side === wanted && isSure(reference));
  const [base, head] = [on("base"), on("head")];
  if (base.length === 0 && head.length === 0) return undefined;
  return {
    name: nameOf(placed),
    object: objectOf(placed),
    change: placed.operation.type.startsWith("Drop") ? "drop" : "rename",
    base,
    head,
  };
}

function isSure({ grade }: Reference): boolean {
  return grade === "certain" || grade === "likely";
}

const RANK: Readonly<Record<Answer, number>> = { yes: 0, unknown: 1, no: 2 };

function worse(one: Answer, other: Answer): Answer {
  return RANK[other] > RANK[one] ? other : one;
}

/** An answer about running code weighs more: that nothing else is known of the new code is a doubt of its own. */
function worst({ runningCodeOnNewSchema: running, newCodeOnOldSchema: next }: Compatibility): Answer {
  if (running === "no") return "no";
  return running === "unknown" || next === "unknown" ? "unknown" : "yes";
}
