/** A replay of past merges as Markdown, for an issue or a page. */
import type { Replay, ReplayedMerge } from "../model/replay.js";
import { code, cut, markdown, prose } from "./escape.js";
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

const TITLE = 100;
const LISTED_PLACES = 50;

/** Renders the totals first, then the table of verdicts. */
export function renderReplayMarkdown(replay: Replay): string {
  const sections = [`### ${markdown(lookedSentence(replay))}`, totals(replay)];
  if (replay.merges.length > 0) {
    sections.push(
      table(["Commit", "Date", "Title", "Verdict", "Errors", "Warnings", "Rules"], replay.merges.map(mergeRow)),
    );
  }
  if (replay.totals.rules.length > 0) {
    const rows = replay.totals.rules.map(({ rule, severity, findings, merges }) => [
      markdown(rule),
      severity,
      String(findings),
      String(merges),
    ]);
    sections.push(table(["Rule", "Severity", "Findings", "Merges"], rows));
  }
  return `${[...sections, notAnalysed(replay)].filter((section) => section !== "").join("\n\n")}\n`;
}

function totals(replay: Replay): string {
  const { databases, configuration, merges, leftOut } = replay;
  const lines = [
    ...(merges.length === 0
      ? []
      : [
          `Merges: ${silenceWords(replay)}.`,
          `Findings per merge: ${findingsWords(replay)}.`,
          `Statements: ${statementWords(replay)}.`,
        ]),
    ...databases.map((database) => `${databaseWords(database, databases.length > 1)}.`),
    ...leftOut.map(({ file, reason }) => `Left out: ${file}: ${reason}.`),
    `Configuration, for all of them: ${configuration}.`,
  ];
  return lines.map((line) => `- ${prose(line)}`).join("\n");
}

function mergeRow(merge: ReplayedMerge): string[] {
  const { errors, warnings } = countsOf(merge);
  return [
    code(shortCommit(merge.commit)),
    dayOf(merge),
    markdown(cut(merge.title, TITLE)),
    merge.verdict,
    String(errors),
    String(warnings),
    markdown(merge.failure?.split("\n")[0] ?? ruleWords(merge.findings)),
  ];
}

function notAnalysed({ merges }: Replay): string {
  const places = merges.flatMap(({ commit, unknowns }) =>
    unknowns.map(
      ({ file, line, reason }) =>
        `- ${code(`${file}:${String(line)}`)} in ${code(shortCommit(commit))}: ${markdown(cut(reason, 300))}`,
    ),
  );
  if (places.length === 0) return "";
  const rest = places.length - LISTED_PLACES;
  return [
    "#### Not analysed",
    "",
    ...places.slice(0, LISTED_PLACES),
    ...(rest > 0 ? [`- and ${counted(rest, "place")} more`] : []),
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
