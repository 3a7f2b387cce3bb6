/** A table whose rows move to others that the pull request makes: split, merged, or made anew. */
import { formatName } from "../../change/object-names.js";
import type { PlacedOperation } from "../../model/migration.js";
import { BATCH_STOP, inBatches, rowKey } from "../recipe-parts/batches.js";
import { backfill, before, deploy } from "../recipe-parts/moments.js";
import { type NamedTable, quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { INCOMPARABLE } from "../recipe-parts/sync-trigger.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

export default defineRecipe({
  name: "replace-table",
  summary:
    "Create the new tables, let the code write both shapes, copy the rows in batches, and drop the old table last.",
  operation: "DropRelation",
  way({ relation, kind, cascade }, context) {
    const table = tableIn(context, relation);
    const copies = kind === "table" ? copiesOf(context, table) : [];
    if (copies.length === 0 || rowKey(table) === undefined) return undefined;
    const targets = copies.map(({ target }) => target);
    const listed = targets.map((target) => `\`${target}\``).join(" and ");
    return {
      only: true,
      covers: copies.map(({ placed }) => placed.operation),
      steps: [
        {
          name: "write-both",
          actor: "code",
          title: `Write ${listed} beside \`${table.sql}\` in the code of this pull request, and still read \`${table.sql}\`.`,
          from: deploy(0),
          until: deploy(0),
          wayBack: "Deploy the code before it again.",
          stopCondition: `A writer is found that writes \`${table.sql}\` alone: its rows are missing later.`,
        },
        ...copies.map(({ placed, target, isNew }): RecipeStep => ({
          name: `copy-rows-${target}`,
          actor: "person",
          title: `Copy the rows of \`${table.sql}\` that are not in \`${target}\` yet, in batches, once no instance writes \`${table.sql}\` alone.`,
          from: backfill(0),
          ...inBatches({
            table,
            statement: placed.statement.statement.sql.replace(/;\s*$/, ""),
            tail: " ON CONFLICT DO NOTHING",
          }),
          ...missingRows(placed),
          wayBack: isNew
            ? "There is nothing to undo: no code reads the new tables yet."
            : `Delete from \`${target}\` the rows that it put there; code that reads \`${target}\` meets them from the copy on.`,
          stopCondition: BATCH_STOP,
        })),
        {
          name: "read-new",
          actor: "code",
          title: `Read ${listed}, and still write \`${table.sql}\`, too.`,
          from: deploy(1),
          wayBack: "Deploy the code before it again: it finds both written.",
        },
        {
          name: "write-new",
          actor: "code",
          title: `Ship the code that uses ${listed} alone.`,
          from: deploy(2),
          wayBack: "Deploying the code before it again is safe: it reads the new tables.",
        },
        {
          name: "drop-old",
          actor: "pipeline",
          title: `Drop \`${table.sql}\`.`,
          from: before(3),
          sql: shortly(context, `DROP TABLE ${table.sql}${cascade ? " CASCADE" : ""};`),
          wayBack: "Its rows come back only from a backup.",
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});

interface TableCopy {
  readonly placed: PlacedOperation;
  /** As SQL. */
  readonly target: string;
  /** Whether the pull request makes it. */
  readonly isNew: boolean;
}

/** The statements that copy every row of the table, and nothing else, into tables that stay. */
function copiesOf({ operations }: RecipeContext, table: NamedTable): readonly TableCopy[] {
  const dropped = new Set(
    operations.flatMap(({ operation, statement }) =>
      operation.type === "DropRelation" ? [formatName(statement.before.qualify(operation.relation))] : [],
    ),
  );
  const made = new Set(
    operations.flatMap(({ operation, statement }) =>
      operation.type === "CreateTable" ? [formatName(statement.before.qualify(operation.table))] : [],
    ),
  );
  return operations.flatMap((placed) => {
    const { operation, statement } = placed;
    if (operation.type !== "Insert" || operation.everyRow !== true || operation.inBlock !== undefined) return [];
    const [read, ...others] = operation.reads.map((name) => formatName(statement.before.qualify(name)));
    const target = formatName(statement.before.qualify(operation.table));
    // What stands behind the table's name would stand before the WHERE of a batch.
    const { sql } = statement.statement;
    const plain = sql.trimEnd().replace(/;$/, "").endsWith(quote(table.name));
    return others.length === 0 && read === table.sql && !dropped.has(target) && plain
      ? [{ placed, target, isNew: made.has(target) }]
      : [];
  });
}

/** `INSERT INTO target (columns) SELECT … FROM source` */
const COPY = /^INSERT\s+INTO\s+(\S+?)\s*(?:\(([^()]*)\)\s*)?(SELECT\s+([^()]*?)\s+FROM\s+\S+)$/i;

/** What counts the rows that are not in the target: of two rows with one key ON CONFLICT keeps the one that is there. */
function missingRows({ operation, statement }: PlacedOperation): Pick<RecipeStep, "check"> {
  if (operation.type !== "Insert") return {};
  const [, target, columns, select, list] = COPY.exec(statement.statement.sql.trim().replace(/;$/, "")) ?? [];
  const known = statement.before.table(operation.table)?.columns;
  if (target === undefined || select === undefined || list === undefined || !known) return {};
  if ([...known.values()].some(({ type }) => type === undefined || INCOMPARABLE.has(type.name))) return {};
  const wanted = columns ?? [...known.keys()].map(quote).join(", ");
  if (list.split(",").length !== wanted.split(",").length) return {};
  return {
    check: {
      sql: `SELECT count(*) FROM (${select} EXCEPT SELECT ${wanted} FROM ${target}) AS missing;`,
      answer: "0",
    },
  };
}
