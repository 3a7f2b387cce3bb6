/**
 * Columns that are made of others of the row, which then go: a name split into two, two merged into one. A trigger fills
 * the new ones from the old; code that writes the new ones has to write the old ones, too, until nobody reads them.
 */
import type { OperationOf } from "../../model/operation.js";
import type { PlacedOperation } from "../../model/migration.js";
import { Lexer } from "../../postgres/lexer.js";
import { inBatches, BATCH_STOP } from "../recipe-parts/batches.js";
import { columnsThere, rowsLeft } from "../recipe-parts/checks.js";
import { rowStatement } from "../recipe-parts/fill.js";
import { backfill, before, deploy } from "../recipe-parts/moments.js";
import { type NamedTable, quote, quoteAll, tableIn } from "../recipe-parts/names.js";
import { codeOf, LOCK_STOP, shortly, withoutLimit } from "../recipe-parts/statements.js";
import { derivedSync } from "../recipe-parts/sync-trigger.js";
import { defineRecipe, type RecipeContext } from "../recipe.js";

export default defineRecipe({
  name: "reshape-columns",
  summary:
    "Add the new columns, fill them by a trigger, let the code write both shapes, and drop the old columns last.",
  operation: "DropColumn",
  way(operation, context) {
    const table = tableIn(context, operation.table);
    const added = addedTo(context, table);
    const update = copying(context, table, operation.column, added);
    if (!update || !table.known?.columns.has(operation.column)) return undefined;
    const parts = rowStatement(update.statement.statement.sql);
    const values = parts && assignments(parts.start);
    if (!parts || !values || parts.where !== undefined) return undefined;
    if (!values.every(({ column }) => added.some((one) => one.column.name === column && !one.column.notNull)))
      return undefined;
    const dropped = droppedFrom(context, table);
    const next = values.map(({ column }) => column);
    const sources = update.operation.type === "Update" ? (update.operation.copies ?? []) : [];
    const old = dropped.map(({ column }) => column).filter((column) => sources.includes(column));
    if (!old.includes(operation.column)) return undefined;
    const definitions = added.filter(({ column }) => next.includes(column.name));
    const columns = definitions.map(
      ({ column }) =>
        `ADD COLUMN ${quote(column.name)} ${column.type.sql}${column.default ? ` DEFAULT ${column.default.sql}` : ""}`,
    );
    const sync = derivedSync(context, table, values, old);
    const alter = `ALTER TABLE ${table.sql}`;
    const them = next.length === 1 ? "it" : "them";
    const required = old.filter((column) => table.known?.columns.get(column)?.notNull === true);
    const left = values
      .map(({ column, expression }) => `${quote(column)} IS DISTINCT FROM (${expression})`)
      .join(" OR ");
    return {
      only: true,
      covers: [...definitions, ...dropped.filter(({ column }) => old.includes(column)), update.operation],
      steps: [
        {
          name: "add-columns",
          actor: "pipeline",
          title: `Add \`${quoteAll(next)}\` to \`${table.sql}\`, and fill ${them} from \`${quoteAll(old)}\` in every row that is written, by a trigger.`,
          from: before(0),
          until: before(0),
          sql: shortly(context, `${alter} ${columns.join(", ")};`, withoutLimit(sync.create)),
          check: columnsThere(table, next, next.length),
          wayBack: `${codeOf(sync.drop, `${alter} ${next.map((column) => `DROP COLUMN ${quote(column)}`).join(", ")}`)}; nothing is lost.`,
          stopCondition: LOCK_STOP,
        },
        {
          name: "keep-old",
          actor: "code",
          title: `Keep the code that uses \`${quoteAll(next)}\` for later pull requests: rows written before have no value in ${them} yet.`,
          from: deploy(0),
          needs: [],
        },
        {
          name: "copy-rows",
          actor: "person",
          title: `Fill \`${quoteAll(next)}\` in the rows that are there, in batches.`,
          from: backfill(0),
          needs: ["add-columns"],
          ...inBatches({ table, statement: parts.start, alias: parts.alias, where: left }),
          check: rowsLeft(table, left),
          wayBack: "There is nothing to undo: no code reads the new columns yet.",
          stopCondition: BATCH_STOP,
        },
        {
          name: "read-new",
          actor: "code",
          title: `Read \`${quoteAll(next)}\`, and still write \`${quoteAll(old)}\`, from which the trigger fills ${them}.`,
          from: deploy(1),
          wayBack: `Deploy the code before it again: \`${quoteAll(old)}\` ${old.length === 1 ? "is" : "are"} still written.`,
        },
        ...(required.length === 0
          ? []
          : [
              {
                name: "drop-not-null",
                actor: "pipeline" as const,
                title: `Let rows leave \`${quoteAll(required)}\` out, before code does.`,
                from: before(2),
                sql: shortly(
                  context,
                  ...required.map((column) => `${alter} ALTER COLUMN ${quote(column)} DROP NOT NULL;`),
                ),
                wayBack: "Fill the rows without a value, then make it NOT NULL again.",
                stopCondition: LOCK_STOP,
              },
            ]),
        {
          name: "write-new",
          actor: "code",
          title: `Ship the code that uses \`${quoteAll(next)}\` alone.`,
          from: deploy(2),
          wayBack: "Deploying the code before it again is safe: it reads the new columns.",
        },
        {
          name: "drop-old",
          actor: "pipeline",
          title: `Drop \`${quoteAll(old)}\` from \`${table.sql}\`, with the trigger.`,
          from: before(3),
          sql: shortly(
            context,
            sync.drop,
            `${alter} ${old.map((column) => `DROP COLUMN ${quote(column)}`).join(", ")};`,
          ),
          check: columnsThere(table, old, 0),
          wayBack: "The columns can be added again; what only they held comes back from a backup alone.",
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});

function onTable({ operation, statement }: PlacedOperation, table: NamedTable): boolean {
  if (!("table" in operation) || !operation.table) return false;
  const { schema, name } = statement.before.qualify(operation.table);
  return schema === table.schema && name === table.name;
}

function addedTo({ operations }: RecipeContext, table: NamedTable): readonly OperationOf<"AddColumn">[] {
  return operations.flatMap((one) =>
    one.operation.type === "AddColumn" && onTable(one, table) ? [one.operation] : [],
  );
}

function droppedFrom({ operations }: RecipeContext, table: NamedTable): readonly OperationOf<"DropColumn">[] {
  return operations.flatMap((one) =>
    one.operation.type === "DropColumn" && onTable(one, table) ? [one.operation] : [],
  );
}

/** The UPDATE that fills new columns of the table from the one that goes. */
function copying(
  { operations }: RecipeContext,
  table: NamedTable,
  column: string,
  added: readonly OperationOf<"AddColumn">[],
): PlacedOperation | undefined {
  return operations.find(
    (one) =>
      one.operation.type === "Update" &&
      one.operation.inBlock === undefined &&
      onTable(one, table) &&
      one.operation.copies?.includes(column) === true &&
      (one.operation.reads ?? []).length === 0 &&
      one.operation.columns.every((name) => added.some((add) => add.column.name === name)),
  );
}

/** `a = f(x), b = y` behind SET, cut at the commas outside of brackets. */
function assignments(start: string): readonly { readonly column: string; readonly expression: string }[] | undefined {
  const lexer = new Lexer(start);
  const clauses: string[] = [];
  let from = -1;
  for (let depth = 0; lexer.next();) {
    const text = start.slice(lexer.start, lexer.end);
    if ("([".includes(text)) depth++;
    if (")]".includes(text)) depth--;
    if (from < 0) {
      if (depth === 0 && lexer.kind === "word" && text.toLowerCase() === "set") from = lexer.end;
      continue;
    }
    if (depth === 0 && lexer.kind === "word" && text.toLowerCase() === "from") return undefined;
    if (depth === 0 && text === ",") {
      clauses.push(start.slice(from, lexer.start));
      from = lexer.end;
    }
  }
  if (from < 0) return undefined;
  clauses.push(start.slice(from));
  const parsed = clauses.map((clause) => /^\s*(?:"((?:[^"]|"")+)"|([A-Za-z_]\w*))\s*=\s*([\s\S]+?)\s*$/.exec(clause));
  return parsed.every((one) => one !== null)
    ? parsed.map(([, quoted, plain, expression]) => ({
        column: quoted?.replaceAll('""', '"') ?? plain!.toLowerCase(),
        expression: expression!,
      }))
    : undefined;
}
