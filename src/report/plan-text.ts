/** The plan for a terminal. */
import picocolors from "picocolors";
import type { Colors } from "picocolors/types.js";
import type { OtherChange, Phase, Plan, Step, UpgradeNotes } from "../model/plan.js";
import type { Reference } from "../model/reference.js";
import type { Report } from "../model/report.js";
import { oneLine, splitCommands, visible } from "./escape.js";
import {
  checkWords,
  NOTES_HEADING,
  OLD_CONNECTIONS,
  otherChangeGroups,
  releaseCondition,
  releaseWords,
  stepLocks,
  upgradeWorkWords,
  waitingPhase,
} from "./plan-words.js";
import { counted, PHASE_HEADINGS, whereWords } from "./words.js";

export interface PlanTextView {
  readonly colors: Colors;
  /** The lines of references, each behind an indent. */
  readonly references: (list: readonly Reference[], indent: string) => readonly string[];
}

const EVIDENCE = 10;

/** The plan by itself, with every step; of a change where no order matters, that sentence. */
export function renderPlanText(report: Report, color: boolean): string {
  const colors = picocolors.createColors(color);
  const references = (list: readonly Reference[], indent: string): string[] => {
    const lines = list.slice(0, EVIDENCE).map((one) => `${indent}${colors.dim(referenceText(one))}`);
    const rest = list.length - EVIDENCE;
    return rest > 0 ? [...lines, `${indent}${colors.dim(`and ${counted(rest, "place")} more`)}`] : lines;
  };
  const { plan, change } = report;
  const sections = [
    colors.bold(oneLine(plan.sentence)),
    ...change.incomplete.map(({ reason, fix }) => `${oneLine(reason)} ${oneLine(fix)}`),
    ...planSections(plan, { colors, references }),
    ...report.unknowns.map((one) => `Not analysed: ${place(one)}: ${oneLine(one.reason)}`),
  ];
  return `${sections.map(splitCommands).join("\n\n")}\n`;
}

/** `src/orders.ts:88 in the code running now, read: SELECT …` */
export function referenceText(reference: Reference): string {
  const { excerpt } = reference;
  return `${place(reference)} ${whereWords(reference)}${excerpt && `: ${oneLine(excerpt)}`}`;
}

/** The sections of a plan. */
export function planSections({ phases, notes = [], otherChanges, upgradeNotes }: Plan, view: PlanTextView): string[] {
  const waits = waitingPhase(phases);
  return [
    ...phases.map((phase) => phaseText(phase, view, phase.id === waits)),
    ...otherChangeGroups(otherChanges?.changes ?? []).map(({ why, changes }) =>
      [oneLine(why), ...changes.map((one) => `   -  ${otherChangeText(one)}`)].join("\n"),
    ),
    ...(notes.length > 0
      ? [[view.colors.bold(NOTES_HEADING), ...notes.map((note) => `  ${oneLine(note)}`)].join("\n")]
      : []),
    ...(upgradeNotes ? [upgradeText(upgradeNotes, view)] : []),
  ];
}

/** @param waits Whether it is the first that waits for the last old instance. */
function phaseText({ id, steps }: Phase, view: PlanTextView, waits: boolean): string {
  const several = steps.some(({ release = 0, origin }) => release > 1 || (release > 0 && origin === "proposed"));
  let last: number | undefined;
  const lines = steps.flatMap((step) => {
    const { release } = step;
    const heading =
      several && release !== undefined && release !== last
        ? [`  ${releaseWords(release)}, ${releaseCondition(release)}:`]
        : [];
    last = release;
    return [...heading, stepText(step, view)];
  });
  const old = waits ? [`  ${OLD_CONNECTIONS}`] : [];
  return [view.colors.bold(PHASE_HEADINGS[id]), ...old, ...lines].join("\n");
}

function place({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${oneLine(file)}:${String(line)}`;
}

function stepText(step: Step, { colors, references }: PlanTextView): string {
  const { person, title, sql, origin, how, accepted = [], because = [], instead, otherWays = [] } = step;
  const check = checkWords(step);
  const where = step.place && origin !== "proposed" ? colors.dim(` (${place(step.place)})`) : "";
  return [
    `  ${person ? "[ ]" : " - "} ${oneLine(title)}${where}`,
    sql !== undefined && origin === "proposed" && indented(visible(sql.trim()), "        "),
    how !== undefined && `      ${oneLine(how)}`,
    instead !== undefined && `      ${oneLine(instead)}`,
    ...(step.locks.length > 0 ? (step.compatibility?.meaning ?? []) : []).map(
      (sentence) => `      ${oneLine(sentence)}`,
    ),
    ...accepted.map((one) => `      Accepted: ${one.rule} (${place(one.place)}): ${oneLine(one.reason)}`),
    ...stepLocks(step).map((facts) => `      ${oneLine(facts)}`),
    check !== undefined && `      Done when: ${oneLine(check)}`,
    step.stopCondition !== undefined && `      Stop if: ${oneLine(step.stopCondition)}`,
    step.wayBack !== undefined && `      Way back: ${oneLine(step.wayBack)}`,
    step.rollbackFloor !== undefined && `      ${oneLine(step.rollbackFloor)}`,
    ...because.map((reason) => `      - ${oneLine(reason)}`),
    ...references(step.evidence, "      - "),
    ...otherWays.map((way) => `      Another way: ${oneLine(way)}`),
  ]
    .filter((line) => line !== false && line !== "")
    .join("\n");
}

function otherChangeText({ pullRequest, place: where, sql, object, here }: OtherChange): string {
  const whose = pullRequest === undefined ? "" : `pull request #${String(pullRequest)}, `;
  return `${whose}${place(where)}: ${oneLine(sql)}; here ${place(here)}, about ${oneLine(object)}`;
}

function upgradeText({ downtime, work, mayFail, wayBack }: UpgradeNotes, { colors }: PlanTextView): string {
  return [
    colors.bold("Upgrade notes"),
    ...downtime.map((sentence) => `  ${oneLine(sentence)}`),
    ...work.map((one) => `   -  ${oneLine(upgradeWorkWords(one))} (${place(one.place)})`),
    ...mayFail.flatMap(({ what, query, place: at }) => [
      `   -  ${oneLine(what)}${at ? ` (${place(at)})` : ""}`,
      ...(query === undefined ? [] : [`      Count them before: ${oneLine(query)}`]),
    ]),
    ...wayBack.map((sentence) => `  Way back: ${oneLine(sentence)}`),
  ].join("\n");
}

function indented(text: string, indent: string): string {
  return text
    .split("\n")
    .map((line) => indent + line)
    .join("\n");
}
