/** The GitHub Action's entry: it only starts. */
import { check } from "./check/check.js";
import { configurableRules } from "./check/configuration.js";
import { run } from "./github/run.js";
import { spareParserOptimisation } from "./text/short-run.js";

spareParserOptimisation();

void run({ rules: configurableRules(), check });
