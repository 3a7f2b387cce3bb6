import { existsSync, readFileSync, realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ChangeSource } from "../change/change-source.js";
import {
  ConfigurationError as BrokenConfiguration,
  readConfiguration,
  type ConfigurableRule,
  type ConfigurationText,
} from "../change/configuration.js";
import type { Configuration } from "../model/configuration.js";
import type { ConfigurationInput } from "./inputs.js";
import { ConfigurationError } from "./problem.js";

export interface ConfigurationOptions {
  readonly source: ChangeSource;
  readonly rules: readonly ConfigurableRule[];
  /** Whose files count: what a stranger's pull request changes in the configuration does not. */
  readonly side: "base" | "head";
  readonly input?: ConfigurationInput;
  /** Where other steps of the job may have put a shared configuration. */
  readonly workspace: string;
}

/** Reads the configuration, with the workflow's own under the repository's. Throws a ConfigurationError. */
export function configurationOf({ source, rules, side, input, workspace }: ConfigurationOptions): Configuration {
  const inline = input && textOf(input, source, side, workspace);
  try {
    return readConfiguration({
      rules,
      head: source.head.tree,
      base: source.base?.tree,
      side,
      ...(inline && { inline }),
    });
  } catch (error) {
    if (error instanceof BrokenConfiguration) throw new ConfigurationError(error.message);
    throw error;
  }
}

function textOf(
  input: ConfigurationInput,
  { base, head }: ChangeSource,
  side: "base" | "head",
  workspace: string,
): ConfigurationText {
  if ("inline" in input) return { name: "the input config", text: input.inline };
  const name = input.path.replace(/^\.\//, "");
  const trees = side === "base" && base ? [base.tree, head.tree] : [head.tree];
  const text = trees.map((tree) => tree.read(name)).find((one) => one !== undefined) ?? readInside(workspace, name);
  if (text === undefined) throw new ConfigurationError(`The input config names ${name}, which is not there.`);
  return { name, text };
}

/** A file that another step put into the workspace; nothing outside it, also not through a symbolic link. */
function readInside(workspace: string, path: string): string | undefined {
  const file = resolve(workspace, path);
  if (!existsSync(file)) return undefined;
  const inside = relative(realpathSync(workspace), realpathSync(file));
  return inside.startsWith("..") || inside.startsWith(sep) ? undefined : readFileSync(file, "utf8");
}
