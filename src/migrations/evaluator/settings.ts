/** Settings in a file of the project that is a program: `knexfile.ts`. Nothing of it is executed. */
import type { SourceFiles } from "../tool.js";
import { runModule } from "./modules.js";
import { OutOfBudget, Run } from "./run.js";
import { Dictionary, Unknown, type Value } from "./value.js";

/**
 * What the file exports: as its default, else by name. Not known where it cannot be followed.
 * @param modules What packages export, where the settings are made with it.
 */
export function exportedSettings(
  file: string,
  files: SourceFiles,
  modules: Readonly<Record<string, Value>> = {},
): Value {
  const text = files.read(file);
  if (text === undefined) return new Unknown("is not there");
  const run = new Run(file, files, { modules: new Map(Object.entries(modules)), globals: new Map() });
  try {
    const exports = runModule(file, text, run)?.exports ?? new Dictionary();
    return exports.has("default") ? exports.get("default") : exports;
  } catch (error) {
    if (error instanceof OutOfBudget || error instanceof RangeError) return new Unknown("is not followed");
    throw error;
  }
}
