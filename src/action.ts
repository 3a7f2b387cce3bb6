/** The GitHub Action: starting, and which engine the run gets. */
import { rules } from "../rules/index.js";
import { check } from "./check/check.js";
import { run } from "./github/run.js";

void run({
  rules: Object.entries(rules).map(([name, { meta }]) => ({
    name,
    description: meta.docs.description,
    ...(meta.schema && { schema: meta.schema }),
  })),
  check,
});
