/** json is text that PostgreSQL parses again for every operator, and that cannot be compared or indexed. */
import { declaredColumns, defineRule, formatName, inModel, migrationOf, quoteIdentifier } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Prefer jsonb to json",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    messages: {
      json: "{{column}} of {{table}} is json, which has no equality and no index: SELECT DISTINCT, GROUP BY and UNION on it fail, no GIN index serves a search in it, and each operator parses the whole text again. Declare it as jsonb{{inModel}}.",
      setJsonb: "Make it jsonb",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return declaredColumns(migration, ({ node, range, table, name, type, typeRange }) => {
      if (type.name !== "json") return;
      context.report({
        node,
        range,
        messageId: "json",
        data: { table: formatName(table), column: quoteIdentifier(name), inModel: inModel(migration, "jsonb") },
        suggest: typeRange && [
          {
            messageId: "setJsonb",
            fix: (fixer) => fixer.replaceTextRange([...typeRange], `jsonb${"[]".repeat(type.arrayDimensions)}`),
          },
        ],
      });
    });
  },
});
