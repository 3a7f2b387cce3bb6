/** The GitHub Action's entry: it only starts. */
import { check } from "./check/check.js";
import { configurableRules } from "./check/configuration.js";
import { timeLimit } from "./check/time-limit.js";
import { run } from "./github/run.js";
import { rulePage } from "./rule/rule-page.js";
import { spareParserOptimisation } from "./text/short-run.js";

spareParserOptimisation();

const rules = configurableRules();
const names = new Set(rules.map(({ name }) => name));

void run({
  rules,
  check: (source, configuration, seconds) => check(source, configuration, { timeLimit: timeLimit(seconds) }),
  page: (rule) => (names.has(rule) ? rulePage(rule) : undefined),
});
