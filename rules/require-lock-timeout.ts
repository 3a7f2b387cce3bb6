/**
 * PostgreSQL grants locks in the order in which they were asked for: while a statement waits for a strong one, every
 * session that comes after it waits as well. Without a lock_timeout that lasts as long as the longest transaction.
 */
import { defineRule, SHORT_LOCK_TIMEOUT, timeoutVisitors } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Require a lock_timeout where a statement waits for a lock that others queue behind",
      recommended: "warn",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          max: {
            description: "The longest lock_timeout that is accepted, as PostgreSQL writes it: `5s`, `500ms`, `1min`.",
            type: "string",
            pattern: "^\\d+(\\.\\d+)? ?(us|ms|s|min|h|d)?$",
            examples: ["5s"],
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ max: "10s" }],
    messages: {
      missing:
        "While this waits for its lock on {{tables}}, {{queries}} there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '{{timeout}}'{{through}} before it: it then gives up, and can be run again.{{hot}}",
      tooLong:
        "While this waits for its lock on {{tables}}, {{queries}} there wait behind it, and lock_timeout lets that last {{current}}. Make it {{max}} at most: it then gives up, and can be run again.{{hot}}",
      abandonsBuild:
        "lock_timeout is {{current}} here, and this waits for every older transaction to end: if one lasts longer, it fails and leaves an invalid index behind. {{remedy}}",
      setTimeout: "Put SET lock_timeout = {{value}} before it",
    },
  },
  create: (context) =>
    timeoutVisitors(context, {
      name: "lock_timeout",
      longest: SHORT_LOCK_TIMEOUT,
      suggested: 5_000,
      // A CONCURRENTLY build waits for every transaction that is older than it; give those a minute at least.
      shortForBuild: () => 60_000,
    }),
});
