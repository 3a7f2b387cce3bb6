/** Follows a migration that is a program to the SQL that its tool would send. Executes nothing. */
import type { EvaluatedMigration, EvaluateMigration, SentSql } from "../tool.js";
import { runModule } from "./modules.js";
import { type Generated, OutOfBudget, Run } from "./run.js";
import type { Module } from "./scope.js";
import { parseScript } from "./script.js";
import { Callable, Dictionary, type Site, Unknown, type Value } from "./value.js";

/** How a tool runs a program. */
export interface ProgramTool {
  /** What the tool's packages export: `TableColumn` of `typeorm`. Others are not known. */
  readonly modules?: Readonly<Record<string, Value>>;
  /** What files of the project export that the tool generates, where they are not committed. */
  readonly generated?: Generated;
  /** Names that are there without being declared. */
  readonly globals?: Readonly<Record<string, Value>>;
  /** What the tool calls to run the migration, and to undo it. */
  entry(program: Program): Entry;
}

/** A program whose file has been run: its exports are there, nothing of the migration has been called. */
export interface Program {
  readonly file: string;
  readonly exports: Dictionary;
  readonly site: Site;
}

export interface Entry {
  /** Runs the migration; what it returns is awaited. Absent: the file is none, and `reason` says why. */
  readonly up?: (() => Value) | undefined;
  /** Undoes it. Absent: it has no such part. */
  readonly down?: (() => Value) | undefined;
  /** What is called when `up` or `down` came to its end: settings of the file that they made. */
  facts?(): Pick<EvaluatedMigration, "transaction" | "splitsRun">;
  /** Why there is no `up`, as the rest of a sentence that starts with the file. */
  readonly reason?: string;
}

/** Makes what `MigrationSource.evaluate` asks for. */
export function evaluator(tool: ProgramTool): EvaluateMigration {
  const environment = {
    modules: new Map(Object.entries(tool.modules ?? {})),
    globals: new Map(Object.entries(tool.globals ?? {})),
    generated: tool.generated,
  };
  return (text, file, files) => {
    const script = parseScript(text, file);
    const nothing: EvaluatedMigration = { up: [], comments: [], reads: new Map() };
    if ("reason" in script) {
      const range = [script.offset, script.offset] as const;
      return { ...nothing, up: [{ reason: `the file ${script.reason}`, range, statement: range, conditional: false }] };
    }
    // The two ways are two runs: neither sees what the other one has changed.
    const follow = (
      way: "up" | "down",
    ): { readonly run: Run; readonly entry: Entry; readonly facts: ReturnType<NonNullable<Entry["facts"]>> } => {
      const run = new Run(file, files, environment);
      const site: Site = { run, file, range: [0, 0], own: [0, 0] };
      let entry: Entry = {};
      let facts = {};
      try {
        const module = runModule(file, text, run, script) as Module;
        entry = tool.entry({ file, exports: module.exports, site });
        run.statement = [0, 0];
        if (entry[way]) run.settle(entry[way](), site);
        else if (way === "up") run.unknown(`the file ${entry.reason ?? "exports no function up"}`, site);
        facts = entry.facts?.() ?? {};
      } catch (error) {
        if (!(error instanceof OutOfBudget || error instanceof RangeError)) throw error;
        run.unknown("the program does more than is followed here", { ...site, range: run.statement });
      }
      return { run, entry, facts };
    };
    const { run, entry, facts } = follow("up");
    const down = entry.down && ((): readonly SentSql[] => follow("down").run.sent);
    return { up: run.sent, ...(down && { down }), comments: script.comments, ...facts, reads: run.reads };
  };
}

/** A function that the file exports, by itself or as a part of its default export. */
export function exportedFunction({ exports }: Program, name: string): Callable | undefined {
  const found = exports.get(name);
  if (found instanceof Callable) return found;
  const whole = exports.get("default");
  const part =
    whole instanceof Dictionary ? whole.get(name) : whole instanceof Callable ? whole.members.get(name) : undefined;
  return part instanceof Callable ? part : undefined;
}

/** An instance of the class that the file exports: the default one, else the first that has the method. */
export function exportedInstance({ exports, site }: Program, method: string): Dictionary | undefined {
  const candidates = [exports.get("default"), ...exports.properties.values()];
  for (const candidate of candidates) {
    if (!(candidate instanceof Callable) || !candidate.construct) continue;
    const made = candidate.construct([], site);
    if (made instanceof Dictionary && made.get(method) instanceof Callable) return made;
  }
  return undefined;
}

/** Calls a method of an instance. */
export function callMethod(instance: Dictionary, method: string, args: readonly Value[], site: Site): Value {
  const callee = instance.get(method);
  return callee instanceof Callable ? callee.call(args, site, instance) : new Unknown("is no method");
}
