/** timestamp is a date and a time of day without the zone: which moment it means depends on who reads it. */
import { declaredColumns, defineRule, formatName, inModel, migrationOf, quoteIdentifier } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Prefer timestamptz to timestamp",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    messages: {
      noZone:
        "{{column}} of {{table}} is a timestamp without time zone: now() and a value with an offset lose their zone when they are stored, so two sessions with different time zones read different moments from one value, and an hour of each autumn means two. Declare it as {{replacement}}{{inModel}}.",
      setTimestamptz: "Make it {{replacement}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return declaredColumns(migration, ({ node, range, table, name, type, typeRange }) => {
      if (type.name !== "timestamp") return;
      const [precision] = type.modifiers;
      const replacement =
        (precision === undefined ? "timestamptz" : `timestamptz(${String(precision)})`) +
        "[]".repeat(type.arrayDimensions);
      context.report({
        node,
        range,
        messageId: "noZone",
        data: {
          table: formatName(table),
          column: quoteIdentifier(name),
          replacement,
          inModel: inModel(migration, "timestamptz"),
        },
        suggest: typeRange && [
          {
            messageId: "setTimestamptz",
            data: { replacement },
            fix: (fixer) => fixer.replaceTextRange([...typeRange], replacement),
          },
        ],
      });
    });
  },
});
