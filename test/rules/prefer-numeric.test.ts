import rule from "../../rules/prefer-numeric.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle } from "./tools.js";

const float = (column: string, table: string, type: string, model = ""): string =>
  `${column} of ${table} is ${type}, which holds no exact decimal fraction: 0.1 + 0.2 is not 0.3, sums depend on the order of the rows, and comparing two amounts fails by the last digit. Declare it as numeric${model}, or count the smallest unit in a bigint.`;

ruleTester.run("prefer-numeric", rule, {
  valid: [
    { name: "numeric, and whole numbers", code: "CREATE TABLE orders (price numeric(10, 2), total_cents bigint);" },
    {
      name: "numbers that are no amounts",
      code: "CREATE TABLE places (lat double precision, lng float8, weight real);",
    },
    { name: "rates", code: "CREATE TABLE orders (tax_rate real, discount_percent float8, price_change real);" },
    { name: "words inside of words", code: "CREATE TABLE meals (coffee real, taxonomy real, finely real);" },
    { name: "other words", options: [{ amounts: ["saldo"] }], code: "CREATE TABLE orders (price float8);" },
    {
      name: "changed afterwards",
      code: "CREATE TABLE orders (price float8);\nALTER TABLE orders ALTER price TYPE numeric;",
    },
  ],
  invalid: [
    {
      name: "floating point",
      code: "CREATE TABLE orders (price double precision NOT NULL, total_fees float(24));",
      errors: [
        {
          message: float("price", "orders", "double precision"),
          line: 1,
          column: 22,
          endLine: 1,
          endColumn: 53,
          suggestions: [
            { desc: "Make it numeric", output: "CREATE TABLE orders (price numeric NOT NULL, total_fees float(24));" },
          ],
        },
        {
          message: float("total_fees", "orders", "float(24)"),
          line: 1,
          column: 55,
          endLine: 1,
          endColumn: 75,
          suggestions: [
            {
              desc: "Make it numeric",
              output: "CREATE TABLE orders (price double precision NOT NULL, total_fees numeric);",
            },
          ],
        },
      ],
    },
    {
      name: "camel case, in Drizzle",
      tool: drizzle,
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: 'ALTER TABLE "orders" ADD COLUMN "unitPrice" real;',
      errors: [
        {
          message: float('"unitPrice"', "orders", "real", " (numeric() in the Drizzle schema)"),
          line: 1,
          column: 33,
          endLine: 1,
          endColumn: 49,
          suggestions: [{ desc: "Make it numeric", output: 'ALTER TABLE "orders" ADD COLUMN "unitPrice" numeric;' }],
        },
      ],
    },
    {
      name: "money, whatever it is called",
      options: [{ amounts: [] }],
      code: "CREATE TABLE orders (worth money);",
      errors: [
        {
          message:
            "worth of orders is money, whose currency and number of decimals are those of lc_monetary: under another setting the same value reads as another amount. Declare it as numeric, and keep the currency in a column of its own.",
          line: 1,
          column: 22,
          endLine: 1,
          endColumn: 33,
          suggestions: [{ desc: "Make it numeric", output: "CREATE TABLE orders (worth numeric);" }],
        },
      ],
    },
    {
      name: "words of one's own",
      options: [{ amounts: ["saldo"] }],
      code: "CREATE TABLE accounts (saldo float8);",
      errors: [
        {
          message: float("saldo", "accounts", "float8"),
          line: 1,
          column: 24,
          endLine: 1,
          endColumn: 36,
          suggestions: [{ desc: "Make it numeric", output: "CREATE TABLE accounts (saldo numeric);" }],
        },
      ],
    },
  ],
});
