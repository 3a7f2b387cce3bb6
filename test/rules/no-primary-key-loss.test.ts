import { afterAll, beforeAll, expect, it } from "vitest";
import type { PGlite } from "@electric-sql/pglite";
import rule from "../../rules/no-primary-key-loss.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, uid uuid NOT NULL, code text);";
const history = [orders, "CREATE UNIQUE INDEX orders_uid_idx ON orders (uid);"];
const withoutOne =
  "Without its primary key orders has no replica identity: if it is published for logical replication, every UPDATE and DELETE on it fails until it has one again, and so does an upsert that names (id) in ON CONFLICT. Build the new key's unique index before, and swap in one statement: ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX …. A table that is to have no key keeps a replica identity with ALTER TABLE orders REPLICA IDENTITY FULL before it.";

ruleTester.run("no-primary-key-loss", rule, {
  valid: [
    { name: "a table of this change", pending: [orders], code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;" },
    { name: "another constraint or column", history, code: "ALTER TABLE orders DROP COLUMN code;" },
    {
      name: "a swap in one statement, with the old columns still unique",
      history: [...history, "CREATE UNIQUE INDEX orders_id_idx ON orders (id);"],
      tool: prisma7,
      code: 'ALTER TABLE "orders" DROP CONSTRAINT "orders_pkey", ADD CONSTRAINT "orders_pkey" PRIMARY KEY USING INDEX "orders_uid_idx";',
    },
    {
      name: "a wider key under the old name, in one transaction",
      history: [
        orders,
        "ALTER TABLE orders ADD COLUMN new_id bigint NOT NULL DEFAULT 0;\nCREATE UNIQUE INDEX orders_new_idx ON orders (new_id);",
      ],
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_new_idx;\nALTER TABLE orders RENAME COLUMN id TO old_id;\nALTER TABLE orders RENAME COLUMN new_id TO id;",
    },
    {
      name: "a table that goes in the same transaction",
      history,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\nDROP TABLE orders;",
    },
    {
      name: "a replica identity",
      history,
      code: "ALTER TABLE orders REPLICA IDENTITY FULL;\nALTER TABLE orders REPLICA IDENTITY USING INDEX orders_uid_idx;\nALTER TABLE orders REPLICA IDENTITY DEFAULT;",
    },
    {
      name: "another key: who upserts by the old one is told of it by its code",
      history,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY USING INDEX orders_uid_idx;",
    },
    {
      name: "another key, where the column of the old one goes",
      history,
      code: "ALTER TABLE orders DROP COLUMN id, DROP CONSTRAINT IF EXISTS orders_pkey, ADD PRIMARY KEY USING INDEX orders_uid_idx;",
    },
    {
      name: "the key anew in one file, where the runner is not known",
      history,
      tool: unknownRunner,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders ADD CONSTRAINT orders_key PRIMARY KEY (id);",
    },
    {
      name: "a table that is known by all of its columns, or by another index",
      history: [
        ...history,
        "CREATE TABLE queues (id bigint PRIMARY KEY, uid uuid NOT NULL UNIQUE);\nALTER TABLE queues REPLICA IDENTITY USING INDEX queues_uid_key;",
      ],
      code: "ALTER TABLE orders REPLICA IDENTITY FULL;\nALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE queues DROP CONSTRAINT queues_pkey;",
    },
    { name: "a key that no migration made", code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;" },
  ],
  invalid: [
    {
      name: "the key, and nothing in its place",
      history,
      tool: drizzle,
      code: 'ALTER TABLE "orders" DROP CONSTRAINT "orders_pkey";',
      errors: [{ message: withoutOne, line: 1, column: 1, endLine: 1, endColumn: 51 }],
    },
    {
      name: "the new key in a transaction of its own",
      history,
      tool: prisma7,
      code: 'ALTER TABLE "orders" DROP CONSTRAINT "orders_pkey";\nALTER TABLE "orders" ADD PRIMARY KEY ("uid");',
      errors: [{ message: withoutOne, line: 1, column: 1, endLine: 1, endColumn: 51 }],
    },
    {
      name: "a column of the key",
      history,
      code: "ALTER TABLE orders ADD COLUMN note text, DROP COLUMN id, DROP CONSTRAINT IF EXISTS orders_pkey;",
      errors: [{ message: withoutOne, line: 1, column: 42, endLine: 1, endColumn: 56 }],
    },
    {
      name: "a key that is the replica identity by its name, and one that became it again",
      history,
      code: "ALTER TABLE orders REPLICA IDENTITY FULL;\nALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey;\nALTER TABLE orders DROP CONSTRAINT orders_pkey;",
      errors: [{ message: withoutOne, line: 3, column: 1, endLine: 3, endColumn: 47 }],
    },
    {
      name: "no replica identity",
      history: [...history, "CREATE TABLE logs (at date);"],
      code: "ALTER TABLE orders REPLICA IDENTITY NOTHING;\nALTER TABLE logs REPLICA IDENTITY DEFAULT;",
      errors: [
        {
          message:
            "With REPLICA IDENTITY NOTHING orders has no replica identity: if it is published for logical replication, every UPDATE and DELETE on it fails from then on. Name a unique index over NOT NULL columns (REPLICA IDENTITY USING INDEX), or FULL.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 44,
        },
        {
          message:
            "With REPLICA IDENTITY DEFAULT logs has no replica identity, because it has no primary key: if it is published for logical replication, every UPDATE and DELETE on it fails from then on. Name a unique index over NOT NULL columns (REPLICA IDENTITY USING INDEX), or FULL.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 42,
        },
      ],
    },
  ],
});

let postgres: PGlite;
beforeAll(async () => void (postgres = await startPGlite()));
afterAll(() => postgres.close());

it("PostgreSQL does what the findings say", async () => {
  await postgres.exec(
    `${orders} INSERT INTO orders VALUES (1, gen_random_uuid(), 'a'); CREATE PUBLICATION shop FOR TABLE orders;`,
  );
  const write = "UPDATE orders SET code = 'b' WHERE id = 1;";
  const upsert = "INSERT INTO orders VALUES (2, gen_random_uuid(), 'c') ON CONFLICT (id) DO NOTHING;";
  await postgres.exec(write + upsert);
  await postgres.exec("ALTER TABLE orders DROP CONSTRAINT orders_pkey;");
  await expect(postgres.exec(write)).rejects.toMatchObject({ code: "55000" });
  await expect(postgres.exec("DELETE FROM orders WHERE id = 1;")).rejects.toMatchObject({ code: "55000" });
  await expect(postgres.exec(upsert)).rejects.toMatchObject({ code: "42P10" });
  await postgres.exec("ALTER TABLE orders REPLICA IDENTITY FULL;");
  await postgres.exec(write);
  await postgres.exec("ALTER TABLE orders ADD PRIMARY KEY (id); ALTER TABLE orders DROP CONSTRAINT orders_pkey;");
  await postgres.exec(write);
  await postgres.exec("ALTER TABLE orders ADD PRIMARY KEY (id); ALTER TABLE orders REPLICA IDENTITY NOTHING;");
  await expect(postgres.exec(write)).rejects.toMatchObject({ code: "55000" });
});
