/** A migration's source as a module, as its tool would load it. */
import { createRequire } from "node:module";
import { transformSync } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * What the program exports.
 * @param modules Packages that are not installed here, by what they export.
 */
export function loadProgram<Exports>(source: string, modules: Readonly<Record<string, unknown>> = {}): Exports {
  const { code } = transformSync(source, { format: "cjs", loader: "ts" });
  const module = { exports: {} };
  // The programs are the fixtures of these tests.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function("require", "module", "exports", code) as (...scope: readonly unknown[]) => void;
  run((name: string) => modules[name] ?? (require(name) as unknown), module, module.exports);
  return module.exports as Exports;
}
