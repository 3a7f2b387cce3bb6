import rule from "../../rules/no-unknown-enum-value.js";
import { ruleTester } from "./rule-tester.js";

const orders =
  "CREATE TYPE status AS ENUM ('new', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state status);";
const add = "ALTER TYPE status ADD VALUE 'refunded';";
const schema = (...values: readonly string[]): Readonly<Record<string, string>> => ({
  "prisma/schema.prisma": `model orders {\n  id BigInt @id\n  state OrderStatus?\n}\n\nenum OrderStatus {\n${values.map((value) => `  ${value}\n`).join("")}\n  @@map("status")\n}\n`,
});
const before = schema("new", "paid");
const after = schema("new", "paid", "refunded");
const writes = { "queries/orders.sql": "UPDATE orders SET state = 'refunded' WHERE id = $1;\n" };
const setDefault = "ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'refunded';";

ruleTester.run("no-unknown-enum-value", rule, {
  valid: [
    { name: "the value alone", history: [orders], baseCode: before, headCode: after, code: add },
    {
      name: "no client checks values",
      history: [orders],
      baseCode: {},
      headCode: writes,
      code: `${add}\n${setDefault}`,
    },
    {
      name: "the running client knows it",
      history: [orders],
      baseCode: after,
      headCode: { ...after, ...writes },
      code: add,
    },
    {
      name: "a value under another name in the client",
      history: [orders],
      baseCode: schema("new", "paid", 'Refunded @map("refunded")'),
      headCode: { ...after, ...writes },
      code: add,
    },
    {
      name: "nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: before,
      headCode: { ...after, ...writes },
      code: add,
    },
    {
      name: "it is only read",
      history: [orders],
      baseCode: before,
      headCode: { ...after, "queries/o.sql": "SELECT id FROM orders WHERE state = 'refunded';\n" },
      code: add,
    },
    {
      name: "a type of this change",
      pending: [orders],
      baseCode: before,
      headCode: { ...after, ...writes },
      code: add,
    },
  ],
  invalid: [
    {
      name: "a default",
      history: [orders],
      transaction: "per-statement",
      baseCode: before,
      headCode: after,
      code: `${add}\n${setDefault}`,
      errors: [
        {
          message:
            "Rows get 'refunded', which is new in the enum status (line 2), and the running code's Prisma enum OrderStatus (prisma/schema.prisma:6) does not have it: until the last instance of that code is gone, every query fails that reads such a row. Deploy code that knows 'refunded' first; write it in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
    {
      name: "the code that comes with it",
      history: [orders],
      baseCode: before,
      headCode: { ...after, ...writes },
      code: add,
      errors: [
        {
          message:
            "Rows get 'refunded', which is new in the enum status (queries/orders.sql:1), and the running code's Prisma enum OrderStatus (prisma/schema.prisma:6) does not have it: until the last instance of that code is gone, every query fails that reads such a row. Deploy code that knows 'refunded' first; write it in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
    {
      name: "code that writes the value as the client's enum has it",
      history: [orders],
      baseCode: before,
      headCode: {
        ...after,
        "src/refund.ts":
          'import { OrderStatus } from "@prisma/client";\nexport const refund = (tx, id) =>\n  tx.orders.update({\n    where: { id },\n    data: { state: OrderStatus.refunded },\n  });\n',
      },
      code: add,
      errors: [
        {
          message:
            "Rows get 'refunded', which is new in the enum status (src/refund.ts:5), and the running code's Prisma enum OrderStatus (prisma/schema.prisma:6) does not have it: until the last instance of that code is gone, every query fails that reads such a row. Deploy code that knows 'refunded' first; write it in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
    {
      name: "sqlx",
      history: [orders],
      baseCode: {
        "src/order.rs":
          '#[derive(sqlx::Type, Debug)]\n#[sqlx(type_name = "status", rename_all = "snake_case")]\npub enum Status {\n    New,\n    Paid,\n}\n',
      },
      headCode: writes,
      code: add,
      errors: [
        {
          message:
            "Rows get 'refunded', which is new in the enum status (queries/orders.sql:1), and the running code's sqlx enum Status (src/order.rs:3) does not have it: until the last instance of that code is gone, every query fails that reads such a row. Deploy code that knows 'refunded' first; write it in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
  ],
});
