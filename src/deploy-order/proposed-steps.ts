/** The steps of a recipe, and the box that asks for them in place of a statement. */
import type { Catalog } from "../model/catalog.js";
import type { DeploySetting } from "../model/configuration.js";
import type { Finding } from "../model/finding.js";
import type { Lock, TableSize } from "../model/lock.js";
import type { Operation } from "../model/operation.js";
import type { PhaseId } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
import { momentAt, positionOf } from "./moment.js";
import { estimateOfBatches } from "./estimate.js";
import { partialRun } from "../migrations/partial-runs.js";
import { nameOf } from "./compatibility.js";
import { howItRuns, type Running } from "./how-it-runs.js";
import type { RecipeStep } from "./recipe.js";
import type { StatementFacts } from "./statement-facts.js";
import { breaksOf, causeOf, estimated, identify, placeOf, type PlacedStep, removeUses, step } from "./steps.js";
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
    const alone = way.steps.some((other, at) => at !== index && isRun(other) && releaseOf(other) === releaseOf(one));
    return { key: `${key}/${one.name}`, facts, way, step: one, running: howItRuns(one, tool, transaction, alone) };
  });
}

function isRun({ actor, sql }: RecipeStep): boolean {
  return actor === "pipeline" && sql !== undefined;
}

/** The release with which the pipeline runs a step: what must come after a deploy waits for the next. */
function releaseOf({ from }: RecipeStep): number {
  return from.slot === "after" ? from.release + 1 : from.release;
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
  /** Of the table whose rows it changes in batches, where statistics say it. */
  readonly size?: TableSize | undefined;
  /** The schema that it meets; absent where that is not known. */
  readonly before: Catalog | undefined;
}

/** A proposal as a step, at its position. */
export function proposedStep(
  { facts, way, step: one, running }: Proposal,
  position: number,
  { locks, operations, before, size }: Rehearsal,
  deploy: DeploySetting,
): PlacedStep {
  const { release, slot } = momentAt(position);
  const phase = phaseOf(one, running, position, deploy);
  const floor =
    (phase === "later" || slot === "after") && one.oldestCode !== "any"
      ? rollbackFloorOf(operations, one.oldestCode ?? release - 1, way.facts.compatibility.runningCodeOnNewSchema)
      : undefined;
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
    ...(one.batchesOf === undefined
      ? estimated(locks, operations, before)
      : { estimates: [estimateOfBatches(one.batchesOf, size)] }),
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

/**
 * The box that takes a statement, or a part of one, out of the pull request, and puts the proposed steps in its place.
 * @param factsOf The statement of an operation that the way takes the place of, too.
 */
export function replacement(
  facts: StatementFacts,
  way: ChosenWay,
  proposals: readonly PlacedStep[],
  factsOf: (operation: Operation) => StatementFacts | undefined,
): PlacedStep[] {
  const { compatibility } = way.facts;
  const others = [...new Set(way.covers.flatMap((operation) => factsOf(operation) ?? []))];
  const covered = others.flatMap(({ operations }) =>
    operations.filter(({ placed }) => way.covers.includes(placed.operation)),
  );
  const uses = [way.facts, ...covered].flatMap(({ use }) => use ?? []);
  const now = proposals.filter(({ phase, person, sql }) => phase !== "later" && !person && sql !== undefined).length;
  const later = now === 0 && proposals.some(({ phase }) => phase === "later");
  const along = goesAlong(
    facts,
    others.filter((other) => other !== facts),
  );
  const isBuiltByHand = proposals.some(({ phase, how }) => phase === "before-merge" && isKept(how, facts));
  const instead = `${along}${isBuiltByHand ? BUILT_BY_HAND : inItsPlace(now)}${way.guess === undefined ? "" : ` ${way.guess}`}`;
  const breaks = breaksOf([way.facts]);
  const isOwn = (hazard: Finding): boolean => isAboutOperation(hazard, way.facts, facts);
  const part =
    facts.operations.length > 1 ? `the part of this statement about ${nameOf(way.facts.placed)}` : "this statement";
  // The same as where it stays as it is: ticks and acceptances survive that.
  const object = facts.operations.length > 1 ? (way.facts.object ?? "") : "";
  const steps = uses.flatMap((use) => (use.head.length > 0 ? removeUses(facts, use) : []));
  const otherWays = [...way.otherWays, ...heldBack(facts, way)];
  const only = facts.operations.length > 1 ? way.facts : undefined;
  const [use, ...more] = uses.filter(({ base }) => base.length > 0);
  if (use) {
    const names = [...new Set([use, ...more].map(({ name }) => name))];
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take the ${use.change} of ${listed(names)} out of this pull request: the code running now fails as soon as it has run.${instead}`,
        evidence: distinct([use, ...more].flatMap(({ base }) => base)),
        object: use.name,
        otherWays,
      }),
    );
  } else if (breaks.length > 0) {
    steps.push(
      step(facts, "before-merge", "take-out", {
        title: `Take ${part} out of this pull request. ${breaks.join(" ")}${instead}`,
        evidence: compatibility.evidence,
        object,
        otherWays,
        part: only,
        cause: causeOf([way.facts]),
      }),
    );
  } else {
    // Where the statement itself is harmless, it is for what it takes along.
    const bad = [facts, ...others].find((one) => one.hazards.some((hazard) => one !== facts || isOwn(hazard)));
    const own = (bad?.hazards ?? []).filter((hazard) => bad !== facts || isOwn(hazard));
    const { why } = hazardWords(own, worstLock((bad ?? facts).locks), facts.listed);
    // What is not known of the running code is why it does not come in another form now.
    const doubts = later ? compatibility.reasons.map((reason) => ` ${reason}`).join("") : "";
    steps.push(
      step(facts, "before-merge", later ? "take-out" : "change", {
        title: `${now === 0 && !isBuiltByHand ? `Take ${part} out of this pull request` : `Change ${part}`}${why}${doubts}${instead}`,
        evidence: compatibility.evidence,
        object,
        otherWays,
        part: only,
        ...(later && { cause: causeOf([way.facts]) }),
      }),
    );
  }
  return steps;
}

const BUILT_BY_HAND = " Build the index by hand first, as proposed, and keep it here with IF NOT EXISTS.";

/** Whether a step is run by hand and its statement stays, because the tool runs nothing outside a transaction. */
function isKept(how: string | undefined, { migration }: StatementFacts): boolean {
  return how !== undefined && how === migration.tool.withoutOutside;
}

/** What takes the statement's place in this pull request. */
function inItsPlace(steps: number): string {
  if (steps === 0) return "";
  return steps === 1
    ? " Put the proposed step in its place."
    : ` Put the ${String(steps)} proposed steps in its place.`;
}

/** Which other statements the proposed steps replace, too. */
function goesAlong(facts: StatementFacts, unsorted: readonly StatementFacts[]): string {
  const others = [...unsorted].sort((one, other) => one.line - other.line);
  if (others.length === 0) return "";
  const isHere = others.every(({ migration }) => migration.file === facts.migration.file);
  const places = [
    ...new Set(others.map(({ migration, line }) => (isHere ? String(line) : `${migration.file}:${String(line)}`))),
  ];
  const isOne = places.length === 1;
  const what = isHere ? `${isOne ? "Line" : "Lines"} ${listed(places)}` : listed(places);
  return ` ${what} ${isOne ? "goes" : "go"} with it: the proposed steps do what ${isOne ? "it does" : "they do"}.`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** Without places that were named before. */
function distinct(references: readonly Reference[]): readonly Reference[] {
  const seen = new Map(references.map((one) => [`${one.side}\0${one.file}\0${String(one.line)}\0${one.kind}`, one]));
  return [...seen.values()];
}

/** Whether a finding of a statement is about an operation of it. */
function isAboutOperation({ object }: Finding, operation: ChosenWay["facts"], { operations }: StatementFacts): boolean {
  return operations.length === 1 || object === undefined || object === operation.object;
}
