/**
 * The plan: the operations of a change, sorted into what a person must do before the merge, what the pipeline does,
 * what comes after the deploy, and what needs a pull request of its own.
 *
 * A statement stays as it is, waits for a later pull request, or gives way to the steps of a recipe. All of them are
 * tasks on one timeline; where each lands makes its steps. Statements that neither block anybody nor ask for anything
 * share a line for each file.
 */
import type { Configuration } from "../model/configuration.js";
import type { DeployOrder, Phase, PhaseId, Plan, Step, UpgradeNotes } from "../model/plan.js";
import { notesOf, withSharedWaysOnce } from "./notes.js";
import { unreleasedChanges } from "./other-changes.js";
import { acceptedFor, judgedStatements, type PlanInput, type StatementFacts, versionsOf } from "./statement-facts.js";
import { identify, type PlacedStep, quietSteps } from "./steps.js";
import { scheduledSteps } from "./schedule.js";
import { upgradeNotesOf } from "./upgrade-notes.js";

export type { PlanInput } from "./statement-facts.js";

const PHASES: readonly PhaseId[] = ["before-merge", "automatic", "after-deploy", "later"];

const BY_THEMSELVES = "The files were checked by themselves: without a base there is no order to plan.";

const NO_MIGRATION = "There is no migration to check.";

/** Makes the plan of a change. Files that are checked by themselves have none: no code runs before or after them. */
export function planOf(input: PlanInput): Plan {
  const { base, incomplete, configuration } = input.change;
  if (!base && incomplete.length === 0) {
    return { sentence: changesMigrations(input) ? BY_THEMSELVES : NO_MIGRATION, deployOrder: "none", phases: [] };
  }
  const { deploy } = configuration;
  const statements = judgedStatements(input);
  const { scheduled, quiet } = scheduledSteps(statements, input);
  const { steps, ways } = withSharedWaysOnce(
    withLongSqlOnce(withFirstFloors(unique([...scheduled, ...quietSteps(quiet, deploy)]))),
  );
  const deployOrder = deployOrderOf(statements, deploy);
  const notes = deploy.model === "recreate" ? upgradeNotesOf(statements, versionsOf(input.change)) : undefined;
  const said = [...notesOf(steps), ...ways];
  const unreleased = steps.length > 0 ? unreleasedChanges(input.change, (placed) => input.isLive(placed)) : [];
  return {
    sentence:
      statements.length === 0
        ? nothingToPlan(input)
        : (upgradeSentence(steps, notes) ?? sentenceOf(statements, steps, deployOrder, deploy)),
    deployOrder,
    phases: PHASES.map((id): Phase => ({
      id,
      steps: steps
        .filter(({ phase }) => phase === id)
        .sort((one, other) => (one.release ?? 0) - (other.release ?? 0))
        .map(withoutPhase),
    })).filter((phase) => phase.steps.length > 0),
    ...(said.length > 0 && { notes: said }),
    ...(unreleased.length > 0 && { otherChanges: { changes: unreleased } }),
    ...(notes && { upgradeNotes: notes }),
  };
}

/** Steps that ask the same of the same object are told apart by their place in the order. */
function unique(steps: readonly PlacedStep[]): readonly PlacedStep[] {
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const count = (seen.get(step.id) ?? 0) + 1;
    seen.set(step.id, count);
    return count === 1 ? step : { ...step, id: identify(step.id, String(count), step.phase) };
  });
}

/** What ends code from before is said once, at the first step that does. */
function withFirstFloors(steps: readonly PlacedStep[]): readonly PlacedStep[] {
  const said = new Set<string>();
  return steps.map((step) => {
    const { rollbackFloor, ...rest } = step;
    if (rollbackFloor === undefined) return step;
    const first = !said.has(rollbackFloor);
    said.add(rollbackFloor);
    return first ? step : rest;
  });
}

/** In characters. */
const LONG_SQL = 4000;

/** A long statement stands in the first of its steps: one of a thousand parts may have a thousand. */
function withLongSqlOnce(steps: readonly PlacedStep[]): readonly PlacedStep[] {
  const said = new Set<string>();
  return steps.map((step) => {
    const { sql, ...rest } = step;
    if (sql === undefined || sql.length <= LONG_SQL || step.origin === "proposed") return step;
    const first = !said.has(sql);
    said.add(sql);
    return first ? step : rest;
  });
}

function deployOrderOf(facts: readonly StatementFacts[], deploy: Configuration["deploy"]): DeployOrder {
  if (facts.length === 0) return "none";
  if (deploy.model === "recreate") return "any";
  const codeFirst = facts.some(({ compatibility }) => compatibility.runningCodeOnNewSchema === "no");
  const migrationFirst = facts.some(
    ({ compatibility: { runningCodeOnNewSchema: running, newCodeOnOldSchema: next } }) =>
      // Where the running code works in any case, nothing is gained by waiting to see whether the new code does.
      next === "no" || (next === "unknown" && running === "yes"),
  );
  if (codeFirst && migrationFirst) return "split";
  if (codeFirst) return "code-first";
  return migrationFirst ? "migration-first" : "any";
}

function nothingToPlan(input: PlanInput): string {
  const { unread = [] } = input.change;
  if (unread.length > 0)
    return `This pull request changes ${counted(unread.length, "migration")} that cannot be read, and nothing is known of ${unread.length === 1 ? "it" : "them"}.`;
  return changesMigrations(input)
    ? "The migrations of this pull request run nothing that is new."
    : "This pull request changes no migration.";
}

function changesMigrations({ change: { databases } }: PlanInput): boolean {
  return databases.some(({ migrations }) => migrations.some(({ judged }) => judged));
}

/** What an upgrade takes; undefined where people have something to do first, or nothing takes long or may fail. */
function upgradeSentence(steps: readonly PlacedStep[], notes: UpgradeNotes | undefined): string | undefined {
  if (notes === undefined || notes.work.length + notes.mayFail.length === 0) return undefined;
  if (steps.some(({ person }) => person)) return undefined;
  const mayStop =
    notes.mayFail.length === 0
      ? ""
      : ` Existing data may stop ${counted(notes.mayFail.length, "statement")}: count it before.`;
  return `${notes.downtime.join(" ")}${mayStop}`;
}

function sentenceOf(
  facts: readonly StatementFacts[],
  steps: readonly PlacedStep[],
  order: DeployOrder,
  deploy: Configuration["deploy"],
): string {
  const standing = steps.filter(({ accepted }) => !accepted);
  const asked = (wanted: PlacedStep["kind"]): number => standing.filter(({ kind }) => kind === wanted).length;
  const uses = facts.flatMap((statement) => statement.uses.filter((use) => acceptedFor(use, statement).length === 0));
  const parts: string[] = [];
  if (asked("take-out") > 0) {
    const names = uses.filter(({ base }) => base.length > 0).map(({ name }) => name);
    parts.push(
      names.length > 0
        ? `Split this pull request: the code running now still uses ${listed(names)}.`
        : splitSentence(standing),
    );
  } else if (asked("remove-uses") > 0) {
    const names = uses.filter(({ head }) => head.length > 0).map(({ name }) => name);
    parts.push(`The code in this pull request still uses ${listed(names)}.`);
  }
  if (asked("resolve") > 0 && parts.length === 0) parts.push("The steps of this pull request contradict each other.");
  if (asked("change-code") > 0) parts.push("The code in this pull request fails on the schema that it makes.");
  if (asked("change") > 0) parts.push(`Change ${counted(asked("change"), "statement")} before you merge.`);
  const releases = Math.max(0, ...steps.map(({ release = 0, origin }) => (origin === "proposed" ? release : 0)));
  if (releases > 0) {
    parts.push(`With the proposed steps it takes ${String(releases + 1)} pull requests, this one included.`);
  }
  if (asked("run-first") > 0) parts.push(`Run ${counted(asked("run-first"), "statement")} before the deploy.`);
  if (asked("confirm") > 0 && parts.length === 0) {
    parts.push(`${counted(asked("confirm"), "thing")} to confirm before you merge.`);
  }
  if (parts.length > 0) return parts.join(" ");
  const accepted = steps.length - standing.length;
  if (accepted > 0)
    return `Nothing is left to do before you merge: ${counted(accepted, "step")} ${accepted === 1 ? "is" : "are"} accepted.`;
  if (order === "migration-first") return "Migrations first, then the code: one pull request is enough.";
  return order === "code-first" && deploy.migrations === "after"
    ? "Code first, then the migrations, as the pipeline does it."
    : "The migrations and the code can ship in any order.";
}

/** Why statements are taken out that take no name away. */
function splitSentence(steps: readonly PlacedStep[]): string {
  const causes = steps.flatMap(({ kind, cause }) => (kind === "take-out" && cause ? [cause] : []));
  const failing = causes.filter(({ fails }) => fails).map(({ name }) => name);
  if (failing.length > 0)
    return `Split this pull request: the code running now fails with the change of ${listed(failing)}.`;
  const waiting = causes.map(({ name }) => name);
  return waiting.length > 0
    ? `Split this pull request: ${listed(waiting)} can only come once every instance runs the code of this one.`
    : "Split this pull request.";
}

function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, 3).join(", ");
  return distinct.length > 3 ? `${shown} and ${String(distinct.length - 3)} more` : shown;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${String(count)} ${noun}s`;
}

function withoutPhase({ phase: _phase, kind: _kind, cause: _cause, ...step }: PlacedStep): Step {
  return step;
}
