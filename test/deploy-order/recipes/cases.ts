/** Pull requests, each with the recipe that answers it. */
import type { Asked } from "./chosen-way.js";

export interface RecipeCase extends Asked {
  readonly title: string;
  readonly recipe: string;
  /** Rows that are there, as SQL. */
  readonly rows: string;
  /** What a person runs in a step that leaves the values to them, by the step's name. */
  readonly decided?: Readonly<Record<string, string>>;
  /** Queries after the last step, with what they answer. */
  readonly finally?: readonly (readonly [sql: string, answer: unknown])[];
  /** Rules that still speak, by step: of what the pull request wanted itself. Default: none. */
  readonly speaks?: Readonly<Record<string, readonly string[]>>;
  /** What stays different from the schema that the pull request wanted. Default: nothing. */
  readonly leaves?: readonly string[];
  /** The first major version that has what the pull request asks for. Default: all that are in use. */
  readonly since?: number;
}

const USERS =
  "CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL DEFAULT '', note text);\nCREATE INDEX users_full_name_idx ON users (full_name DESC, id);";
const USER_ROWS = "INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 2500) AS n;";
const ODD =
  `CREATE SCHEMA "Old Shop";\nCREATE TABLE "Old Shop"."Order" ("Id" uuid PRIMARY KEY, "user" text, "say ""hi""" text NOT NULL, 'x' int);`.replace(
    ", 'x' int",
    "",
  );
const ODD_ROWS = `INSERT INTO "Old Shop"."Order" SELECT gen_random_uuid(), 'u', 'it''s ' || n FROM generate_series(1, 20) AS n;`;
const ORDERS = `
CREATE TABLE accounts (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, code text, total numeric, state text NOT NULL DEFAULT 'new');`;
const ORDER_ROWS = `
INSERT INTO accounts SELECT n FROM generate_series(1, 5) AS n;
INSERT INTO orders (id, account_id, code, total) SELECT n, CASE WHEN n % 3 > 0 THEN n % 5 + 1 END, 'c' || n, n FROM generate_series(1, 30) AS n;`;

export const CASES: readonly RecipeCase[] = [
  {
    title: "a required column, filled by the pull request itself",
    recipe: "add-required-column",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "DELETE FROM orders WHERE false; ALTER TABLE orders ADD COLUMN region text NOT NULL; UPDATE orders SET region = 'eu-' || code;",
    finally: [["SELECT count(*)::int FROM orders WHERE region <> 'eu-' || code", 0]],
  },
  {
    title: "a required column that is unique, refers to another table and has a CHECK",
    recipe: "add-required-column",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ADD COLUMN buyer bigint NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE CHECK (buyer > 0);",
    decided: {
      "fill-rows":
        "INSERT INTO accounts SELECT n FROM generate_series(6, 90) AS n; UPDATE orders SET buyer = id WHERE buyer IS NULL",
    },
    finally: [["SELECT count(*)::int FROM orders WHERE buyer = id", 30]],
  },
  {
    title: "a default that is another value for each row, in a column that is unique",
    recipe: "add-column-with-default",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ADD COLUMN token uuid NOT NULL UNIQUE DEFAULT gen_random_uuid();",
    finally: [["SELECT count(DISTINCT token)::int FROM orders", 30]],
  },
  {
    title: "a column that is unique and may be empty",
    recipe: "add-unique-column",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: 'ALTER TABLE orders ADD COLUMN "Slug" varchar(40) COLLATE "C" UNIQUE CHECK ("Slug" <> \'\');',
  },
  {
    title: "another type, and NOT NULL that goes and comes back, as Knex's alter() sends it",
    recipe: "change-type",
    schema:
      "CREATE TABLE customers (id bigint PRIMARY KEY, credits integer NOT NULL DEFAULT 0);\nCREATE INDEX customers_credits ON customers (credits);",
    rows: "INSERT INTO customers SELECT n, n FROM generate_series(1, 9) AS n;",
    pull: `alter table "customers" alter column "credits" drop default;
alter table "customers" alter column "credits" drop not null;
alter table "customers" alter column "credits" type bigint using ("credits"::bigint);
alter table "customers" alter column "credits" set default '1';
alter table "customers" alter column "credits" set not null;`,
    finally: [["SELECT sum(credits)::int FROM customers", 45]],
  },
  {
    title: "another type, and a default that makes room for it",
    recipe: "change-type",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: `CREATE TYPE order_state AS ENUM ('new', 'paid');
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN state TYPE order_state USING state::order_state;
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'paid';`,
    finally: [["SELECT count(*)::int FROM orders WHERE state = 'new'", 30]],
  },
  {
    title: "a required column with odd names on 18, filled as somebody decides",
    recipe: "add-required-column",
    postgres: 18,
    schema: ODD,
    rows: ODD_ROWS,
    pull: `ALTER TABLE "Old Shop"."Order" ADD COLUMN "Where To" varchar(20) COLLATE "C" NOT NULL;`,
    decided: { "fill-rows": `UPDATE "Old Shop"."Order" SET "Where To" = 'here' WHERE "Where To" IS NULL` },
  },
  {
    title: "a default that is another value for each row",
    recipe: "add-column-with-default",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();",
    finally: [["SELECT count(DISTINCT token)::int FROM orders", 30]],
  },
  {
    title: "NOT NULL on 12 to 17",
    recipe: "set-not-null",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "UPDATE orders AS o SET account_id = 1 WHERE o.account_id IS NULL; ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;",
    finally: [["SELECT count(*)::int FROM orders WHERE account_id = 1", 14]],
  },
  {
    title: "NOT NULL on 18",
    recipe: "set-not-null",
    postgres: 18,
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "UPDATE orders SET account_id = 1 WHERE account_id IS NULL; ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;",
  },
  {
    title: "another default",
    recipe: "change-default",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'open';",
  },
  {
    title: "no default any more",
    recipe: "drop-default",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;",
  },
  {
    title: "a column that goes",
    recipe: "drop-column",
    schema: USERS,
    rows: USER_ROWS,
    pull: "ALTER TABLE users DROP COLUMN note;",
  },
  {
    title: "a required column that goes",
    recipe: "drop-column",
    schema: ODD,
    rows: ODD_ROWS,
    pull: `ALTER TABLE "Old Shop"."Order" DROP COLUMN "say ""hi""";`,
  },
  {
    title: "a column with default, NOT NULL and an index under another name",
    recipe: "rename-column-by-trigger",
    schema: USERS,
    rows: USER_ROWS,
    pull: "ALTER TABLE users RENAME COLUMN full_name TO display_name;",
    finally: [["SELECT count(*)::int FROM users WHERE display_name = 'user ' || id", 2500]],
  },
  {
    title: "the same on 18",
    recipe: "rename-column-by-trigger",
    postgres: 18,
    schema: USERS,
    rows: USER_ROWS,
    pull: "ALTER TABLE users RENAME COLUMN full_name TO display_name;",
  },
  {
    title: "a column with odd names",
    recipe: "rename-column-by-trigger",
    schema: ODD,
    rows: ODD_ROWS,
    pull: `ALTER TABLE "Old Shop"."Order" RENAME COLUMN "say ""hi""" TO "select";`,
    finally: [[`SELECT count(*)::int FROM "Old Shop"."Order" WHERE "select" LIKE 'it''s %'`, 20]],
  },
  {
    title: "a column of a type whose values cannot be compared, in a table without a key",
    recipe: "rename-column-by-trigger",
    schema: "CREATE TABLE events (payload json, at date);",
    rows: "INSERT INTO events SELECT '{\"a\": 1}', 'today' FROM generate_series(1, 2100);",
    pull: "ALTER TABLE events RENAME COLUMN payload TO body;",
    finally: [["SELECT count(*)::int FROM events WHERE body->>'a' = '1'", 2100]],
  },
  {
    title: "a column that a foreign key and a unique constraint name",
    recipe: "rename-column-by-view",
    schema: `${ORDERS}\nALTER TABLE orders ADD UNIQUE (account_id, code), ADD FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE;`,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders RENAME COLUMN account_id TO customer_id;",
    finally: [["SELECT count(customer_id)::int FROM orders", 20]],
  },
  {
    title: "a column that is dropped, and one like it",
    recipe: "rename-by-add-and-drop",
    schema: USERS.replace(/\nCREATE INDEX.*/, ""),
    rows: USER_ROWS,
    pull: "ALTER TABLE users ADD COLUMN display_name text NOT NULL DEFAULT '';\nALTER TABLE users DROP COLUMN full_name;",
    finally: [["SELECT count(*)::int FROM users WHERE display_name = 'user ' || id", 2500]],
  },
  {
    title: "a column by writing both",
    recipe: "rename-column-by-dual-write",
    schema: USERS,
    rows: USER_ROWS,
    pull: "ALTER TABLE users RENAME COLUMN full_name TO display_name;",
    finally: [["SELECT count(*)::int FROM users WHERE display_name = 'user ' || id", 2500]],
  },
  {
    title: "a table under another name",
    recipe: "rename-table-by-view",
    schema: USERS,
    rows: USER_ROWS,
    pull: "ALTER TABLE users RENAME TO people;",
    finally: [["SELECT count(*)::int FROM people", 2500]],
  },
  {
    title: "a table with an odd name",
    recipe: "rename-table-by-view",
    schema: ODD,
    rows: ODD_ROWS,
    pull: `ALTER TABLE "Old Shop"."Order" RENAME TO "table";`,
  },
  {
    title: "a view under another name",
    recipe: "rename-table-by-view",
    schema: `${USERS}\nCREATE VIEW names AS SELECT id, full_name FROM users;`,
    rows: USER_ROWS,
    pull: "ALTER VIEW names RENAME TO user_names;",
  },
  {
    title: "a table in another schema",
    recipe: "move-table-by-view",
    schema: `CREATE SCHEMA archive;\n${USERS}`,
    rows: USER_ROWS,
    pull: "ALTER TABLE users SET SCHEMA archive;",
  },
  {
    title: "a table that goes",
    speaks: { drop: ["no-data-loss"] },
    recipe: "drop-table",
    schema: `${ORDERS}\nALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts;`,
    rows: ORDER_ROWS,
    pull: "DROP TABLE accounts CASCADE;",
  },
  {
    title: "a CHECK that rows violate",
    recipe: "add-check",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ADD CHECK (total > 3);",
    decided: { "mend-rows": "UPDATE orders SET total = 4 WHERE NOT (total > 3)" },
  },
  {
    title: "a foreign key with rows that name nothing",
    recipe: "add-foreign-key",
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET account_id = 77 WHERE id = 4;`,
    pull: "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE SET NULL ON UPDATE CASCADE;",
    decided: { "mend-rows": "UPDATE orders SET account_id = NULL WHERE account_id = 77" },
  },
  {
    title: "a UNIQUE constraint with duplicates",
    recipe: "add-unique",
    since: 15,
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET code = 'c1' WHERE id = 2;`,
    pull: "ALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (code) INCLUDE (total);",
    decided: { "merge-duplicates": "UPDATE orders SET code = 'c2' WHERE id = 2" },
  },
  {
    title: "rows that exclude each other",
    speaks: { "add-constraint": ["no-blocking-unique"] },
    recipe: "add-exclusion",
    schema:
      "CREATE TABLE bookings (id bigint PRIMARY KEY, during int4range, cancelled boolean NOT NULL DEFAULT false);",
    rows: "INSERT INTO bookings SELECT n, int4range(n * 10, n * 10 + 5) FROM generate_series(1, 20) AS n; INSERT INTO bookings VALUES (21, '[0,300)', true), (22, '[12,14)', false);",
    pull: "ALTER TABLE bookings ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH &&) WHERE (NOT cancelled);",
    decided: { "mend-rows": "DELETE FROM bookings WHERE id = 22" },
  },
  {
    title: "rows that are equal by EXCLUDE, over an expression",
    speaks: { "add-constraint": ["no-blocking-unique"] },
    recipe: "add-exclusion",
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET code = 'C1' WHERE id = 2;`,
    pull: "ALTER TABLE orders ADD EXCLUDE (lower(code) text_pattern_ops WITH =, (total IS NULL) WITH =);",
    decided: { "mend-rows": "UPDATE orders SET code = 'c2' WHERE id = 2" },
  },
  {
    title: "a primary key in another one's place",
    recipe: "change-primary-key",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (code);",
  },
  {
    title: "a primary key where there was none",
    recipe: "change-primary-key",
    schema: "CREATE TABLE visits (id bigint, at date);",
    rows: "INSERT INTO visits SELECT n FROM generate_series(1, 9) AS n;",
    pull: "ALTER TABLE visits ADD CONSTRAINT visits_key PRIMARY KEY (id);",
  },
  {
    title: "a primary key over a column with rows that have no value",
    recipe: "change-primary-key",
    schema: "CREATE TABLE visits (id bigint, at date);",
    rows: "INSERT INTO visits SELECT n FROM generate_series(1, 9) AS n; INSERT INTO visits VALUES (NULL, 'today');",
    pull: "ALTER TABLE visits ADD CONSTRAINT visits_key PRIMARY KEY (id);",
    decided: { "fill-rows-id": "UPDATE visits SET id = 10 WHERE id IS NULL" },
  },
  {
    title: "an index",
    recipe: "add-index",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "CREATE INDEX ON orders USING btree (lower(code) text_pattern_ops, total DESC) INCLUDE (state) WHERE total > 1;",
  },
  {
    title: "a unique index with an odd name",
    recipe: "add-index",
    schema: ODD,
    rows: ODD_ROWS,
    pull: `CREATE UNIQUE INDEX "Say (hi)" ON "Old Shop"."Order" ("say ""hi""");`,
  },
  {
    title: "a unique index over an expression, with duplicates",
    recipe: "add-index",
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET code = 'C1' WHERE id = 2;`,
    pull: "CREATE UNIQUE INDEX orders_code_lower ON orders (lower(code), (total > 90)) WHERE state = 'new';",
    decided: { "merge-duplicates": "UPDATE orders SET code = 'c2' WHERE id = 2" },
  },
  {
    title: "an index of a partitioned table",
    recipe: "add-index-on-partitions",
    schema:
      "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (id);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);\nCREATE TABLE events_2 PARTITION OF events DEFAULT;",
    rows: "INSERT INTO events SELECT n FROM generate_series(1, 200) AS n;",
    pull: "CREATE INDEX events_at_idx ON events (at, id);",
  },
  {
    title: "an index of a table whose partitions have partitions",
    recipe: "add-index-on-partitions",
    schema: `CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (at);
CREATE TABLE events_1_old PARTITION OF events_1 FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
CREATE TABLE events_1_new PARTITION OF events_1 DEFAULT;
CREATE TABLE events_2 PARTITION OF events DEFAULT;`,
    rows: "INSERT INTO events SELECT n, '2019-12-01'::date + n FROM generate_series(1, 200) AS n;",
    pull: "CREATE INDEX events_at_idx ON events (at DESC);",
    finally: [["SELECT count(*)::int FROM pg_index WHERE indisvalid AND indexrelid = 'events_at_idx'::regclass", 1]],
  },
  {
    title: "a foreign key of a partitioned table with rows that name nothing",
    recipe: "add-foreign-key",
    schema: `CREATE TABLE accounts (id bigint PRIMARY KEY);
CREATE TABLE visits (id bigint, account_id bigint) PARTITION BY RANGE (id);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (50) PARTITION BY RANGE (id);
CREATE TABLE visits_1_1 PARTITION OF visits_1 FOR VALUES FROM (0) TO (25);
CREATE TABLE visits_1_2 PARTITION OF visits_1 DEFAULT;
CREATE TABLE visits_2 PARTITION OF visits DEFAULT;`,
    rows: "INSERT INTO accounts VALUES (1); INSERT INTO visits SELECT n, n % 2 FROM generate_series(1, 90) AS n;",
    pull: "ALTER TABLE visits ADD CONSTRAINT visits_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    decided: { "mend-rows": "DELETE FROM visits WHERE account_id = 0" },
  },
  {
    title: "a table with row level security under another name",
    recipe: "rename-table-by-view",
    since: 15,
    schema: `${USERS}\nALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users USING (id = 3);`,
    rows: USER_ROWS,
    pull: "ALTER TABLE users RENAME TO people;",
  },
  {
    title: "row level security",
    recipe: "enable-row-security",
    schema: ORDERS,
    rows: ORDER_ROWS,
    pull: "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders USING (account_id = current_setting('app.account')::bigint);",
  },
  {
    title: "an UPDATE of all rows",
    recipe: "update-in-batches",
    schema: USERS,
    rows: USER_ROWS,
    pull: "UPDATE users u SET note = upper(u.full_name) FROM (SELECT 1 AS one) AS x WHERE x.one = 1 AND note IS NULL;",
    finally: [["SELECT count(*)::int FROM users WHERE note = 'USER ' || id", 2500]],
  },
  {
    title: "a DELETE of all rows of a table with a key of two columns",
    recipe: "delete-in-batches",
    schema: "CREATE TABLE seen (a int, b text, PRIMARY KEY (a, b));",
    rows: "INSERT INTO seen SELECT n % 7, 'b' || n FROM generate_series(1, 2200) AS n;",
    pull: "DELETE FROM seen WHERE a <> 3 OR b = 'b3';",
    finally: [["SELECT count(*)::int FROM seen", 313]],
  },
  {
    title: "int to bigint of a serial key that another table names, with its children's keys",
    recipe: "change-type",
    schema: `CREATE TABLE accounts (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id int REFERENCES accounts ON DELETE CASCADE);`,
    rows: `INSERT INTO accounts (name) SELECT 'a' || n FROM generate_series(1, 1500) AS n; INSERT INTO orders SELECT n, n FROM generate_series(1, 20) AS n;`,
    pull: "ALTER TABLE accounts ALTER COLUMN id TYPE bigint;",
    finally: [
      ["INSERT INTO accounts (name) VALUES ('next') RETURNING id::int", 1501],
      ["SELECT count(*)::int FROM orders JOIN accounts ON accounts.id = account_id", 20],
    ],
  },
  {
    title: "int to bigint of an identity key",
    recipe: "change-type",
    schema: `CREATE SCHEMA app; CREATE TABLE app.jobs (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, note text);`,
    rows: `INSERT INTO app.jobs (note) SELECT 'n' FROM generate_series(1, 7);`,
    pull: "ALTER TABLE app.jobs ALTER COLUMN id TYPE bigint;",
    finally: [["INSERT INTO app.jobs (note) VALUES ('next') RETURNING id::int", 8]],
  },
  {
    title: "int to bigint of a column with a foreign key, an index and a CHECK",
    recipe: "change-type",
    schema: `${ORDERS}
CREATE TABLE items (id bigint PRIMARY KEY, amount int NOT NULL DEFAULT 0 CONSTRAINT positive CHECK (amount > 0), account_id int REFERENCES accounts ON UPDATE CASCADE);
CREATE INDEX items_account ON items (account_id, amount DESC);`,
    rows: `${ORDER_ROWS} INSERT INTO items SELECT n, n, n % 5 + 1 FROM generate_series(1, 50) AS n;`,
    pull: "ALTER TABLE items ALTER COLUMN amount TYPE bigint;",
  },
  {
    title: "a shorter varchar",
    recipe: "change-type",
    schema: ODD,
    rows: ODD_ROWS,
    pull: `ALTER TABLE "Old Shop"."Order" ALTER COLUMN "say ""hi""" TYPE varchar(40);`,
  },
  {
    title: "fewer digits, with rows that have more",
    recipe: "change-type",
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET total = 10000000000 WHERE id = 4;`,
    pull: "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
    decided: { "mend-rows": "UPDATE orders SET total = 0 WHERE id = 4" },
  },
  {
    title: "a column that views read, one over the other, of which the pull request says nothing",
    recipe: "change-type",
    schema: `${ORDERS}
CREATE VIEW dear AS SELECT id, total, code FROM orders WHERE total > 20;
CREATE VIEW dearest AS SELECT id, total * 2 AS twice FROM dear WHERE total > 25;
CREATE VIEW codes AS SELECT code FROM orders;`,
    rows: ORDER_ROWS,
    refused: "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
    pull: "DROP VIEW dearest; DROP VIEW dear; ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2); CREATE VIEW dear AS SELECT id, total, code FROM orders WHERE total > 20; CREATE VIEW dearest AS SELECT id, total * 2 AS twice FROM dear WHERE total > 25;",
    finally: [["SELECT count(*)::int FROM dearest WHERE twice > 50", 5]],
  },
  {
    title: "a column that a materialized view reads, with indexes, a view over it, privileges and a comment",
    recipe: "change-type",
    schema: `${ORDERS}
CREATE MATERIALIZED VIEW IF NOT EXISTS public."Sums" AS SELECT state, sum(total) AS sum FROM orders GROUP BY state;
CREATE UNIQUE INDEX sums_state_idx ON "Sums" (state);
CREATE INDEX ON "Sums" (sum DESC, state);
GRANT SELECT ON "Sums" TO PUBLIC;
CREATE VIEW best AS SELECT max(sum) AS sum FROM "Sums";
COMMENT ON VIEW best IS 'the best';
CREATE VIEW dear AS SELECT id, total FROM orders WHERE total > 20;
GRANT SELECT ON dear TO PUBLIC;
COMMENT ON VIEW dear IS 'dear';`,
    rows: `${ORDER_ROWS} REFRESH MATERIALIZED VIEW "Sums";`,
    pull: `DROP VIEW best; DROP MATERIALIZED VIEW "Sums"; DROP VIEW dear;
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);
CREATE VIEW dear AS SELECT id, total FROM orders WHERE total > 20;
GRANT SELECT ON dear TO PUBLIC;
CREATE MATERIALIZED VIEW "Sums" AS SELECT state, sum(total) AS sum FROM orders GROUP BY state;
CREATE UNIQUE INDEX sums_state_idx ON "Sums" (state);
CREATE INDEX ON "Sums" (sum DESC, state);
GRANT SELECT ON "Sums" TO PUBLIC;
CREATE VIEW best AS SELECT max(sum) AS sum FROM "Sums";`,
    finally: [
      ["SELECT sum::int FROM best", 465],
      ["SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE relname IN ('Sums', 'dear') AND grantee = 0", 2],
    ],
  },
  {
    title: "a column that a materialized view reads, of which the pull request says nothing",
    recipe: "change-type",
    schema: `${ORDERS}
CREATE MATERIALIZED VIEW sums AS SELECT state, sum(total) AS sum FROM orders GROUP BY state WITH NO DATA;
CREATE UNIQUE INDEX sums_state_idx ON sums (state);
COMMENT ON MATERIALIZED VIEW sums IS 'sums';
CREATE VIEW dear AS SELECT id, total FROM orders WHERE total > 20;
GRANT SELECT ON dear TO PUBLIC;`,
    rows: ORDER_ROWS,
    refused: "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
    pull: `DROP VIEW dear; DROP MATERIALIZED VIEW sums; ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);
CREATE VIEW dear AS SELECT id, total FROM orders WHERE total > 20;
CREATE MATERIALIZED VIEW sums AS SELECT state, sum(total) AS sum FROM orders GROUP BY state WITH NO DATA;
CREATE UNIQUE INDEX sums_state_idx ON sums (state);
COMMENT ON MATERIALIZED VIEW sums IS 'sums';`,
  },
  {
    title: "text to a number by an expression, with rows that it does not take",
    recipe: "change-type",
    schema: ORDERS,
    rows: `${ORDER_ROWS} UPDATE orders SET code = 'x' WHERE id = 4;`,
    pull: "ALTER TABLE orders ALTER COLUMN code TYPE int USING substr(code, 2)::int;",
    decided: { "mend-rows": "UPDATE orders SET code = 'c4' WHERE id = 4" },
    finally: [["SELECT count(*)::int FROM orders WHERE code = id", 30]],
  },
  {
    title: "text to jsonb, with rows that are none",
    recipe: "change-type",
    schema: "CREATE TABLE events (id bigint PRIMARY KEY, body text NOT NULL DEFAULT '{}');",
    rows: `INSERT INTO events SELECT n, '{"n": ' || n || '}' FROM generate_series(1, 12) AS n; INSERT INTO events VALUES (13, '{');`,
    pull: "ALTER TABLE events ALTER COLUMN body DROP DEFAULT, ALTER COLUMN body TYPE jsonb USING body::jsonb;",
    decided: { "mend-rows": "UPDATE events SET body = '{}' WHERE body = '{'" },
  },
  {
    title: "text to jsonb by an expression",
    recipe: "change-type",
    schema: "CREATE TABLE events (id bigint PRIMARY KEY, body text NOT NULL DEFAULT '{}');",
    rows: `INSERT INTO events SELECT n, '{"n": ' || n || '}' FROM generate_series(1, 12) AS n;`,
    pull: "ALTER TABLE events ALTER COLUMN body DROP DEFAULT, ALTER COLUMN body TYPE jsonb USING body::jsonb;",
    finally: [["SELECT count(*)::int FROM events WHERE body->>'n' = id::text", 12]],
  },
  {
    title: "an enum that loses a value",
    recipe: "remove-enum-value",
    schema:
      "CREATE TYPE status AS ENUM ('new', 'held', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state status NOT NULL DEFAULT 'new');\nCREATE INDEX orders_state ON orders (state);",
    rows: "INSERT INTO orders SELECT n, (ARRAY['new', 'held', 'paid'])[n % 3 + 1]::status FROM generate_series(1, 9) AS n;",
    pull: `CREATE TYPE "status_new" AS ENUM ('new', 'paid');
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN state TYPE "status_new" USING (state::text::"status_new");
ALTER TYPE status RENAME TO status_old;
ALTER TYPE status_new RENAME TO status;
DROP TYPE status_old;
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';`,
    decided: { "mend-rows": "UPDATE orders SET state = 'new' WHERE state = 'held'" },
    finally: [["SELECT count(*)::int FROM orders WHERE state = 'new'", 6]],
  },
  {
    title: "an enum that gains values by another type, as TypeORM writes it",
    recipe: "extend-enum",
    schema:
      "CREATE TYPE status AS ENUM ('new', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state status NOT NULL DEFAULT 'new');\nCREATE INDEX orders_state ON orders (state);",
    rows: "INSERT INTO orders SELECT n, (ARRAY['new', 'paid'])[n % 2 + 1]::status FROM generate_series(1, 9) AS n;",
    pull: `ALTER TYPE "public"."status" RENAME TO "status_old";
CREATE TYPE "public"."status" AS ENUM ('it''s open', 'new', 'held', 'paid', 'back', 'lost');
ALTER TABLE "orders" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "state" TYPE "public"."status" USING "state"::"text"::"public"."status";
ALTER TABLE "orders" ALTER COLUMN "state" SET DEFAULT 'new';
DROP TYPE "public"."status_old";`,
    finally: [["SELECT count(*)::int FROM orders WHERE state = 'new'", 4]],
  },
  {
    title: "an enum of several columns that gains a value, and a default that changes meanwhile",
    recipe: "extend-enum",
    schema:
      "CREATE SCHEMA app;\nCREATE TYPE app.status AS ENUM ('new', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state app.status NOT NULL DEFAULT 'new', was app.status[]);\nCREATE TABLE parcels (id bigint PRIMARY KEY, state app.status);",
    rows: "INSERT INTO orders SELECT n, 'new', ARRAY['paid']::app.status[] FROM generate_series(1, 9) AS n;",
    pull: `CREATE TYPE app.status_new AS ENUM ('new', 'paid', 'sent');
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN state TYPE app.status_new USING (state::text::app.status_new);
ALTER TABLE orders ALTER COLUMN was TYPE app.status_new[] USING (was::text[]::app.status_new[]);
ALTER TABLE parcels ALTER COLUMN state TYPE app.status_new USING (parcels.state::text::app.status_new);
ALTER TYPE app.status RENAME TO status_old;
ALTER TYPE app.status_new RENAME TO status;
DROP TYPE app.status_old;
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'paid';`,
  },
  {
    title: "another value of an enum",
    recipe: "add-enum-value",
    schema: "CREATE TYPE status AS ENUM ('new', 'paid');",
    rows: "",
    pull: "ALTER TYPE status ADD VALUE 'it''s held' BEFORE 'paid';",
  },
  {
    title: "a value of an enum under another name; PostgreSQL keeps the old one",
    recipe: "rename-enum-value",
    schema:
      "CREATE TYPE status AS ENUM ('new', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state status NOT NULL);",
    rows: "INSERT INTO orders SELECT n, 'new' FROM generate_series(1, 9) AS n;",
    pull: "ALTER TYPE status RENAME VALUE 'new' TO 'open';",
    finally: [["SELECT count(*)::int FROM orders WHERE state = 'open'", 9]],
    leaves: ["- public.status: enum open, paid", "+ public.status: enum new, open, paid"],
  },
  {
    title: "a column split into two",
    recipe: "reshape-columns",
    schema: USERS,
    rows: USER_ROWS,
    pull: `ALTER TABLE users ADD COLUMN first_name text, ADD COLUMN "Last" text;
UPDATE users SET first_name = split_part(full_name, ' ', 1), "Last" = split_part(full_name, ' ', 2);
ALTER TABLE users DROP COLUMN full_name;`,
    finally: [[`SELECT count(*)::int FROM users WHERE first_name = 'user' AND "Last" = id::text`, 2500]],
  },
  {
    title: "two columns merged into one",
    recipe: "reshape-columns",
    schema: "CREATE TABLE people (id uuid PRIMARY KEY, first text NOT NULL, last text NOT NULL);",
    rows: "INSERT INTO people SELECT gen_random_uuid(), 'f' || n, 'l' || n FROM generate_series(1, 30) AS n;",
    pull: `ALTER TABLE people ADD COLUMN name text;
UPDATE people SET name = concat(first, ' ', last);
ALTER TABLE people DROP COLUMN first, DROP COLUMN last;`,
    finally: [["SELECT count(*)::int FROM people WHERE name LIKE 'f% l%'", 30]],
  },
  {
    title: "a table split into two",
    speaks: { "drop-old": ["no-data-loss"] },
    recipe: "replace-table",
    schema: "CREATE TABLE people (id bigint PRIMARY KEY, name text, street text);",
    rows: "INSERT INTO people SELECT n, 'n' || n, 's' || n FROM generate_series(1, 2100) AS n;",
    pull: `CREATE TABLE persons (id bigint PRIMARY KEY, name text);
CREATE TABLE addresses (person_id bigint PRIMARY KEY, street text);
INSERT INTO persons (id, name) SELECT id, name FROM people;
INSERT INTO addresses SELECT id, street FROM people;
DROP TABLE people;`,
    finally: [["SELECT count(*)::int FROM persons JOIN addresses ON person_id = id", 2100]],
  },
  {
    title: "a table that becomes partitioned",
    speaks: { "drop-old": ["no-data-loss"] },
    recipe: "partition-table",
    schema: "CREATE TABLE logs (id bigint PRIMARY KEY, note text);",
    rows: "INSERT INTO logs SELECT n, 'n' || n FROM generate_series(1, 1200) AS n;",
    pull: `ALTER TABLE logs RENAME TO logs_old;
CREATE TABLE logs (id bigint, note text, CONSTRAINT logs_key PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (1000);
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
INSERT INTO logs SELECT * FROM logs_old;
DROP TABLE logs_old;`,
    finally: [["SELECT count(*)::int FROM logs_rest WHERE note = 'n' || id", 201]],
  },
  {
    title: "a table that becomes partitioned, with quotes around every name",
    recipe: "partition-table",
    schema: `CREATE TABLE "logs" ("id" BIGINT NOT NULL, "note" TEXT, CONSTRAINT "logs_pkey" PRIMARY KEY ("id"));`,
    rows: "INSERT INTO logs SELECT n, 'n' || n FROM generate_series(1, 1200) AS n;",
    pull: `ALTER TABLE "logs" RENAME TO "logs_old";
CREATE TABLE "logs" ("id" BIGINT, "note" TEXT, CONSTRAINT "logs_key" PRIMARY KEY ("id")) PARTITION BY HASH ("id");
CREATE TABLE "logs_0" PARTITION OF "logs" FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO "logs" SELECT * FROM "logs_old";
DROP TABLE "logs_old";`,
    finally: [["SELECT count(*)::int FROM logs_0 WHERE note = 'n' || id", 1200]],
    // The pull request drops the old table itself.
    speaks: { "drop-old": ["no-data-loss"] },
  },
];
