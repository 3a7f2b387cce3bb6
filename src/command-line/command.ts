/** What a command of the command line is: a row of `commands.ts` with its own options, help and run. */

/** What the command line reads from and writes to. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** All of standard input. Absent: it is empty. */
  readonly stdin?: () => Uint8Array;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly version: string;
}

export interface Output {
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** 0: nothing to act on. 1: findings at or above `--fail-on`, or an incomplete change. 2: wrong usage, or a failure of ours. */
export type ExitCode = 0 | 1 | 2;

/** An option that takes a value, or, without `value`, one that is given or not. */
export interface Option<Value = unknown> {
  readonly short?: string;
  /** What stands for its value in the help: `REF`. */
  readonly value?: string;
  /** What it does, and its default. */
  readonly help: string;
  /** Reads the value; throws a UsageError for a wrong one. `name` is as written: `--base`. */
  readonly read: (text: string, name: string) => Value;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given for the options of a command; an option that was not given is absent. */
export type Given<Asked extends Options> = {
  readonly [Name in keyof Asked]?: Asked[Name] extends Option<infer Value> ? Value : never;
};

export interface Command<Asked extends Options = Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does, for its own help; wrapped there. */
  readonly description: string;
  /** What it takes beside options; absent: nothing. */
  readonly operands?: { readonly usage: string; readonly least: number; readonly most: number };
  readonly options: Asked;
  /** What its exit codes say, for its own help. */
  readonly exitCodes: string;
  run(given: Given<Asked>, operands: readonly string[], surroundings: Surroundings): ExitCode;
}

/** Ties the types of a command's options to its `run`. */
export function defineCommand<Asked extends Options>(command: Command<Asked>): Command {
  return command;
}

/** Wrong usage; the message is one sentence, or several. */
export class UsageError extends Error {}

/** An option with any text. */
export function textOption(value: string, help: string): Option<string> {
  return { value, help, read: (text) => text };
}

/** An option that is one of a list. */
export function choiceOption<Value extends string>(
  value: string,
  choices: readonly Value[],
  help: string,
): Option<Value> {
  return {
    value,
    help,
    read(text, name) {
      const choice = choices.find((one) => one === text);
      if (choice === undefined) throw new UsageError(`${name} is one of ${choices.join(", ")}.`);
      return choice;
    },
  };
}

/** An option that is given or not. */
export function flagOption(help: string, short?: string): Option<boolean> {
  return { help, ...(short !== undefined && { short }), read: () => true };
}
