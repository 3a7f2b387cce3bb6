/** The package `async`, with which older migrations put one query behind the other. */
import { elementsOf } from "./members.js";
import { Callable, Dictionary, type Method, type Site, Unknown, type Value } from "./value.js";

const RESULT = new Unknown("comes from a query");

/** Tasks: a list, or an object of them. Each is given a callback with which it says that it is done. */
function tasksOf(tasks: Value): readonly Value[] | undefined {
  return tasks instanceof Dictionary ? [...tasks.properties.values()] : elementsOf(tasks);
}

/** Calls a function that ends with a callback; what it gives that. */
function withCallback(callee: Value, args: readonly Value[], site: Site): readonly Value[] {
  const { run } = site;
  let given: readonly Value[] = [];
  const callback = new Callable("callback", ([, ...results]) => {
    given = results;
    return undefined;
  });
  run.settle(run.call(callee, [...args, callback], site), site);
  return given;
}

/** Everything is done: the callback of the whole, if there is one. */
function done(callback: Value, site: Site): Value {
  if (callback instanceof Callable) site.run.call(callback, [null, RESULT], site);
  return RESULT;
}

const all: Method = ([tasks, callback], site) => {
  const known = tasksOf(tasks);
  if (known === undefined) site.run.unknown("runs a list of tasks that is not known", site);
  for (const task of known ?? []) withCallback(task, [], site);
  return done(callback, site);
};

/** Each task is given what the one before it has. */
const waterfall: Method = ([tasks, callback], site) => {
  let given: readonly Value[] = [];
  for (const task of tasksOf(tasks) ?? []) given = withCallback(task, given, site);
  return done(callback, site);
};

/** One call for each element; for one more, where there may be others. */
const each: Method = (args, site) => {
  const [list, ...rest] = args;
  const callees = rest.filter((one) => one instanceof Callable);
  const known = tasksOf(list);
  for (const item of known ?? []) withCallback(callees[0], [item], site);
  if (known === undefined) {
    site.run.conditionally(() =>
      withCallback(callees[0], [new Unknown("is an element of a list that is not known")], site),
    );
  }
  return done(callees[1], site);
};

const METHODS: Readonly<Record<string, Method>> = {
  series: all,
  parallel: all,
  parallelLimit: ([tasks, , callback], site) => all([tasks, callback], site),
  waterfall,
  each,
  eachSeries: each,
  eachLimit: each,
  forEach: each,
  forEachSeries: each,
  map: each,
  mapSeries: each,
  mapLimit: each,
};

export const ASYNC = new Dictionary(
  Object.entries(METHODS).map(([name, call]) => [name, new Callable(`async.${name}`, call)] as const),
  undefined,
  "is not followed",
);
