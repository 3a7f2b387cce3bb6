/** The steps that a statement needs, each in its phase. */
import { createHash } from "node:crypto";
import type { Catalog } from "../model/catalog.js";
import type { Configuration } from "../model/configuration.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import type { PlacedOperation } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { Answer, PhaseId, Step } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
import { nameOf } from "./compatibility.js";
import { rollbackFloorOf, wayBackOf } from "./way-back.js";
import { effectOf, worstLock } from "./effect.js";
import { estimateOf } from "./estimate.js";
import { hazardWords, whatHappens } from "./hazard-words.js";
import {
  acceptedFor,
  isHazard,
  type NameChange,
  type OperationFacts,
  type StatementFacts,
  type Use,
  worstOf,
} from "./statement-facts.js";

/** What a step asks for; with its object and phase it makes the step's id. */
export type StepKind =
  "remove-uses" | "change-code" | "take-out" | "change" | "run-first" | "confirm" | "run" | "resolve";

export type PlacedStep = Step & {
  readonly phase: PhaseId;
  readonly kind: StepKind;
  /** Why it cannot stay as it is, for the sentence over the plan. */
  readonly cause?: Cause;
};

/** That the code running now fails with the change of something, or that it may, so that the change has to wait. */
export interface Cause {
  readonly name: string;
  readonly fails: boolean;
}

type Deploy = Configuration["deploy"];

/** What the rest of the plan has decided about a statement. */
interface StatementPlace {
  /** Operations of it that proposed steps replace. */
  readonly replaced: ReadonlySet<Operation>;
  /** The pull request that it belongs to: 0 is this one. */
  readonly release: number;
  /** Why it must wait for something else, where that decides it; the rest of a sentence. */
  readonly waits?: string;
  /** Why nothing of it can be done in order, link by link. */
  readonly contradiction?: readonly string[];
}

/**
 * The steps of a statement by itself; one that neither blocks anybody nor asks for anything has none. What is accepted
 * keeps its step, and nobody has to act on it.
 */
export function stepsOf(
  facts: StatementFacts,
  deploy: Deploy,
  { replaced, release, waits, contradiction }: StatementPlace,
): PlacedStep[] {
  const { locks, listed } = facts;
  const kept = facts.operations.filter(({ placed }) => !replaced.has(placed.operation));
  const compatibility = worstOf(kept.map((one) => one.compatibility));
  const before = deploy.model === "rolling" && deploy.migrations === "before";
  const after = deploy.model === "rolling" && deploy.migrations === "after";
  const steps = facts.uses
    .filter(({ operation }) => !replaced.has(operation))
    .flatMap((use) => stepsOfUse(facts, use, before, release));
  steps.push(...stepsOfNewCode(facts, replaced));
  const lock = worstLock(locks);
  let held = steps.length > 0;

  const doubts = doubtsOf(kept, deploy);
  const breaks = before ? breaksOf(kept) : [];
  const acceptedHazards = breaks.length === 0 ? facts.accepted.filter(isHazard) : [];
  // Where nothing runs meanwhile, nobody waits: how long it takes stands in the upgrade notes.
  const standing = facts.hazards.filter(
    (hazard) => isAbout(hazard, facts, replaced) && (deploy.model === "rolling" || hazard.harm !== "blocks"),
  );
  const hazards = standing.length > 0 ? standing : acceptedHazards;
  const acceptedBreaks = facts.accepted.filter(({ harm }) => harm === "breaks code" || harm === "fails");
  if (contradiction !== undefined) {
    const title = `Split the code in this pull request, too: it needs ${nameOf(kept[0]!.placed)}, which can only come later.`;
    steps.push(step(facts, "before-merge", "resolve", { title, because: contradiction }));
  }
  if (hazards.length > 0) {
    const { why, instead } = hazardWords(hazards, lock, listed);
    steps.push(
      step(facts, "before-merge", "change", {
        title: `Change this statement${why}`,
        ...(standing.length > 0 && { instead }),
        accepted: standing.length > 0 ? [] : acceptedHazards,
      }),
    );
    held = true;
  } else if (breaks.length > 0 || (waits !== undefined && !held)) {
    const why = breaks.length > 0 ? `. ${breaks.join(" ")}` : `: ${waits ?? ""}`;
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take this statement out of this pull request${why.endsWith(".") ? why : `${why}.`}`,
        cause: causeOf(kept),
        accepted: acceptedBreaks,
        evidence: kept.flatMap((one) => one.compatibility.evidence),
      }),
    );
    if (acceptedBreaks.length === 0) {
      const title =
        breaks.length > 0
          ? "Run it once every instance runs the code in this pull request."
          : `Run it with or behind what it waits for: ${waits ?? ""}.`;
      steps.push(step(facts, "later", "run", { title, release }));
    }
    held = true;
  } else if (after && compatibility.newCodeOnOldSchema === "no") {
    steps.push(
      step(facts, "before-merge", "run-first", {
        title:
          "Run this statement before the deploy: the code in this pull request needs it, and the pipeline runs it afterwards.",
      }),
    );
    held = true;
  }
  if (!held && doubts.length > 0 && (before || (after && compatibility.newCodeOnOldSchema === "unknown"))) {
    steps.push(
      step(facts, "before-merge", "confirm", {
        title: `Confirm that this statement can run while the code running now is live. ${doubts.join(" ")}`,
        evidence: facts.doubtful,
        accepted: acceptedBreaks,
      }),
    );
  }
  if (!held && lock) {
    const phase = deploy.migrations === "after" ? "after-deploy" : "automatic";
    const because = kept.flatMap((one) => unusedWords(one, facts) ?? []);
    const gone = [...new Set(kept.flatMap((one) => (one.live ? (takenAway(one.placed) ?? []) : [])))];
    const title = [...gone, `blocks ${effectOf(lock, listed)}`].join("; ");
    steps.push(step(facts, phase, "run", { title: capitalized(title), person: false, because }));
  }
  if (!held && !lock) {
    const changed = new Set(
      kept.flatMap((one) => (one.live && CHANGES_ROWS.has(one.placed.operation.type) ? nameOf(one.placed) : [])),
    );
    if (changed.size > 0) {
      const phase = deploy.migrations === "after" ? "after-deploy" : "automatic";
      const title = `Locks the rows of ${[...changed].join(", ")} that it changes, until its transaction ends`;
      steps.push(step(facts, phase, "run", { title, person: false }));
    }
  }
  return steps;
}

/** What is not there any more behind an operation: data, or what holds it. */
function takenAway(placed: PlacedOperation): string | undefined {
  const { operation } = placed;
  const name = nameOf(placed);
  switch (operation.type) {
    case "Truncate":
      return `every row of ${name} is gone`;
    case "DropColumn":
      return `${name} is gone, with its values`;
    case "DropRelation":
      return operation.kind === "table" ? `${name} is gone, with its rows` : `${name} is gone`;
    default:
      return undefined;
  }
}

function capitalized(title: string): string {
  return title.startsWith("every ") || title.startsWith("blocks ")
    ? title.charAt(0).toUpperCase() + title.slice(1)
    : title;
}

const CHANGES_ROWS: ReadonlySet<Operation["type"]> = new Set(["Update", "Delete", "Merge"]);

const TAKES_AWAY: ReadonlySet<Operation["type"]> = new Set(["DropColumn", "DropRelation", "DropFunction", "DropType"]);

/** What shows that no code needs any more what is dropped. */
function unusedWords(
  { placed, live, references, acceptedUses }: OperationFacts,
  { released }: StatementFacts,
): string | undefined {
  if (!live || references.length > 0 || !TAKES_AWAY.has(placed.operation.type)) return undefined;
  const name = nameOf(placed);
  if (acceptedUses.length > 0) {
    const places = [...new Set(acceptedUses.map(({ file, line }) => `${file}:${String(line)}`))];
    const shown = places.slice(0, 3).join(", ");
    const more = places.length > 3 ? ` and ${String(places.length - 3)} more` : "";
    return `The code that names ${name} is accepted as harmless: ${shown}${more}.`;
  }
  return released === undefined
    ? `No code names ${name}, before or in this pull request. Whether an older release still runs is not known: \`deploy.released\` in the configuration says which tags tell.`
    : `No code names ${name}: not that of ${released}, the newest release, and not that of this pull request.`;
}

/** Why running code fails besides the names that it loses. */
export function breaksOf(operations: readonly OperationFacts[]): readonly string[] {
  const reasons = operations.flatMap(({ compatibility, use }) =>
    compatibility.runningCodeOnNewSchema === "no" && use === undefined ? compatibility.reasons : [],
  );
  return [...new Set(reasons)];
}

/** The first operation that the code running now does not survive, else the one that it may not. */
export function causeOf(operations: readonly OperationFacts[]): Cause | undefined {
  const answered = (answer: Answer): OperationFacts | undefined =>
    operations.find(({ compatibility, use }) => compatibility.runningCodeOnNewSchema === answer && use === undefined);
  const fails = answered("no");
  const found = fails ?? answered("unknown") ?? operations[0];
  return found && { name: causeName(found.placed), fails: fails !== undefined };
}

function causeName(placed: OperationFacts["placed"]): string {
  const { operation } = placed;
  const isUnnamed = operation.type === "AddConstraint" && operation.constraint.name === undefined;
  return isUnnamed ? `the new ${operation.constraint.kind} constraint of ${nameOf(placed)}` : nameOf(placed);
}

/** What could not be known of the code that meets the operations. */
function doubtsOf(operations: readonly OperationFacts[], { migrations }: Deploy): readonly string[] {
  const meets = migrations === "before" ? "runningCodeOnNewSchema" : "newCodeOnOldSchema";
  const reasons = operations.flatMap(({ compatibility, use }) =>
    compatibility[meets] === "unknown" && use === undefined ? compatibility.reasons : [],
  );
  return [...new Set(reasons)];
}

/** Whether a finding is about an operation that stays. */
function isAbout({ object }: Finding, { operations }: StatementFacts, replaced: ReadonlySet<Operation>): boolean {
  const gone = operations.filter(({ placed }) => replaced.has(placed.operation));
  if (gone.length === operations.length && gone.length > 0) return false;
  return gone.length === 0 || !gone.some((one) => object === undefined || one.object === object);
}

function stepsOfUse(facts: StatementFacts, use: Use, meetsRunningCode: boolean, release: number): PlacedStep[] {
  const { name, change, base, head } = use;
  const steps: PlacedStep[] = [];
  const accepted = acceptedFor(use, facts);
  if (head.length > 0) steps.push(removeUses(facts, use));
  if (base.length > 0 && meetsRunningCode) {
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take the ${change} of ${name} out of this pull request: the code running now fails as soon as it has run.`,
        evidence: base,
        object: name,
        accepted,
      }),
    );
    if (accepted.length > 0) return steps;
    steps.push(
      step(facts, "later", "run", {
        title:
          change === "drop"
            ? `Drop ${name} in a pull request of its own, once every instance runs code that no longer uses it.`
            : change === "move"
              ? `Move ${name} in steps: make it reachable under both names, let the code use the new one, take the old one away.`
              : `Give ${name} its new name in steps: add the new one beside it, write both, copy, read the new one, drop ${name}.`,
        object: name,
        release,
      }),
    );
  }
  return steps;
}

/** The code of the pull request fails behind the statement, whenever that runs. */
function stepsOfNewCode(facts: StatementFacts, replaced: ReadonlySet<Operation>): PlacedStep[] {
  const named = new Set(facts.uses.map(({ object }) => object));
  return facts.newCode
    .filter((finding) => !named.has(finding.object) && isAbout(finding, facts, replaced))
    .map((finding) =>
      step(facts, "before-merge", "change-code", {
        title: `Change the code in this pull request. ${whatHappens(finding)}`,
        evidence: finding.evidence,
        object: finding.object ?? finding.rule,
      }),
    );
}

/** What becomes of a name, as a participle. */
const BECOMES: Readonly<Record<NameChange, string>> = { drop: "dropped", rename: "renamed", move: "moved" };

/** The code in the pull request still names what it takes away. */
export function removeUses(facts: StatementFacts, use: Use): PlacedStep {
  const { name, change, head } = use;
  return step(facts, "before-merge", "remove-uses", {
    title: `Take ${name} out of the code in this pull request: whatever the order, it fails once ${name} is ${BECOMES[change]}.`,
    evidence: head,
    object: name,
    accepted: acceptedFor(use, facts),
  });
}

/** One line for each file, over the statements that have no step. */
export function quietSteps(facts: readonly StatementFacts[], deploy: Deploy): PlacedStep[] {
  const phase: PhaseId = deploy.migrations === "after" ? "after-deploy" : "automatic";
  const byFile = new Map<string, StatementFacts[]>();
  for (const statement of facts) {
    const inFile = byFile.get(statement.migration.file);
    if (inFile) inFile.push(statement);
    else byFile.set(statement.migration.file, [statement]);
  }
  return [...byFile].map(([file, group]): PlacedStep => {
    const count = group.length === 1 ? "1 statement that blocks" : `${String(group.length)} statements that block`;
    return {
      phase,
      kind: "run",
      id: identify("run", file, phase),
      title: `${count} nobody`,
      person: false,
      locks: [],
      origin: "this pull request",
      place: placeOf(group[0]!),
      evidence: [],
    };
  });
}

export function step(
  facts: StatementFacts,
  phase: PhaseId,
  kind: StepKind,
  parts: {
    readonly title: string;
    readonly person?: boolean;
    readonly evidence?: readonly Reference[];
    /** What it is about, where that is not the statement as a whole. */
    readonly object?: string;
    /** Findings that ask for the step, and are accepted. */
    readonly accepted?: readonly SuppressedFinding[];
    readonly release?: number;
    readonly because?: readonly string[];
    readonly otherWays?: readonly string[];
    readonly instead?: string;
    readonly cause?: Cause | undefined;
    /** The part of the statement that it is about. Default: all of it. */
    readonly part?: OperationFacts | undefined;
  },
): PlacedStep {
  const accepted = (parts.accepted ?? []).map(({ rule, reason, directive: { file, line } }) => ({
    rule,
    reason,
    place: { file, line },
  }));
  return {
    phase,
    kind,
    id: identify(kind, `${objectsOf(facts)}\0${parts.object ?? ""}`, phase),
    title: parts.title,
    person: parts.person ?? accepted.length === 0,
    sql: facts.statement.statement.sql,
    // What is taken out of the code or of the pull request takes no lock here.
    locks: NOT_RUN.has(kind) ? [] : facts.locks,
    ...(!NOT_RUN.has(kind) && estimated(facts.locks, facts.statement.statement.operations, facts.statement.before)),
    ...wayBack(facts, kind),
    ...(phase === "later" && floorOf(facts, Math.max(1, parts.release ?? 1))),
    origin: "this pull request",
    place: placeOf(facts),
    compatibility: (parts.part ?? facts).compatibility,
    evidence: parts.evidence ?? [],
    ...(phase === "later" && { release: Math.max(1, parts.release ?? 1) }),
    ...(parts.because && parts.because.length > 0 && { because: parts.because }),
    ...(parts.otherWays && parts.otherWays.length > 0 && { otherWays: parts.otherWays }),
    ...(parts.instead !== undefined && parts.instead !== "" && { instead: parts.instead }),
    ...(accepted.length > 0 && { accepted }),
    ...(parts.cause && { cause: parts.cause }),
  };
}

/** Steps that change the pull request: nothing runs, and nobody waits. */
const NOT_RUN: ReadonlySet<StepKind> = new Set(["remove-uses", "change-code", "take-out", "resolve"]);

/** How a statement that runs is undone, where that costs something. */
function wayBack({ operations }: StatementFacts, kind: StepKind): Pick<Step, "wayBack"> {
  if (NOT_RUN.has(kind) || kind === "change") return {};
  const ways = new Set(operations.flatMap(({ placed, live }) => wayBackOf(placed, live) ?? []));
  return ways.size > 0 ? { wayBack: [...ways].join(" ") } : {};
}

function floorOf({ statement, compatibility }: StatementFacts, release: number): Pick<Step, "rollbackFloor"> {
  const floor = rollbackFloorOf(statement.statement.operations, release - 1, compatibility.runningCodeOnNewSchema);
  return floor === undefined ? {} : { rollbackFloor: floor };
}

/** How long the work under locks takes; nothing where there is none to speak of. */
export function estimated(
  locks: readonly Lock[],
  operations: readonly Operation[],
  before: Catalog | undefined,
): Pick<Step, "estimates"> {
  const estimates = locks.flatMap((lock) => estimateOf(lock, operations, before) ?? []);
  return estimates.length > 0 ? { estimates } : {};
}

/** Twelve hexadecimal digits over what the step is about; ticks survive reruns and reformatting by it. */
export function identify(kind: string, object: string, phase: PhaseId): string {
  return createHash("sha256").update(`${kind}\0${object}\0${phase}`).digest("hex").slice(0, 12);
}

const objects = new WeakMap<StatementFacts, string>();

/** Kept, because a statement of a thousand parts has as many steps. */
function objectsOf(facts: StatementFacts): string {
  const found = objects.get(facts) ?? namedObjects(facts);
  objects.set(facts, found);
  return found;
}

function namedObjects({ migration, statement }: StatementFacts): string {
  const operations = statement.statement.operations.map(
    (operation) => `${operation.type} ${nameOf({ operation, statement, migration })}`,
  );
  return [migration.database, ...operations].join("\0");
}

export function placeOf({ migration, line }: StatementFacts): NonNullable<Step["place"]> {
  return { file: migration.file, line };
}
