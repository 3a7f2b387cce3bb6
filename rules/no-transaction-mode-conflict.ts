/**
 * A migration may say how its transaction is to be. What it says does not always go together with how the tool runs the
 * others: some tools refuse that, and where two connections are open, one may wait for the other, which waits for it.
 */
import {
  defineRule,
  formatName,
  lockConflict,
  migrationOf,
  oncePerChange,
  placeOf,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Lock } from "../src/model/lock.js";
import type { AnalysedStatement, Migration } from "../src/model/migration.js";
import type { Operation } from "../src/model/operation.js";
import type { Range } from "../src/model/position.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow transaction settings of a migration that its tool refuses, or waits for without end",
      recommended: "error",
      category: "Transactions",
      harm: "fails",
    },
    messages: {
      override:
        'TypeORM refuses everything that is pending, with ForbiddenTransactionModeOverrideError: no migration may set `transaction` while all of them share one. Set migrationsTransactionMode to "each" in the DataSource, or run them with --transaction each.',
      waits:
        "This waits without end for {{held}} on {{table}}, which {{holder}} has taken in a transaction on another connection: that one ends only after this. PostgreSQL cannot tell that it is a deadlock. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      Migration() {
        const check = CHECKS[migration.migration.tool.name];
        for (const conflict of check?.(migration) ?? []) context.report(conflict);
      },
    };
  },
});

interface Conflict {
  readonly messageId: "override" | "waits";
  readonly node: Operation;
  /** Default: the operation's. */
  readonly range?: Range;
  readonly data?: Readonly<Record<string, string>>;
}

/** By the tool's name; the others have no settings that conflict. */
const CHECKS: Readonly<Record<string, (migration: RuleMigration) => readonly Conflict[]>> = {
  "mikro-orm": (migration) =>
    waitsOf(
      migration,
      "Set `allOrNothing: false` among the settings of the migrations, or ship this one in a later deploy.",
    ),
  sequelize: (migration) =>
    waitsOf(migration, "Give this call the transaction of the others: `{ transaction }` among its options."),
  typeorm: overridesOf,
};

/** `MigrationExecutor.executePendingMigrations` of TypeORM: with mode `all` it refuses each override, `true` as well. */
function overridesOf({ migration }: RuleMigration): readonly Conflict[] {
  const { tool, transaction, statements } = migration;
  const [node] = statements.flatMap(({ statement }) => statement.operations);
  if (tool.transaction !== "all-pending" || transaction === "all-pending" || transaction === "unknown") return [];
  if (node === undefined) return [];
  // Where a directive can silence it: above what is sent first.
  return [{ messageId: "override", node }];
}

function waitsOf(migration: RuleMigration, remedy: string): readonly Conflict[] {
  return migration.migration.statements.flatMap((statement): Conflict[] => {
    const wait = waits(migration).get(statement);
    const [node] = statement.statement.operations;
    if (wait === undefined || node === undefined) return [];
    const { lock, holder } = wait;
    const data = { held: lock.mode, table: tableOf(lock), holder: placeOf(migration, holder), remedy };
    return [{ messageId: "waits", node, range: statement.statement.range, data }];
  });
}

function tableOf({ relation }: Lock): string {
  const [schema = "", name = ""] = relation.split(".");
  return name === "" ? relation : formatName({ schema, name });
}

interface Placed {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
}

/** A lock that another connection holds, and the statement that took it. */
interface Wait {
  readonly lock: Lock;
  readonly holder: Placed;
}

/** The statements on a connection of their own that wait for a transaction that is open around them. */
const waits = oncePerChange((migration): ReadonlyMap<AnalysedStatement, Wait> => {
  const judged = [...migration.judged()];
  const found = new Map<AnalysedStatement, Wait>();
  const last = new Map<string, number>();
  for (const [index, { statement }] of judged.entries()) {
    if (statement.transaction.group !== undefined) last.set(statement.transaction.group, index);
  }
  /** What open transactions have locked so far. */
  const held: (Wait & { readonly group: string; readonly until: number })[] = [];
  for (const [index, placed] of judged.entries()) {
    const { statement, migration: file } = placed;
    const { inTransaction, group, openedBy } = statement.transaction;
    // What one string sends to a connection of its own is a transaction of its own, which its first statement keeps waiting.
    if (inTransaction === false || (openedBy === "send" && judged[index - 1]?.statement.transaction.group !== group)) {
      const wait = held.find((one) => one.group !== group && one.until > index && isWaitedFor(one.lock, statement));
      if (wait) found.set(statement, wait);
    }
    if (group === undefined) continue;
    // MikroORM's transaction around all that is pending ends behind the last of them.
    const until = file.transaction === "all-pending" ? Infinity : (last.get(group) ?? index);
    for (const lock of statement.locks) held.push({ lock, holder: placed, group, until });
  }
  return found;
});

function isWaitedFor(held: Lock, { statement, locks }: AnalysedStatement): boolean {
  // A concurrent build also waits for whoever writes (PostgreSQL documentation, "Building Indexes Concurrently").
  const builds = statement.operations.some((operation) => "concurrently" in operation && operation.concurrently);
  return locks.some(
    ({ relation, mode }) =>
      relation === held.relation && (lockConflict(mode, held.mode) || (builds && lockConflict("SHARE", held.mode))),
  );
}
