/** The steps that a statement needs, each in its phase. */
import { createHash } from "node:crypto";
import type { Configuration } from "../model/configuration.js";
import type { SuppressedFinding } from "../model/finding.js";
import type { PhaseId, Step } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
import { nameOf } from "./compatibility.js";
import { effectOf, worstLock } from "./effect.js";
import { acceptedFor, isHazard, type StatementFacts, type Use } from "./statement-facts.js";

/** What a step asks for; with its object and phase it makes the step's id. */
export type StepKind = "remove-uses" | "take-out" | "change" | "run-first" | "confirm" | "run";

export type PlacedStep = Step & { readonly phase: PhaseId; readonly kind: StepKind };

type Deploy = Configuration["deploy"];

/**
 * The steps of a statement by itself; one that neither blocks anybody nor asks for anything has none. What is accepted
 * keeps its step, and nobody has to act on it.
 */
export function stepsOf(facts: StatementFacts, deploy: Deploy): PlacedStep[] {
  const { compatibility, uses, breaks, doubts, locks, listed } = facts;
  const before = deploy.model === "rolling" && deploy.migrations === "before";
  const after = deploy.model === "rolling" && deploy.migrations === "after";
  const steps = uses.flatMap((use) => stepsOfUse(facts, use, before));
  const lock = worstLock(locks);
  let held = steps.length > 0;

  const acceptedHazards = facts.accepted.filter(isHazard);
  const hazards = facts.hazards.length > 0 ? facts.hazards : acceptedHazards;
  const acceptedBreaks = facts.accepted.filter(({ harm }) => harm === "breaks code" || harm === "fails");
  if (hazards.length > 0) {
    const blocks = lock !== undefined && hazards.some(({ harm }) => harm === "blocks");
    const effect = blocks ? `it blocks ${effectOf(lock, listed)}` : "it can fail, or make running code fail";
    steps.push(
      step(facts, "before-merge", "change", {
        title: `Change this statement: ${effect}.`,
        accepted: facts.hazards.length > 0 ? [] : acceptedHazards,
      }),
    );
    held = true;
  } else if (before && breaks.length > 0) {
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take this statement out of this pull request. ${breaks.join(" ")}`,
        accepted: acceptedBreaks,
      }),
    );
    if (acceptedBreaks.length === 0) {
      const title = "Run it once every instance runs the code in this pull request.";
      steps.push(step(facts, "later", "run", { title }));
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
        title: `Confirm that it can run while the code running now is live. ${doubts.join(" ")}`,
        evidence: facts.doubtful,
        accepted: acceptedBreaks,
      }),
    );
  }
  if (!held && lock) {
    const phase = deploy.migrations === "after" ? "after-deploy" : "automatic";
    steps.push(step(facts, phase, "run", { title: `Blocks ${effectOf(lock, listed)}`, person: false }));
  }
  return steps;
}

function stepsOfUse(facts: StatementFacts, use: Use, meetsRunningCode: boolean): PlacedStep[] {
  const { name, change, base, head } = use;
  const steps: PlacedStep[] = [];
  const accepted = acceptedFor(use, facts);
  if (head.length > 0) {
    steps.push(
      step(facts, "before-merge", "remove-uses", {
        title: `Take ${name} out of the code in this pull request: whatever the order, it fails once ${name} is ${change === "drop" ? "dropped" : "renamed"}.`,
        evidence: head,
        object: name,
        accepted,
      }),
    );
  }
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
            : `Give ${name} its new name in steps: add the new one beside it, write both, copy, read the new one, drop ${name}.`,
        object: name,
      }),
    );
  }
  return steps;
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

function step(
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
    locks: kind === "remove-uses" || kind === "take-out" ? [] : facts.locks,
    origin: "this pull request",
    place: placeOf(facts),
    compatibility: facts.compatibility,
    evidence: parts.evidence ?? [],
    ...(accepted.length > 0 && { accepted }),
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

function placeOf({ migration, line }: StatementFacts): NonNullable<Step["place"]> {
  return { file: migration.file, line };
}
