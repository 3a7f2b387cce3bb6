/** The GitHub Action's entry: it only starts. */
import { rules as allRules } from "../rules/index.js";
import { check } from "./check/check.js";
import { configurableRules } from "./check/configuration.js";
import { changesOfOthers } from "./check/other-pull-requests.js";
import { run } from "./github/run.js";
import { renderSarif } from "./report/sarif.js";
import { rulePage } from "./rule/rule-page.js";
import { packageVersion } from "./text/package-version.js";
import { spareParserOptimisation } from "./text/short-run.js";

spareParserOptimisation();

const rules = configurableRules();
const names = new Set(rules.map(({ name }) => name));

void run({
  rules,
  check: (source, configuration, timeLimit) => check(source, configuration, { timeLimit }),
  changesOfOthers,
  sarif: (report) => renderSarif(report, { version: packageVersion(), rules: allRules }),
  page: (rule) => (names.has(rule) ? rulePage(rule) : undefined),
});
