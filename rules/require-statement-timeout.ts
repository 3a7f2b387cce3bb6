/**
 * A statement holds its lock for as long as it runs, and whoever needs the table waits that long. A statement_timeout
 * cancels it, which gives the lock back.
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
  timeoutAt,
  timeoutData,
} from "../src/rule/index.js";
import type { Operation } from "../src/model/operation.js";

const MINUTE = 60_000;

/** A CONCURRENTLY build reads the table twice, and waits for every older transaction. */
const SHORT_FOR_A_BUILD = 60 * MINUTE;

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
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ max: "5min" }],
    messages: {
      missing:
        "While this runs, {{queries}} on {{tables}} wait, and no statement_timeout ends that. Put SET statement_timeout = '{{timeout}}' before it: it is then cancelled, and can be run again.{{hot}}",
      tooLong:
        "While this runs, {{queries}} on {{tables}} wait, and statement_timeout lets that last {{current}}. Make it {{max}} at most: it is then cancelled, and can be run again.{{hot}}",
      abandonsBuild:
        "statement_timeout is {{current}} here: if this takes longer, it fails and leaves an invalid index behind. {{remedy}}",
      setTimeout: "Put SET statement_timeout = {{value}} before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const longest = parseDuration(context.options[0].max) ?? 5 * MINUTE;
    const checkBuild = (op: Operation): void => {
      const timeout = timeoutAt(migration, op, "statement_timeout");
      if (buildsConcurrently(op, migration) && timeout < SHORT_FOR_A_BUILD && !migration.isSmall(op)) {
        const alone = migration.migration.transaction === "single-send";
        context.report({
          node: op,
          messageId: "abandonsBuild",
          data: {
            current: formatDuration(timeout),
            remedy: alone
              ? "Run this migration over a connection that sets none."
              : "Put SET statement_timeout = 0 before it.",
          },
          suggest: setTimeoutBefore(migration, op, "statement_timeout", "0"),
        });
      }
    };
    return {
      Migration() {
        const first = firstWithout(migration, "statement_timeout", longest);
        if (!first) return;
        const timeout = timeoutAt(migration, first, "statement_timeout");
        const data = timeoutData(migration, first, { name: "statement_timeout", longest, suggested: MINUTE });
        context.report({
          node: first,
          messageId: timeout === NO_TIMEOUT ? "missing" : "tooLong",
          data,
          suggest: setTimeoutBefore(migration, first, "statement_timeout", `'${data.timeout}'`),
        });
      },
      CreateIndex: checkBuild,
      DropIndex: checkBuild,
      Reindex: checkBuild,
    };
  },
});
