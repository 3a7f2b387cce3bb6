/** Settings that a program of the project gives a package: the arguments of a class or function of it. */
import type { Tree } from "../model/tree.js";
import { runModule } from "./evaluator/modules.js";
import { OutOfBudget, Run } from "./evaluator/run.js";
import { Callable, Dictionary, type Site, Unknown, type Value } from "./evaluator/value.js";
import { join, parentOf, upwards } from "./listing.js";

export interface PackageUse {
  readonly file: string;
  readonly args: readonly Value[];
}

const NOT_THE_PROJECT = [
  "**/node_modules/**",
  "**/dist/**",
  "**/build/**",
  "**/*.d.ts",
  "**/*.md",
  "**/*.test.*",
  "**/*.spec.*",
];
const PROGRAMS = ["**/*.ts", "**/*.mts", "**/*.cts", "**/*.js", "**/*.mjs", "**/*.cjs"];

/**
 * Each call of an export of a package, or object made of it, in the project's own programs. Nothing is executed; functions
 * that a program exports are followed, too, because that is where most of them stand.
 * @param others What other packages export, where it matters what an argument is made of.
 */
export function usesOfPackage(
  tree: Tree,
  name: string,
  exports: readonly string[],
  others: Readonly<Record<string, Value>> = {},
): readonly PackageUse[] {
  const files = [...new Set(tree.grep([name], NOT_THE_PROJECT, PROGRAMS).map(({ file }) => file))];
  return files.slice(0, 20).flatMap((file) => usesIn(tree, file, name, exports, others));
}

/**
 * The folder that a program means by a path. One with a slash at its start is made of `__dirname`, others begin where the
 * program is started: in the project's folder or above it.
 * @param holds Whether a folder has what is looked for.
 */
export function folderOfPath(file: string, path: string, holds: (folder: string) => boolean): string | undefined {
  const name = path.replace(/^(?:\.?\/+)+|\/+$/g, "");
  const starts = path.startsWith("/") ? [""] : [...upwards(parentOf(file))];
  return starts.map((at) => join(at, name)).find(holds);
}

function usesIn(
  tree: Tree,
  file: string,
  name: string,
  exports: readonly string[],
  others: Readonly<Record<string, Value>>,
): PackageUse[] {
  const found: PackageUse[] = [];
  const note = (args: readonly Value[]): Value => {
    found.push({ file, args });
    return new Unknown("is made by a package");
  };
  const module = new Dictionary(
    exports.map((one) => [one, new Callable(one, note, note)] as const),
    undefined,
    "is a package's",
  );
  const modules = new Map<string, Value>([[name, module], ...Object.entries(others)]);
  const run = new Run(file, tree, { modules, globals: new Map() });
  const site: Site = { run, file, range: [0, 0], own: [0, 0] };
  try {
    const made = runModule(file, tree.read(file) ?? "", run)?.exports;
    if (found.length > 0 || made === undefined) return found;
    for (const one of new Set(made.properties.values())) {
      if (one instanceof Callable && !one.construct) run.call(one, [], site);
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget || error instanceof RangeError)) throw error;
  }
  return found;
}
