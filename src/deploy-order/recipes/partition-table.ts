/** A partitioned table in the place of one that is not: it is filled beside it by a trigger and in batches, then takes its name. */
import { formatName } from "../../change/object-names.js";
import type { PlacedOperation } from "../../model/migration.js";
import type { Operation, OperationOf } from "../../model/operation.js";
import { Lexer } from "../../postgres/lexer.js";
import { BATCH_STOP, inBatches, rowKey } from "../recipe-parts/batches.js";
import { backfill, before } from "../recipe-parts/moments.js";
import { derivedName, dollarQuoted, type NamedTable, quote, quoteAll, tableIn } from "../recipe-parts/names.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe, type RecipeContext } from "../recipe.js";

export default defineRecipe({
  name: "partition-table",
  summary:
    "Fill a partitioned table beside it by a trigger and in batches, and exchange their names in one transaction.",
  operation: "RenameRelation",
  way({ relation, newName, kind }, context) {
    const table = tableIn(context, relation);
    const key = rowKey(table);
    const made = partitionedAgain(context, table);
    if (kind !== "table" || !made || !table.known?.columnsKnown || !key) return undefined;
    const columns = made.create.columns.map(({ name }) => name).filter((name) => table.known?.columns.has(name));
    const catalog = context.placed.statement.before;
    const name = derivedName(
      table.name,
      "partitioned",
      (taken) => catalog.table({ schema: table.schema, name: taken }) !== undefined,
    );
    const inSchema = (other: string): string => formatName({ schema: table.schema, name: other });
    const next = inSchema(name);
    const sync = derivedName(table.name, "sync_partitioned");
    const matches = key.map((column) => `${quote(column)} = OLD.${quote(column)}`).join(" AND ");
    const values = columns.map((column) => `NEW.${quote(column)}`).join(", ");
    const body = [
      "",
      "BEGIN",
      `  IF TG_OP <> 'INSERT' THEN DELETE FROM ${next} WHERE ${matches}; END IF;`,
      `  IF TG_OP <> 'DELETE' THEN INSERT INTO ${next} (${quoteAll(columns)}) VALUES (${values}); END IF;`,
      "  RETURN NULL;",
      "END ",
    ].join("\n");
    const drop = [`DROP TRIGGER ${quote(sync)} ON ${table.sql};`, `DROP FUNCTION ${inSchema(sync)}();`];
    const left = `SELECT (SELECT count(*) FROM ${table.sql}) - (SELECT count(*) FROM ${next});`;
    return {
      covers: made.replaced,
      steps: [
        {
          name: "create-partitioned",
          actor: "pipeline",
          title: `Create \`${next}\` with its partitions, and keep it equal to \`${table.sql}\` in every row that is written, by a trigger.`,
          from: before(0),
          sql: shortly(
            context,
            ...made.statements.map((sql) => `${renamed(sql, table, next)};`),
            `CREATE FUNCTION ${inSchema(sync)}() RETURNS trigger LANGUAGE plpgsql AS ${dollarQuoted(body)};`,
            `CREATE TRIGGER ${quote(sync)} AFTER INSERT OR UPDATE OR DELETE ON ${table.sql} FOR EACH ROW EXECUTE FUNCTION ${inSchema(sync)}();`,
          ),
          wayBack: `${codeOf(...drop, `DROP TABLE ${next}`)}; nothing is lost.`,
          stopCondition: `A row is written that no partition takes: its write fails. Or: ${LOCK_STOP}`,
        },
        {
          name: "copy-rows",
          actor: "person",
          title: `Copy the rows of \`${table.sql}\` that are there, in batches.`,
          from: backfill(0),
          ...inBatches({
            table,
            statement: `INSERT INTO ${next} (${quoteAll(columns)}) SELECT ${quoteAll(columns)} FROM ${table.sql}`,
            // A row that is deleted meanwhile must not come back.
            tail: " FOR SHARE ON CONFLICT DO NOTHING",
          }),
          check: { sql: left, answer: "0" },
          wayBack: "There is nothing to undo: no code reads the new table yet.",
          stopCondition: BATCH_STOP,
        },
        {
          name: "exchange",
          actor: "pipeline",
          title: `Exchange the names in one transaction: \`${table.sql}\` is partitioned from then on, and the table of before stays as \`${inSchema(newName)}\`.`,
          from: before(1),
          sql: shortly(
            context,
            ...drop,
            `ALTER TABLE ${table.sql} RENAME TO ${quote(newName)};`,
            `ALTER TABLE ${next} RENAME TO ${quote(table.name)};`,
          ),
          wayBack: "Exchange the names back in the same way; rows written since then have to be copied.",
          stopCondition: `Foreign keys, views or sequences still belong to the old table: they follow it, not the name. Or: ${LOCK_STOP}`,
        },
        ...(made.dropped
          ? [
              {
                name: "drop-old",
                actor: "pipeline" as const,
                title: `Drop \`${inSchema(newName)}\`.`,
                from: before(2),
                sql: shortly(context, `DROP TABLE ${inSchema(newName)};`),
                wayBack: "What only it held comes back from a backup alone.",
                stopCondition: LOCK_STOP,
              },
            ]
          : []),
      ],
    };
  },
});

interface Again {
  readonly create: OperationOf<"CreateTable">;
  /** The table and its partitions, without semicolons. */
  readonly statements: readonly string[];
  readonly replaced: readonly Operation[];
  readonly dropped: boolean;
}

/** What the pull request makes of the table's name: a partitioned table, filled from the one that had it. */
function partitionedAgain({ operations, placed }: RecipeContext, table: NamedTable): Again | undefined {
  const isOurs = (
    { statement }: PlacedOperation,
    name: { readonly schema?: string; readonly name: string } | undefined,
  ): boolean => {
    if (!name) return false;
    const found = statement.before.qualify(name);
    return found.schema === table.schema && found.name === table.name;
  };
  const { newName } = placed.operation as OperationOf<"RenameRelation">;
  const later = operations.slice(operations.findIndex(({ operation }) => operation === placed.operation) + 1);
  const creates = later.filter(
    (one): boolean =>
      one.operation.type === "CreateTable" &&
      (isOurs(one, one.operation.partitionOf) || (one.operation.partitioned && isOurs(one, one.operation.table))),
  );
  const create = creates
    .map(({ operation }) => operation)
    .find((one) => one.type === "CreateTable" && !one.partitionOf);
  if (create?.type !== "CreateTable") return undefined;
  const copies = later.filter((one) => one.operation.type === "Insert" && isOurs(one, one.operation.table));
  const drops = later.filter(
    ({ operation }) => operation.type === "DropRelation" && operation.relation.name === newName,
  );
  return {
    create,
    statements: creates.map(({ statement }) => statement.statement.sql.replace(/;\s*$/, "")),
    replaced: [...creates, ...copies, ...drops].map(({ operation }) => operation),
    dropped: drops.length > 0,
  };
}

/** The statement with another name in the table's place. */
function renamed(sql: string, table: NamedTable, name: string): string {
  const lexer = new Lexer(sql);
  const quoted = `"${table.name.replaceAll('"', '""')}"`;
  for (let previous = ""; lexer.next();) {
    if (lexer.kind === "comment") continue;
    const text = sql.slice(lexer.start, lexer.end);
    const own = text.toLowerCase() === table.name || text === quoted;
    if (own && /^(?:table|of|exists)$/i.test(previous)) return sql.slice(0, lexer.start) + name + sql.slice(lexer.end);
    if (own && previous === ".") {
      const start = sql.lastIndexOf(".", lexer.start);
      const schema = /(?:"(?:[^"]|"")*"|[\w$]+)\s*$/.exec(sql.slice(0, start))?.index ?? start;
      return sql.slice(0, schema) + name + sql.slice(lexer.end);
    }
    previous = text;
  }
  return sql;
}
