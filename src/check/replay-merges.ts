/** Checks merges that a branch already has, each as the pull request that it was. */
import { loadChange } from "../change/load.js";
import { GitError } from "../change/git.js";
import { MergeHistory } from "../change/merges.js";
import type { Merge } from "../change/merges.js";
import { isProgram, type ParsedMigration, type ParseMigration, parseMigration } from "../change/parse-migration.js";
import type { TextFile } from "../change/text-file.js";
import { detectMigrations } from "../migrations/detect.js";
import type { EvaluateMigration, SourceFiles } from "../migrations/tool.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import type { Replay, ReplayedMerge, ReplayTotals, RuleCount } from "../model/replay.js";
import type { Report } from "../model/report.js";
import type { ParsedSql } from "../model/statement.js";
import { parseSql } from "../postgres/parse-sql.js";
import { checkVersions } from "./check.js";
import { type ConfigureOptions, configurationOf } from "./configuration.js";
import { RecentCache } from "./recent-cache.js";
import { eachVersion } from "./versions.js";

export interface ReplayMergesOptions {
  /** Any folder of the repository. */
  readonly root: string;
  /** How many merges with migrations, at most. */
  readonly last: number;
  /** Default: the default branch. */
  readonly branch?: string;
  /** Which configuration judges all of them. Default: the file that is checked out now. */
  readonly configure?: ConfigureOptions;
  /** In place of the version that the repository tells. */
  readonly postgres?: Pick<Configuration, "postgres" | "postgresUntil">;
  /** In place of the configuration's `deploy.released`. */
  readonly released?: string;
  /** Called before each merge with how many are done. */
  readonly onProgress?: (done: number) => void;
}

/** Throws a GitError where there is no history to read and a ConfigurationError; what a merge holds never throws. */
export function replayMerges(options: ReplayMergesOptions): Replay {
  const { root, last, branch, onProgress } = options;
  const texts = new RecentCache<string, TextFile>();
  const history = new MergeHistory({ root, texts, ...(branch !== undefined && { branch }) });
  const configuration = configurationFor(history, options);
  const parsed = new RecentCache<string, ParsedSql>();
  const programs = new RecentCache<string, KeptProgram>();
  const parse = keepingParser(parsed, programs);
  const merges: ReplayedMerge[] = [];
  let newest: Report | undefined;
  let oldest: Merge | undefined;
  const { databases } = detectMigrations(history.current.tree, configuration.databases);
  const folders = databases.flatMap(({ sources }) => sources.map(({ folder }) => folder));
  for (const merge of history.touchingMigrations(folders)) {
    onProgress?.(merges.length);
    oldest = merge;
    texts.nextRound();
    parsed.nextRound();
    programs.nextRound();
    const { replayed, report } = replayMerge(history, merge, configuration, parse);
    newest ??= report;
    if (replayed !== undefined) merges.push(replayed);
    if (merges.length >= last) break;
  }
  const until = merges.length >= last ? "asked" : history.isShallow ? "shallow" : "first commit";
  return {
    version: 1,
    branch: history.branch,
    configuration: `${configuration.source}`,
    databases: newest?.databases ?? [],
    leftOut: newest?.coverage.leftOut ?? [],
    looked: { commits: history.countCommits(until === "asked" ? oldest : undefined), until },
    merges,
    totals: totalsOf(merges),
  };
}

function configurationFor(
  { root, current }: MergeHistory,
  { configure, postgres, released }: ReplayMergesOptions,
): Configuration {
  const source = { root, head: current, changed: [], incomplete: [] };
  const { postgresUntil, ...configuration } = configurationOf(source, configure);
  const { deploy } = configuration;
  const place = { file: "--released", line: 1 };
  return {
    ...configuration,
    ...(postgres ?? (postgresUntil !== undefined && { postgresUntil })),
    ...(released !== undefined && { deploy: { ...deploy, released: { pattern: released, place } } }),
  };
}

/** No merge of ours where it touches files that are no migrations. */
function replayMerge(
  history: MergeHistory,
  merge: Merge,
  configuration: Configuration,
  parse: ParseMigration,
): { replayed?: ReplayedMerge; report?: Report } {
  const { commit, parent, date, title } = merge;
  const common = { commit, ...(parent !== undefined && { base: parent }), date, title };
  try {
    const source = history.source(merge);
    const [change, ...others] = eachVersion(configuration).map((one) => loadChange(source, one, { parse }));
    if (change === undefined) return {};
    const files = touchedMigrations(change);
    if (files.length === 0) return {};
    const report = checkVersions([change, ...others]);
    const { verdict, findings, suppressed, coverage, unknowns } = report;
    const { statements, analysed, unparsed } = coverage;
    const counts = { accepted: suppressed.length, statements, analysed, unparsed };
    return { report, replayed: { ...common, verdict, files, findings, ...counts, unknowns } };
  } catch (error) {
    // What a partial clone lacks is not our failure.
    const incomplete = error instanceof GitError && error.kind === "missing-object";
    const failure = incomplete
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
    const nothing = { files: [], findings: [], accepted: 0, statements: 0, analysed: 0, unparsed: 0, unknowns: [] };
    return { replayed: { ...common, verdict: incomplete ? "incomplete" : "failed", failure, ...nothing } };
  }
}

/** Migrations that the change adds, edits, renames or deletes, also where nothing in them is judged. */
function touchedMigrations({ databases }: Change): readonly string[] {
  const touched = databases.flatMap(({ migrations, deleted }) => [
    ...migrations.filter(({ status }) => status !== "existing"),
    ...deleted,
  ]);
  return [...new Set(touched.map(({ file }) => file))].sort();
}

/** History is mostly the same from merge to merge. */
function keepingParser(
  parsed: RecentCache<string, ParsedSql>,
  programs: RecentCache<string, KeptProgram>,
): ParseMigration {
  const parse = (sql: string): ParsedSql => {
    let found = parsed.get(sql);
    if (found === undefined) parsed.set(sql, (found = parseSql(sql)));
    return found;
  };
  return (text, file, read, program) => {
    if (program === undefined || !isProgram(file)) return parseMigration(text, file, read, program, parse);
    const key = `${file}\0${text}`;
    const kept = programs.get(key);
    if (kept?.evaluate === program.evaluate && readsTheSame(kept.migration, program.files)) return kept.migration;
    const migration = parseMigration(text, file, read, program, parse);
    programs.set(key, { evaluate: program.evaluate, migration });
    return migration;
  };
}

interface KeptProgram {
  readonly evaluate: EvaluateMigration;
  readonly migration: ParsedMigration;
}

/** Whether the other files that a program reads are what they were. */
function readsTheSame({ program }: ParsedMigration, files: SourceFiles): boolean {
  const reads = program?.reads ?? new Map<string, string | undefined>();
  return [...reads].every(([file, text]) => (files.has(file) ? files.read(file) : undefined) === text);
}

function totalsOf(merges: readonly ReplayedMerge[]): ReplayTotals {
  const judged = merges.filter(({ failure }) => failure === undefined);
  const counts = judged.map(({ findings }) => findings.length).sort((a, b) => a - b);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    merges: merges.length,
    silent: counts.filter((count) => count === 0).length,
    withErrors: judged.filter(({ findings }) => findings.some(({ severity }) => severity === "error")).length,
    failed: merges.length - judged.length,
    findings: {
      median: medianOf(counts),
      mean: counts.length === 0 ? 0 : sum(counts) / counts.length,
      most: counts.at(-1) ?? 0,
    },
    statements: sum(judged.map(({ statements }) => statements)),
    analysed: sum(judged.map(({ analysed }) => analysed)),
    unparsed: sum(judged.map(({ unparsed }) => unparsed)),
    rules: ruleCounts(judged),
  };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function ruleCounts(merges: readonly ReplayedMerge[]): readonly RuleCount[] {
  const counts = new Map<
    string,
    { rule: string; severity: RuleCount["severity"]; findings: number; in: Set<string> }
  >();
  for (const { commit, findings } of merges) {
    for (const { rule, severity } of findings) {
      const key = `${rule} ${severity}`;
      const count = counts.get(key) ?? { rule, severity, findings: 0, in: new Set() };
      counts.set(key, count);
      count.findings += 1;
      count.in.add(commit);
    }
  }
  return [...counts.values()]
    .map(({ in: commits, ...count }) => ({ ...count, merges: commits.size }))
    .sort((a, b) => b.findings - a.findings || (a.rule < b.rule ? -1 : 1));
}
