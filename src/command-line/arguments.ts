/** Reads the arguments behind the program's name against the table of commands. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearestName } from "../change/nearest-name.js";
import { type Command, type Given, type Options, UsageError } from "./command.js";

export type Arguments =
  | {
      readonly ask: "run";
      readonly command: Command;
      readonly given: Given<Options>;
      readonly operands: readonly string[];
    }
  /** The command's help, or without one the program's. */
  | { readonly ask: "help"; readonly command?: Command }
  | { readonly ask: "version" }
  /** Wrong arguments: a sentence that says what, and the command that they were for. */
  | { readonly ask: "usage"; readonly problem: string; readonly command?: Command };

export function readArguments(argv: readonly string[], commands: readonly Command[]): Arguments {
  const [name, ...rest] = argv;
  const names = commands.map((command) => command.name);
  if (name === "-h" || name === "--help") return { ask: "help" };
  if (name === "-V" || name === "--version") return { ask: "version" };
  if (name === undefined || name.startsWith("-")) {
    return { ask: "usage", problem: `Name a command first: ${names.join(", ")}.` };
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    return { ask: "usage", problem: `Unknown command '${name}'.${didYouMean(nearestName(name, names), names)}` };
  }
  try {
    return argumentsOf(command, rest);
  } catch (error) {
    return { ask: "usage", problem: (error as Error).message, command };
  }
}

/** Throws an error whose message says what is wrong. */
function argumentsOf(command: Command, argv: readonly string[]): Arguments {
  const { values, positionals: operands } = parsed(command, argv);
  if (values["help"] === true) return { ask: "help", command };
  if (values["version"] === true) return { ask: "version" };
  const given: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(command.options)) {
    const value = values[name];
    if (value !== undefined) given[name] = option.read(typeof value === "string" ? value : "", `--${name}`);
  }
  checkOperands(command, operands);
  return { ask: "run", command, given, operands };
}

function parsed({ options }: Command, argv: readonly string[]): ReturnType<typeof parseArgs> {
  const known: NonNullable<ParseArgsConfig["options"]> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "V" },
  };
  for (const [name, { value, short }] of Object.entries(options)) {
    known[name] = { type: value === undefined ? "boolean" : "string", ...(short !== undefined && { short }) };
  }
  try {
    return parseArgs({ args: [...argv], options: known, allowPositionals: true });
  } catch (error) {
    const unknown = /^Unknown option '(--?[^']*)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw error;
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UsageError(`Unknown option '${unknown}'.${didYouMean(nearestName(unknown, names), names)}`);
  }
}

function checkOperands({ name, operands }: Command, given: readonly string[]): void {
  if (given.length < (operands?.least ?? 0)) {
    throw new UsageError(`${name} needs ${operands?.usage ?? ""}.`);
  }
  const extra = given[operands?.most ?? 0];
  if (extra !== undefined) throw new UsageError(`${name} does not know what to do with '${extra}'.`);
}

function didYouMean(nearest: string | undefined, all: readonly string[]): string {
  return nearest === undefined ? ` There is: ${all.join(", ")}.` : ` Did you mean ${nearest}?`;
}
