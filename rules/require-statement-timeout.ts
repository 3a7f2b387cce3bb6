/**
 * A statement holds its lock for as long as it runs, and whoever needs the table waits that long. A statement_timeout
 * cancels it, which gives the lock back.
 */
import { defineRule, timeoutVisitors } from "../src/rule/index.js";

const MINUTE = 60_000;

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Require a statement_timeout where a statement keeps others waiting while it runs",
      recommended: "strict",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          max: {
            description:
              "The longest statement_timeout that is accepted, as PostgreSQL writes it: `30s`, `1min`, `1h`.",
            type: "string",
            pattern: "^\\d+(\\.\\d+)? ?(us|ms|s|min|h|d)?$",
            examples: ["15min"],
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ max: "5min" }],
    messages: {
      missing:
        "While this runs, {{queries}} on {{tables}} wait, and no statement_timeout ends that. Put SET statement_timeout = '{{timeout}}'{{through}} before it: it is then cancelled, and can be run again.{{hot}}",
      tooLong:
        "While this runs, {{queries}} on {{tables}} wait, and statement_timeout lets that last {{current}}. Make it {{max}} at most: it is then cancelled, and can be run again.{{hot}}",
      abandonsBuild:
        "statement_timeout is {{current}} here: if this takes longer, it fails and leaves an invalid index behind. {{remedy}}",
      setTimeout: "Put SET statement_timeout = {{value}} before it",
    },
  },
  create: (context) =>
    timeoutVisitors(context, {
      name: "statement_timeout",
      longest: 5 * MINUTE,
      suggested: MINUTE,
      // A CONCURRENTLY build reads the table twice, and waits for every older transaction.
      shortForBuild: (op, migration) => (migration.isSmall(op) ? 0 : 60 * MINUTE),
    }),
});
