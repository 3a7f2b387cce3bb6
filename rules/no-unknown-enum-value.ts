/**
 * A value that is new in an enum, and in rows at once: clients that check the values of an enum reject rows with one that
 * they do not know.
 */
import {
  type ClientEnum,
  columnsOfType,
  defineRule,
  enumClients,
  formatName,
  isSureEnough,
  listPlaces,
  migrationOf,
  placeIn,
  placeOf,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  type RuleMigration,
  sentSql,
  usesEnumValue,
} from "../src/rule/index.js";
import type { AddEnumValue } from "../src/model/operation.js";
import type { Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow giving rows a value of an enum that running clients do not know",
      recommended: "warn",
      category: "Compatibility",
      harm: "breaks code",
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      unknown:
        "Rows get {{value}}, which is new in the enum {{enum}} ({{places}}), and the running code's {{client}} enum {{name}} ({{declared}}) does not have it: until the last instance of that code is gone, every query fails that reads such a row. Deploy code that knows {{value}} first; write it in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      AddEnumValue(op) {
        if (migration.change.configuration.deploy.model !== "rolling" || !migration.isLive(op)) return;
        const known = migration.before(op).enum(op.enum);
        if (known?.values.includes(op.value) === true) return;
        const type = known?.name ?? op.enum.name;
        const client = enumClients(migration, "base", type).find((one) => !knows(one, op.value));
        if (!client) return;
        const statements = writesOfChange(op, migration);
        const code = writesOfCode(op, migration).filter((use) => isSureEnough(use, least));
        if (statements.length + code.length === 0) return;
        const declared = placeIn(migration, client, "base");
        context.report({
          node: op,
          messageId: "unknown",
          data: {
            value: `'${op.value}'`,
            enum: formatName(op.enum),
            client: client.client,
            name: client.name,
            declared: listPlaces(declared),
            places: [...statements.slice(0, 3), ...(code.length > 0 ? [listPlaces(code)] : [])].join(", "),
          },
          evidence: [...code, ...declared],
        });
      },
    };
  },
});

function knows({ values }: ClientEnum, value: string): boolean {
  return values.some((one) => one.values.includes(value));
}

/** Where the change itself gives the value to rows: `line 3`, `db/0002.sql:3`. */
function writesOfChange(op: AddEnumValue, migration: RuleMigration): readonly string[] {
  const { schema, name } = migration.before(op).qualify(op.enum);
  const places: string[] = [];
  for (const placed of migration.judged()) {
    const { statement, before } = placed.statement;
    if (statement.operations.includes(op)) continue;
    if (!statement.operations.some(({ type }) => WRITES.has(type))) continue;
    if (usesEnumValue(sentSql(placed.migration, statement), { enum: { schema, name }, value: op.value }, before))
      places.push(placeOf(migration, placed));
  }
  return places;
}

/** Operations that give a value to rows, now or from now on. */
const WRITES: ReadonlySet<string> = new Set(["AddColumn", "DoBlock", "Insert", "Merge", "SetDefault", "Update"]);

/** Where the code of the pull request writes it. */
function writesOfCode(op: AddEnumValue, migration: RuleMigration): readonly Reference[] {
  return columnsOfType(migration.before(op), op.enum).flatMap(({ table, column }) =>
    migration
      .usesOf(op, column, table)
      .filter(({ side, kind, values }) => side === "head" && kind === "write" && values?.includes(op.value) === true),
  );
}
