/** Functions and procedures: those of one name are told apart by their arguments. */
import type { Routine, RoutineParts } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { CreateFunction } from "../../model/operation.js";
import { dropRelation, knownReads, usedColumns } from "./relations.js";
import type { Changes, Situation } from "./situation.js";
import { sameName, type Timeline } from "./timeline.js";
import { dropTriggersThatCall } from "./triggers-and-policies.js";

export const functionChanges: Changes = {
  CreateFunction(operation, situation) {
    const { timeline } = situation;
    const { schema, name } = timeline.place(operation.function);
    const { procedure, arguments: given = [], volatility, language, body, definition, searchPath } = operation;
    const others = timeline.routines({ schema, name }).filter((routine) => !takes(routine, given));
    const runs = body !== undefined && definition !== undefined && { runs: { language, body, definition } };
    const parts = partsOf(operation, situation);
    timeline.putRoutines({ schema, name }, [
      ...others,
      {
        schema,
        name,
        procedure,
        arguments: given,
        volatility,
        ...(searchPath !== undefined && { searchPath }),
        ...runs,
        ...(parts && { parts }),
      },
    ]);
  },
  AlterFunction({ function: name, arguments: given, volatility, searchPath }, { timeline }) {
    if (volatility === undefined && searchPath === undefined) return;
    const [meant = [], others = []] = divide(timeline, name, given);
    const altered = meant.map((routine): Routine => {
      const { searchPath: before, ...rest } = routine;
      const path = searchPath === undefined ? before : (searchPath ?? undefined);
      return { ...rest, ...(volatility && { volatility }), ...(path !== undefined && { searchPath: path }) };
    });
    if (meant[0]) timeline.putRoutines(meant[0], [...others, ...altered]);
  },
  DropFunction({ function: name, arguments: given, cascade }, { timeline }) {
    const [meant = [], others = []] = divide(timeline, name, given);
    const [routine] = meant;
    if (!routine) return;
    timeline.putRoutines(routine, others);
    if (cascade && others.length === 0) dropCallers(timeline, routine);
  },
  RenameFunction: ({ function: name, arguments: given, newName }, { timeline }) =>
    move(timeline, name, given, ({ schema }) => ({ schema, name: newName })),
  SetFunctionSchema: ({ function: name, arguments: given, newSchema }, { timeline }) =>
    move(timeline, name, given, (routine) => ({ schema: newSchema, name: routine.name })),
};

/** What PostgreSQL remembers of it; a body between quotes it does not look into. */
function partsOf(operation: CreateFunction, situation: Situation): RoutineParts | undefined {
  const { parsedBody, types = [], defaultCalls = [] } = operation;
  if (parsedBody === undefined && types.length === 0 && defaultCalls.length === 0) return undefined;
  const { timeline } = situation;
  const { reads = [], writes = [], uses = [], functions = [] } = parsedBody ?? {};
  const known = types.flatMap((type) => {
    const found = timeline.typeOf(type, timeline.time) ?? timeline.history(type)?.at(timeline.time);
    return found ? [{ schema: found.schema, name: found.name }] : [];
  });
  if (parsedBody === undefined && known.length === 0 && defaultCalls.length === 0) return undefined;
  return {
    reads: knownReads(situation, [...reads, ...writes]),
    uses: usedColumns(situation, uses),
    calls: [...functions, ...defaultCalls].map((name) => timeline.qualifyFunction(name)),
    types: known,
  };
}

/** Takes functions away that are made of something which is dropped with CASCADE, and what calls them. */
export function dropFunctionsMadeOf(timeline: Timeline, isGone: (parts: RoutineParts) => boolean): void {
  for (const routine of [...timeline.functionsWithParts(timeline.time)]) {
    if (!routine.parts || !isGone(routine.parts)) continue;
    const all = timeline.routines(routine);
    // Another one may have taken it along.
    if (!all.includes(routine)) continue;
    timeline.putRoutines(
      routine,
      all.filter((other) => other !== routine),
    );
    if (all.length === 1) dropCallers(timeline, routine);
  }
}

function dropCallers(timeline: Timeline, called: Routine): void {
  dropTriggersThatCall(timeline, called);
  for (const view of timeline.viewsCalling(called)) dropRelation(timeline, view, true);
  dropFunctionsMadeOf(timeline, ({ calls }) => calls.some((name) => sameName(name, called)));
}

function takes(routine: Routine, given: readonly string[]): boolean {
  return routine.arguments.join() === given.join();
}

/** Those that a statement means, and the others of the name. Without arguments it means the only one. */
function divide(
  timeline: Timeline,
  name: QualifiedName,
  given: readonly string[] | undefined,
): readonly [meant: readonly Routine[], others: readonly Routine[]] {
  const all = timeline.routines(name);
  if (given === undefined) return [all, []];
  return [all.filter((routine) => takes(routine, given)), all.filter((routine) => !takes(routine, given))];
}

function move(
  timeline: Timeline,
  name: QualifiedName,
  given: readonly string[] | undefined,
  target: (routine: Routine) => Required<QualifiedName>,
): void {
  const [meant, others] = divide(timeline, name, given);
  const [first] = meant;
  if (!first) return;
  const to = target(first);
  timeline.putRoutines(first, others);
  timeline.putRoutines(to, [...timeline.routines(to), ...meant.map((routine) => ({ ...routine, ...to }))]);
  timeline.moveCalls(first, to);
}
