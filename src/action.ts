/** The GitHub Action's entry: it only starts. */
import { setFlagsFromString } from "node:v8";
import { check } from "./check/check.js";
import { configurableRules } from "./check/configuration.js";
import { run } from "./github/run.js";

// Optimising one large function of the parser costs more than most whole runs; the parser starts at its first use.
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");

void run({ rules: configurableRules(), check });
