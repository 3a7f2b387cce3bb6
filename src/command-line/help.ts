/** The help of the program and of each command, made from the table of commands. */
import { wrap } from "../text/wrap.js";
import type { Command } from "./command.js";

const WIDTH = 96;

/** `migration-safety --help`. */
export function programHelp(commands: readonly Command[]): string {
  return [
    "Usage: migration-safety COMMAND [options]",
    "",
    "Commands",
    ...rows(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options",
    ...rows([
      ["-h, --help", "this text; of a command after its name: migration-safety check --help"],
      ["-V, --version", "the version"],
    ]),
    "",
  ].join("\n");
}

/** `migration-safety COMMAND --help`. */
export function commandHelp({ name, description, operands, options, exitCodes }: Command): string {
  const usage = ["migration-safety", name, "[options]", operands?.usage].filter((part) => part !== undefined);
  return [
    `Usage: ${usage.join(" ")}`,
    "",
    ...wrap(description, WIDTH),
    "",
    "Options",
    ...rows([
      ...Object.entries(options).map(([option, { short, value, help }]): [string, string] => [
        `${short === undefined ? "" : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}`,
        help,
      ]),
      ["-h, --help", "this text"],
    ]),
    "",
    ...wrap(`Exit codes: ${exitCodes}`, WIDTH),
    "",
  ].join("\n");
}

/** Terms with their explanations in a column of their own. */
function rows(entries: readonly (readonly [term: string, explanation: string])[]): string[] {
  const column = Math.max(...entries.map(([term]) => term.length)) + 4;
  return entries.flatMap(([term, explanation]) =>
    wrap(explanation, WIDTH - column).map(
      (line, index) => (index === 0 ? `  ${term}`.padEnd(column) : " ".repeat(column)) + line,
    ),
  );
}
