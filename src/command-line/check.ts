/** `migration-safety check`: judges a change, and prints the report. */
import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { type ChangeSource, folderChangeSource, gitChangeSource } from "../change/change-source.js";
import { check } from "../check/check.js";
import type { Report } from "../model/report.js";
import { choiceOption, defineCommand, type ExitCode, flagOption, UsageError } from "./command.js";
import { configurationWith } from "./configuration.js";
import { type Format, FORMATS } from "./formats.js";
import { baseOption, configOption, postgresOption } from "./options.js";
import { colorOf, outputOption, widthOf, writeResult } from "./output.js";

const FORMAT_NAMES = Object.keys(FORMATS) as Format[];
const LEVELS = ["error", "warning", "never"] as const;

type FailOn = (typeof LEVELS)[number];

export const checkCommand = defineCommand({
  name: "check",
  summary: "what the migrations of a change block and break, and in which order to ship",
  description:
    "Checks the migrations that are new against a base branch. With FILES (or folders), checks those instead, each " +
    "on the schema that the ones before it leave.",
  operands: { usage: "[FILES…]", least: 0, most: Infinity },
  options: {
    base: baseOption,
    config: configOption,
    format: choiceOption(
      "FORMAT",
      FORMAT_NAMES,
      "text (default), json, sarif (for code scanning), markdown, or github (annotations, in a workflow of GitHub's)",
    ),
    output: outputOption,
    "fail-on": choiceOption("LEVEL", LEVELS, "error (default), warning or never"),
    postgres: postgresOption,
    "with-accepted": flagOption(
      "sarif: accepted findings are results with suppressions, which GitHub's code scanning would open as alerts " +
        "(default: they are notifications)",
    ),
  },
  exitCodes:
    "0 nothing at or above --fail-on; 1 findings at or above it, or the change could not be read whole; 2 wrong " +
    "usage, a broken configuration, or a failure of this program.",
  run(given, paths, surroundings) {
    const { base, config, format = "text", output, postgres } = given;
    const { cwd, version } = surroundings;
    const missing = paths.find((path) => !existsSync(resolve(cwd, path)));
    if (missing !== undefined) throw new UsageError(`There is no file or folder ${missing}.`);
    const source = sourceOf(paths, base, cwd);
    const settings = { ...(config !== undefined && { config }), ...(postgres !== undefined && { postgres }) };
    const report = check(
      source,
      configurationWith(source, settings, cwd),
      paths.length > 0 ? { files: paths.map((path) => fromRoot(path, cwd, source.root)) } : {},
    );
    const accepted = given["with-accepted"] ?? false;
    const width = widthOf(output, surroundings);
    const color = colorOf(output, surroundings);
    const text = FORMATS[format](report, { source, color, version, accepted, ...(width !== undefined && { width }) });
    writeResult(text, output, surroundings);
    return exitCodeOf(report, given["fail-on"] ?? "error");
  },
});

/** Files by themselves have no base, unless one is asked for. */
function sourceOf(paths: readonly string[], base: string | undefined, cwd: string): ChangeSource {
  if (paths.length > 0 && base === undefined) return folderChangeSource(cwd);
  return gitChangeSource({ root: cwd, ...(base !== undefined && { base }) });
}

/** A path as trees name it: relative to the root, with `/`. One outside the root stays as it is, and is not found. */
function fromRoot(path: string, cwd: string, root: string): string {
  const inside = relative(root, resolve(cwd, path));
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside.split(sep).join("/") || ".";
}

function exitCodeOf({ verdict }: Report, failOn: FailOn): ExitCode {
  if (failOn === "never") return 0;
  if (verdict === "unsafe" || verdict === "incomplete") return 1;
  return verdict === "warnings" && failOn === "warning" ? 1 : 0;
}
