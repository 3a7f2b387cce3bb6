/** A model that declares what no migration makes: its queries name a table or column that the database does not have. */
import {
  defineRule,
  emptyInSchema,
  formatName,
  type MissingFromSchema,
  missingFromSchema,
  quoteIdentifier,
  requiredBySchema,
  TOOL_OF,
} from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Require a migration for what models declare",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    messages: {
      table:
        "{{orm}}'s model {{model}} is new and stands for the table {{table}}, which no migration creates: every query of it fails. {{remedy}}",
      column:
        "{{orm}}'s model {{model}} declares {{property}}, and no migration adds the column {{column}} to {{table}}: {{fails}}. {{remedy}}",
      optional:
        "{{orm}}'s model {{model}} declares {{property}} as optional, and the column {{column}} of {{table}} is NOT NULL without a default: a row that the code writes without it is refused. {{remedy}}",
      required:
        "{{orm}}'s model {{model}} declares {{property}} as required, and the rows that {{table}} has already get no value in the column {{column}}: every query that reads it from one of them fails (P2032). Declare it as optional until every row has a value.",
    },
  },
  *checkChange(change) {
    const found = [
      ...missingFromSchema(change).map((one) => ({ ...one, messageId: one.column ? "column" : "table" })),
      ...requiredBySchema(change).map((one) => ({ ...one, messageId: "optional" })),
      ...emptyInSchema(change).map((one) => ({ ...one, messageId: "required" })),
    ];
    for (const { messageId, ...one } of found) {
      const { database, file, model, column, table } = one;
      const name = column?.property ?? model.name;
      const offset = column?.offset ?? model.offset;
      const columnName = column?.names[0] ?? "";
      yield {
        database,
        file,
        range: [offset, offset + name.length],
        messageId,
        data: {
          orm: model.orm,
          model: model.name,
          property: name,
          table: formatName(table),
          column: quoteIdentifier(columnName),
          fails: FAILS[model.orm],
          remedy: messageId === "optional" ? remedyForOptional(one) : remedyFor(one),
        },
        object: [table.schema, table.name, ...(column ? [columnName] : [])].join("."),
      };
    }
  },
});

/** What fails of the queries that an ORM writes by itself: it lists the columns that its model declares. */
const FAILS: Readonly<Record<MissingFromSchema["model"]["orm"], string>> = {
  Prisma: "every query that selects no columns of its own names it and fails",
  Drizzle: "every select() and insert() of the table names it and fails",
  TypeORM: "every find and save of the entity names it and fails",
  MikroORM: "every find of the entity names it and fails",
  Sequelize: "every find and create of the model names it and fails",
};

/** The commands that write the migration, by the tool that runs it. */
const COMMANDS: Readonly<Record<string, string>> = {
  prisma: "`npx prisma migrate dev --create-only`",
  drizzle: "`npx drizzle-kit generate`",
  typeorm: "`npx typeorm migration:generate`",
  "mikro-orm": "`npx mikro-orm migration:create`",
};

/** The command where the ORM's own tool runs the migrations. */
function commandFor({ database, model }: MissingFromSchema): string | undefined {
  const tool = TOOL_OF[model.orm];
  return database.tools.some(({ name }) => name === tool) ? COMMANDS[tool] : undefined;
}

function remedyForOptional(missing: MissingFromSchema): string {
  const command = commandFor(missing);
  const migration =
    command === undefined
      ? "put a migration that drops NOT NULL into this pull request"
      : `write the migration that drops NOT NULL with ${command}, and put it into this pull request`;
  return `Make it required in the model, or ${migration}.`;
}

function remedyFor(missing: MissingFromSchema): string {
  const command = commandFor(missing);
  const { column } = missing;
  const what = column ? "adds it" : "creates it";
  return command === undefined
    ? `Put a migration that ${what} into this pull request.`
    : `Write the migration that ${what} with ${command}, and put it into this pull request.`;
}
