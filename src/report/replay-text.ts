/** A replay of past merges for a terminal. */
import picocolors from "picocolors";
import type { Replay, ReplayedMerge } from "../model/replay.js";
import { cut, oneLine, splitCommands } from "./escape.js";
import {
  countsOf,
  dayOf,
  findingsWords,
  lookedSentence,
  ruleWords,
  shortCommit,
  silenceWords,
  statementWords,
} from "./replay-words.js";
import { counted, databaseWords } from "./words.js";

const TITLE = 60;
const LISTED_FINDINGS = 5;
const LISTED_PLACES = 20;

/** Renders the table of verdicts, newest first, with the findings of each merge; then the totals. */
export function renderReplayText(replay: Replay, { color }: { readonly color: boolean }): string {
  const colors = picocolors.createColors(color);
  const paint = {
    unsafe: colors.red,
    incomplete: colors.red,
    failed: colors.red,
    warnings: colors.yellow,
    safe: colors.green,
  } as const;

  const row = (merge: ReplayedMerge): string => {
    const { errors, warnings } = countsOf(merge);
    const columns = [
      shortCommit(merge.commit),
      dayOf(merge),
      paint[merge.verdict](merge.verdict.padEnd(10)),
      shown(errors).padStart(6),
      shown(warnings).padStart(8),
      ` ${cut(oneLine(merge.title), TITLE)}`,
    ];
    return [columns.join("  "), ...details(merge)].join("\n");
  };

  const details = ({ findings, failure }: ReplayedMerge): string[] => {
    if (failure !== undefined) return [`    ${oneLine(failure.split("\n")[0] ?? "")}`];
    const sorted = [...findings].sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
    const listed = sorted.length > LISTED_FINDINGS + 1 ? sorted.slice(0, LISTED_FINDINGS) : sorted;
    const lines = listed.map(
      ({ severity, rule, file, line }) =>
        `    ${(severity === "error" ? colors.red : colors.yellow)(severity.padEnd(7))}  ${oneLine(file)}:${String(line)}  ${colors.dim(rule)}`,
    );
    const rest = sorted.slice(listed.length);
    if (rest.length > 0) lines.push(colors.dim(`    and ${String(rest.length)} more: ${ruleWords(rest)}`));
    return lines;
  };

  const table = (): string =>
    [colors.bold("commit     date        verdict     errors  warnings   title"), ...replay.merges.map(row)].join("\n");

  const rules = (): string => {
    const width = Math.max(...replay.totals.rules.map(({ rule }) => rule.length));
    const lines = replay.totals.rules.map(
      ({ rule, severity, findings, merges }) =>
        `  ${rule.padEnd(width)}  ${severity.padEnd(7)}  ${String(findings).padStart(4)} in ${counted(merges, "merge")}`,
    );
    return [colors.bold("Findings by rule"), ...lines].join("\n");
  };

  const unread = (): string => {
    const places = replay.merges.flatMap(({ commit, unknowns }) =>
      unknowns.map(
        ({ file, line, reason }) =>
          `  ${oneLine(file)}:${String(line)} in ${shortCommit(commit)}: ${cut(oneLine(reason), 160)}`,
      ),
    );
    const rest = places.length - LISTED_PLACES;
    return [
      colors.bold("Not analysed"),
      ...places.slice(0, LISTED_PLACES),
      ...(rest > 0 ? [`  and ${counted(rest, "place")} more (--format json lists all)`] : []),
    ].join("\n");
  };

  const totals = (): string =>
    [
      colors.bold(oneLine(lookedSentence(replay))),
      ...(replay.merges.length === 0
        ? []
        : [
            `  merges: ${silenceWords(replay)}`,
            `  findings per merge: ${findingsWords(replay)}`,
            `  statements: ${statementWords(replay)}`,
          ]),
      ...replay.databases.map((database) => `  ${oneLine(databaseWords(database, replay.databases.length > 1))}`),
      ...replay.leftOut.map(({ file, reason }) => `  left out: ${oneLine(file)}: ${oneLine(reason)}`),
      `  configuration, for all of them: ${oneLine(replay.configuration)}`,
    ].join("\n");

  const sections = [
    ...(replay.merges.length > 0 ? [table()] : []),
    ...(replay.totals.rules.length > 0 ? [rules()] : []),
    ...(replay.merges.some(({ unknowns }) => unknowns.length > 0) ? [unread()] : []),
    totals(),
  ];
  return `${sections.map(splitCommands).join("\n\n")}\n`;
}

/** A table of zeros hides what is not zero. */
function shown(count: number): string {
  return count === 0 ? "-" : String(count);
}
