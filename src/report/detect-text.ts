/** Which migrations were found, and why, for a terminal. */
import picocolors from "picocolors";
import type { DetectedDatabaseReport, DetectedSource, DetectionReport } from "../model/detection.js";
import type { TransactionMode } from "../model/migration.js";
import { oneLine, splitCommands, visible } from "./escape.js";
import { counted, postgresWords } from "./words.js";

/** How a tool sends migrations, as a sentence. */
const TRANSACTIONS: Readonly<Record<TransactionMode, string>> = {
  "all-pending": "one for all migrations that are pending.",
  "per-file": "one for each migration.",
  "single-send": "none by the tool; a file is one query, and several statements in one query share a transaction.",
  "per-statement": "none; each statement commits by itself.",
  unknown: "not known; databases.*.migrations.transaction in the configuration says it: file or none.",
};

/** Renders what was found, what was left out, and the configuration that says the same. */
export function renderDetection(detection: DetectionReport, { color }: { readonly color: boolean }): string {
  const colors = picocolors.createColors(color);
  const heading = (text: string): string => colors.bold(text);
  const fact = (name: string, text: string): string => `      ${colors.dim(`${name}:`)} ${oneLine(text)}`;

  const source = (one: DetectedSource): string => {
    const { folder, tool, because, files, first, last, outOfOrder, duplicate, session } = one;
    const version = tool.version === undefined ? "" : ` ${tool.version}`;
    const from = tool.versionSource === undefined ? "" : ` (${oneLine(tool.versionSource)})`;
    const name = (file: string): string => (folder === "" ? file : file.replace(`${folder}/`, ""));
    const settings = Object.entries(session).map(([setting, value]) => `${setting} = ${value}`);
    return [
      `  ${oneLine(folder === "" ? "the root" : folder)}: ${colors.cyan(oneLine(tool.label + version))}${from}${because === undefined ? "" : `, ${oneLine(because)}`}`,
      fact("Migrations", files === 1 ? `1, ${name(first)}` : `${String(files)}, ${name(first)} to ${name(last)}`),
      fact("Transaction", TRANSACTIONS[one.transaction]),
      one.otherTransactions > 0 &&
        fact("Otherwise", `${counted(one.otherTransactions, "file")} by settings of their own`),
      outOfOrder && fact("Out of order", outOfOrder.says),
      duplicate && fact("Same version", duplicate.says),
      settings.length > 0 && fact("In force", settings.join(", ")),
      tool.assumption !== undefined && fact("Assumed", tool.assumption),
    ]
      .filter((line) => typeof line === "string")
      .join("\n");
  };

  const database = ({ name, postgres, sources }: DetectedDatabaseReport): string =>
    [heading(`${oneLine(name)}: ${oneLine(postgresWords(postgres))}`), ...sources.map(source)].join("\n");

  const list = (title: string, lines: readonly string[]): string | undefined =>
    lines.length === 0 ? undefined : [heading(title), ...lines.map((line) => `  ${oneLine(line)}`)].join("\n");

  const { databases, leftOut, unread, notTaken, yaml } = detection;
  const sections = [
    ...(databases.some(({ sources }) => sources.length > 0) ? databases.map(database) : [NOTHING]),
    list(
      "Left out",
      leftOut.map(({ file, reason }) => `${file}: ${reason}`),
    ),
    list(
      "Not read",
      unread.map(({ folder, language, files }) => `${folder}: ${counted(files, "migration")} in ${language}`),
    ),
    list(
      "Looks like migrations, and is not taken for them",
      notTaken.map(({ folder, reason }) => `${folder === "" ? "the root" : folder}: ${reason}`),
    ),
    detection.configured
      ? `By the configuration: ${oneLine(detection.configuration)}`
      : yaml === ""
        ? undefined
        : [
            heading("The same in .github/migration-safety.yml"),
            ...visible(yaml)
              .trimEnd()
              .split("\n")
              .map((line) => `  ${line}`),
          ].join("\n"),
  ];
  return `${sections
    .filter((section) => section !== undefined)
    .map(splitCommands)
    .join("\n\n")}\n`;
}

const NOTHING =
  "No migrations for PostgreSQL were found. Name them in .github/migration-safety.yml:\n" +
  "  databases:\n    main:\n      migrations:\n        - path: path/to/the/folder";
