/** The report as Markdown: one renderer for the comment on a pull request and for the summary of a run. */
import type { AcceptedReference, Reference } from "../model/reference.js";
import type { Report } from "../model/report.js";
import type { Finding, SuppressedFinding, Suppression } from "../model/finding.js";
import { excerpt, folded } from "./markdown-blocks.js";
import { renderPlan } from "./plan-markdown.js";
import { address, code, cut, fence, markdown, prose } from "./escape.js";
import { findingsByFile, findingsByStatement, type StatementFindings } from "./statements.js";
import {
  acceptedUseWords,
  counted,
  countedFindings,
  databaseWords,
  judgedWords,
  migrationWords,
  overrideWords,
  showsPlan,
  suppressionWords,
  verdictSentence,
  whereWords,
} from "./words.js";

/** A comment holds 65,536 characters; what is above this is left for markers and for GitHub's own counting. */
export const COMMENT_LENGTH = 60_000;

/** The runner drops a summary above 1 MiB whole (actions/runner, CreateStepSummaryCommand). In bytes. */
export const SUMMARY_BYTES = 900_000;

export interface MarkdownOptions {
  /** The address of a line on the side of the code that it belongs to; undefined where there is none. */
  readonly link?: (place: {
    file: string;
    line: number;
    endLine?: number;
    side?: "base" | "head";
  }) => string | undefined;
  /** Where the whole report can be read, for readers of a shortened one. */
  readonly fullReport?: string;
  /** Whether the plan is shown where nobody has to act on it, too. Default: it is not. */
  readonly wholePlan?: boolean;
  /** Whether a rendering is small enough. */
  readonly fits: (markdown: string) => boolean;
}

/** How much is shown: everything, everything but SQL, counts, or the verdict alone. */
type Level = "full" | "without SQL" | "counts" | "verdict";

const LEVELS: readonly Level[] = ["full", "without SQL", "counts", "verdict"];

/** No single excerpt, list or field may crowd out the others. */
const MESSAGE_LENGTH = 1500;
const EVIDENCE = 20;
const LISTED_FILES = 50;
const LISTED_NOTES = 50;

/** Renders the report as fully as it fits. */
export function renderMarkdown(report: Report, options: MarkdownOptions): string {
  let rendered = "";
  for (const level of LEVELS) {
    rendered = new MarkdownView(report, options, level).render();
    if (options.fits(rendered)) return rendered;
  }
  return rendered;
}

/** What a comment becomes once everything it reported is gone. */
export function renderAllClear(): string {
  return "All clear: what was reported here on the migrations of this pull request is resolved.\n";
}

class MarkdownView {
  readonly #report: Report;
  readonly #options: MarkdownOptions;
  readonly #level: Level;
  readonly #groups: readonly StatementFindings[];
  /** The statements with findings, as `file:line`. */
  readonly #shown: ReadonlySet<string>;

  constructor(report: Report, options: MarkdownOptions, level: Level) {
    this.#report = report;
    this.#options = options;
    this.#level = level;
    this.#groups = findingsByStatement(report);
    this.#shown = new Set(
      this.#groups.map(({ speaks, statement }) => `${speaks.file}:${String(statement?.line ?? speaks.line)}`),
    );
  }

  render(): string {
    const heading = `### ${prose(cut(verdictSentence(this.#report), MESSAGE_LENGTH))}`;
    if (this.#level === "verdict") return `${heading}\n\n${this.#tooMuch()}\n`;
    const sections = [
      heading,
      this.#override(),
      this.#incomplete(),
      this.#level === "counts" ? this.#counts() : this.#findings(),
      this.#plan(),
      this.#configurationChanges(),
      this.#newlyAccepted(),
      this.#judged(),
    ];
    return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
  }

  #override(): string {
    const { override } = this.#report;
    return override ? markdown(cut(overrideWords(override), MESSAGE_LENGTH)).replace(/^Overridden/, "**$&**") : "";
  }

  #incomplete(): string {
    return this.#report.change.incomplete
      .map(({ reason, fix }) => `${prose(cut(reason, MESSAGE_LENGTH))} ${prose(cut(fix, MESSAGE_LENGTH))}`)
      .join("\n\n");
  }

  /** Errors first; otherwise in the order in which the statements run. */
  #findings(): string {
    return (["error", "warning"] as const)
      .flatMap((severity) => this.#groups.filter(({ speaks }) => speaks.severity === severity))
      .map((group) => this.#statement(group))
      .join("\n\n");
  }

  #statement({ speaks, also, statement }: StatementFindings): string {
    const where = this.#place(speaks.file, speaks.line, speaks.endLine);
    const evidence = [speaks, ...also].flatMap((finding) => finding.evidence);
    return [
      `**${LEVEL_WORDS[speaks.severity]}** ${where} · ${this.#rule(speaks)}<br>${message(speaks)}`,
      ...also.map((finding) => `Also, ${this.#rule(finding)}: ${message(finding)}`),
      statement && statement.sql !== "" && this.#level === "full" ? excerpt(statement.sql) : "",
      this.#evidence(evidence),
      this.#accept([speaks, ...also]),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  }

  #rule({ rule, help }: Finding): string {
    return /^https:\/\//.test(help) ? `[${markdown(rule)}](${address(help)})` : markdown(rule);
  }

  /** The line that silences each finding, by the place where it goes. */
  #accept(findings: readonly Finding[]): string {
    if (this.#level !== "full") return "";
    const byPlace = new Map<string, Suppression[]>();
    for (const { suppression } of findings) {
      if (!suppression) continue;
      const where = suppressionWords(suppression);
      byPlace.set(where, [...(byPlace.get(where) ?? []), suppression]);
    }
    const parts = [...byPlace].map(([where, [first, ...more]]) => {
      const lines = [first!, ...more].map(({ text }) => text).join("\n");
      const how = first!.in === "file" && more.length > 0 ? "one of these" : "this";
      return `Put ${how} ${prose(where)}, with your reason:\n\n${fence(lines, languageOf(first!))}`;
    });
    return parts.length === 0 ? "" : folded("Accept it", parts.join("\n\n"));
  }

  #evidence(references: readonly Reference[]): string {
    if (references.length === 0) return "";
    const shown = references.slice(0, EVIDENCE).map((reference) => `- ${this.#reference(reference)}`);
    const rest = references.length - shown.length;
    if (rest > 0) shown.push(`- and ${counted(rest, "place")} more`);
    return folded(counted(references.length, "place") + " in the code", shown.join("\n"));
  }

  #reference(reference: Reference): string {
    const { side, file, line, excerpt: source } = reference;
    const text = this.#level === "full" && source !== "" ? ` ${code(cut(source, 160))}` : "";
    return `${this.#place(file, line, undefined, side)} ${markdown(whereWords(reference))}:${text}`.replace(/:$/, "");
  }

  /** `file:line`, as a link where there is an address. */
  #place(file: string, line: number, endLine?: number, side?: "base" | "head"): string {
    const text = code(`${cut(file, 200)}:${String(line)}`);
    // A configuration that a workflow brings along is no file.
    const isPath = /[./]/.test(file);
    const url = !isPath
      ? undefined
      : this.#options.link?.({ file, line, ...(endLine && { endLine }), ...(side && { side }) });
    return url === undefined ? text : `[${text}](${address(url)})`;
  }

  #counts(): string {
    const files = findingsByFile(this.#report);
    const rows = files.slice(0, LISTED_FILES).map(({ file, statements }) => {
      const findings = statements.flatMap(({ speaks, also }) => [speaks, ...also]);
      return `- ${this.#place(file, findings[0]!.line)}: ${countedFindings(findings)}`;
    });
    if (files.length > rows.length) rows.push(`- and ${counted(files.length - rows.length, "file")} more`);
    return [...rows, "", this.#tooMuch()].join("\n");
  }

  #tooMuch(): string {
    const { fullReport } = this.#options;
    const rest = "This is too much for one comment.";
    return fullReport ? `${rest} [The summary of the run](${address(fullReport)}) has all of it.` : rest;
  }

  #plan(): string {
    const isShown = this.#options.wholePlan === true || showsPlan(this.#report);
    if (!isShown || this.#level === "verdict") return "";
    return renderPlan(this.#report.plan, {
      level: this.#level,
      place: (file, line) => this.#place(file, line),
      reference: (reference) => this.#reference(reference),
      isShown: (file, line) => this.#shown.has(`${file}:${String(line)}`),
    });
  }

  #configurationChanges(): string {
    const { change, migrations } = this.#report;
    const changes = migrations.length === 0 ? [] : (change.configurationChanges ?? []);
    if (changes.length === 0) return "";
    const lines = changes.map((text) => `- ${code(cut(text, 300))}`);
    return `This pull request changes the configuration that it is checked with:\n\n${lines.join("\n")}`;
  }

  /** Comments that this pull request adds: what they silence, nobody else would hear of. */
  #newlyAccepted(): string {
    const added = (this.#report.acceptedReferences ?? []).filter((one) => one.added === true && one.side === "head");
    if (added.length === 0) return "";
    const lines = added.slice(0, LISTED_NOTES).map((one) => `- ${this.#acceptedUse(one)}`);
    if (added.length > lines.length) lines.push(`- and ${counted(added.length - lines.length, "use")} more`);
    return `This pull request declares harmless:\n\n${lines.join("\n")}`;
  }

  #judged(): string {
    const { databases, migrations, change, suppressed, acceptedReferences, notes, plan, unknowns, coverage } =
      this.#report;
    const { base, head, release, configuration } = change;
    const files = migrations
      .slice(0, LISTED_FILES)
      .map((migration) => `${code(cut(migration.file, 200))}: ${markdown(migrationWords(migration))}`);
    if (migrations.length > files.length)
      files.push(`and ${counted(migrations.length - files.length, "migration")} more`);
    const lines = [
      base ? `${this.#side(head)} against ${this.#side(base)}.` : `${this.#side(head)}, each file by itself.`,
      ...(release
        ? [`Released: ${this.#side({ ...release, label: release.tag })}. What was merged since is not in use yet.`]
        : []),
      ...databases.map((database) => prose(databaseWords(database, databases.length > 1))),
      ...files,
      `Configuration: ${prose(configuration)}. Earlier statements replayed: ${String(coverage.replayed)}.`,
      ...suppressed.map((finding) => this.#accepted(finding)),
      ...(acceptedReferences ?? []).map((one) => `Accepted, ${this.#acceptedUse(one)}`),
      ...(coverage.ignored ?? []).map((file) => `Ignored, ${code(cut(file, 200))}: the configuration says so`),
      ...unknowns.map(
        ({ file, line, reason }) => `Not analysed, ${this.#place(file, line)}: ${prose(cut(reason, 300))}`,
      ),
      ...coverage.leftOut.map(({ file, reason }) => `Left out, ${code(cut(file, 200))}: ${prose(cut(reason, 300))}`),
      ...(plan.otherChanges?.unread ?? []).map((sentence) => prose(cut(sentence, 300))),
      ...notes.map(({ file, line, message: note }) => `${this.#place(file, line)}: ${prose(cut(note, 300))}`),
    ];
    const limit = this.#level === "counts" ? LISTED_NOTES : Infinity;
    const shown = lines.slice(0, limit).map((line) => `- ${line}`);
    if (lines.length > limit) shown.push(`- and ${counted(lines.length - limit, "line")} more`);
    const accepted = [
      suppressed.length > 0 && counted(suppressed.length, "finding"),
      acceptedReferences && `${counted(acceptedReferences.length, "use")} in code`,
    ].filter(Boolean);
    const silenced = accepted.length > 0 ? `; ${accepted.join(" and ")} accepted` : "";
    return folded(`Migration Safety judged ${markdown(judgedWords(this.#report))}${silenced}`, shown.join("\n"));
  }

  #accepted({ rule, file, line, reason, directive, until }: SuppressedFinding): string {
    const entry =
      this.#place(directive.file, directive.line) + (until === undefined ? "" : markdown(`, until ${until}`));
    return `Accepted, ${markdown(rule)} at ${this.#place(file, line)} (${entry}): ${markdown(cut(reason, 300))}`;
  }

  #acceptedUse(one: AcceptedReference): string {
    const { side, file, line, reason, directive, until } = one;
    const entry =
      this.#place(directive.file, directive.line) + (until === undefined ? "" : markdown(`, until ${until}`));
    const what = `${markdown(acceptedUseWords(one))} at ${this.#place(file, line, undefined, side)}`;
    return `${what} (${entry}): ${markdown(cut(reason, 300))}`;
  }

  #side({ label, commit }: { readonly label: string; readonly commit?: string }): string {
    return code(cut(label, 100)) + (commit ? ` (${code(commit.slice(0, 10))})` : "");
  }
}

const LEVEL_WORDS = { error: "Error", warning: "Warning" } as const;

function message({ message: text }: Finding): string {
  return prose(cut(text, MESSAGE_LENGTH));
}

/** What GitHub colours a suppression as. */
function languageOf({ in: place, text }: Suppression): string {
  if (place === "configuration") return "yaml";
  return text.startsWith("--") ? "sql" : "ts";
}
