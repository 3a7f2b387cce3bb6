/** The GitHub Action's entry: it only starts. */
import { check } from "./check/check.js";
import { configurableRules } from "./check/configuration.js";
import { run } from "./github/run.js";
import { expectShortRun } from "./text/short-run.js";

expectShortRun();

void run({ rules: configurableRules(), check });
