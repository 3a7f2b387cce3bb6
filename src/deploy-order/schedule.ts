/** Statements and the steps of recipes on one timeline, and what each of them becomes where it lands. */
import { parseQualified } from "../change/object-names.js";
import { schemaDifferences } from "../change/schema-differences.js";
import type { Catalog } from "../model/catalog.js";
import type { Lock } from "../model/lock.js";
import type { PlacedOperation } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { Statement } from "../model/statement.js";
import { parseSql } from "../postgres/parse-sql.js";
import { checkTime } from "../text/out-of-time.js";
import { type Names, namesOf, whyBehind } from "./dependencies.js";
import { momentAt, positionOf } from "./moment.js";
import { type Proposal, proposalsOf, type Rehearsal, proposedStep, replacement, taskOf } from "./proposed-steps.js";
import type { RecipeStep } from "./recipe.js";
import { acceptedFor, judgedStatements, type PlanInput, type StatementFacts, versionsOf } from "./statement-facts.js";
import { breaksOf, type PlacedStep, step, stepsOf } from "./steps.js";
import { solve, type Placement, type Task } from "./timeline.js";
import { treat, type Treatment } from "./ways.js";

const NEXT_RELEASE = positionOf({ release: 1, slot: "before" });

/** What runs: a statement of the change, or the SQL of a proposal. */
interface Entry {
  readonly task: Task;
  readonly treatment: Treatment;
  readonly proposal?: Proposal;
  readonly statements: readonly Statement[];
  names(): Names;
}

export interface Schedule {
  /** In the order in which things happen. */
  readonly scheduled: readonly PlacedStep[];
  /** Statements without a step of their own. */
  readonly quiet: readonly StatementFacts[];
  /** All SQL of the plan in the order in which it runs, that of the pull request and proposed. */
  readonly runs: readonly Statement[];
}

/** All entries in the order in which they happen, each with its place on the timeline. */
function timelineOf(statements: readonly StatementFacts[], input: PlanInput) {
  const { change } = input;
  const treatments = treat(statements, change.configuration.deploy, versionsOf(change), input);
  const entries = withNeeds(treatments.flatMap((treatment, index) => entriesOf(treatment, String(index), input)));
  const { placements, contradictions } = solve(entries.map(({ task }) => task));
  const placement = new Map(placements.map((one) => [one.task.key, one]));
  const chains = new Map(contradictions.map(({ key, reasons }) => [key, reasons]));
  const order = new Map(placements.map(({ task }, index) => [task.key, index]));
  const inOrder = [...entries].sort((one, other) => order.get(one.task.key)! - order.get(other.task.key)!);
  return { treatments, inOrder, placement, chains };
}

/** What happens at a place of the timeline: a statement of the change, or a step of a recipe. */
export interface Run {
  /** As in `moment.ts`. */
  readonly position: number;
  /** Where nothing is proposed, the statement of the change. */
  readonly step: Pick<RecipeStep, "name" | "actor" | "sql" | "transaction" | "repeat" | "check">;
  readonly proposed: boolean;
}

/** The whole plan as it is carried out. */
export function runsOf(input: PlanInput): readonly Run[] {
  const { inOrder, placement } = timelineOf(judgedStatements(input), input);
  return inOrder.map(({ task, proposal, statements, treatment: { facts } }): Run => {
    const position = placement.get(task.key)!.position;
    if (proposal) return { position, step: proposal.step, proposed: true };
    return {
      position,
      step: {
        name: `${facts.migration.file}:${String(facts.line)}`,
        actor: "pipeline",
        sql: statements.map(({ sql }) => `${sql};`).join("\n"),
        ...(facts.statement.transaction.inTransaction !== true && { transaction: "outside" as const }),
      },
      proposed: false,
    };
  });
}

export function scheduledSteps(statements: readonly StatementFacts[], input: PlanInput): Schedule {
  const { deploy } = input.change.configuration;
  const { treatments, inOrder, placement, chains } = timelineOf(statements, input);
  const { rehearsals, lost } = rehearse(inOrder, input);
  const hasSeveralDatabases = new Set(statements.map(({ migration }) => migration.database)).size > 1;

  const proposed = new Map<Proposal["way"], PlacedStep[]>();
  const steps = new Map<Entry, PlacedStep[]>();
  const changed = changedWithDrop(statements);
  const quiet: StatementFacts[] = [];
  for (const entry of inOrder) {
    const { task, treatment, proposal } = entry;
    const { position } = placement.get(task.key)!;
    if (proposal) {
      const operations = entry.statements.flatMap((one) => one.operations);
      const facts = rehearsals.get(task.key) ?? { locks: [], operations, before: undefined };
      const made = proposedStep(proposal, position, facts, deploy);
      // Its SQL is in no file that would say for which database it is.
      const { database } = proposal.facts.migration;
      const named = hasSeveralDatabases ? { ...made, title: `Database \`${database}\`: ${made.title}` } : made;
      steps.set(entry, [named]);
      proposed.set(proposal.way, [...(proposed.get(proposal.way) ?? []), named]);
      continue;
    }
    const answered = changed.length === 0 ? treatment.replaced : new Set([...treatment.replaced, ...changed]);
    if (isAnswered(treatment.facts, answered)) continue;
    const chain = chains.get(task.key);
    const waits = waitsFor(placement.get(task.key)!);
    const made = stepsOf(treatment.facts, deploy, {
      replaced: answered,
      release: momentAt(position).release,
      ...(waits !== undefined && { waits }),
      ...(chain && { contradiction: chain }),
    });
    if (made.length === 0 && !isSetting(treatment.facts)) quiet.push(treatment.facts);
    steps.set(entry, made);
  }
  const owners = new Map(
    statements.flatMap((facts) => facts.operations.map(({ placed }) => [placed.operation, facts] as const)),
  );
  const boxes = treatments.flatMap(({ facts, ways }) =>
    ways.flatMap((way) => replacement(facts, way, proposed.get(way) ?? [], (operation) => owners.get(operation))),
  );
  const resolve = lost.map(({ facts, names }) =>
    step(facts, "before-merge", "resolve", {
      title: `Write the steps for ${listed(names)} anew: in this order ${names.length === 1 ? "it is" : "they are"} not there in the end, because a later step takes away what ${names.length === 1 ? "it rests" : "they rest"} on.`,
      object: names.join(),
    }),
  );
  return {
    scheduled: [...boxes, ...resolve, ...inOrder.flatMap((entry) => steps.get(entry) ?? [])],
    quiet: inFileOrder(quiet, statements),
    runs: inOrder.flatMap((entry) => entry.statements),
  };
}

/** What adds a column again that is dropped by a statement which is to be changed for it: the two are one thing. */
function changedWithDrop(statements: readonly StatementFacts[]): readonly Operation[] {
  return statements.flatMap(({ hazards, operations }) =>
    hazards.some(({ harm }) => harm === "loses data")
      ? operations.flatMap(({ placed, counterpart }) =>
          counterpart && placed.operation.type === "DropColumn" && counterpart.statement !== placed.statement
            ? counterpart.operation
            : [],
        )
      : [],
  );
}

function isAnswered({ operations }: StatementFacts, answered: ReadonlySet<Operation>): boolean {
  return operations.length > 0 && operations.every(({ placed }) => answered.has(placed.operation));
}

/** Whether a statement only says how the others run. */
function isSetting({ operations }: StatementFacts): boolean {
  return operations.every(({ placed: { operation } }) => SETTINGS.has(operation.type));
}

const SETTINGS: ReadonlySet<Operation["type"]> = new Set(["SetVariable", "TransactionControl", "Discard"]);

function inFileOrder(
  quiet: readonly StatementFacts[],
  statements: readonly StatementFacts[],
): readonly StatementFacts[] {
  const set = new Set(quiet);
  return statements.filter((facts) => set.has(facts));
}

/** Why a statement waits that could run now if it were alone. */
function waitsFor({ task, position, heldBy }: Placement): string | undefined {
  return position >= NEXT_RELEASE && task.from < NEXT_RELEASE && heldBy !== undefined
    ? task.needs.get(heldBy)
    : undefined;
}

function entriesOf(treatment: Treatment, key: string, input: PlanInput): readonly Entry[] {
  const { facts, ways, replaced } = treatment;
  const { migration, statement, operations } = facts;
  const kept = operations.filter(({ placed }) => !replaced.has(placed.operation));
  const proposals = ways.flatMap((way, index) => proposalsOf(facts, way, `${key}.${String(index)}`));
  const own: Entry[] =
    kept.length === 0 && operations.length > 0
      ? []
      : [
          {
            task: ownTask(facts, kept, key, input),
            treatment,
            statements: [statement.statement],
            names: once(() => namesOf(kept.map(({ placed }) => placed))),
          },
        ];
  return [
    ...proposals.map((proposal): Entry => {
      const statements = proposal.step.sql === undefined ? [] : parseSql(proposal.step.sql).statements;
      const placed = (operation: Operation): PlacedOperation => ({ operation, statement, migration });
      return {
        task: taskOf(proposal),
        treatment,
        proposal,
        statements,
        names: once(() => namesOf(statements.flatMap((one) => one.operations.map(placed)))),
      };
    }),
    ...own,
  ];
}

/** A statement that stays runs before the deploy; one that running code does not survive, in a pull request of its own. */
function ownTask(
  facts: StatementFacts,
  kept: StatementFacts["operations"],
  key: string,
  { change: { configuration } }: PlanInput,
): Task {
  const { deploy } = configuration;
  const rolling = deploy.model === "rolling" && deploy.migrations === "before";
  const uses = kept.flatMap(({ use }) => (use && use.base.length > 0 ? use : []));
  const isAccepted = facts.accepted.some(({ harm }) => harm === "breaks code" || harm === "fails");
  const leaves =
    rolling && (uses.some((use) => acceptedFor(use, facts).length === 0) || (breaksOf(kept).length > 0 && !isAccepted));
  const names = kept.map(({ compatibility }) => compatibility);
  const needed = rolling && !leaves && names.some(({ newCodeOnOldSchema }) => newCodeOnOldSchema === "no");
  const place = `${facts.migration.file}:${String(facts.line)}`;
  return {
    key,
    from: leaves ? NEXT_RELEASE : 0,
    ...(leaves && {
      fromReason: `${place} must wait for a later pull request: ${reasonOf(uses, kept)}`,
    }),
    ...(needed && {
      until: 0,
      untilReason: `${place} must run before the deploy, because the code in this pull request needs it`,
    }),
    needs: new Map(),
  };
}

function reasonOf(uses: readonly { readonly name: string }[], kept: StatementFacts["operations"]): string {
  const [use] = uses;
  if (use) return `the code running now uses ${use.name}`;
  const [reason = "the code running now fails with it"] = breaksOf(kept);
  return reason.charAt(0).toLowerCase() + reason.slice(1).replace(/\.$/, "");
}

/** Ties statements to those that they depend on; where all can run now, their order in the files is enough. */
function withNeeds(entries: readonly Entry[]): readonly Entry[] {
  if (entries.every(({ task }) => task.from < NEXT_RELEASE)) return entries;
  // By name, so that a statement is compared with those that share one with it alone.
  const [givers, takers] = [new Map<string, Entry[]>(), new Map<string, Entry[]>()];
  const position = new Map(entries.map((entry, index) => [entry, index]));
  return entries.map((entry) => {
    checkTime();
    const names = entry.names();
    const earlier = new Set([
      ...[...names.mentioned.keys()].flatMap((name) => givers.get(name) ?? []),
      ...[...names.given.keys()].flatMap((name) => takers.get(name) ?? []),
    ]);
    const needs = new Map(entry.task.needs);
    for (const one of [...earlier].sort((a, b) => position.get(a)! - position.get(b)!)) {
      const ownWay = entry.proposal !== undefined && one.proposal?.way === entry.proposal.way;
      if (ownWay || one.treatment.facts.migration.database !== entry.treatment.facts.migration.database) continue;
      const why = whyBehind(names, one.names());
      if (why !== undefined) needs.set(one.task.key, why);
    }
    for (const name of names.given.keys()) listUnder(givers, name, entry);
    for (const name of names.taken.keys()) listUnder(takers, name, entry);
    return { ...entry, task: { ...entry.task, needs } };
  });
}

function listUnder(lists: Map<string, Entry[]>, name: string, entry: Entry): void {
  const list = lists.get(name);
  if (list) list.push(entry);
  else lists.set(name, [entry]);
}

/** What the pull request makes and the plan does not: an earlier step takes away what it rests on. */
interface Lost {
  readonly facts: StatementFacts;
  readonly names: readonly string[];
}

/** The proposals, each at its place in the order, and what is not there in the end. */
function rehearse(
  entries: readonly Entry[],
  input: PlanInput,
): { readonly rehearsals: ReadonlyMap<string, Rehearsal>; readonly lost: readonly Lost[] } {
  const found = new Map<string, Rehearsal>();
  const lost: Lost[] = [];
  for (const database of input.change.databases) {
    const ours = entries.filter(({ treatment }) => treatment.facts.migration.database === database.name);
    if (ours.every(({ proposal }) => proposal?.step.sql === undefined) || database.rehearse === undefined) continue;
    const rehearsed = database.rehearse(ours.flatMap(({ statements }) => statements));
    const wanted = database.migrations.findLast(({ statements }) => statements.length > 0)?.statements.at(-1)?.after;
    const reached = rehearsed.at(-1)?.after;
    // What people do by hand or decide is not known here.
    if (wanted && reached && ours.every(isWritten)) {
      const { missing } = schemaDifferences(wanted, reached);
      if (missing.length > 0) lost.push({ facts: ours[0]!.treatment.facts, names: missing });
    }
    const made = madeOnTheWay(ours, rehearsed[0]?.before);
    let at = 0;
    for (const { task, statements, proposal } of ours) {
      const own = rehearsed.slice(at, (at += statements.length));
      if (proposal === undefined) continue;
      const locks = own.flatMap((one) => one.locks);
      const { placed } = proposal.way.facts;
      const blocking = locks.filter(
        ({ blocks, relation }) =>
          blocks.length > 0 && !made.has(relation) && input.isLive(placed, parseQualified(relation)),
      );
      const operations = statements.flatMap((one) => one.operations);
      const size = locks.find(({ relation }) => relation === proposal.step.batchesOf)?.size;
      found.set(task.key, { locks: strongest(blocking), operations, before: own[0]?.before, size });
    }
  }
  return { rehearsals: found, lost };
}

/** Relations that proposals create under names that were free: no code knows them. */
function madeOnTheWay(entries: readonly Entry[], before: Catalog | undefined): ReadonlySet<string> {
  if (before === undefined) return new Set();
  const operations = entries.flatMap(({ proposal, statements }) => (proposal ? statements : [])).flatMap(operationsOf);
  const created = operations.flatMap((one) =>
    one.type === "CreateTable" || one.type === "CreateTableAs" ? before.qualify(one.table) : [],
  );
  const free = created.filter((name) => before.table(name) === undefined);
  return new Set(free.map(({ schema, name }) => `${schema}.${name}`));
}

function operationsOf({ operations }: Statement): readonly Operation[] {
  return operations;
}

/** Whether all that a proposal makes of the schema is in its SQL. */
function isWritten({ proposal }: Entry): boolean {
  if (proposal === undefined || proposal.step.sql !== undefined || proposal.step.actor === "code") return true;
  return proposal.step.from.slot === "backfill";
}

/** Of several statements in one step, the lock of each relation that blocks the most. */
function strongest(locks: readonly Lock[]): readonly Lock[] {
  const byRelation = new Map<string, Lock>();
  for (const lock of locks) {
    const other = byRelation.get(lock.relation);
    if (other === undefined || lock.blocks.length > other.blocks.length) byRelation.set(lock.relation, lock);
  }
  return [...byRelation.values()];
}

/** `a`, `a and b`, `a, b and 3 more`. */
function listed(names: readonly string[]): string {
  const shown = names.length > 3 ? [...names.slice(0, 2), `${String(names.length - 2)} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
