/** Reads the configuration of a change against the rules that there are. */
import type { ChangeSource } from "../change/change-source.js";
import { ConfigurationError, type ConfigurationText, readConfiguration } from "../change/configuration.js";
import { configurableRules } from "../eslint/configurable-rules.js";
import type { Configuration } from "../model/configuration.js";

export { ConfigurationError } from "../change/configuration.js";
export { configurableRules } from "../eslint/configurable-rules.js";

export interface ConfigureOptions {
  /** Whose file counts: a stranger's pull request is checked with base's. Default: `head`. */
  readonly side?: "head" | "base";
  /** A file of the repository in place of the usual one, relative to its root. */
  readonly path?: string;
  /** A text in place of the repository's file. */
  readonly file?: ConfigurationText;
  /** Merged under the repository's file. */
  readonly inline?: string;
}

/** The configuration that a change is checked with. Throws a ConfigurationError that lists everything that is wrong. */
export function configurationOf(
  { base, head }: ChangeSource,
  { side = "head", path, file, inline }: ConfigureOptions = {},
): Configuration {
  const named =
    path === undefined ? file : fileAt(side === "base" && base?.tree.has(path) ? base.tree : head.tree, path);
  return readConfiguration({
    rules: configurableRules(),
    head: head.tree,
    base: base?.tree,
    side,
    ...(named && { file: named }),
    ...(inline !== undefined && { inline: { name: "inline", text: inline } }),
  });
}

function fileAt(tree: ChangeSource["head"]["tree"], path: string): ConfigurationText {
  const text = tree.read(path);
  if (text !== undefined) return { name: path, text };
  throw new ConfigurationError([{ file: path, line: 1, column: 1, message: `There is no readable file ${path}.` }]);
}
