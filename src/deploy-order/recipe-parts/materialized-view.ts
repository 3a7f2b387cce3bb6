/** A materialized view that is made anew: beside the old one, whose name it takes once it has its rows. */
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { before } from "./moments.js";
import { literal, quote } from "./names.js";
import { addGrants } from "./privileges.js";
import { formatName } from "../../change/object-names.js";
import { codeOf, LOCK_STOP, shortly } from "./statements.js";
import type { DependentMaterializedView } from "./views.js";

/**
 * The steps behind the one that gives the new column its name. The old view reads the old column until then, under
 * whatever name that has.
 * @param start The release that begins with the new column.
 */
export function madeBeside(
  context: RecipeContext,
  { name, schema, bare, temporary, create, indexes, about, over }: DependentMaterializedView,
  start: number,
): readonly RecipeStep[] {
  const beside = formatName({ schema, name: temporary });
  const indexName = (index: string): string => formatName({ schema, name: index });
  const later = [name, ...over.map((view) => view.name)];
  return [
    {
      name: `make-beside-${bare}`,
      actor: "pipeline",
      title: `Make \`${name}\` anew over the new column, as \`${beside}\`. Reads of \`${name}\` go on; refresh it no more until the next step is done: the old column is not written any more.`,
      from: before(start + 1),
      sql: [`${create};`, ...indexes.map(({ sql }) => sql)].join("\n"),
      oldestCode: "any",
      check: { sql: `SELECT relispopulated FROM pg_class WHERE oid = ${literal(beside)}::regclass;`, answer: "t" },
      wayBack: `${codeOf(`DROP MATERIALIZED VIEW ${beside};`)}; nothing is lost.`,
      stopCondition: "It runs for longer than the view may go without a refresh.",
    },
    {
      name: `exchange-${bare}`,
      actor: "pipeline",
      title: `Let it take the name \`${name}\`, in one transaction; from then on it is refreshed as before. ${addGrants(later)}`,
      from: before(start + 1),
      sql: shortly(
        context,
        // One that reads another goes before it.
        ...over.toReversed().map((view) => `DROP VIEW ${view.name};`),
        `DROP MATERIALIZED VIEW ${name};`,
        `ALTER MATERIALIZED VIEW ${beside} RENAME TO ${quote(bare)};`,
        ...indexes.map((index) => `ALTER INDEX ${indexName(index.temporary)} RENAME TO ${quote(index.name)};`),
        ...about.map((sql) => `${sql};`),
        ...over.flatMap((view) => [view.create ?? "", ...view.about]).map((sql) => `${sql};`),
      ),
      oldestCode: "any",
      check: { sql: `SELECT to_regclass(${literal(beside)}) IS NULL;`, answer: "t" },
      wayBack: "There is nothing to undo: it has the same rows.",
      stopCondition: LOCK_STOP,
    },
  ];
}
