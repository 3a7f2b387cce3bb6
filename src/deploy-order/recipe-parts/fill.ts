/** Giving rows the values that a later step asks for. */
import type { PlacedOperation } from "../../model/migration.js";
import type { Operation } from "../../model/operation.js";
import { Lexer } from "../../postgres/lexer.js";
import type { Moment } from "../moment.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { BATCH_STOP, inBatches } from "./batches.js";
import { rowsLeft } from "./checks.js";
import { type NamedTable, quote } from "./names.js";

/** The parts of an UPDATE or DELETE whose rows are to be walked through in batches. */
export interface RowStatement {
  /** Up to its WHERE. */
  readonly start: string;
  /** How it calls its table, as SQL. */
  readonly alias: string;
  readonly where?: string;
}

/** Cuts an UPDATE or DELETE before its WHERE; undefined where that is not all there is to it. */
export function rowStatement(sql: string): RowStatement | undefined {
  const words: { word: string; text: string; start: number; end: number }[] = [];
  const lexer = new Lexer(sql);
  for (let depth = 0; lexer.next();) {
    const text = sql.slice(lexer.start, lexer.end);
    if (text === "(") depth++;
    else if (text === ")") depth--;
    else if (lexer.kind === "comment") continue;
    if (depth === 0)
      words.push({ word: lexer.kind === "word" ? text.toLowerCase() : text, text, start: lexer.start, end: lexer.end });
  }
  const first = words[0]?.word;
  if (first !== "update" && first !== "delete") return undefined;
  if (words.some(({ word }) => word === "returning" || word === "current")) return undefined;
  const listed =
    first === "update"
      ? words.findIndex(({ word }) => word === "set")
      : words.findIndex(({ word }) => word === "using");
  const where = words.find(({ word }) => word === "where");
  const endOfTarget = listed >= 0 ? listed : words.findIndex(({ word }) => word === "where");
  const target = words
    .slice(1, endOfTarget < 0 ? undefined : endOfTarget)
    .filter(({ word }) => word !== "only" && word !== "from" && word !== "as" && word !== "*" && word !== ";");
  const alias = target.at(-1)?.text;
  if (alias === undefined) return undefined;
  const end = words.at(-1)?.word === ";" ? words.at(-1)!.start : sql.length;
  const condition = where && sql.slice(where.end, end).trim();
  return {
    start: sql.slice(0, where?.start ?? end).trim(),
    alias,
    ...(condition !== undefined && { where: condition }),
  };
}

/** An UPDATE of the pull request that gives a column of a table its values and does nothing else. */
function fillIn({ operations, placed }: RecipeContext, table: NamedTable, column: string): PlacedOperation | undefined {
  return operations.find(({ operation, statement, migration }) => {
    if (operation.type !== "Update" || migration.database !== placed.migration.database) return false;
    const { schema, name } = statement.before.qualify(operation.table);
    return schema === table.schema && name === table.name && operation.columns.join() === column;
  });
}

export interface Fill {
  readonly step: RecipeStep;
  readonly covers: readonly Operation[];
}

/** Fills a column in the rows that have no value: as the pull request does it, else as somebody decides. */
export function fillStep(context: RecipeContext, table: NamedTable, column: string, from: Moment): Fill {
  const update = fillIn(context, table, column);
  const parts = update && !update.operation.inBlock && rowStatement(update.statement.statement.sql);
  const missing = `${quote(column)} IS NULL`;
  const common = {
    name: "fill-rows",
    actor: "person" as const,
    from,
    check: rowsLeft(table, missing),
    wayBack: "There is nothing to undo: these rows had no value.",
    stopCondition: BATCH_STOP,
  };
  if (!update || !parts || update.operation.type !== "Update") {
    return {
      covers: [],
      step: {
        ...common,
        title: `Give the rows of \`${table.sql}\` that have no \`${quote(column)}\` a value, in batches that commit each; which value is yours to decide.`,
      },
    };
  }
  return {
    covers: [update.operation],
    step: {
      ...common,
      title: `Fill \`${table.column(column)}\` in the rows that are there, in batches.`,
      ...inBatches({
        table,
        statement: parts.start,
        alias: parts.alias,
        where: parts.where ?? `${parts.alias}.${missing}`,
      }),
    },
  };
}
