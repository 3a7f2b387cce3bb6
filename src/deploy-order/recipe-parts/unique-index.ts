/** A unique index that is built while reads and writes go on. */
import { countDuplicates } from "../../change/offending-rows.js";
import type { Moment } from "../moment.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { indexValid } from "./checks.js";
import { indexSql } from "./indexes.js";
import { type NamedTable, quote, quoteAll } from "./names.js";

export interface UniqueIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly including?: readonly string[] | undefined;
  readonly nullsNotDistinct?: boolean | undefined;
  readonly from: Moment;
}

/** First the rows that are the same are counted, then the index is built. */
export function uniqueIndexSteps(
  table: NamedTable,
  { name, columns, including, nullsNotDistinct = false, from }: UniqueIndex,
): readonly [merge: RecipeStep, build: RecipeStep] {
  const count = countDuplicates(table, columns, { nullsNotDistinct });
  const tail = [
    ...(including && including.length > 0 ? [` INCLUDE (${quoteAll(including)})`] : []),
    ...(nullsNotDistinct ? [" NULLS NOT DISTINCT"] : []),
  ].join("");
  return [
    {
      name: "merge-duplicates",
      actor: "person",
      title: `Merge the rows of \`${table.sql}\` that have the same \`${quoteAll(columns)}\`, until none are left.`,
      from,
      check: { sql: `${count};`, answer: "0" },
      stopCondition: "The count grows again: something still writes duplicates. Find it before the next step.",
    },
    buildUnique(table, name, `(${quoteAll(columns)})${tail}`, from),
  ];
}

/** @param keys What stands behind the table's name. */
function buildUnique(table: NamedTable, name: string, keys: string, from: Moment): RecipeStep {
  const index = indexSql(table, name);
  return {
    name: "build-index",
    actor: "pipeline",
    title: `Build \`${quote(name)}\` while reads and writes go on.`,
    from,
    sql: `CREATE UNIQUE INDEX CONCURRENTLY ${quote(name)} ON ${table.sql} ${keys};`,
    transaction: "outside",
    check: indexValid(table.schema, name),
    wayBack: `\`DROP INDEX CONCURRENTLY ${index}\`; nothing is lost.`,
    stopCondition: `It fails, and leaves an index that is not valid and still refuses some duplicates. Then \`DROP INDEX CONCURRENTLY ${index}\`, merge the rows, and run it again.`,
  };
}

/** Whether the new code names the columns in ON CONFLICT: it needs the index before it runs. */
export function isConflictTarget(context: RecipeContext, columns: readonly string[]): boolean {
  const [first] = columns;
  const uses = first === undefined ? [] : (context.usesOf?.(first) ?? []);
  return uses.some(({ side, kind }) => side === "head" && kind === "conflict target");
}
