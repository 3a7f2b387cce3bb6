/**
 * A runner that starts the Action as GitHub's would and turns what it printed into what a person sees: annotations
 * within their limits, the summary unless it is too big, outputs. After actions/runner: ActionCommand.cs,
 * ExecutionContext.cs, CreateStepSummaryCommand.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** Shown for a step, of each level; the rest is in the log only. */
const SHOWN_PER_LEVEL = 10;
const MESSAGE_LENGTH = 4096;
/** A bigger summary is dropped whole. */
const SUMMARY_BYTES = 1024 * 1024;

export interface RunOptions {
  /** `dist/action.cjs`. */
  readonly program: string;
  /** `action.yml`: its inputs' defaults are the runner's to fill in. */
  readonly metadata: string;
  /** The checkout. */
  readonly workspace: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** `owner/name`. */
  readonly repository: string;
  readonly apiUrl: string;
  /** What the workflow gives under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Default: `token`. */
  readonly token?: string;
  /** Default: github.com. */
  readonly serverUrl?: string;
  /** Variables of the workflow or of the runner's machine. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The Node.js that runs it. Default: `MIGRATION_SAFETY_NODE`, else this one. */
  readonly node?: string;
}

export type Level = "error" | "warning" | "notice";

export interface ShownAnnotation {
  readonly level: Level;
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

export interface RunResult {
  readonly conclusion: "success" | "failure";
  readonly exitCode: number | null;
  /** What the pull request shows. */
  readonly annotations: readonly ShownAnnotation[];
  /** Annotations beyond the limit: nobody sees them. */
  readonly lost: number;
  /** Every command that the runner took from the output, by name. */
  readonly commands: readonly string[];
  /** Undefined where the step wrote none, or one that is too big. */
  readonly summary: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** Where the process connected to, as `host:port`, each once. */
  readonly connections: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the Action once. */
export async function runAction(options: RunOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "runner-"));
  const file = (name: string, content = ""): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const outputFile = file("output");
  const summaryFile = file("summary");
  const connectionsFile = file("connections");
  const node = options.node ?? process.env["MIGRATION_SAFETY_NODE"] ?? process.execPath;
  const child = spawn(node, [options.program], {
    cwd: options.workspace,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: options.apiUrl,
      GITHUB_SERVER_URL: options.serverUrl ?? "https://github.com",
      GITHUB_REPOSITORY: options.repository,
      GITHUB_EVENT_NAME: options.event.name,
      GITHUB_EVENT_PATH: file("event.json", JSON.stringify(options.event.payload)),
      GITHUB_WORKSPACE: options.workspace,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_RUN_ID: "4242",
      RUNNER_TEMP: folder,
      NODE_OPTIONS: `--require "${join(import.meta.dirname, "record-connections.cjs")}"`,
      CONNECTIONS: connectionsFile,
      ...inputVariables(options),
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const summary = readFileSync(summaryFile);
  const outputs = outputsOf(readFileSync(outputFile, "utf8"));
  // Other steps of the job read these files; here there are none, so their content stands beside the path.
  for (const name of ["report", "sarif"]) {
    const path = outputs[`${name}-file`];
    if (path) outputs[name] = readFileSync(path, "utf8");
  }
  const connections = [...new Set(readFileSync(connectionsFile, "utf8").split("\n").filter(Boolean))];
  rmSync(folder, { recursive: true });
  return {
    conclusion: exitCode === 0 ? "success" : "failure",
    exitCode,
    ...shown(await stdout),
    summary: summary.length === 0 || summary.length > SUMMARY_BYTES ? undefined : summary.toString("utf8"),
    outputs,
    connections,
    stdout: await stdout,
    stderr: await stderr,
  };
}

/** The runner passes every input that `action.yml` names, with its default where the workflow gives none. */
function inputVariables({ metadata, inputs = {}, token = "token" }: RunOptions): Record<string, string> {
  const { inputs: declared } = parse(readFileSync(metadata, "utf8")) as {
    inputs: Record<string, { default?: string }>;
  };
  const variables: Record<string, string> = {};
  for (const [name, { default: value = "" }] of Object.entries(declared)) {
    variables[`INPUT_${name.toUpperCase()}`] = inputs[name] ?? String(value).replace("${{ github.token }}", token);
  }
  const unknown = Object.keys(inputs).filter((name) => !(name in declared));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(", ")}`);
  return variables;
}

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** What becomes of the lines of a step's output. */
export function shown(stdout: string): Pick<RunResult, "annotations" | "lost" | "commands"> {
  const commands = stdout
    .split("\n")
    .map((line) => commandOf(line) ?? legacyCommandOf(line))
    .filter((command) => command !== undefined);
  const annotations: ShownAnnotation[] = [];
  let lost = 0;
  for (const command of commands) {
    if (!isLevel(command.name)) continue;
    const ofLevel = annotations.filter(({ level }) => level === command.name).length;
    if (ofLevel < SHOWN_PER_LEVEL) annotations.push(annotationOf(command.name, command));
    else lost += 1;
  }
  return { annotations, lost, commands: commands.map(({ name }) => name) };
}

function isLevel(name: string): name is Level {
  return name === "error" || name === "warning" || name === "notice";
}

function annotationOf(level: Level, { properties, message }: Command): ShownAnnotation {
  const number = (name: string): number | undefined =>
    properties[name] === undefined ? undefined : Number(properties[name]);
  const annotation = {
    level,
    message: message.slice(0, MESSAGE_LENGTH),
    title: properties["title"],
    file: properties["file"],
    line: number("line"),
    endLine: number("endLine"),
    column: number("col"),
    endColumn: number("endColumn"),
  };
  return Object.fromEntries(
    Object.entries(annotation).filter(([, value]) => value !== undefined),
  ) as unknown as ShownAnnotation;
}

/** `::name key=value,key=value::message` at the start of a line, white space aside. */
function commandOf(line: string): Command | undefined {
  const match = /^\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$/s.exec(line);
  if (!match) return undefined;
  const [, name, properties = "", message] = match as unknown as [string, string, string | undefined, string];
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(properties, ",", unescapedProperty),
    message: unescaped(message),
  };
}

/** `##[name key=value;]message` anywhere in a line. */
function legacyCommandOf(line: string): Command | undefined {
  const match = /##\[([^\]\s]+)(?:\s+([^\]]*))?\](.*)$/s.exec(line);
  if (!match) return undefined;
  const [, name, properties = "", message] = match as unknown as [string, string, string | undefined, string];
  return { name: name.toLowerCase(), properties: propertiesOf(properties, ";", (value) => value), message };
}

function propertiesOf(text: string, separator: string, unescape: (value: string) => string): Record<string, string> {
  const pairs = text
    .split(separator)
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes("="))
    .map((pair) => [pair.slice(0, pair.indexOf("=")), unescape(pair.slice(pair.indexOf("=") + 1))] as const);
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapedProperty(text: string): string {
  return unescaped(text.replaceAll("%3A", ":").replaceAll("%2C", ","));
}

/** `name<<delimiter`, the value's lines, `delimiter`. */
function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const match = /^(.+?)<<(.+)$/.exec(lines[index]!);
    if (!match) continue;
    const end = lines.indexOf(match[2]!, index + 1);
    outputs[match[1]!] = lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return outputs;
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
