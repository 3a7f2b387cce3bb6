/** `migration-safety plan`: in which order a change ships, or what an upgrade from one version to another takes. */
import { gitChangeSource } from "../change/change-source.js";
import { check } from "../check/check.js";
import type { PlanReport, Report } from "../model/report.js";
import { renderJson } from "../report/json.js";
import { COMMENT_LENGTH, renderMarkdown } from "../report/markdown.js";
import { renderPlanText } from "../report/plan-text.js";
import { choiceOption, defineCommand, textOption } from "./command.js";
import { configurationWith } from "./configuration.js";
import { baseOption, configOption, postgresOption } from "./options.js";
import { colorOf, outputOption, writeResult } from "./output.js";

/** Each format by its name. */
const FORMATS = {
  text: (report: Report, color: boolean) => renderPlanText(report, color),
  // What the comment on the pull request says; where it says nothing, the steps that run by themselves.
  markdown: (report: Report) =>
    renderMarkdown(report, { wholePlan: true, fits: ({ length }) => length <= COMMENT_LENGTH }),
  json: ({ version, verdict, change, databases, plan, unknowns }: PlanReport) =>
    renderJson({ version, verdict, change, databases, plan, unknowns }),
} as const;

type Format = keyof typeof FORMATS;

export const planCommand = defineCommand({
  name: "plan",
  summary: "in which order the migrations and the code of a change ship",
  description:
    "Prints the steps from one version of code and schema to another: what to do before the merge, what runs by " +
    "itself, what comes after the deploy, and what needs a pull request of its own. Where the configuration says " +
    "deploy.model: recreate, upgrade notes: the downtime, the tables that are worked through, the data that may stop " +
    "it, and the way back. Between two releases: migration-safety plan --base v2.8 --head v2.9",
  options: {
    base: baseOption,
    head: textOption("REF", "the branch, tag or commit to ship (default: the working tree)"),
    config: configOption,
    format: choiceOption(
      "FORMAT",
      Object.keys(FORMATS) as Format[],
      "text (default), markdown (the comment on a pull request), or json",
    ),
    output: outputOption,
    postgres: postgresOption,
  },
  exitCodes:
    "0 whatever the plan says; 1 the change could not be read whole; 2 wrong usage, a broken configuration, or a failure of this program.",
  run({ base, head, config, format = "text", output, postgres }, _, surroundings) {
    const { cwd } = surroundings;
    const source = gitChangeSource({
      root: cwd,
      ...(base !== undefined && { base }),
      ...(head !== undefined && { head }),
    });
    const settings = { ...(config !== undefined && { config }), ...(postgres !== undefined && { postgres }) };
    const report = check(source, configurationWith(source, settings, cwd));
    writeResult(FORMATS[format](report, colorOf(output, surroundings)), output, surroundings);
    return report.change.incomplete.length > 0 ? 1 : 0;
  },
});
