/** One run of the command line. It only wires: arguments in, report out, exit code back. */
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { type ChangeSource, folderChangeSource, gitChangeSource } from "../change/change-source.js";
import { GitError } from "../change/git.js";
import { check } from "../check/check.js";
import { ConfigurationError, configurationOf } from "../check/configuration.js";
import type { Report } from "../model/report.js";
import { renderJson } from "../report/json.js";
import { renderText, wantsColor } from "../report/text.js";
import { type CheckArguments, type FailOn, readArguments, USAGE } from "./arguments.js";

/** What the command line reads from and writes to. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly version: string;
}

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** 0: nothing at or above `--fail-on`. 1: findings, or an incomplete change. 2: wrong usage, or a failure of ours. */
export type ExitCode = 0 | 1 | 2;

/** Runs the command line. Never throws. */
export function run(argv: readonly string[], surroundings: Surroundings): ExitCode {
  const { stdout, stderr, version } = surroundings;
  const asked = readArguments(argv);
  switch (asked.command) {
    case "help":
      stdout.write(USAGE);
      return 0;
    case "version":
      stdout.write(`${version}\n`);
      return 0;
    case "usage":
      stderr.write(`migration-safety: ${asked.problem}\n\n${USAGE}`);
      return 2;
    case "check":
      try {
        return runCheck(asked.check, surroundings);
      } catch (error) {
        stderr.write(`migration-safety: ${failureOf(error)}\n`);
        return 2;
      }
  }
}

function runCheck(asked: CheckArguments, { cwd, env, stdout }: Surroundings): ExitCode {
  const missing = asked.paths.find((path) => !existsSync(resolve(cwd, path)));
  if (missing !== undefined) throw new UsageError(`There is no file or folder ${missing}.`);
  const source = sourceOf(asked, cwd);
  const configuration = configurationOf(source, {
    ...(asked.config !== undefined && {
      file: { name: asked.config, text: readFileSync(resolve(cwd, asked.config), "utf8") },
    }),
  });
  const report = check(
    source,
    { ...configuration, ...(asked.postgres !== undefined && { postgres: asked.postgres }) },
    asked.paths.length > 0 ? { files: asked.paths.map((path) => fromRoot(path, cwd, source.root)) } : {},
  );
  stdout.write(
    asked.format === "json"
      ? renderJson(report)
      : renderText(report, { color: wantsColor(stdout, env), source: (file) => source.head.tree.read(file) }),
  );
  return exitCodeOf(report, asked.failOn);
}

/** Files by themselves have no base, unless one is asked for. */
function sourceOf({ paths, base }: CheckArguments, cwd: string): ChangeSource {
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

class UsageError extends Error {}

function failureOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof ConfigurationError) return `the configuration cannot be used.\n${error.message}`;
  if (error instanceof GitError) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EISDIR" || code === "EACCES") return `${String(path)} cannot be read (${code}).`;
  return `failed; nothing is known of the migrations. Please report it:\n${(error as Error).stack ?? String(error)}`;
}
