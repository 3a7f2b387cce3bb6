/** The table under another name, and in its place a view that has the column under both names. */
import { before } from "../recipe-parts/moments.js";
import { derivedName, quote, tableIn } from "../recipe-parts/names.js";
import { grantOnView, optionsOfView } from "../recipe-parts/view-bridge.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "rename-column-by-view",
  summary:
    "Put a view in the table's place that has the column under both names: two pull requests and no copy, but no TRUNCATE, COPY or foreign key meanwhile.",
  operation: "RenameColumn",
  way({ table: named, column: old, newName: next }, context) {
    const table = tableIn(context, named);
    const { known } = table;
    if (known?.columnsKnown !== true || (known.kind !== "table" && known.kind !== "partitioned table"))
      return undefined;
    if (known.partitionOf || !known.columns.has(old)) return undefined;
    const catalog = context.placed.statement.before;
    const aside = derivedName(
      table.name,
      "table",
      (name) => catalog.table({ schema: table.schema, name }) !== undefined,
    );
    const asideSql = table.schema === "public" ? quote(aside) : `${quote(table.schema)}.${quote(aside)}`;
    const columns = [...known.columns.keys()].map(quote);
    const back = [`DROP VIEW ${table.sql};`, `ALTER TABLE ${asideSql} RENAME TO ${quote(table.name)};`];
    const options = optionsOfView(table, context);
    if (options === undefined) return undefined;
    return {
      steps: [
        grantOnView(table),
        {
          name: "put-view",
          actor: "pipeline",
          title: `Put a view in the place of \`${table.sql}\` that has \`${quote(old)}\` also as \`${quote(next)}\`.`,
          from: before(0),
          until: before(0),
          sql: shortly(
            context,
            `ALTER TABLE ${table.sql} RENAME TO ${quote(aside)};`,
            `CREATE VIEW ${table.sql}${options} AS SELECT ${[...columns, `${quote(old)} AS ${quote(next)}`].join(", ")} FROM ${asideSql};`,
          ),
          wayBack: `In one transaction ${codeOf(...back)}; nothing is lost.`,
          stopCondition: `Code sends TRUNCATE or COPY … FROM to it, which a view refuses. Or: ${LOCK_STOP}`,
        },
        {
          name: "rename",
          actor: "pipeline",
          title: `Put the table back in the view's place, with \`${quote(next)}\` only.`,
          from: before(1),
          sql: shortly(context, ...back, `ALTER TABLE ${table.sql} RENAME COLUMN ${quote(old)} TO ${quote(next)};`),
          wayBack: `\`ALTER TABLE ${table.sql} RENAME COLUMN ${quote(next)} TO ${quote(old)}\`; nothing is lost.`,
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});
