import { expect, it } from "vitest";
import rule from "../../rules/no-constraint-before-data.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, prisma6 } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY, region text);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, code text, total numeric);";
const unique = "ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE (code);";
const foreignKey = "ALTER TABLE orders ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts;";
const check = "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 0);";
const notNull = "ALTER TABLE orders ALTER COLUMN code SET NOT NULL;";

const sameCode =
  "SELECT count(*) FROM (SELECT FROM orders WHERE code IS NOT NULL GROUP BY code HAVING count(*) > 1) AS duplicates";
const orphans =
  "SELECT count(*) FROM orders AS r WHERE r.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM accounts AS k WHERE k.id = r.account_id)";

/** The finding on the last line, from its start to before its semicolon. */
const finding = (what: string, query: string, code: string): readonly ExpectedError[] => {
  const lines = code.split("\n");
  return [
    {
      message: `${what}, and no earlier step of this change sees to that. Before it ships, ${query} has to answer 0: then accept this finding with that reason; otherwise mend those rows in an earlier deploy.`,
      line: lines.length,
      column: 1,
      endLine: lines.length,
      endColumn: lines.at(-1)?.length ?? 0,
    },
  ];
};

ruleTester.run("no-constraint-before-data", rule, {
  valid: [
    {
      name: "NOT NULL that a CHECK made by hand proves, which goes behind it",
      history: [accounts, orders],
      code: `${notNull}\nALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_code_present;`,
    },
    {
      name: "a table of this change",
      pending: [accounts, orders],
      code: [unique, foreignKey, check, notNull].join("\n"),
    },
    {
      name: "a small table",
      history: [accounts, orders],
      tables: { small: ["orders"] },
      code: [unique, foreignKey, check, notNull].join("\n"),
    },
    {
      name: "NOT VALID, what validates it, an index that was built before, NOT ENFORCED",
      history: [accounts, orders, "CREATE UNIQUE INDEX orders_code_idx ON orders (code);"],
      postgres: 18,
      code: "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;\nALTER TABLE orders ADD CONSTRAINT k UNIQUE USING INDEX orders_code_idx;\nALTER TABLE orders ADD CONSTRAINT e CHECK (total > 1) NOT ENFORCED;\nALTER TABLE orders ADD CONSTRAINT n NOT NULL code NOT VALID;",
    },
    {
      name: "built with CONCURRENTLY: duplicates stop nobody",
      history: [orders],
      code: "CREATE UNIQUE INDEX CONCURRENTLY orders_code_idx ON orders (code);",
    },
    {
      name: "IF NOT EXISTS: it may have been built with CONCURRENTLY before",
      history: [orders],
      tool: drizzle,
      code: "CREATE UNIQUE INDEX IF NOT EXISTS orders_code_idx ON orders (code);",
    },
    {
      name: "a partitioned table without its partitions, and a materialized view",
      history: [
        "CREATE TABLE events (id bigint NOT NULL) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9); CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM events;",
      ],
      code: "CREATE UNIQUE INDEX events_idx ON ONLY events (id);\nALTER TABLE ONLY events ADD UNIQUE (id);\nCREATE UNIQUE INDEX counts_idx ON counts (count);",
    },
    { name: "an index that is not unique", history: [orders], code: "CREATE INDEX orders_code_idx ON orders (code);" },
    {
      name: "an expression, which is not compared",
      history: [orders],
      code: "CREATE UNIQUE INDEX orders_code_idx ON orders (lower(code));",
    },
    {
      name: "columns of this change",
      history: [orders],
      pending: ["ALTER TABLE orders ADD COLUMN slug text;"],
      code: "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new';\nALTER TABLE orders ADD UNIQUE (slug);\nALTER TABLE orders ADD CHECK (state <> '');\nALTER TABLE orders ALTER COLUMN state SET NOT NULL;",
    },
    {
      name: "rows that this change mends",
      history: [accounts, orders],
      pending: ["UPDATE orders SET code = id::text WHERE code IS NULL;"],
      code: `DELETE FROM orders WHERE total <= 0 OR account_id NOT IN (SELECT id FROM accounts);\n${[unique, notNull, check, foreignKey].join("\n")}`,
    },
    {
      name: "a type that makes new values of the old ones",
      history: [orders],
      code: "ALTER TABLE orders ALTER COLUMN code TYPE text USING coalesce(code, '');\nALTER TABLE orders ALTER COLUMN code SET NOT NULL;",
    },
    {
      name: "rows that this change adds to the other table",
      history: [accounts, orders],
      code: `INSERT INTO accounts (id) SELECT DISTINCT account_id FROM orders ON CONFLICT DO NOTHING;\n${foreignKey}`,
    },
    {
      name: "a key that is there, or one on fewer columns",
      history: [orders, "CREATE UNIQUE INDEX orders_code_idx ON orders (code);"],
      code: `${unique}\nALTER TABLE orders ADD UNIQUE (id, total);`,
    },
    {
      name: "constraints that are there already, under other names",
      history: [
        accounts,
        orders,
        "ALTER TABLE orders ADD CHECK (total > 0); ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts; ALTER TABLE orders ADD CONSTRAINT code_there CHECK (code IS NOT NULL);",
      ],
      code: [foreignKey, check, notNull, "ALTER TABLE orders ALTER COLUMN id SET NOT NULL;"].join("\n"),
    },
    {
      name: "constraints that this change drops and adds again",
      history: [
        accounts,
        orders,
        "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts; CREATE UNIQUE INDEX orders_code_idx ON orders (code);",
      ],
      code: 'ALTER TABLE orders DROP CONSTRAINT fk;\nDROP INDEX orders_code_idx;\nALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE;\nCREATE UNIQUE INDEX "Orders_code_idx" ON orders (code, total);',
    },
  ],
  invalid: [
    {
      name: "UNIQUE",
      history: [orders],
      code: unique,
      errors: finding("Adding orders_code_key fails if two rows of orders have the same code", sameCode, unique),
    },
    {
      name: "a unique index on several columns, of some rows, as Prisma writes it",
      history: [orders],
      tool: prisma6,
      code: '-- CreateIndex\nCREATE UNIQUE INDEX "orders_code_total_key" ON "orders"("code", "total") WHERE "account_id" = 1;',
      errors: finding(
        "Adding orders_code_total_key fails if two rows of orders have the same code and total",
        'SELECT count(*) FROM (SELECT FROM orders WHERE code IS NOT NULL AND total IS NOT NULL AND ("account_id" = 1) GROUP BY code, total HAVING count(*) > 1) AS duplicates',
        '-- CreateIndex\nCREATE UNIQUE INDEX "orders_code_total_key" ON "orders"("code", "total") WHERE "account_id" = 1;',
      ),
    },
    {
      name: "NULLS NOT DISTINCT",
      history: [orders],
      code: "CREATE UNIQUE INDEX i ON orders (code) NULLS NOT DISTINCT;",
      errors: finding(
        "Adding i fails if two rows of orders have the same code",
        "SELECT count(*) FROM (SELECT FROM orders GROUP BY code HAVING count(*) > 1) AS duplicates",
        "CREATE UNIQUE INDEX i ON orders (code) NULLS NOT DISTINCT;",
      ),
    },
    {
      name: "a foreign key, with a fix of another column before it",
      history: [accounts, orders],
      tool: drizzle,
      code: `UPDATE orders SET code = '';\n${foreignKey}`,
      errors: finding(
        "Adding orders_account_fk fails if account_id of a row of orders is not in accounts",
        orphans,
        `UPDATE orders SET code = '';\n${foreignKey}`,
      ),
    },
    {
      name: "a fix that comes too late",
      history: [orders],
      code: `${check}\nUPDATE orders SET total = 1;`,
      errors: [
        {
          ...(finding(
            "Adding orders_total_check fails if a row of orders violates it",
            "SELECT count(*) FROM orders WHERE NOT (total > 0)",
            check,
          )[0] as ExpectedError),
        },
      ],
    },
    {
      name: "NOT NULL",
      history: [orders],
      code: notNull,
      errors: [
        {
          ...(finding(
            "NOT NULL on code fails if a row of orders has no value there",
            "SELECT count(*) FROM orders WHERE code IS NULL",
            notNull,
          )[0] as ExpectedError),
        },
      ],
    },
    {
      name: "tables that no migration made: their keys are not known",
      code: "ALTER TABLE shop.orders ADD FOREIGN KEY (account_id) REFERENCES auth.users;",
      errors: [
        {
          message:
            "Adding the constraint fails if account_id of a row of shop.orders is not in auth.users, and no earlier step of this change sees to that. Look for such rows before it ships, and mend them in an earlier deploy.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 75,
        },
      ],
    },
  ],
});

it("the queries count what PostgreSQL refuses", async () => {
  const postgres = await startPGlite();
  const count = async (query: string): Promise<unknown> =>
    (await postgres.query<{ count: number }>(query)).rows.map(({ count }) => Number(count));
  try {
    await postgres.exec(`${accounts} ${orders}
      INSERT INTO accounts VALUES (1, 'eu');
      INSERT INTO orders VALUES (1, 1, 'a', 1), (2, 2, 'a', 0), (3, NULL, NULL, NULL), (4, NULL, NULL, NULL);`);
    const refused: readonly (readonly [sql: string, query: string, code: string, found: number])[] = [
      [unique, sameCode, "23505", 1],
      [foreignKey, orphans, "23503", 1],
      [check, "SELECT count(*) FROM orders WHERE NOT (total > 0)", "23514", 1],
      [notNull, "SELECT count(*) FROM orders WHERE code IS NULL", "23502", 2],
    ];
    for (const [sql, query, code, found] of refused) {
      expect(await count(query), sql).toEqual([found]);
      await expect(postgres.exec(sql), sql).rejects.toMatchObject({ code });
    }
    await postgres.exec("DELETE FROM orders WHERE id = 2; UPDATE orders SET code = id::text WHERE code IS NULL;");
    for (const [sql, query] of refused) {
      expect(await count(query), sql).toEqual([0]);
      await postgres.exec(sql);
    }
  } finally {
    await postgres.close();
  }
});
