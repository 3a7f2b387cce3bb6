/** One run of the command line. It only wires: arguments in, a command's output out, exit code back. */
import { GitError } from "../change/git.js";
import { ConfigurationError } from "../check/configuration.js";
import { readArguments } from "./arguments.js";
import { type ExitCode, type Surroundings, UsageError } from "./command.js";
import { COMMANDS } from "./commands.js";
import { commandHelp, programHelp } from "./help.js";

/** Runs the command line. Never throws. */
export function run(argv: readonly string[], surroundings: Surroundings): ExitCode {
  const { stdout, stderr, version } = surroundings;
  const asked = readArguments(argv, COMMANDS);
  switch (asked.ask) {
    case "help":
      stdout.write(asked.command ? commandHelp(asked.command) : programHelp(COMMANDS));
      return 0;
    case "version":
      stdout.write(`${version}\n`);
      return 0;
    case "usage": {
      const help = asked.command
        ? `All that it takes: migration-safety ${asked.command.name} --help\n`
        : `\n${programHelp(COMMANDS)}`;
      stderr.write(`migration-safety: ${asked.problem}\n${help}`);
      return 2;
    }
    case "run":
      try {
        return asked.command.run(asked.given, asked.operands, surroundings);
      } catch (error) {
        stderr.write(`migration-safety: ${failureOf(error)}\n`);
        return 2;
      }
  }
}

function failureOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof ConfigurationError) return `the configuration cannot be used.\n${error.message}`;
  if (error instanceof GitError) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `There is no file ${String(path)}.`;
  if (code === "EISDIR" || code === "EACCES") return `${String(path)} cannot be read (${code}).`;
  return `failed; nothing is known of the migrations. Please report it:\n${(error as Error).stack ?? String(error)}`;
}
