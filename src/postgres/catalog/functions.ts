/** Functions and procedures: those of one name are told apart by their arguments. */
import type { Routine } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { Changes } from "./situation.js";
import type { Timeline } from "./timeline.js";
import { dropTriggersThatCall } from "./triggers-and-policies.js";

export const functionChanges: Changes = {
  CreateFunction(operation, { timeline }) {
    const { schema, name } = timeline.place(operation.function);
    const { procedure, arguments: given = [], volatility, language, body, definition, searchPath } = operation;
    const others = timeline.routines({ schema, name }).filter((routine) => !takes(routine, given));
    const runs = body !== undefined && definition !== undefined && { runs: { language, body, definition } };
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
    if (cascade && others.length === 0) dropTriggersThatCall(timeline, routine);
  },
  RenameFunction: ({ function: name, arguments: given, newName }, { timeline }) =>
    move(timeline, name, given, ({ schema }) => ({ schema, name: newName })),
  SetFunctionSchema: ({ function: name, arguments: given, newSchema }, { timeline }) =>
    move(timeline, name, given, (routine) => ({ schema: newSchema, name: routine.name })),
};

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
  timeline.moveTriggerFunction(first, to);
}
