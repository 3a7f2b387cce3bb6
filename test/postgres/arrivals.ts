/** Statements that newer versions of PostgreSQL take and older ones refuse. */
import { forms, schemas } from "./statement-forms.js";

export interface Arriving {
  readonly since: number;
  /** The schema, an empty line, and what goes before the statement. */
  readonly setup: string;
  readonly sql: string;
}

/** What older versions refuse of these already stands before the statement. */
const REFUSED_BEFORE = new Set([
  "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
  "ALTER TABLE orders VALIDATE CONSTRAINT label_set",
  "ALTER TABLE people ALTER CONSTRAINT people_team_fk ENFORCED",
]);

/** They have another name, or none. */
const REFUSED_FOR_THE_NAME = new Set(["ALTER TABLE orders DROP CONSTRAINT orders_quantity_not_null"]);

const measured = forms.flatMap(({ sql, since, before }): Arriving[] =>
  since === undefined || REFUSED_BEFORE.has(sql) || REFUSED_FOR_THE_NAME.has(sql)
    ? []
    : [{ since, setup: `${before.schema};\n\n${before.setup}`, sql }],
);

const { shop, events, office } = schemas;

export const arriving: readonly Arriving[] = [
  ...measured,
  { since: 14, setup: shop, sql: "CREATE FUNCTION two() RETURNS int LANGUAGE sql RETURN 2" },
  { since: 14, setup: shop, sql: "ALTER TABLE orders ADD COLUMN x int, ALTER COLUMN label SET COMPRESSION pglz" },
  { since: 15, setup: shop, sql: "CREATE UNLOGGED SEQUENCE numbers" },
  { since: 15, setup: shop, sql: "CREATE VIEW mine WITH (security_invoker) AS SELECT id FROM orders" },
  { since: 15, setup: office, sql: "CREATE PUBLICATION some_rows FOR TABLE people WHERE (id > 0)" },
  {
    since: 15,
    setup: shop,
    sql: "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts ON DELETE SET NULL (account_id)",
  },
  { since: 15, setup: shop, sql: "CREATE TABLE t (a int, UNIQUE NULLS NOT DISTINCT (a))" },
  { since: 17, setup: shop, sql: "GRANT MAINTAIN ON orders TO PUBLIC" },
  {
    since: 17,
    setup: shop,
    sql: "MERGE INTO plain USING items ON plain.id = items.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
  },
  {
    since: 17,
    setup: shop,
    sql: "MERGE INTO plain USING items ON plain.id = items.id WHEN MATCHED THEN DELETE RETURNING plain.id",
  },
  {
    since: 18,
    setup: shop,
    sql: "CREATE TABLE t (span int4range, during daterange, PRIMARY KEY (span, during WITHOUT OVERLAPS))",
  },
  {
    since: 18,
    setup: `${shop};\n\nCREATE TABLE t (span int4range, during daterange, PRIMARY KEY (span, during WITHOUT OVERLAPS))`,
    sql: "CREATE TABLE u (span int4range, during daterange, FOREIGN KEY (span, PERIOD during) REFERENCES t (span, PERIOD during))",
  },
  { since: 18, setup: shop, sql: "ALTER TABLE orders ADD COLUMN x int GENERATED ALWAYS AS (quantity + 1)" },
  { since: 18, setup: shop, sql: "CREATE TABLE t (a int, CONSTRAINT kept NOT NULL a)" },
  {
    since: 18,
    setup: events,
    sql: "ALTER TABLE events ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES tenants NOT VALID",
  },
];
