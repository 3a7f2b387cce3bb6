/**
 * PostgreSQL grants locks in the order in which they were asked for: while a statement waits for a strong one, every
 * session that comes after it waits as well. Without a lock_timeout that lasts as long as the longest transaction.
 */
import {
  defineRule,
  formatDuration,
  hotTables,
  isRoutine,
  lockedTables,
  lockTimeout,
  migrationOf,
  NO_TIMEOUT,
  parseDuration,
  SHORT_LOCK_TIMEOUT,
  statementBefore,
  type RuleMigration,
  type RuleReport,
} from "../src/rule/index.js";
import type { Database } from "../src/model/change.js";
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
    const first = firstWait(migration, longest);

    const check = (op: Operation): void => {
      const timeout = lockTimeout(migration.statementOf(op));
      if (op === first) {
        const current = formatDuration(timeout);
        const shorter = formatDuration(Math.min(longest, 5_000));
        context.report({
          node: op,
          messageId: timeout === NO_TIMEOUT ? "missing" : "tooLong",
          data: {
            ...waiting(op, migration),
            current,
            timeout: shorter,
            max: formatDuration(longest),
            hot: listedAsHot(op, migration),
          },
          suggest: setBefore(op, migration, `'${shorter}'`),
        });
      }
      // Inside a transaction it fails, and leaves nothing behind.
      const { inTransaction } = migration.statementOf(op).transaction;
      if (buildsConcurrently(op) && inTransaction !== true && timeout < SHORT_FOR_A_BUILD) {
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
          suggest: setBefore(op, migration, "0"),
        });
      }
    };
    return { CreateIndex: check, DropIndex: check, Reindex: check, ...(first && { [first.type]: check }) };
  },
});

/** Failing half-way, these leave an index that PostgreSQL maintains and no query uses. */
function buildsConcurrently(op: Operation): boolean {
  return (op.type === "CreateIndex" || op.type === "DropIndex" || op.type === "Reindex") && op.concurrently;
}

/** The end of the message. */
function listedAsHot(op: Operation, migration: RuleMigration): string {
  const tables = hotTables(op, migration);
  return tables === "" ? "" : ` The configuration lists ${tables} as hot.`;
}

const firstWaits = new WeakMap<Database, Map<number, Operation | undefined>>();

/**
 * The one operation of the change that is reported: of those that wait without a short enough lock_timeout, the first
 * that has no better form. Those that work long under their lock have one, and so has DROP INDEX; else simply the first.
 */
function firstWait(migration: RuleMigration, longest: number): Operation | undefined {
  let known = firstWaits.get(migration.database);
  if (!known) firstWaits.set(migration.database, (known = new Map<number, Operation | undefined>()));
  if (!known.has(longest)) known.set(longest, findFirstWait(migration, longest));
  return known.get(longest);
}

function findFirstWait(migration: RuleMigration, longest: number): Operation | undefined {
  let first: Operation | undefined;
  for (const { statement } of migration.judged()) {
    if (lockTimeout(statement) <= longest) continue;
    if (!statement.locks.some(({ blocks }) => blocks.includes("write"))) continue;
    const operations = statement.statement.operations;
    const waits = operations.find((op) => !isRoutine(op, migration));
    if (!waits || lockedTables(migration, waits, "write") === "") continue;
    if (waits.type !== "DropIndex" && statement.work.every((work) => work === "instant")) return waits;
    first ??= waits;
  }
  return first;
}

/** Who waits for what. */
function waiting(op: Operation, migration: RuleMigration): { tables: string; queries: string } {
  const readers = lockedTables(migration, op, "read");
  return readers === ""
    ? { tables: lockedTables(migration, op, "write"), queries: "all INSERTs, UPDATEs and DELETEs" }
    : { tables: readers, queries: "all queries" };
}

function setBefore(
  op: Operation,
  migration: RuleMigration,
  value: string,
): NonNullable<RuleReport<"setTimeout">["suggest"]> {
  const { transaction } = migration.statementOf(op);
  // A second statement would put a file that goes out in one query into a transaction.
  if (migration.migration.transaction === "single-send" && transaction.inTransaction === false) return [];
  const fix = statementBefore(migration, op, `SET lock_timeout = ${value};`);
  return [{ messageId: "setTimeout", data: { value }, fix }];
}
