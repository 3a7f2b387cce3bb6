/** What the plan has to know of a statement before it can place it. */
import type { Change } from "../model/change.js";
import type { Finding } from "../model/finding.js";
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
  /** Whether a relation is in use while the operation runs; without one, the operation's own. */
  isLive(placed: PlacedOperation, relation?: QualifiedName): boolean;
  referencesTo(placed: PlacedOperation): readonly Reference[];
}

/** Something that a statement takes away, or renames, while code is known to name it. */
export interface Use {
  /** `orders.legacy_ref` */
  readonly name: string;
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
  /** Locks that others wait for, on relations in use. */
  readonly locks: readonly Lock[];
}

/** The facts of all judged statements, in the order in which they run. */
export function judgedStatements(input: PlanInput): StatementFacts[] {
  const hazards = hazardsByFile(input.findings);
  return input.change.databases
    .flatMap(({ migrations }) => migrations.filter(({ judged }) => judged))
    .flatMap((migration) => {
      const inFile = hazards.get(migration.file) ?? [];
      const lineOf = lineCounter(migration.sql.text);
      return migration.statements.map((statement) => ({
        ...factsOf(
          input,
          migration,
          statement,
          inFile.filter((finding) => finding.statement === statement.statement.index),
        ),
        line: lineOf(statement.statement.range[0]),
      }));
    });
}

function hazardsByFile(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.severity !== "error" || (finding.harm !== "blocks" && finding.harm !== "fails")) continue;
    const inFile = files.get(finding.file);
    if (inFile) inFile.push(finding);
    else files.set(finding.file, [finding]);
  }
  return files;
}

function factsOf(
  input: PlanInput,
  migration: Migration,
  statement: AnalysedStatement,
  hazards: readonly Finding[],
): Omit<StatementFacts, "line"> {
  const answers = statement.statement.operations.map((operation) => {
    const placed: PlacedOperation = { operation, statement, migration };
    const live = input.isLive(placed);
    const references = live ? input.referencesTo(placed) : [];
    return { placed, references, compatibility: compatibilityOf(placed, { live, references }) };
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
    hazards,
    locks: statement.locks.filter(
      ({ blocks, relation }) => blocks.length > 0 && first && input.isLive(first.placed, parseQualified(relation)),
    ),
  };
}

function useOf(placed: PlacedOperation, references: readonly Reference[]): Use | undefined {
  const on = (wanted: Side): Reference[] =>
    references.filter((reference) => reference.side === wanted && isSure(reference));
  const [base, head] = [on("base"), on("head")];
  if (base.length === 0 && head.length === 0) return undefined;
  return {
    name: nameOf(placed),
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

/** `public.orders`, as a lock names its relation. */
function parseQualified(relation: string): QualifiedName {
  const dot = relation.indexOf(".");
  return { schema: relation.slice(0, dot), name: relation.slice(dot + 1) };
}
