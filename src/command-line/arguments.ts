import { parseArgs, type ParseArgsConfig } from "node:util";

/** What `migration-safety check` was asked to do. */
export interface CheckArguments {
  /** Files and folders; empty: the change between base and the working tree. */
  readonly paths: readonly string[];
  readonly base?: string;
  readonly config?: string;
  readonly format: "text" | "json";
  readonly failOn: FailOn;
  readonly postgres?: number;
}

export type FailOn = "error" | "warning" | "never";

export type Arguments =
  | { readonly command: "check"; readonly check: CheckArguments }
  | { readonly command: "help" }
  | { readonly command: "version" }
  | { readonly command: "usage"; readonly problem: string };

export const USAGE = `Usage: migration-safety check [options] [FILES…]

Checks the migrations that are new against a base branch. With FILES (or folders), checks
those instead, each on the schema that the ones before it leave.

Options
  --base REF           compare with this branch, tag or commit (default: the default branch)
  --config FILE        configuration file (default: .github/migration-safety.yml)
  --format FORMAT      text (default) or json
  --fail-on LEVEL      error (default), warning or never
  --postgres MAJOR     PostgreSQL's major version (default: read from the repository, else 14)
  -h, --help           this text
  -V, --version        the version

Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it, or the change could
not be read whole; 2 wrong usage, a broken configuration, or a failure of this program.
`;

const OPTIONS = {
  base: { type: "string" },
  config: { type: "string" },
  format: { type: "string" },
  "fail-on": { type: "string" },
  postgres: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const satisfies ParseArgsConfig["options"];

const FORMATS = ["text", "json"] as const;
const LEVELS = ["error", "warning", "never"] as const;

/** Reads the arguments behind the program's name. Wrong ones come back as `usage` with a sentence that says what. */
export function readArguments(argv: readonly string[]): Arguments {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { command: "usage", problem: (error as Error).message };
  }
  const { values, positionals } = parsed;
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command, ...paths] = positionals;
  if (command === undefined) return { command: "usage", problem: "Name a command: check." };
  if (command !== "check") return { command: "usage", problem: `Unknown command '${command}'. There is: check.` };
  const format = values.format ?? "text";
  if (!isOneOf(FORMATS, format)) return { command: "usage", problem: `--format is one of ${FORMATS.join(", ")}.` };
  const failOn = values["fail-on"] ?? "error";
  if (!isOneOf(LEVELS, failOn)) return { command: "usage", problem: `--fail-on is one of ${LEVELS.join(", ")}.` };
  if (values.postgres !== undefined && !/^1[0-8]$/.test(values.postgres)) {
    return { command: "usage", problem: "--postgres is a major version from 10 to 18." };
  }
  return {
    command: "check",
    check: {
      paths,
      format,
      failOn,
      ...(values.base !== undefined && { base: values.base }),
      ...(values.config !== undefined && { config: values.config }),
      ...(values.postgres !== undefined && { postgres: Number(values.postgres) }),
    },
  };
}

function isOneOf<Value extends string>(values: readonly Value[], value: string): value is Value {
  return (values as readonly string[]).includes(value);
}
