/** What the rules share that ask for a timeout: the message, and where it is said. */
import type { Operation } from "../model/operation.js";
import { formatDuration, parseDuration } from "./duration.js";
import { migrationOf } from "./migration-context.js";
import {
  buildsConcurrently,
  firstWithout,
  isUnknownTimeout,
  NO_TIMEOUT,
  setTimeoutBefore,
  timeoutAt,
  timeoutData,
  type TimeoutName,
} from "./timeouts.js";
import type { OperationVisitors, RuleContext, RuleMigration } from "./types.js";

/** Durations are in milliseconds. */
export interface RequiredTimeout {
  readonly name: TimeoutName;
  /** The longest that is accepted where the option `max` is no duration. */
  readonly longest: number;
  /** What the message proposes. */
  readonly suggested: number;
  /** Below this, a build that runs CONCURRENTLY is likely to be cut off. */
  readonly shortForBuild: (operation: Operation, migration: RuleMigration) => number;
}

type MessageId = "missing" | "tooLong" | "abandonsBuild" | "setTimeout";

/** Visitors that ask for a timeout once in a change, and warn where it cuts off a build. */
export function timeoutVisitors(
  context: RuleContext<MessageId, readonly [{ readonly max: string }]>,
  { name, suggested, shortForBuild, ...rule }: RequiredTimeout,
): OperationVisitors {
  const migration = migrationOf(context);
  const longest = parseDuration(context.options[0].max) ?? rule.longest;
  const checkBuild = (op: Operation): void => {
    const timeout = timeoutAt(migration, op, name);
    if (!buildsConcurrently(op, migration) || timeout >= shortForBuild(op, migration)) return;
    const alone = migration.migration.transaction === "single-send";
    context.report({
      node: op,
      messageId: "abandonsBuild",
      data: {
        current: formatDuration(timeout),
        remedy: alone ? "Run this migration over a connection that sets none." : `Put SET ${name} = 0 before it.`,
      },
      suggest: setTimeoutBefore(migration, op, name, "0"),
    });
  };
  return {
    Migration() {
      const first = firstWithout(migration, name, longest);
      if (!first) return;
      const data = timeoutData(migration, first, { name, longest, suggested });
      context.report({
        node: first,
        messageId: timeoutAt(migration, first, name) === NO_TIMEOUT ? "missing" : "tooLong",
        data,
        isReminder: isUnknownTimeout(migration, first, name),
        suggest: setTimeoutBefore(migration, first, name, `'${data.timeout}'`),
      });
    },
    CreateIndex: checkBuild,
    DropIndex: checkBuild,
    Reindex: checkBuild,
  };
}
