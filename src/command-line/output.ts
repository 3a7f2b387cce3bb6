/** Where a command's result goes: standard output, or the file of `--output`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { wantsColor } from "../report/text.js";
import { type Option, type Surroundings, UsageError } from "./command.js";

export const outputOption: Option<string> = {
  short: "o",
  value: "FILE",
  help: "write to this file instead of standard output",
  read(text, name) {
    if (text === "") throw new UsageError(`${name} needs the name of a file.`);
    return text;
  },
};

/** Whether the result is written in colour: only for people, at a terminal. */
export function colorOf(output: string | undefined, { stdout, env }: Surroundings): boolean {
  return wantsColor(output === undefined ? stdout : {}, env);
}

/** The columns that a result is written for; undefined where it goes to no terminal, or to one that does not say. */
export function widthOf(output: string | undefined, { stdout }: Surroundings): number | undefined {
  return output === undefined && stdout.isTTY ? stdout.columns || undefined : undefined;
}

/** Writes a result. Folders of the file are made. Throws a UsageError where it cannot be written. */
export function writeResult(text: string, output: string | undefined, { cwd, stdout }: Surroundings): void {
  if (output === undefined) {
    stdout.write(text);
    return;
  }
  const file = resolve(cwd, output);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${output} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  }
}
