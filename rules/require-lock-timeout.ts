/**
 * PostgreSQL grants locks in the order in which they were asked for: while a statement waits for a strong one, every
 * session that comes after it waits as well. Without a lock_timeout that lasts as long as the longest transaction.
 */
import {
  buildsConcurrently,
  defineRule,
  firstWithout,
  formatDuration,
  migrationOf,
  NO_TIMEOUT,
  parseDuration,
  setTimeoutBefore,
  SHORT_LOCK_TIMEOUT,
  timeoutAt,
  timeoutData,
} from "../src/rule/index.js";
import type { Operation } from "../src/model/operation.js";

/** A CONCURRENTLY build waits for every transaction that is older than it; give those a minute at least. */
const SHORT_FOR_A_BUILD = 60_000;

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
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ max: "10s" }],
    messages: {
      missing:
        "While this waits for its lock on {{tables}}, {{queries}} there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '{{timeout}}' before it: it then gives up, and can be run again.{{hot}}",
      tooLong:
        "While this waits for its lock on {{tables}}, {{queries}} there wait behind it, and lock_timeout lets that last {{current}}. Make it {{max}} at most: it then gives up, and can be run again.{{hot}}",
      abandonsBuild:
        "lock_timeout is {{current}} here, and this waits for every older transaction to end: if one lasts longer, it fails and leaves an invalid index behind. {{remedy}}",
      setTimeout: "Put SET lock_timeout = {{value}} before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const longest = parseDuration(context.options[0].max) ?? SHORT_LOCK_TIMEOUT;
    const checkBuild = (op: Operation): void => {
      const timeout = timeoutAt(migration, op, "lock_timeout");
      if (buildsConcurrently(op, migration) && timeout < SHORT_FOR_A_BUILD) {
        const alone = migration.migration.transaction === "single-send";
        context.report({
          node: op,
          messageId: "abandonsBuild",
          data: {
            current: formatDuration(timeout),
            remedy: alone
              ? "Run this migration over a connection that sets none."
              : "Put SET lock_timeout = 0 before it.",
          },
          suggest: setTimeoutBefore(migration, op, "lock_timeout", "0"),
        });
      }
    };
    return {
      Migration() {
        const first = firstWithout(migration, "lock_timeout", longest);
        if (!first) return;
        const timeout = timeoutAt(migration, first, "lock_timeout");
        const data = timeoutData(migration, first, { name: "lock_timeout", longest, suggested: 5_000 });
        context.report({
          node: first,
          messageId: timeout === NO_TIMEOUT ? "missing" : "tooLong",
          data,
          suggest: setTimeoutBefore(migration, first, "lock_timeout", `'${data.timeout}'`),
        });
      },
      CreateIndex: checkBuild,
      DropIndex: checkBuild,
      Reindex: checkBuild,
    };
  },
});
