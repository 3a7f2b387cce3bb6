/** An index, built while reads and writes go on; on a partitioned table first on each partition. */
import { indexKeys } from "../../change/index-keys.js";
import { countAlike } from "../../change/offending-rows.js";
import type { Table } from "../../model/catalog.js";
import type { OperationOf } from "../../model/operation.js";
import { chooseName } from "../../postgres/catalog/default-names.js";
import { Lexer } from "../../postgres/lexer.js";
import { indexValid } from "../recipe-parts/checks.js";
import { indexSql } from "../recipe-parts/indexes.js";
import { after, before } from "../recipe-parts/moments.js";
import { type NamedTable, quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { isConflictTarget } from "../recipe-parts/unique-index.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

export const addIndex = defineRecipe({
  name: "add-index",
  summary: "Build it with CONCURRENTLY, outside of a transaction.",
  operation: "CreateIndex",
  way(operation, context) {
    const table = tableIn(context, operation.table);
    const definition = definitionOf(context);
    if (operation.concurrently || operation.only || definition === undefined) return undefined;
    if (table.known?.kind === "partitioned table") return undefined;
    const name = nameOf(operation, table, context);
    const from = momentOf(operation, context);
    return { steps: [...duplicates(operation, table, context), build(operation, table, name, definition, from)] };
  },
});

export const addIndexOnPartitions = defineRecipe({
  name: "add-index-on-partitions",
  summary: "Build it with CONCURRENTLY on each partition, and attach those to an index of the partitioned table.",
  operation: "CreateIndex",
  way(operation, context) {
    const table = tableIn(context, operation.table);
    const definition = definitionOf(context);
    if (operation.only || definition === undefined || table.known?.kind !== "partitioned table") return undefined;
    const name = nameOf(operation, table, context);
    return {
      steps: [
        ...duplicates(operation, table, context),
        ...createParent(operation, context, table, { name, definition }),
      ],
    };
  },
});

/** An index on a partitioned table alone, and its parts; of a partition that is partitioned itself, too. */
function createParent(
  operation: OperationOf<"CreateIndex">,
  context: RecipeContext,
  table: NamedTable,
  { name, definition, of }: { readonly name: string; readonly definition: string; readonly of?: Table },
): readonly RecipeStep[] {
  const index = indexSql(table, name);
  return [
    {
      name: of === undefined ? "create-parent" : `create-parent-${of.name}`,
      actor: "pipeline",
      title: `Create \`${quote(name)}\` on \`${table.sql}\` alone: it is not used until each partition has its part.`,
      from: momentOf(operation, context),
      sql: shortly(
        context,
        `CREATE ${operation.unique ? "UNIQUE " : ""}INDEX ${quote(name)} ON ONLY ${table.sql} ${definition};`,
      ),
      wayBack: `\`DROP INDEX ${index}\`; nothing is lost.`,
      stopCondition: LOCK_STOP,
    },
    ...context.placed.statement.before
      .partitionsOf(table)
      .flatMap((partition) => partSteps(operation, context, partition, { index, definition })),
  ];
}

function partSteps(
  operation: OperationOf<"CreateIndex">,
  context: RecipeContext,
  partition: Table,
  { index, definition }: { readonly index: string; readonly definition: string },
): readonly RecipeStep[] {
  const table = tableIn(context, partition);
  const from = momentOf(operation, context);
  // As PostgreSQL would have called it.
  const name = defaultName(operation, table, context);
  const step = build(operation, table, name, definition, from);
  const made =
    partition.kind === "partitioned table"
      ? createParent(operation, context, table, { name, definition, of: partition })
      : [{ ...step, name: `${step.name}-${partition.name}` }];
  return [
    ...made,
    {
      name: `attach-${partition.name}`,
      actor: "pipeline",
      title: `Attach \`${quote(name)}\` to \`${index}\` as the part for \`${table.sql}\`.`,
      from,
      sql: shortly(context, `ALTER INDEX ${index} ATTACH PARTITION ${indexSql(table, name)};`),
      wayBack: `\`DROP INDEX ${index}\`; it takes all its parts along.`,
      stopCondition: LOCK_STOP,
    },
  ];
}

function build(
  { unique }: OperationOf<"CreateIndex">,
  table: NamedTable,
  name: string,
  definition: string,
  from: RecipeStep["from"],
): RecipeStep {
  const index = indexSql(table, name);
  return {
    name: "build-index",
    actor: "pipeline",
    title: `Build \`${quote(name)}\` on \`${table.sql}\` while reads and writes go on.`,
    from,
    sql: `CREATE ${unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${quote(name)} ON ${table.sql} ${definition};`,
    transaction: "outside",
    check: indexValid(table.schema, name),
    wayBack: `\`DROP INDEX CONCURRENTLY ${index}\`; nothing is lost.`,
    stopCondition: `It fails, and leaves an index that is not valid. Then \`DROP INDEX CONCURRENTLY ${index}\`, and run it again.`,
  };
}

function duplicates(
  operation: OperationOf<"CreateIndex">,
  table: NamedTable,
  context: RecipeContext,
): readonly RecipeStep[] {
  const { unique, where, nullsNotDistinct = false } = operation;
  const keys = indexKeys(context.placed.statement.statement.sql);
  if (!unique || keys === undefined) return [];
  return [
    {
      name: "merge-duplicates",
      actor: "person",
      title: `Merge the rows of \`${table.sql}\` that have the same \`${keys.join(", ")}\`, until none are left.`,
      from: momentOf(operation, context),
      check: { sql: `${countAlike(table, keys, { where: where?.sql, nullsNotDistinct })};`, answer: "0" },
      stopCondition: "The count grows again: something still writes duplicates. Find it before the next step.",
    },
  ];
}

/** What is unique refuses what the code running now may write, unless the new code needs it for ON CONFLICT. */
function momentOf({ unique, columns }: OperationOf<"CreateIndex">, context: RecipeContext): RecipeStep["from"] {
  return unique && !isConflictTarget(context, columns) ? after(0) : before(0);
}

/** What stands behind the table's name: method, keys, INCLUDE, WHERE, … */
function definitionOf({ placed: { statement } }: RecipeContext): string | undefined {
  const { sql } = statement.statement;
  const lexer = new Lexer(sql);
  const word = (): string => (lexer.kind === "word" ? sql.slice(lexer.start, lexer.end).toLowerCase() : "");
  while (lexer.next()) if (word() === "on") break;
  let behind: number | undefined;
  for (let expectsName = true; lexer.next();) {
    if (lexer.kind === "comment" || word() === "only") continue;
    const dot = sql.slice(lexer.start, lexer.end) === ".";
    if (!expectsName && !dot) {
      behind = lexer.start;
      break;
    }
    expectsName = dot;
  }
  return behind === undefined ? undefined : sql.slice(behind).replace(/;\s*$/, "").trimEnd();
}

function nameOf(operation: OperationOf<"CreateIndex">, table: NamedTable, context: RecipeContext): string {
  return operation.index?.name ?? defaultName(operation, table, context);
}

function defaultName(
  { columns, nameColumns = columns }: OperationOf<"CreateIndex">,
  table: NamedTable,
  { placed: { statement } }: RecipeContext,
): string {
  const taken = (name: string): boolean => statement.before.index({ schema: table.schema, name }) !== undefined;
  return chooseName(table.name, nameColumns, "idx", taken);
}
