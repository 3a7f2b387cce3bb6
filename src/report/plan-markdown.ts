/** The plan as Markdown: headings, and a box or a plain line for each step. */
import type { OtherChange, Phase, Plan, Step, UpgradeNotes } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
import { code, cut, markdown, oneLine, prose } from "./escape.js";
import { excerpt, folded, indented } from "./markdown-blocks.js";
import {
  NOTES_HEADING,
  OLD_CONNECTIONS,
  otherChangeGroups,
  releaseCondition,
  releaseWords,
  stepLocks,
  upgradeWorkWords,
  waitingPhase,
} from "./plan-words.js";
import { boxMark } from "./step-boxes.js";
import { compatibilityWords, counted, PHASE_HEADINGS } from "./words.js";

/** What the plan takes from the report around it. */
export interface PlanView {
  /** Everything; everything but SQL of this pull request; or titles alone. */
  readonly level: "full" | "without SQL" | "counts";
  /** `file:line`, as a link where there is an address. */
  place(file: string, line: number): string;
  reference(reference: Reference): string;
  /** Whether the SQL of the statement at a line stands above the plan. */
  isShown(file: string, line: number): boolean;
}

const TITLE_LENGTH = 1500;
const EVIDENCE = 20;
const LISTED_STEPS = 50;
/** Without a blank line before it, a fence or a line below a list item belongs to the item by its indentation. */
const INDENT = "  ";

export function renderPlan({ phases, notes = [], otherChanges, upgradeNotes }: Plan, view: PlanView): string {
  return [
    ...phases.map((phase) => renderPhase(phase, view, phase.id === waitingPhase(phases))),
    ...(view.level === "counts" ? [] : otherChangeGroups(otherChanges?.changes ?? [])).map(({ why: reason, changes }) =>
      [`${prose(reason)}\n`, ...changes.map((one) => `- ${renderOtherChange(one, view)}`)].join("\n"),
    ),
    notes.length > 0 && view.level === "full"
      ? folded(NOTES_HEADING, notes.map((note) => `- ${prose(note)}`).join("\n"))
      : "",
    upgradeNotes && view.level !== "counts" ? renderUpgradeNotes(upgradeNotes, view) : "",
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

/** @param waits Whether it is the first that waits for the last old instance. */
function renderPhase({ id, steps }: Phase, view: PlanView, waits: boolean): string {
  const shown = view.level === "counts" ? steps.slice(0, LISTED_STEPS) : steps;
  const releases = [...new Set(shown.map(({ release }) => release ?? 0))];
  const groups = releases.map((release) => {
    const own = shown.filter((step) => (step.release ?? 0) === release);
    const lines = own.map((step) => renderStep(step, view)).join("\n");
    if (!own.some(({ origin }) => origin === "proposed") || release === 0) return lines;
    // What is not for now is read when its time comes.
    const heading = `<b>${releaseWords(release)}</b>, ${releaseCondition(release)}: ${counted(own.length, "step")}`;
    return view.level === "counts" ? `${heading}\n\n${lines}` : folded(heading, lines);
  });
  const rest = steps.length - shown.length;
  if (rest > 0) groups.push(`- and ${counted(rest, "step")} more`);
  const old = waits && view.level === "full" ? `${prose(OLD_CONNECTIONS)}\n\n` : "";
  return `#### ${PHASE_HEADINGS[id]}\n\n${old}${groups.join(releases.length > 1 ? "\n\n" : "\n")}`;
}

function renderStep(step: Step, view: PlanView): string {
  const { title, person, sql, origin, place } = step;
  // The SQL of a statement with findings stands above already.
  const above = place !== undefined && view.isShown(place.file, place.line);
  const proposed = origin === "proposed";
  const beside = view.level === "full" && !proposed && sql !== undefined && !above;
  const where = place ? view.place(place.file, place.line) : "";
  const head = [
    prose(cut(title, TITLE_LENGTH)),
    proposed ? "" : where !== "" && !beside ? `(${where})` : "",
    proposed && sql !== undefined && view.level === "full" ? "Proposed:" : "",
    person ? boxMark(step) : "",
  ];
  const line = `- ${person ? "[ ] " : ""}${head.filter((part) => part !== "").join(" ")}`;
  if (view.level === "counts") return line;
  const statement = beside ? `${where} ${code(cut(oneLine(sql), 200))}`.trim() : "";
  // What its finding says stands there, too.
  const shown = above ? withoutInstead(step) : step;
  const [first, ...details] = stepDetails(shown, statement, view);
  if (first === undefined) return line;
  // In a summary a line feed is no line break; two spaces before it are one, there and in a comment.
  const isText = !(proposed && sql !== undefined && view.level === "full");
  return [`${line}${isText ? "  " : ""}`, first, ...details].join("\n");
}

/** Where it stands, what it does, and which statement here is about the same. GitHub makes a link of `#1`. */
function renderOtherChange({ pullRequest, place, sql, object, here }: OtherChange, view: PlanView): string {
  const where = code(`${cut(place.file, 200)}:${String(place.line)}`);
  const whose =
    pullRequest === undefined ? view.place(place.file, place.line) : `pull request #${String(pullRequest)}, ${where}`;
  const statement = view.level === "full" ? `: ${code(cut(oneLine(sql), 200))}` : "";
  return `${whose}${statement}; here ${view.place(here.file, here.line)}, about ${code(object)}`;
}

function withoutInstead({ instead: _instead, ...step }: Step): Step {
  return step;
}

function stepDetails(step: Step, statement: string, view: PlanView): string[] {
  const { sql, origin, how, instead, accepted = [] } = step;
  const facts = [
    statement,
    how === undefined ? "" : prose(how),
    instead === undefined ? "" : prose(cut(instead, TITLE_LENGTH)),
    ...meaningOf(step).map(prose),
    ...accepted.map(
      ({ rule, reason, place }) =>
        `Accepted, ${markdown(rule)} (${view.place(place.file, place.line)}): ${markdown(cut(reason, 300))}`,
    ),
    ...stepLocks(step).map(prose),
    ...(origin === "proposed" ? [] : aroundIt(step)),
  ].filter((fact) => fact !== "");
  const around = origin === "proposed" ? aroundIt(step) : [];
  return [
    view.level === "full" && origin === "proposed" && sql !== undefined ? excerpt(sql, INDENT) : "",
    // In a comment every line feed is a line break, in a summary none is; a <br> without one is the same in both.
    facts.length === 0 ? "" : INDENT + facts.join("<br>"),
    around.length === 0
      ? ""
      : indented(folded("Check, stop, way back", around.map((fact) => `- ${fact}`).join("\n")), INDENT),
    why(step, view),
    otherWays(step),
  ].filter((part) => part !== "");
}

/** What somebody looks up who carries the step out. */
function aroundIt({ check, answer, stopCondition, wayBack, rollbackFloor }: Step): string[] {
  return [
    check === undefined
      ? ""
      : `Done when: ${code(cut(check, TITLE_LENGTH))}${answer === undefined ? "" : ` answers ${code(answer)}`}`,
    stopCondition === undefined ? "" : `Stop if: ${prose(cut(stopCondition, TITLE_LENGTH))}`,
    wayBack === undefined ? "" : `Way back: ${prose(cut(wayBack, TITLE_LENGTH))}`,
    rollbackFloor === undefined ? "" : prose(rollbackFloor),
  ].filter((fact) => fact !== "");
}

/** Of what runs, that nobody sees fail. */
function meaningOf({ compatibility, locks }: Step): readonly string[] {
  return locks.length > 0 ? (compatibility?.meaning ?? []) : [];
}

/** The answers and references that put a step into its phase. */
function why({ title, compatibility, evidence, because = [] }: Step, view: PlanView): string {
  const decided =
    compatibility &&
    [compatibility.runningCodeOnNewSchema, compatibility.newCodeOnOldSchema].some((answer) => answer !== "yes");
  const lines = evidence.slice(0, EVIDENCE).map((reference) => `- ${view.reference(reference)}`);
  if (evidence.length > EVIDENCE) lines.push(`- and ${counted(evidence.length - EVIDENCE, "place")} more`);
  if (decided) {
    const reasons = compatibility.reasons.filter((reason) => !title.includes(reason));
    lines.unshift(prose([compatibilityWords(compatibility), ...reasons].join(" ")));
  }
  lines.push(...because.map((reason) => `- ${prose(reason)}`));
  if (lines.length === 0) return "";
  const summary = evidence.length === 0 ? "Why" : `Why: ${counted(evidence.length, "place")} in the code`;
  return indented(folded(summary, lines.join("\n")), INDENT);
}

function otherWays({ otherWays: ways = [] }: Step): string {
  if (ways.length === 0) return "";
  return indented(folded("Other ways", ways.map((way) => `- ${prose(way)}`).join("\n")), INDENT);
}

function renderUpgradeNotes({ downtime, work, mayFail, wayBack }: UpgradeNotes, view: PlanView): string {
  const sections = [
    downtime.map(prose).join(" "),
    listed(
      "Tables that are worked through",
      work.map((one) => `${prose(upgradeWorkWords(one))} (${view.place(one.place.file, one.place.line)})`),
    ),
    listed(
      "What existing data can stop",
      mayFail.map(({ what, query, place }) =>
        [
          prose(what),
          query === undefined ? "" : `Count them before: ${code(query)}`,
          place ? `(${view.place(place.file, place.line)})` : "",
        ]
          .filter((part) => part !== "")
          .join(" "),
      ),
    ),
    listed(
      "The way back",
      ["Code: install the old version on the backup that was taken before.", ...wayBack].map(prose),
    ),
  ];
  return `#### Upgrade notes\n\n${sections.filter((section) => section !== "").join("\n\n")}`;
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `**${title}**\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
}
