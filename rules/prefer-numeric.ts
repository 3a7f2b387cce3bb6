/** float holds no exact decimal fraction, and money depends on a setting of the server: sums of both come out wrong. */
import { declaredColumns, defineRule, formatName, inModel, migrationOf, quoteIdentifier } from "../src/rule/index.js";

/** Words in names of columns that hold amounts. */
const AMOUNTS = [
  "amount",
  "balance",
  "charge",
  "cost",
  "credit",
  "debit",
  "deposit",
  "discount",
  "fare",
  "fee",
  "fine",
  "payment",
  "payout",
  "price",
  "refund",
  "revenue",
  "salary",
  "subtotal",
  "tax",
  "total",
  "vat",
  "wage",
];

/** Words that make a number of it that is no amount: `discount_percent`. */
const RATES: ReadonlySet<string> = new Set([
  "change",
  "delta",
  "distance",
  "duration",
  "factor",
  "fraction",
  "percent",
  "percentage",
  "probability",
  "rate",
  "ratio",
  "score",
  "seconds",
  "time",
  "weight",
]);

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Prefer numeric to money and floating point for amounts",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          amounts: {
            description: "Words in names of columns that hold amounts.",
            type: "array",
            items: { type: "string" },
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ amounts: AMOUNTS }],
    messages: {
      float:
        "{{column}} of {{table}} is {{type}}, which holds no exact decimal fraction: 0.1 + 0.2 is not 0.3, sums depend on the order of the rows, and comparing two amounts fails by the last digit. Declare it as numeric{{inModel}}, or count the smallest unit in a bigint.",
      money:
        "{{column}} of {{table}} is money, whose currency and number of decimals are those of lc_monetary: under another setting the same value reads as another amount. Declare it as numeric{{inModel}}, and keep the currency in a column of its own.",
      setNumeric: "Make it numeric",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const amounts = new Set(context.options[0]?.amounts ?? AMOUNTS);
    return declaredColumns(migration, ({ node, range, table, name, type, typeRange }) => {
      const float = type.name === "float4" || type.name === "float8";
      if (type.name !== "money" && !(float && isAmount(name, amounts))) return;
      context.report({
        node,
        range,
        messageId: float ? "float" : "money",
        data: {
          table: formatName(table),
          column: quoteIdentifier(name),
          type: type.sql,
          inModel: inModel(migration, "numeric"),
        },
        suggest: typeRange && [
          {
            messageId: "setNumeric",
            fix: (fixer) => fixer.replaceTextRange([...typeRange], `numeric${"[]".repeat(type.arrayDimensions)}`),
          },
        ],
      });
    });
  },
});

/** Whether a name has a word for amounts in it, in singular or plural, and none for rates: `unitPrice`, `total_fees`. */
function isAmount(name: string, amounts: ReadonlySet<string>): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  if (words.some((word) => RATES.has(word))) return false;
  return words.some((word) => amounts.has(word) || amounts.has(word.replace(/s$/, "")));
}
