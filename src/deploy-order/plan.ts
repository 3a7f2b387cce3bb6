/**
 * The plan: the operations of a change, sorted into what a person must do before the merge, what the pipeline does,
 * what comes after the deploy, and what needs a pull request of its own.
 *
 * One step is one statement of this pull request; statements that touch nothing in use share one line per file.
 */
import { createHash } from "node:crypto";
import type { Change } from "../model/change.js";
import type { Finding } from "../model/finding.js";
import type { Blocked, Lock, Work } from "../model/lock.js";
import type { AnalysedStatement, Migration, PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Answer, Compatibility, DeployOrder, Phase, PhaseId, Plan, Step } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
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

const PHASES: readonly PhaseId[] = ["before-merge", "automatic", "after-deploy", "later"];

/** Makes the plan of a change. */
export function planOf(input: PlanInput): Plan {
  const judged = input.change.databases.flatMap(({ migrations }) => migrations.filter((migration) => migration.judged));
  const hazards = hazardsByFile(input.findings);
  const facts = judged.flatMap((migration) =>
    migration.statements.map((statement) => {
      const own = hazards.get(migration.file)?.filter((finding) => finding.statement === statement.statement.index);
      return statementFacts(input, migration, statement, own ?? []);
    }),
  );
  const placed = facts.flatMap((statement) => stepsOf(statement, input.change));
  const steps = [...placed, ...quietSteps(facts, input.change)];
  const phases = PHASES.map((id): Phase => ({
    id,
    steps: steps.filter((step) => step.phase === id).map(withoutPhase),
  }));
  const deployOrder = deployOrderOf(facts, input.change);
  return {
    sentence: sentenceOf(facts, placed, deployOrder, input.change),
    deployOrder,
    phases: phases.filter(({ steps }) => steps.length > 0),
  };
}

interface StatementFacts {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
  /** The worst answers over its operations. */
  readonly compatibility: Compatibility;
  /** Names of what it takes away while code uses it. */
  readonly names: readonly string[];
  /** Errors that only another statement can mend. */
  readonly hazards: readonly Finding[];
  /** Locks that others wait for, on relations in use. */
  readonly locks: readonly Lock[];
}

/** What a step asks for; with the object and the phase it makes the step's id. */
type StepKind = "remove-uses" | "change" | "take-out" | "run-first" | "confirm" | "run";

type PlacedStep = Step & { readonly phase: PhaseId; readonly kind: StepKind };

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

function statementFacts(
  input: PlanInput,
  migration: Migration,
  statement: AnalysedStatement,
  hazards: readonly Finding[],
): StatementFacts {
  const operations = statement.statement.operations.map((operation): PlacedOperation => ({
    operation,
    statement,
    migration,
  }));
  const answers = operations.map((placed) => {
    const live = input.isLive(placed);
    return {
      placed,
      live,
      compatibility: compatibilityOf(placed, { live, references: live ? input.referencesTo(placed) : [] }),
    };
  });
  const worst = (question: "runningCodeOnNewSchema" | "newCodeOnOldSchema"): Answer =>
    answers.reduce<Answer>((answer, { compatibility }) => worse(answer, compatibility[question]), "yes");
  return {
    migration,
    statement,
    compatibility: {
      runningCodeOnNewSchema: worst("runningCodeOnNewSchema"),
      newCodeOnOldSchema: worst("newCodeOnOldSchema"),
      reasons: [...new Set(answers.flatMap(({ compatibility }) => compatibility.reasons))],
      evidence: answers.flatMap(({ compatibility }) => compatibility.evidence),
    },
    names: answers
      .filter(({ compatibility }) => compatibility.runningCodeOnNewSchema === "no")
      .map(({ placed }) => nameOf(placed)),
    hazards,
    locks: statement.locks.filter(
      ({ blocks, relation }) => blocks.length > 0 && input.isLive(operations[0]!, parseQualified(relation)),
    ),
  };
}

const RANK: Readonly<Record<Answer, number>> = { yes: 0, unknown: 1, no: 2 };

function worse(one: Answer, other: Answer): Answer {
  return RANK[other] > RANK[one] ? other : one;
}

/** The steps of a statement that touches something in use. */
function stepsOf(facts: StatementFacts, { configuration: { deploy } }: Change): PlacedStep[] {
  const { compatibility, hazards, statement } = facts;
  const rolling = deploy.model === "rolling";
  const running = rolling && deploy.migrations === "before" ? compatibility.runningCodeOnNewSchema : "yes";
  const next = rolling && deploy.migrations === "after" ? compatibility.newCodeOnOldSchema : "yes";
  const atHead = compatibility.evidence.filter(
    ({ side, grade }) => side === "head" && (grade === "certain" || grade === "likely"),
  );
  const steps: PlacedStep[] = [];
  const subject = facts.names.join(", ");

  if (atHead.length > 0) {
    steps.push(
      step(facts, "before-merge", "remove-uses", {
        title: `Take ${subject} out of the code in this pull request: it fails once the statement has run, in any order.`,
        evidence: atHead,
      }),
    );
  }
  if (hazards.length > 0) {
    steps.push(step(facts, "before-merge", "change", { title: `Change this statement: ${effectOf(facts)}.` }));
  } else if (running === "no") {
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take this statement out of this pull request: the code running now fails as soon as it has run.`,
        evidence: compatibility.evidence.filter(({ side }) => side === "base"),
      }),
      step(facts, "later", "run", {
        title: `Run it from a pull request of its own, once every instance runs code that no longer uses ${subject}.`,
      }),
    );
  } else if (next === "no") {
    steps.push(
      step(facts, "before-merge", "run-first", {
        title:
          "Run this statement before the deploy: the code in this pull request needs it, and the pipeline runs it afterwards.",
      }),
    );
  } else if (running === "unknown" || next === "unknown") {
    steps.push(
      step(facts, "before-merge", "confirm", {
        title: `Confirm that it can run while the code running now is live. ${compatibility.reasons.join(" ")}`,
        evidence: compatibility.evidence,
      }),
    );
  }
  const runsItself = hazards.length === 0 && running !== "no" && facts.locks.length > 0;
  if (runsItself && next !== "no") {
    const phase = deploy.migrations === "after" ? "after-deploy" : "automatic";
    steps.push(step(facts, phase, "run", { title: runTitle(facts), person: false }));
  }
  return steps;
}

/** One line per file for the statements that neither block anybody nor ask for anything. */
function quietSteps(facts: readonly StatementFacts[], change: Change): PlacedStep[] {
  const phase: PhaseId = change.configuration.deploy.migrations === "after" ? "after-deploy" : "automatic";
  const byFile = new Map<string, StatementFacts[]>();
  for (const fact of facts) {
    if (fact.locks.length > 0 || fact.hazards.length > 0) continue;
    if (fact.compatibility.runningCodeOnNewSchema !== "yes") continue;
    byFile.set(fact.migration.file, [...(byFile.get(fact.migration.file) ?? []), fact]);
  }
  return [...byFile.values()].map((group): PlacedStep => {
    const first = group[0]!;
    const count = group.length === 1 ? "1 statement" : `${String(group.length)} statements`;
    return {
      phase,
      kind: "run",
      id: identify("run", first.migration.file, phase),
      title: `${count} that block${group.length === 1 ? "s" : ""} nobody`,
      person: false,
      locks: [],
      origin: "this pull request",
      place: { file: first.migration.file, line: lineOf(first) },
      evidence: [],
    };
  });
}

function step(
  facts: StatementFacts,
  phase: PhaseId,
  kind: StepKind,
  parts: { readonly title: string; readonly person?: boolean; readonly evidence?: readonly Reference[] },
): PlacedStep {
  const { statement, migration } = facts;
  return {
    phase,
    kind,
    id: identify(kind, objectsOf(facts), phase),
    title: parts.title,
    person: parts.person ?? true,
    sql: statement.statement.sql,
    locks: facts.locks,
    origin: "this pull request",
    place: { file: migration.file, line: lineOf(facts) },
    compatibility: facts.compatibility,
    evidence: parts.evidence ?? [],
  };
}

/** Twelve hexadecimal digits over what the step is about; ticks survive reruns and reformatting by it. */
function identify(kind: StepKind, object: string, phase: PhaseId): string {
  return createHash("sha256").update(`${kind}\0${object}\0${phase}`).digest("hex").slice(0, 12);
}

function objectsOf({ migration, statement }: StatementFacts): string {
  const operations = statement.statement.operations.map(
    (operation) => `${operation.type} ${nameOf({ operation, statement, migration })}`,
  );
  return [migration.database, ...operations].join("\0");
}

function lineOf({ migration, statement }: StatementFacts): number {
  return lineCounter(migration.sql.text)(statement.statement.range[0]);
}

const WORK_WORDS: Readonly<Record<Work, string>> = {
  instant: "for a moment",
  scan: "while it reads the whole table",
  "index-build": "while it builds an index",
  rewrite: "while it rewrites the table",
};

/** Who waits for whom and how long, in words: `it blocks reads and writes on orders while it rewrites the table`. */
function effectOf({ locks, hazards }: StatementFacts): string {
  const lock = worstLock(locks);
  if (!hazards.some(({ harm }) => harm === "blocks") || !lock) return "it can fail";
  return `it blocks ${blockedWords(lock.blocks)} on ${withoutPublic(lock.relation)} ${WORK_WORDS[lock.while]}`;
}

function runTitle({ locks }: StatementFacts): string {
  const lock = worstLock(locks)!;
  return `Blocks ${blockedWords(lock.blocks)} on ${withoutPublic(lock.relation)} ${WORK_WORDS[lock.while]}`;
}

const WORK_RANK: Readonly<Record<Work, number>> = { instant: 0, scan: 1, "index-build": 2, rewrite: 3 };

function worstLock(locks: readonly Lock[]): Lock | undefined {
  const weight = (lock: Lock): number =>
    (WORK_RANK[lock.while] > 0 ? 8 : 0) + lock.blocks.length * 2 + WORK_RANK[lock.while] / 4;
  return locks.reduce<Lock | undefined>(
    (worst, lock) => (worst && weight(worst) >= weight(lock) ? worst : lock),
    undefined,
  );
}

function blockedWords(blocks: readonly Blocked[]): string {
  if (blocks.includes("read")) return "reads and writes";
  return blocks.includes("write") ? "writes" : "other schema changes";
}

/** `public.orders`, as a lock names its relation. */
function parseQualified(relation: string): QualifiedName {
  const dot = relation.indexOf(".");
  return { schema: relation.slice(0, dot), name: relation.slice(dot + 1) };
}

function withoutPublic(relation: string): string {
  return relation.replace(/^public\./, "");
}

function deployOrderOf(facts: readonly StatementFacts[], { configuration: { deploy } }: Change): DeployOrder {
  if (facts.length === 0) return "none";
  if (deploy.model === "recreate") return "any";
  const codeFirst = facts.some(({ compatibility }) => compatibility.runningCodeOnNewSchema === "no");
  const migrationFirst = facts.some(({ compatibility }) => compatibility.newCodeOnOldSchema === "no");
  if (codeFirst && migrationFirst) return "split";
  if (codeFirst) return "code-first";
  return migrationFirst ? "migration-first" : "any";
}

function sentenceOf(
  facts: readonly StatementFacts[],
  steps: readonly PlacedStep[],
  order: DeployOrder,
  { configuration: { deploy } }: Change,
): string {
  if (facts.length === 0) return "This pull request changes no migration.";
  const takenOut = steps.filter(({ phase }) => phase === "later");
  const hazards = facts.filter((fact) => fact.hazards.length > 0).length;
  const confirmations = steps.filter(({ kind }) => kind === "confirm").length;
  const names = [...new Set(facts.flatMap((fact) => (fact.hazards.length > 0 ? [] : fact.names)))];
  const parts: string[] = [];
  if (takenOut.length > 0) {
    parts.push(`Split this pull request: the code running now still uses ${listed(names)}.`);
  } else if (names.length > 0 && steps.some(({ phase, person }) => phase === "before-merge" && person)) {
    parts.push(`The code in this pull request still uses ${listed(names)}.`);
  }
  if (hazards > 0) {
    parts.push(`Change ${counted(hazards, "statement")} before you merge.`);
  }
  if (confirmations > 0 && parts.length === 0) {
    parts.push(`${counted(confirmations, "thing")} to confirm before you merge.`);
  }
  if (parts.length > 0) return parts.join(" ");
  if (order === "migration-first") return "Migrations first, then the code: one pull request is enough.";
  if (order === "code-first" && deploy.migrations === "after")
    return "Code first, then the migrations, as the pipeline does it.";
  return "The migrations and the code can ship in any order.";
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${String(names.length - 3)} more` : shown;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${String(count)} ${noun}s`;
}

function withoutPhase({ phase: _phase, kind: _kind, ...step }: PlacedStep): Step {
  return step;
}
