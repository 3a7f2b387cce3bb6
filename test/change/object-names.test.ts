import { describe, expect, it } from "vitest";
import { describe as namesOf, objectOf } from "../../src/change/object-names.js";
import { lastOperation } from "./last-operation.js";

const HISTORY = `
CREATE SCHEMA sales;
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, ref text, CONSTRAINT orders_customer FOREIGN KEY (id) REFERENCES customers);
CREATE TABLE sales."Order" (id bigint, "user" text);
CREATE INDEX orders_ref_idx ON orders (ref);
CREATE INDEX order_idx ON sales."Order" ("user");
CREATE TYPE mood AS ENUM ('sad');
CREATE VIEW recent AS SELECT 1;
CREATE SEQUENCE numbers;
`;

describe("the names of an operation's objects", () => {
  it.each<[sql: string, object: string | undefined, names: Record<string, string>]>([
    ["ALTER TABLE orders DROP COLUMN ref", "public.orders.ref", { table: "orders", column: "ref" }],
    ["ALTER TABLE orders ADD COLUMN a int", "public.orders.a", { table: "orders", column: "a" }],
    [
      "ALTER TABLE orders ADD COLUMN customer_id bigint REFERENCES customers",
      "public.orders.customer_id",
      { table: "orders", column: "customer_id", referenced: "customers" },
    ],
    [
      'ALTER TABLE sales."Order" ALTER COLUMN "user" SET NOT NULL',
      "sales.Order.user",
      { table: 'sales."Order"', column: '"user"' },
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES customers (id)",
      "public.orders.fk",
      { table: "orders", constraint: "fk", column: "id", referenced: "customers" },
    ],
    [
      "ALTER TABLE orders VALIDATE CONSTRAINT orders_customer",
      "public.orders.orders_customer",
      { table: "orders", constraint: "orders_customer", referenced: "customers" },
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX orders_ref_idx",
      "public.orders.u",
      { table: "orders", constraint: "u", index: "orders_ref_idx" },
    ],
    ["CREATE INDEX i ON orders (ref)", "public.i", { table: "orders", index: "i" }],
    ['CREATE INDEX i ON sales."Order" (id)', "sales.i", { table: 'sales."Order"', index: "sales.i" }],
    ["DROP INDEX orders_ref_idx", "public.orders_ref_idx", { table: "orders", index: "orders_ref_idx" }],
    ["DROP INDEX unknown_idx", "public.unknown_idx", { index: "unknown_idx" }],
    ["REINDEX INDEX sales.order_idx", "sales.order_idx", { table: 'sales."Order"', index: "sales.order_idx" }],
    ["ALTER INDEX orders_ref_idx RENAME TO other", "public.orders_ref_idx", { table: "orders" }],
    ["DROP TABLE orders", "public.orders", { table: "orders" }],
    ["ALTER TABLE unknown RENAME TO other", "public.unknown", { table: "unknown" }],
    ["DROP VIEW recent", "public.recent", { table: "recent" }],
    ["CREATE TABLE fresh (id int)", "public.fresh", { table: "fresh" }],
    ["CREATE SEQUENCE more", "public.more", { table: "more" }],
    ["CREATE TYPE weather AS ENUM ('wet')", "public.weather", {}],
    ["ALTER TYPE mood ADD VALUE 'glad'", "public.mood", {}],
    ["ALTER TYPE mood SET SCHEMA app", "public.mood", {}],
    ["DROP FUNCTION app.total(int)", "app.total", {}],
    ["ALTER FUNCTION total(int) RENAME TO sum_of", "public.total", {}],
    ["ALTER PROCEDURE total SET SCHEMA app", "public.total", {}],
    ["ALTER SCHEMA app RENAME TO shop", "app", {}],
    ["CREATE SCHEMA extra", "extra", {}],
    ["CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f()", "public.orders.t", { table: "orders" }],
    ["SET lock_timeout = '1s'", undefined, {}],
    ["CREATE TABEL x", undefined, {}],
  ])("%s", (sql, object, names) => {
    const placed = lastOperation(sql, { history: [HISTORY] });
    expect(objectOf(placed)).toBe(object);
    const found = namesOf(placed);
    expect(Object.fromEntries(Object.keys(names).map((key) => [key, found[key]]))).toEqual(names);
  });
});
