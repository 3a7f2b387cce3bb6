/** The name in the code alone: the database keeps the old one, and nothing has to be migrated. */
import { formatName } from "../../change/object-names.js";
import { before } from "../recipe-parts/moments.js";
import { literal, quote, tableIn } from "../recipe-parts/names.js";
import { defineRecipe, type RecipeContext, type Way } from "../recipe.js";

/** How models of a tool say the name that something has in the database; from the tools' documentation. */
const MAPPED: Readonly<
  Record<string, { readonly column: (name: string) => string; readonly table: (name: string) => string }>
> = {
  prisma: { column: (name) => `@map("${name}")`, table: (name) => `@@map("${name}")` },
  drizzle: {
    column: (name) => `the column's first argument, ${literal(name)}`,
    table: (name) => `pgTable(${literal(name)}, …)`,
  },
  typeorm: { column: (name) => `@Column({ name: ${literal(name)} })`, table: (name) => `@Entity(${literal(name)})` },
  "mikro-orm": { column: (name) => `fieldName: ${literal(name)}`, table: (name) => `tableName: ${literal(name)}` },
  sequelize: { column: (name) => `field: ${literal(name)}`, table: (name) => `tableName: ${literal(name)}` },
};

function keep(context: RecipeContext, kind: "column" | "table", old: string, next: string, whole: string): Way {
  const { tool } = context.placed.migration;
  const how = MAPPED[tool.name]?.[kind](old);
  return {
    steps: [
      {
        name: "map",
        actor: "code",
        title:
          how === undefined
            ? `Keep \`${whole}\` in the database, and call it \`${next}\` in the code alone: ${kind === "column" ? `SELECT ${quote(old)} AS ${quote(next)}` : "by a constant that holds its name"}.`
            : `Keep \`${whole}\` in the database, and map it in the ${tool.label} model: \`${how}\`.`,
        from: before(0),
        until: before(0),
        wayBack: "Undo the commit; the database was not touched.",
      },
    ],
  };
}

const SUMMARY = "Keep the name in the database and map it in the code: no migration at all.";

export const renameColumnInCode = defineRecipe({
  name: "rename-column-in-code",
  summary: SUMMARY,
  operation: "RenameColumn",
  way: ({ table, column, newName }, context) =>
    keep(context, "column", column, newName, tableIn(context, table).column(column)),
});

export const renameTableInCode = defineRecipe({
  name: "rename-table-in-code",
  summary: SUMMARY,
  operation: "RenameRelation",
  way: ({ relation, newName, kind }, context) =>
    kind === "index" || kind === "sequence"
      ? undefined
      : keep(context, "table", relation.name, formatName({ name: newName }), tableIn(context, relation).sql),
});
