/** char(n) pads with blanks, and varchar(n) refuses what is longer: neither is faster or smaller than text. */
import { declaredColumns, defineRule, formatName, inModel, migrationOf, quoteIdentifier } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Prefer text to char(n) and varchar(n)",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    messages: {
      limited:
        "{{column}} of {{table}} is {{type}}, which refuses longer values and saves nothing: text is stored alike. Lowering the limit later rewrites {{table}}. Declare it as text{{inModel}}, and put a limit that matters into a CHECK, which can change without a rewrite.",
      padded:
        "{{column}} of {{table}} is {{type}}, which fills every value with blanks up to its length, stores them, and leaves them out of comparisons. Declare it as text{{inModel}}, and put a length that matters into a CHECK.",
      setText: "Make it text",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return declaredColumns(migration, ({ node, range, table, name, type, typeRange }) => {
      const messageId = type.name === "bpchar" ? "padded" : "limited";
      // varchar without a limit is text under another name; bpchar without one pads nothing.
      if (type.modifiers.length === 0 || (type.name !== "varchar" && type.name !== "bpchar")) return;
      context.report({
        node,
        range,
        messageId,
        data: {
          table: formatName(table),
          column: quoteIdentifier(name),
          type: type.sql,
          inModel: inModel(migration, "text"),
        },
        suggest: typeRange && [
          {
            messageId: "setText",
            fix: (fixer) => fixer.replaceTextRange([...typeRange], `text${"[]".repeat(type.arrayDimensions)}`),
          },
        ],
      });
    });
  },
});
