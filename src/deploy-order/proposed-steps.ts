/** The steps of a recipe, and the box that asks for them in place of a statement. */
import type { Catalog } from "../model/catalog.js";
import type { DeploySetting } from "../model/configuration.js";
import type { Finding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import type { Operation } from "../model/operation.js";
import type { PhaseId } from "../model/plan.js";
import { momentAt, positionOf } from "./moment.js";
import { partialRun } from "../migrations/partial-runs.js";
import { nameOf } from "./compatibility.js";
import { howItRuns, type Running } from "./how-it-runs.js";
import type { RecipeStep } from "./recipe.js";
import type { StatementFacts } from "./statement-facts.js";
import { breaksOf, estimated, identify, placeOf, type PlacedStep, removeUses, step } from "./steps.js";
import { worstLock } from "./effect.js";
import { hazardWords } from "./hazard-words.js";
import type { Task } from "./timeline.js";
import { rollbackFloorOf } from "./way-back.js";
import type { ChosenWay } from "./ways.js";

/** A step of a recipe on its way into the plan. */
export interface Proposal {
  readonly key: string;
  readonly facts: StatementFacts;
  readonly way: ChosenWay;
  readonly step: RecipeStep;
  readonly running: Running;
}

/** The proposals of a way, keyed so that no two of a plan are alike. */
export function proposalsOf(facts: StatementFacts, way: ChosenWay, key: string): readonly Proposal[] {
  const { tool, transaction } = facts.migration;
  return way.steps.map((one, index) => {
    // Steps of one release that follow each other must not keep each other's locks.
    const alone = way.steps.some(
      (other, at) => at !== index && other.from.release === one.from.release && other.actor === "pipeline",
    );
    return { key: `${key}/${one.name}`, facts, way, step: one, running: howItRuns(one, tool, transaction, alone) };
  });
}

/** The window of a proposal, and what it waits for. */
export function taskOf({ key, way, step: one, running }: Proposal): Task {
  const prefix = key.slice(0, key.length - one.name.length);
  const index = way.steps.indexOf(one);
  const previous = way.steps[index - 1];
  const needs = one.needs ?? (previous ? [previous.name] : []);
  const at = positionOf(one.from);
  const { slot } = momentAt(at);
  // What the pipeline runs, it runs before a deploy: what must come after one waits for the next.
  const from = slot === "after" && running.actor === "pipeline" ? at + 1 : at;
  return {
    key,
    from,
    fromReason: `\`${one.name}\` cannot come earlier`,
    ...(one.until && { until: positionOf(one.until), untilReason: `\`${one.name}\` must not come later` }),
    needs: new Map(needs.map((name) => [prefix + name, `it comes behind \`${name}\``])),
  };
}

/** What the SQL of a proposal does at its place in the order. */
export interface Rehearsal {
  /** Those that others wait for, on relations in use. */
  readonly locks: readonly Lock[];
  readonly operations: readonly Operation[];
  /** The schema that it meets; absent where that is not known. */
  readonly before: Catalog | undefined;
}

/** A proposal as a step, at its position. */
export function proposedStep(
  { facts, way, step: one, running }: Proposal,
  position: number,
  { locks, operations, before }: Rehearsal,
  deploy: DeploySetting,
): PlacedStep {
  const { release, slot } = momentAt(position);
  const phase = phaseOf(one, running, position, deploy);
  const floor = phase === "later" || slot === "after" ? rollbackFloorOf(operations, release) : undefined;
  return {
    phase,
    kind: "run",
    id: identify(
      one.name,
      `${facts.migration.database}\0${way.facts.object ?? way.facts.placed.operation.type}`,
      phase,
    ),
    title: one.title,
    person: phase !== "automatic" && !(phase === "after-deploy" && deploy.migrations === "after" && slot === "before"),
    ...(one.sql !== undefined && { sql: one.sql }),
    locks,
    ...estimated(locks, operations, before),
    ...(running.how !== undefined && { how: running.how }),
    ...(one.check && { check: one.check.sql, answer: one.check.answer }),
    ...(one.wayBack !== undefined && { wayBack: one.wayBack }),
    ...(one.stopCondition !== undefined && { stopCondition: one.stopCondition }),
    ...(floor !== undefined && { rollbackFloor: floor }),
    origin: "proposed",
    place: placeOf(facts),
    evidence: [],
    ...(phase === "later" && { release }),
  };
}

function phaseOf(one: RecipeStep, { actor }: Running, position: number, { migrations }: DeploySetting): PhaseId {
  const { release, slot } = momentAt(position);
  if (release > 0) return "later";
  if (actor === "code") return "before-merge";
  if (slot !== "before") return "after-deploy";
  if (actor === "person") return "before-merge";
  if (migrations === "before") return "automatic";
  return one.until === undefined ? "after-deploy" : "before-merge";
}

/** Where the tool can run a part of what is pending, what must come after the deploy need not wait for the next one. */
function heldBack({ migration }: StatementFacts, { steps }: ChosenWay): readonly string[] {
  const waits = steps.some(({ actor, from }) => actor === "pipeline" && from.release === 0 && from.slot === "after");
  const command = waits ? partialRun(migration.tool) : undefined;
  return command === undefined
    ? []
    : [
        `Keep the steps of the next pull request that only check or build in this one, in files of their own, and let the pipeline hold them back until every instance runs the new code: ${migration.tool.label} runs a part with \`${command}\`.`,
      ];
}

/** The box that takes a statement, or a part of one, out of the pull request, and puts the proposed steps in its place. */
export function replacement(facts: StatementFacts, way: ChosenWay, proposals: readonly PlacedStep[]): PlacedStep[] {
  const { use, compatibility } = way.facts;
  const now = proposals.filter(({ phase, sql }) => phase === "automatic" && sql !== undefined).length;
  const later = proposals.some(({ phase }) => phase === "later");
  const instead =
    now === 0
      ? ""
      : now === 1
        ? " Put the proposed step in its place."
        : ` Put the ${String(now)} proposed steps in its place.`;
  const breaks = breaksOf([way.facts]);
  const part =
    facts.operations.length > 1 ? `the part of this statement about ${nameOf(way.facts.placed)}` : "this statement";
  // The same as where it stays as it is: ticks and acceptances survive that.
  const object = facts.operations.length > 1 ? (way.facts.object ?? "") : "";
  const steps: PlacedStep[] = [];
  if (use && use.head.length > 0) steps.push(removeUses(facts, use));
  const evidence = use?.base ?? compatibility.evidence;
  const otherWays = [...way.otherWays, ...heldBack(facts, way)];
  if (use && use.base.length > 0) {
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take the ${use.change} of ${use.name} out of this pull request: the code running now fails as soon as it has run.${instead}`,
        evidence,
        object: use.name,
        otherWays,
      }),
    );
  } else if (breaks.length > 0) {
    steps.push(
      step(facts, "before-merge", later ? "take-out" : "change", {
        title: `Take ${part} out of this pull request. ${breaks.join(" ")}${instead}`,
        evidence,
        object,
        otherWays,
      }),
    );
  } else {
    const own = facts.hazards.filter((hazard) => isAboutOperation(hazard, way.facts, facts));
    const { why } = hazardWords(own, worstLock(facts.locks), facts.listed);
    steps.push(
      step(facts, "before-merge", "change", {
        title: `${now === 0 ? `Take ${part} out of this pull request` : `Change ${part}`}${why}${instead}`,
        object,
        otherWays,
      }),
    );
  }
  return steps;
}

/** Whether a finding of a statement is about an operation of it. */
function isAboutOperation({ object }: Finding, operation: ChosenWay["facts"], { operations }: StatementFacts): boolean {
  return operations.length === 1 || object === undefined || object === operation.object;
}
