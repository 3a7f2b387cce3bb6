/** `migration-safety explain`: what each statement of a file does. It judges nothing. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type ChangeSource, folderChangeSource } from "../change/change-source.js";
import { OverlayTree } from "../change/overlay-tree.js";
import { decode } from "../change/text-file.js";
import { explainFile, explainText } from "../check/explain.js";
import { MIGRATION_TOOLS } from "../migrations/tools.js";
import { renderExplanation } from "../report/explain-text.js";
import { renderJson } from "../report/json.js";
import { choiceOption, defineCommand, UsageError } from "./command.js";
import { configurationWith } from "./configuration.js";
import { configOption, postgresOption } from "./options.js";
import { colorOf, outputOption, widthOf, writeResult } from "./output.js";

const TOOLS = MIGRATION_TOOLS.map(({ name }) => name).sort();

export const explainCommand = defineCommand({
  name: "explain",
  summary: "what each statement of a file locks, whom it blocks, and in which transaction",
  description:
    "Says of each statement of FILE (or of standard input, for -) which tables it locks, who waits, what PostgreSQL " +
    "does meanwhile, and until when. A migration of a repository is explained as its tool runs it, on the schema that " +
    "the migrations before it leave; standard input by itself. Nothing is judged: that is what check does.",
  operands: { usage: "FILE|-", least: 1, most: 1 },
  options: {
    tool: choiceOption("NAME", TOOLS, `what runs it, in place of what is detected: ${TOOLS.join(", ")}`),
    transaction: choiceOption(
      "HOW",
      ["file", "none"] as const,
      "file: it runs in one transaction; none: its statements commit one by one (default: as its tool does)",
    ),
    config: configOption,
    format: choiceOption("FORMAT", ["text", "json"] as const, "text (default) or json"),
    output: outputOption,
    postgres: postgresOption,
  },
  exitCodes: "0 explained; 2 wrong usage, a broken configuration, or a failure of this program.",
  run({ tool, transaction, config, format = "text", output, postgres }, [operand], surroundings) {
    const { cwd, stdin } = surroundings;
    const options = { ...(tool && { tool }), ...(transaction && { transaction }) };
    const settings = { ...(config !== undefined && { config }), ...(postgres !== undefined && { postgres }) };
    let explanation;
    if (operand === "-") {
      const source = folderChangeSource(cwd);
      const text = textOf(stdin?.() ?? new Uint8Array(), "standard input");
      explanation = explainText(source, configurationWith(source, settings, cwd), text, options);
    } else {
      const { source, file } = fileIn(cwd, operand!);
      explanation = explainFile(source, configurationWith(source, settings, cwd), file, options);
    }
    const width = widthOf(output, surroundings);
    const text =
      format === "json"
        ? renderJson(explanation)
        : renderExplanation(explanation, {
            color: colorOf(output, surroundings),
            ...(width !== undefined && { width }),
          });
    writeResult(text, output, surroundings);
    return 0;
  },
});

/** A file where its history is: below `cwd`, or in the repository that it belongs to, whether git tracks it or not. */
function fileIn(cwd: string, name: string): { source: ChangeSource; file: string } {
  const path = resolve(cwd, name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`There is no file ${name}.`);
  if (stat.isDirectory()) throw new UsageError(`${name} is a folder; explain takes one file.`);
  const within = ({ root }: ChangeSource): string =>
    relative(root, join(realpathSync(dirname(path)), basename(path)))
      .split(sep)
      .join("/");
  const here = folderChangeSource(cwd);
  if (here.head.tree.has(within(here))) return { source: here, file: within(here) };
  const source = folderChangeSource(dirname(path));
  const file = within(source);
  const { head } = source;
  if (head.tree.has(file)) return { source, file };
  const tree = new OverlayTree(head.tree, new Map([[file, textOf(readFileSync(path), name)]]), head.label);
  return { source: { ...source, head: { ...head, tree } }, file };
}

function textOf(bytes: Uint8Array, name: string): string {
  const decoded = decode(bytes);
  if ("reason" in decoded) throw new UsageError(`${name} ${decoded.reason}.`);
  return decoded.text;
}
