/** The report as SARIF 2.1.0, for GitHub's code scanning and whatever else reads that format. */
import type {
  Fix,
  Location,
  Log,
  Notification,
  PhysicalLocation,
  PropertyBag,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Suppression,
} from "sarif";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Place } from "../model/position.js";
import type { AcceptedReference, Reference } from "../model/reference.js";
import type { Report } from "../model/report.js";
import { addressPath, cut, visible } from "./escape.js";
import { fingerprintsOf } from "./fingerprints.js";
import { acceptedUseWords, counted, whereWords } from "./words.js";

export interface SarifOptions {
  /** This program's version. */
  readonly version: string;
  /** What is known of each rule by its name. */
  readonly rules: Readonly<Record<string, RuleFacts>>;
  /**
   * Whether accepted findings are results with `suppressions`. GitHub's code scanning does not read that property and
   * opens an alert for each (github/codeql-action#1230), so by default they are notifications.
   */
  readonly accepted?: boolean;
}

/** The part of a rule's metadata that a reader of findings wants. */
export interface RuleFacts {
  readonly meta: {
    readonly docs: { readonly description: string; readonly recommended: string; readonly category: string };
  };
}

/**
 * Code scanning shows 5,000 results of a run and 100 locations of a result, and refuses files above 10 MB, which it
 * counts when they are compressed (GitHub documentation, "SARIF support for code scanning").
 */
export const SARIF_RESULTS = 5000;
export const SARIF_LOCATIONS = 100;
export const SARIF_BYTES = 10_000_000;

/** How much of a report goes in. */
interface Extent {
  readonly results: number;
  readonly locations: number;
  /** Whether the plan and what was judged are in the run's properties. */
  readonly whole: boolean;
}

/** The first that fits is taken. */
const EXTENTS: readonly Extent[] = [
  { results: SARIF_RESULTS, locations: SARIF_LOCATIONS, whole: true },
  { results: SARIF_RESULTS, locations: 5, whole: false },
  { results: SARIF_RESULTS, locations: 0, whole: false },
  { results: 500, locations: 0, whole: false },
];

const HOMEPAGE = "https://github.com/migration-safety/migration-safety";

/** One line of JSON. What did not fit within code scanning's limits is named in a notification. */
export function renderSarif(report: Report, options: SarifOptions): string {
  let rendered = "";
  for (const extent of EXTENTS) {
    rendered = `${JSON.stringify(new SarifView(report, options, extent).log())}\n`;
    if (Buffer.byteLength(rendered) <= SARIF_BYTES) break;
  }
  return rendered;
}

class SarifView {
  readonly #report: Report;
  readonly #options: SarifOptions;
  readonly #extent: Extent;
  readonly #fingerprints: ReadonlyMap<Finding, string>;
  /** Every rule that there is, and those that only the report knows. */
  readonly #rules: readonly string[];
  /** Places in the code that were left out. */
  #placesLeft = 0;

  constructor(report: Report, options: SarifOptions, extent: Extent) {
    this.#report = report;
    this.#options = options;
    this.#extent = extent;
    this.#fingerprints = fingerprintsOf(report);
    const found = [...report.findings, ...report.suppressed].map(({ rule }) => rule);
    this.#rules = [...new Set([...Object.keys(options.rules), ...found])];
  }

  log(): Log {
    const results = this.#results();
    const run: Run = {
      tool: {
        driver: {
          name: "Migration Safety",
          semanticVersion: this.#options.version,
          informationUri: HOMEPAGE,
          rules: this.#rules.map((rule) => this.#descriptor(rule)),
          notifications: Object.entries(NOTIFICATIONS).map(([id, text]) => ({ id, shortDescription: { text } })),
        },
      },
      automationDetails: { id: "migration-safety/" },
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: "The root of the repository." } } },
      invocations: [
        {
          executionSuccessful: this.#report.verdict !== "incomplete",
          toolExecutionNotifications: this.#notifications(),
        },
      ],
      results,
      properties: this.#properties(),
    };
    return { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  }

  #descriptor(rule: string): ReportingDescriptor {
    const docs = this.#options.rules[rule]?.meta.docs;
    const { findings, suppressed } = this.#report;
    const help = this.#options.rules[rule]
      ? undefined
      : [...findings, ...suppressed].find((finding) => finding.rule === rule)?.help;
    const description = docs === undefined ? rule : `${docs.description}.`;
    const page = help ?? `${HOMEPAGE}/blob/main/docs/rules/${rule}.md`;
    const level = docs?.recommended === "error" ? "error" : "warning";
    return {
      id: rule,
      shortDescription: { text: cut(description, 1024) },
      fullDescription: { text: cut(description, 1024) },
      helpUri: page,
      help: {
        text: `${description} What PostgreSQL does, and the safe form: ${page}`,
        markdown: `${description} [What PostgreSQL does, and the safe form](${page})`,
      },
      defaultConfiguration: { level },
      properties: {
        tags: [...new Set(["postgresql", "migrations", ...(docs ? [docs.category.toLowerCase()] : [])])],
        "problem.severity": level,
      },
    };
  }

  /** Errors first, so that a limit leaves out the least. */
  #results(): Result[] {
    const { findings, suppressed } = this.#report;
    const listed: readonly Finding[] = this.#options.accepted ? [...findings, ...suppressed] : findings;
    return (["error", "warning"] as const)
      .flatMap((severity) => listed.filter((finding) => finding.severity === severity))
      .slice(0, this.#extent.results)
      .map((finding) => this.#result(finding));
  }

  #result(finding: Finding): Result {
    const { rule, severity, message, object, harm, database, suggestions } = finding;
    const places = this.#extent.locations;
    this.#placesLeft += Math.max(0, finding.evidence.length - places);
    return {
      ruleId: rule,
      ruleIndex: this.#rules.indexOf(rule),
      level: severity,
      message: { text: plain(message) + linksTo(finding.evidence.slice(0, places)) },
      locations: [
        {
          physicalLocation: at(finding.file, regionOf(finding)),
          ...(object !== undefined && { logicalLocations: [{ fullyQualifiedName: object }] }),
        },
      ],
      relatedLocations: finding.evidence.slice(0, places).map(evidence),
      partialFingerprints: { [FINGERPRINT]: this.#fingerprints.get(finding)! },
      ...(suggestions.length > 0 && { fixes: suggestions.map((suggestion) => fixOf(finding.file, suggestion)) }),
      ...("reason" in finding && { suppressions: [suppressionOf(finding as SuppressedFinding)] }),
      properties: { database, harm },
    };
  }

  #notifications(): Notification[] {
    const { change, unknowns, notes, coverage, suppressed, acceptedReferences = [], findings } = this.#report;
    const left = findings.length + (this.#options.accepted ? suppressed.length : 0) - this.#extent.results;
    const whole = "`--format json` has everything.";
    return [
      ...change.incomplete.map(({ reason, fix }) => notification("incomplete", "error", `${reason} ${fix}`)),
      ...unknowns.map(({ file, line, reason }) =>
        notification("not-analysed", "warning", reason, at(file, { startLine: line })),
      ),
      ...coverage.leftOut.map(({ file, reason }) => notification("left-out", "note", `${file}: ${reason}`, at(file))),
      ...notes.map(({ file, line, message }) => notification("note", "note", message, at(file, { startLine: line }))),
      ...(this.#options.accepted ? [] : suppressed).map((finding) =>
        notification("accepted", "note", acceptedWords(finding), at(finding.file, regionOf(finding))),
      ),
      ...acceptedReferences.map((one) =>
        notification("accepted", "note", acceptedUse(one), at(one.file, { startLine: one.line })),
      ),
      ...(left > 0
        ? [notification("cut", "warning", `${counted(left, "finding")} did not fit; the errors come first. ${whole}`)]
        : []),
      ...(this.#placesLeft > 0
        ? [notification("cut", "warning", `${counted(this.#placesLeft, "place")} in the code did not fit. ${whole}`)]
        : []),
      ...(this.#extent.whole ? [] : [notification("cut", "warning", `The plan did not fit. ${whole}`)]),
    ];
  }

  /** What SARIF has no property for. */
  #properties(): PropertyBag {
    const { verdict, change, databases, plan, coverage } = this.#report;
    return this.#extent.whole ? { verdict, change, databases, plan, coverage } : { verdict };
  }
}

/**
 * Our own: a value under `primaryLocationLineHash`, the only key that code scanning reads, would get a warning for each
 * result from github/codeql-action/upload-sarif, which computes that one itself (its src/fingerprints.ts).
 */
const FINGERPRINT = "migrationSafety/v1";

const SOURCE_ROOT = "%SRCROOT%";

const NOTIFICATIONS = {
  incomplete: "The change could not be read whole.",
  "not-analysed": "A statement or file that could not be analysed.",
  "left-out": "A file that was left out.",
  note: "A comment that silences nothing or is not honoured, or a remark on the configuration.",
  accepted: "A finding, or a use in code, that was accepted, with the reason.",
  cut: "More than code scanning takes.",
} as const;

function notification(
  id: keyof typeof NOTIFICATIONS,
  level: "error" | "warning" | "note",
  text: string,
  place?: PhysicalLocation,
): Notification {
  return {
    descriptor: { id, index: Object.keys(NOTIFICATIONS).indexOf(id) },
    level,
    message: { text: plain(text) },
    ...(place && { locations: [{ physicalLocation: place }] }),
  };
}

function at(file: string, region?: Region): PhysicalLocation {
  return { artifactLocation: { uri: addressPath(file), uriBaseId: SOURCE_ROOT }, ...(region && { region }) };
}

function regionOf({ line, column, endLine, endColumn }: Omit<Place, "file">): Region {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function evidence(reference: Reference, index: number): Location {
  const { file, line, column, excerpt } = reference;
  const where = whereWords(reference);
  const text = `${where.charAt(0).toUpperCase()}${where.slice(1)}${excerpt && `: ${excerpt}`}`;
  return {
    id: index + 1,
    physicalLocation: at(file, { startLine: line, startColumn: column }),
    message: { text: plain(text) },
  };
}

/** How many places a message links to. */
const LINKED_PLACES = 10;

/** Links to the related locations by their ids: code scanning shows only those that the message links to. */
function linksTo(references: readonly Reference[]): string {
  if (references.length === 0) return "";
  const links = references.slice(0, LINKED_PLACES).map(({ file, line }, index) => {
    const text = visible(`${file}:${String(line)}`).replaceAll(/[\\[\]]/g, "\\$&");
    return `[${text}](${String(index + 1)})`;
  });
  const more = references.length - links.length;
  return `\n\nIn the code: ${links.join(", ")}${more > 0 ? ` and ${counted(more, "place")} more` : ""}.`;
}

function fixOf(file: string, { message, range: [start, end], text }: Finding["suggestions"][number]): Fix {
  return {
    description: { text: plain(message) },
    artifactChanges: [
      {
        artifactLocation: at(file).artifactLocation!,
        replacements: [{ deletedRegion: { charOffset: start, charLength: end - start }, insertedContent: { text } }],
      },
    ],
  };
}

function acceptedWords({ rule, reason, directive: { file, line }, until }: SuppressedFinding): string {
  return `Accepted, ${rule} (${file}:${String(line)}${until === undefined ? "" : `, until ${until}`}): ${reason}`;
}

function acceptedUse(one: AcceptedReference): string {
  const { directive, until, reason } = one;
  return `Accepted, ${acceptedUseWords(one)} (${directive.file}:${String(directive.line)}${until === undefined ? "" : `, until ${until}`}): ${reason}`;
}

function suppressionOf({ reason, directive, by, until }: SuppressedFinding): Suppression {
  return {
    kind: by === "configuration" ? "external" : "inSource",
    status: "accepted",
    justification: plain(reason),
    location: { physicalLocation: at(directive.file, regionOf(directive)) },
    ...(until !== undefined && { properties: { until } }),
  };
}

/** Text of a SARIF message, in which `[text](1)` would be a link and `{0}` a placeholder; it must not be empty. */
function plain(text: string): string {
  const message = visible(text)
    .replaceAll("](", "]\u200b(")
    .replaceAll(/\{(\d+)\}/g, "{{$1}}");
  return message.trim() === "" ? "(no text)" : message;
}
