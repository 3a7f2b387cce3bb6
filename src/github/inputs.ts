/** The inputs of `action.yml`, read and checked in one place. The runner enforces nothing. */
import { getInput } from "@actions/core";
import { GITHUB_ACTIONS, type OnClean } from "./comment.js";
import { ConfigurationError } from "./problem.js";

const FAIL_ON = ["error", "warning", "never"] as const;
const COMMENT = ["when-needed", "always", "never"] as const;
const ON_CLEAN = ["update", "delete"] as const;
const SARIF = ["false", "true"] as const;
const ANNOTATIONS = ["commands", "review", "none"] as const;

export type FailOn = (typeof FAIL_ON)[number];
export type CommentMode = (typeof COMMENT)[number];
export type AnnotationMode = (typeof ANNOTATIONS)[number];

/** Configuration from the workflow: a file of the repository, or the YAML itself. */
export type ConfigurationInput = { readonly path: string } | { readonly inline: string };

export interface Inputs {
  readonly configuration?: ConfigurationInput;
  /** The path of a report that another run has left, to comment with. */
  readonly report?: string;
  /** A revision to compare with instead of the one that the event names. */
  readonly base?: string;
  readonly failOn: FailOn;
  /** The label of an urgent merge; empty: there is none. */
  readonly overrideLabel: string;
  readonly comment: CommentMode;
  /** Empty where one job of a pull request comments. */
  readonly commentKey: string;
  readonly commentAuthor: string;
  readonly onClean: OnClean;
  readonly annotations: AnnotationMode;
  /** Whether to write a file for code scanning. */
  readonly sarif: boolean;
  /** In seconds. */
  readonly timeLimit: number;
  /** The checkout, relative to the workspace. */
  readonly workingDirectory: string;
  /** Empty: no request is made. */
  readonly token: string;
}

/** Reads the inputs. Throws a ConfigurationError that names the input and its valid values. */
export function readInputs(): Inputs {
  const configuration = getInput("config");
  const base = getInput("base");
  const report = getInput("report");
  if (base.startsWith("-")) throw new ConfigurationError("The input base is a branch, tag or commit.");
  return {
    ...(configuration !== "" && { configuration: configurationInput(configuration) }),
    ...(base !== "" && { base }),
    ...(report !== "" && { report }),
    failOn: oneOf("fail-on", FAIL_ON),
    overrideLabel: getInput("override-label"),
    comment: oneOf("comment", COMMENT),
    commentKey: commentKey(),
    commentAuthor: getInput("comment-author") || GITHUB_ACTIONS,
    onClean: oneOf("on-clean", ON_CLEAN),
    annotations: oneOf("annotations", ANNOTATIONS),
    sarif: oneOf("sarif", SARIF) === "true",
    timeLimit: timeLimit(),
    workingDirectory: getInput("working-directory") || ".",
    // The runner masks it in the log already, whether it is the workflow's own or a secret.
    token: getInput("github-token"),
  };
}

const TIME_LIMIT = 300;

function timeLimit(): number {
  const given = getInput("time-limit");
  if (given === "") return TIME_LIMIT;
  if (/^\d{1,6}(\.\d{1,3})?$/.test(given) && Number(given) > 0) return Number(given);
  throw new ConfigurationError(`The input time-limit is a number of seconds; it was set to '${given}'.`);
}

/** It stands in an HTML comment. */
function commentKey(): string {
  const key = getInput("comment-key");
  if (/^(?!.*--)[\w.-]{0,60}$/.test(key)) return key;
  throw new ConfigurationError(
    `The input comment-key is a word of at most 60 letters, digits, '.', '_' and single '-'; it was set to '${key}'.`,
  );
}

/** YAML has a key with its colon, or is a flow mapping; a path is one line without either. */
function configurationInput(value: string): ConfigurationInput {
  return /\n|^\s*\{|^[\w-]+:(\s|$)/.test(value) ? { inline: value } : { path: value };
}

/** The first value is the default. */
function oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
  const given = getInput(name);
  if (given === "") return values[0];
  const value = values.find((one) => one === given);
  if (value === undefined) {
    throw new ConfigurationError(`The input ${name} is one of ${values.join(", ")}; it was set to '${given}'.`);
  }
  return value;
}
