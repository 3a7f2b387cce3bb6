/** Statements whose locks and work the tests measure, each with the schema that it runs on. */
import { objectForms, office } from "./object-forms.js";
import { on, since, type StatementForm } from "./statement-form.js";

const shop = `
  CREATE TYPE order_status AS ENUM ('new', 'paid');
  CREATE TYPE parcel_status AS ENUM ('new', 'paid', 'sent');
  CREATE DOMAIN note AS text;
  CREATE DOMAIN short_note AS text CHECK (length(VALUE) < 500);
  CREATE DOMAIN filled_note AS text NOT NULL DEFAULT '';
  CREATE FUNCTION fixed_number() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
  CREATE FUNCTION any_number() RETURNS int LANGUAGE sql AS 'SELECT (random() * 10)::int';
  CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name varchar(50));
  CREATE TABLE orders (
    id bigint PRIMARY KEY,
    account_id bigint CONSTRAINT orders_account_fk REFERENCES accounts,
    status order_status NOT NULL DEFAULT 'new',
    code varchar(20), label text, mark char(4), quantity int NOT NULL DEFAULT 1, small smallint,
    price numeric(10,2), ratio real, placed timestamp(3), paid timestamptz, sent interval,
    data json, ref uuid, range cidr, tags int[], comment note, bits varbit(8), noon time(3),
    doubled int GENERATED ALWAYS AS (quantity * 2) STORED
  );
  CREATE INDEX orders_code_idx ON orders (code);
  CREATE INDEX orders_placed_idx ON orders (placed);
  CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, sku text, quantity int);
  CREATE TABLE plain (id int, account_id bigint, label text, quantity int);
  INSERT INTO accounts SELECT n, n || '@example.com', 'name' FROM generate_series(1, 50) n;
  INSERT INTO orders (id, account_id, code, label, mark, small, price, placed, paid, sent, data, ref, range, tags, bits, noon)
    SELECT n, n, n::text, n::text, 'm', n, n, now(), now(), '1 day', '{}', gen_random_uuid(), '10.0.0.0/8', '{1}', B'101', '12:00'
    FROM generate_series(1, 50) n;
  INSERT INTO items SELECT n, n, n::text, n FROM generate_series(1, 50) n;
  INSERT INTO plain SELECT n, n, n::text, n FROM generate_series(1, 50) n`;

const events = `
  CREATE TABLE tenants (id int PRIMARY KEY);
  CREATE TABLE events (id bigint NOT NULL, tenant_id int REFERENCES tenants, day date NOT NULL, kind text, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE events_2027 (id bigint NOT NULL, tenant_id int, day date NOT NULL, kind text);
  INSERT INTO tenants VALUES (1), (2);
  INSERT INTO events SELECT n, 1, '2025-05-05', 'open' FROM generate_series(1, 50) n;
  INSERT INTO events SELECT n, 1, '2026-05-05', 'open' FROM generate_series(1, 50) n;
  INSERT INTO events_2027 SELECT n, 1, '2027-05-05', 'open' FROM generate_series(1, 50) n`;

const animals = `
  CREATE TABLE animals (id int PRIMARY KEY, name text);
  CREATE TABLE dogs (breed text) INHERITS (animals);
  CREATE TABLE stray (id int NOT NULL, name text);
  INSERT INTO animals SELECT n, n::text FROM generate_series(1, 50) n;
  INSERT INTO dogs SELECT n, n::text, 'x' FROM generate_series(1, 50) n`;

const views = `
  CREATE TABLE sales (id int PRIMARY KEY, amount int, region text);
  INSERT INTO sales SELECT n, n, 'r' FROM generate_series(1, 50) n;
  CREATE VIEW regions AS SELECT region FROM sales;
  CREATE MATERIALIZED VIEW totals AS SELECT region, sum(amount) AS amount FROM sales GROUP BY region;
  CREATE UNIQUE INDEX totals_region ON totals (region)`;

/** What the forms run on. */
export const schemas = { shop, events, animals, views, office };

export const forms: readonly StatementForm[] = [
  ...on(shop, "ADD COLUMN", [
    "ALTER TABLE orders ADD COLUMN x int",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT 5",
    "ALTER TABLE orders ADD COLUMN x int NOT NULL DEFAULT 5",
    "ALTER TABLE orders ADD COLUMN x timestamptz NOT NULL DEFAULT now()",
    "ALTER TABLE orders ADD COLUMN x timestamptz DEFAULT CURRENT_TIMESTAMP",
    "ALTER TABLE orders ADD COLUMN x timestamptz DEFAULT now() + interval '1 day'",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT fixed_number()",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT any_number()",
    "ALTER TABLE orders ADD COLUMN x order_status DEFAULT 'new'",
    "ALTER TABLE orders ADD COLUMN x text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE orders ADD COLUMN x jsonb DEFAULT '{}'::jsonb",
    since(18, "ALTER TABLE orders ADD COLUMN x int GENERATED ALWAYS AS (quantity + 1) VIRTUAL"),
    "ALTER TABLE orders ADD COLUMN x note",
    "ALTER TABLE orders ADD COLUMN x note DEFAULT 'a'",
    "ALTER TABLE orders ADD COLUMN x double precision DEFAULT random()",
    "ALTER TABLE orders ADD COLUMN x timestamptz DEFAULT clock_timestamp()",
    "ALTER TABLE orders ADD COLUMN x uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE orders ADD COLUMN x uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE",
    "ALTER TABLE orders ADD COLUMN x serial",
    "ALTER TABLE orders ADD COLUMN x bigserial",
    ["CREATE SEQUENCE numbers", "ALTER TABLE orders ADD COLUMN x bigint DEFAULT nextval('numbers')"],
    "ALTER TABLE orders ADD COLUMN x int GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE orders ADD COLUMN x int GENERATED BY DEFAULT AS IDENTITY",
    "ALTER TABLE orders ADD COLUMN x int GENERATED ALWAYS AS (quantity + 1) STORED",
    "ALTER TABLE orders ADD COLUMN x short_note",
    "ALTER TABLE orders ADD COLUMN x short_note DEFAULT 'a'",
    "ALTER TABLE orders ADD COLUMN x filled_note",
    "ALTER TABLE orders ADD COLUMN x int CHECK (x > 0)",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT 1 CHECK (x > 0)",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT NULL",
    "ALTER TABLE orders ADD COLUMN x bigint REFERENCES accounts",
    "ALTER TABLE orders ADD COLUMN x bigint DEFAULT NULL REFERENCES accounts",
    "ALTER TABLE orders ADD COLUMN x bigint DEFAULT 1 REFERENCES accounts",
    "ALTER TABLE orders ADD COLUMN x int UNIQUE",
    "ALTER TABLE plain ADD COLUMN x int GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "ALTER TABLE orders ADD COLUMN IF NOT EXISTS label text DEFAULT random()::text",
    "ALTER TABLE orders ADD COLUMN x int, ADD COLUMN y uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE orders ADD COLUMN x int, ADD CONSTRAINT x_set CHECK (x IS NULL)",
  ]),
  ...on(shop, "DROP COLUMN", [
    "ALTER TABLE orders DROP COLUMN label",
    "ALTER TABLE orders DROP COLUMN code",
    "ALTER TABLE orders DROP COLUMN account_id",
    "ALTER TABLE orders DROP COLUMN IF EXISTS missing",
    "ALTER TABLE orders DROP COLUMN id CASCADE",
    ["CREATE VIEW labels AS SELECT label FROM orders", "ALTER TABLE orders DROP COLUMN label CASCADE"],
  ]),
  ...on(shop, "Column properties", [
    "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
    "ALTER TABLE orders ALTER COLUMN quantity SET NOT NULL",
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (label IS NOT NULL)",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (label IS NOT NULL AND code IS NOT NULL) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT label_set",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL, ALTER COLUMN code SET NOT NULL",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (label IS NOT NULL) NOT VALID",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (length(label) > 0)",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (label IS NOT NULL)",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL, DROP CONSTRAINT label_set",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT label_set CHECK (label IS NOT NULL) NOT VALID",
      "ALTER TABLE orders VALIDATE CONSTRAINT label_set, ALTER COLUMN label SET NOT NULL",
    ],
    since(18, [
      "ALTER TABLE orders ADD CONSTRAINT label_set NOT NULL label NOT VALID",
      "ALTER TABLE orders ALTER COLUMN label SET NOT NULL",
    ]),
    since(18, [
      "ALTER TABLE orders ADD CONSTRAINT label_set NOT NULL label NOT VALID",
      "ALTER TABLE orders VALIDATE CONSTRAINT label_set",
    ]),
    since(18, "ALTER TABLE orders ADD CONSTRAINT label_set NOT NULL label NOT VALID"),
    since(18, "ALTER TABLE orders ADD CONSTRAINT label_set NOT NULL label"),
    "ALTER TABLE orders ALTER COLUMN quantity DROP NOT NULL",
    "ALTER TABLE orders ALTER COLUMN label SET DEFAULT 'x'",
    "ALTER TABLE orders ALTER COLUMN quantity DROP DEFAULT",
    "ALTER TABLE orders ALTER COLUMN doubled DROP EXPRESSION",
    since(17, "ALTER TABLE orders ALTER COLUMN doubled SET EXPRESSION AS (quantity * 3)"),
    "ALTER TABLE orders ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY",
    "ALTER TABLE orders ALTER COLUMN label SET STATISTICS 500",
    "ALTER TABLE orders ALTER COLUMN label SET (n_distinct = 5)",
    "ALTER TABLE orders ALTER COLUMN label SET STORAGE EXTERNAL",
    since(14, "ALTER TABLE orders ALTER COLUMN label SET COMPRESSION pglz"),
  ]),
  ...on(shop, "ALTER COLUMN TYPE", [
    "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)",
    "ALTER TABLE orders ALTER COLUMN code TYPE varchar",
    "ALTER TABLE orders ALTER COLUMN code TYPE text",
    "ALTER TABLE orders ALTER COLUMN code TYPE varchar(20)",
    "ALTER TABLE orders ALTER COLUMN code TYPE varchar(10)",
    "ALTER TABLE orders ALTER COLUMN code TYPE text USING code::text",
    "ALTER TABLE orders ALTER COLUMN code TYPE text USING upper(code)",
    "ALTER TABLE orders ALTER COLUMN code SET DATA TYPE note",
    "ALTER TABLE orders ALTER COLUMN code TYPE short_note",
    "ALTER TABLE orders ALTER COLUMN comment TYPE text",
    "ALTER TABLE orders ALTER COLUMN label TYPE varchar",
    "ALTER TABLE orders ALTER COLUMN label TYPE varchar(50)",
    "ALTER TABLE orders ALTER COLUMN mark TYPE char(8)",
    "ALTER TABLE orders ALTER COLUMN mark TYPE text",
    "ALTER TABLE items ALTER COLUMN quantity TYPE bigint",
    "ALTER TABLE orders ALTER COLUMN small TYPE int",
    "ALTER TABLE orders ALTER COLUMN small TYPE text",
    "ALTER TABLE orders ALTER COLUMN ratio TYPE double precision",
    "ALTER TABLE orders ALTER COLUMN price TYPE numeric(12,2)",
    "ALTER TABLE orders ALTER COLUMN price TYPE numeric",
    "ALTER TABLE orders ALTER COLUMN price TYPE numeric(12,3)",
    "ALTER TABLE orders ALTER COLUMN price TYPE numeric(8,2)",
    "ALTER TABLE orders ALTER COLUMN placed TYPE timestamp(6)",
    "ALTER TABLE orders ALTER COLUMN placed TYPE timestamp",
    "ALTER TABLE orders ALTER COLUMN placed TYPE timestamp(0)",
    "ALTER TABLE orders ALTER COLUMN placed TYPE date",
    "ALTER TABLE orders ALTER COLUMN placed TYPE timestamptz USING placed AT TIME ZONE 'UTC'",
    "ALTER TABLE orders ALTER COLUMN paid TYPE timestamptz(3)",
    "ALTER TABLE orders ALTER COLUMN sent TYPE interval(3)",
    "ALTER TABLE orders ALTER COLUMN noon TYPE time(6)",
    "ALTER TABLE orders ALTER COLUMN noon TYPE time(1)",
    "ALTER TABLE orders ALTER COLUMN bits TYPE varbit(16)",
    "ALTER TABLE orders ALTER COLUMN bits TYPE varbit(4)",
    "ALTER TABLE orders ALTER COLUMN data TYPE jsonb",
    "ALTER TABLE orders ALTER COLUMN data TYPE jsonb USING data::jsonb",
    "ALTER TABLE orders ALTER COLUMN ref TYPE text",
    "ALTER TABLE orders ALTER COLUMN range TYPE inet",
    "ALTER TABLE orders ALTER COLUMN tags TYPE bigint[]",
    "ALTER TABLE orders ALTER COLUMN tags TYPE int[]",
    "ALTER TABLE orders ALTER COLUMN status TYPE text",
    [
      "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT",
      "ALTER TABLE orders ALTER COLUMN status TYPE parcel_status USING status::text::parcel_status",
    ],
    ["CREATE INDEX ON orders (lower(code))", "ALTER TABLE orders ALTER COLUMN code TYPE text"],
    ["CREATE INDEX ON orders (label) WHERE code IS NOT NULL", "ALTER TABLE orders ALTER COLUMN code TYPE text"],
    ["ALTER TABLE orders ADD CHECK (code <> '')", "ALTER TABLE orders ALTER COLUMN code TYPE text"],
    ["ALTER TABLE orders ADD UNIQUE (code)", "ALTER TABLE orders ALTER COLUMN code TYPE text"],
    "ALTER TABLE orders ALTER COLUMN account_id TYPE int",
    "ALTER TABLE accounts ALTER COLUMN id TYPE numeric",
    [
      "CREATE TABLE a (k varchar(10) PRIMARY KEY); CREATE TABLE b (k varchar(10) REFERENCES a); INSERT INTO a VALUES ('x'); INSERT INTO b VALUES ('x')",
      "ALTER TABLE b ALTER COLUMN k TYPE varchar(20)",
    ],
    [
      "CREATE TABLE a (k varchar(10) PRIMARY KEY); CREATE TABLE b (k varchar(10) REFERENCES a); INSERT INTO a VALUES ('x'); INSERT INTO b VALUES ('x')",
      "ALTER TABLE a ALTER COLUMN k TYPE varchar(20)",
    ],
    'ALTER TABLE orders ALTER COLUMN code TYPE varchar(20) COLLATE "C"',
  ]),
  ...on(shop, "Several clauses in one ALTER TABLE", [
    "ALTER TABLE orders ADD COLUMN x int, ADD COLUMN y text DEFAULT 'a', ADD COLUMN z timestamptz DEFAULT now()",
    "ALTER TABLE orders ADD COLUMN x int, ALTER COLUMN label SET NOT NULL",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT 1, ADD CHECK (x > 0)",
    "ALTER TABLE orders ADD COLUMN x int DEFAULT 1, ADD CHECK (x > 0) NOT VALID",
    // Where all of x is NULL, whether PostgreSQL reads accounts depends on the planner's choice of a join.
    "ALTER TABLE plain ADD COLUMN x int, ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "ALTER TABLE orders ADD COLUMN x bigint DEFAULT 1, ADD FOREIGN KEY (x) REFERENCES accounts",
    "ALTER TABLE orders ADD COLUMN x bigint, ADD FOREIGN KEY (x) REFERENCES accounts NOT VALID",
    "ALTER TABLE orders ADD COLUMN x int, ADD UNIQUE (x)",
    "ALTER TABLE orders ADD COLUMN x int, DROP COLUMN label",
    "ALTER TABLE orders DROP COLUMN label, DROP COLUMN code",
    "ALTER TABLE orders DROP COLUMN label, ADD COLUMN label varchar(10)",
    "ALTER TABLE orders DROP COLUMN doubled, ALTER COLUMN quantity TYPE bigint",
    "ALTER TABLE orders ALTER COLUMN code TYPE text, ALTER COLUMN placed TYPE timestamp(6)",
    "ALTER TABLE orders ALTER COLUMN code TYPE text, ALTER COLUMN small TYPE int",
    "ALTER TABLE orders ALTER COLUMN code TYPE text, ALTER COLUMN code SET NOT NULL",
    "ALTER TABLE orders ALTER COLUMN code TYPE text, ADD CHECK (code <> '') NOT VALID",
    "ALTER TABLE orders ALTER COLUMN code TYPE text, ALTER COLUMN code SET DEFAULT 'x'",
    "ALTER TABLE orders ALTER COLUMN label SET NOT NULL, ALTER COLUMN code SET NOT NULL",
    "ALTER TABLE orders ALTER COLUMN label SET NOT NULL, ALTER COLUMN label SET DEFAULT 'x'",
    "ALTER TABLE orders ALTER COLUMN quantity DROP NOT NULL, ALTER COLUMN quantity DROP DEFAULT",
    "ALTER TABLE orders ALTER COLUMN label SET STATISTICS 500, SET (fillfactor = 70)",
    "ALTER TABLE orders ALTER COLUMN label SET STATISTICS 500, ALTER COLUMN label SET DEFAULT 'x'",
    "ALTER TABLE plain ADD PRIMARY KEY (id), ADD UNIQUE (label)",
    "ALTER TABLE plain ADD PRIMARY KEY (id), ADD FOREIGN KEY (account_id) REFERENCES accounts NOT VALID",
    "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts, ADD CHECK (quantity > 0)",
    "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts NOT VALID, ADD FOREIGN KEY (id) REFERENCES orders NOT VALID",
    "ALTER TABLE plain ADD CHECK (quantity > 0) NOT VALID, ALTER COLUMN quantity SET DEFAULT 1",
    "ALTER TABLE plain ALTER COLUMN id TYPE bigint, ADD PRIMARY KEY (id)",
    "ALTER TABLE plain SET UNLOGGED, ADD COLUMN x int",
    [
      "ALTER TABLE plain ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID, ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID",
      "ALTER TABLE plain VALIDATE CONSTRAINT positive, VALIDATE CONSTRAINT fk",
    ],
    [
      "ALTER TABLE plain ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID",
      "ALTER TABLE plain VALIDATE CONSTRAINT positive, ALTER COLUMN label SET STATISTICS 500",
    ],
    [
      "ALTER TABLE plain ADD CONSTRAINT positive CHECK (quantity > 0)",
      "ALTER TABLE plain DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (quantity >= 0) NOT VALID",
    ],
    [
      "CREATE UNIQUE INDEX plain_id ON plain (id); ALTER TABLE plain ALTER id SET NOT NULL",
      "ALTER TABLE plain ADD PRIMARY KEY USING INDEX plain_id, ALTER COLUMN label SET DEFAULT 'x'",
    ],
    "ALTER TABLE orders DROP CONSTRAINT orders_account_fk, DROP COLUMN account_id",
  ]),
  ...on(shop, "Constraints", [
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0)",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID",
    since(18, "ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT ENFORCED"),
    [
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID",
      "ALTER TABLE orders VALIDATE CONSTRAINT positive",
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0)",
      "ALTER TABLE orders VALIDATE CONSTRAINT positive",
    ],
    "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts NOT VALID",
    since(18, "ALTER TABLE plain ADD FOREIGN KEY (account_id) REFERENCES accounts NOT ENFORCED"),
    [
      "ALTER TABLE plain ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID",
      "ALTER TABLE plain VALIDATE CONSTRAINT fk",
    ],
    [
      "ALTER TABLE plain ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts",
      "ALTER TABLE plain VALIDATE CONSTRAINT fk",
    ],
    [
      "ALTER TABLE plain ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts",
      "ALTER TABLE plain DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE",
    ],
    "ALTER TABLE orders ALTER CONSTRAINT orders_account_fk DEFERRABLE",
    "ALTER TABLE orders DROP CONSTRAINT orders_account_fk",
    "ALTER TABLE plain ADD UNIQUE (label)",
    "ALTER TABLE plain ADD PRIMARY KEY (id)",
    ["CREATE UNIQUE INDEX plain_label ON plain (label)", "ALTER TABLE plain ADD UNIQUE USING INDEX plain_label"],
    [
      "CREATE UNIQUE INDEX plain_id ON plain (id)",
      "ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_id",
    ],
    [
      "CREATE UNIQUE INDEX plain_id ON plain (id); ALTER TABLE plain ALTER id SET NOT NULL",
      "ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_id",
    ],
    [
      "CREATE UNIQUE INDEX plain_id ON plain (id); ALTER TABLE plain ADD CHECK (id IS NOT NULL)",
      "ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_id",
    ],
    "ALTER TABLE orders ADD EXCLUDE USING gist (tsrange(placed, placed) WITH &&)",
    since(18, "ALTER TABLE orders DROP CONSTRAINT orders_quantity_not_null"),
    "ALTER TABLE accounts DROP CONSTRAINT accounts_email_key",
    "ALTER TABLE accounts DROP CONSTRAINT accounts_pkey CASCADE",
    "ALTER TABLE orders RENAME CONSTRAINT orders_account_fk TO orders_account",
  ]),
  ...on(shop, "Table level", [
    "ALTER TABLE orders RENAME TO purchases",
    "ALTER TABLE orders RENAME COLUMN label TO title",
    ["CREATE SCHEMA app", "ALTER TABLE orders SET SCHEMA app"],
    "ALTER TABLE orders OWNER TO postgres",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE orders FORCE ROW LEVEL SECURITY",
    "ALTER TABLE orders REPLICA IDENTITY FULL",
    "ALTER TABLE plain SET UNLOGGED",
    ["CREATE UNLOGGED TABLE draft AS SELECT * FROM plain", "ALTER TABLE draft SET LOGGED"],
    "ALTER TABLE plain SET LOGGED",
    "ALTER TABLE orders SET (fillfactor = 70)",
    "ALTER TABLE orders SET (autovacuum_enabled = false)",
    "ALTER TABLE orders RESET (fillfactor)",
    "ALTER TABLE orders CLUSTER ON orders_pkey",
    "CLUSTER orders USING orders_pkey",
    "CREATE POLICY everyone ON orders USING (true)",
    ["CREATE POLICY everyone ON orders USING (true)", "ALTER POLICY everyone ON orders USING (false)"],
    ["CREATE POLICY everyone ON orders USING (true)", "DROP POLICY everyone ON orders"],
    "COMMENT ON TABLE orders IS 'what was bought'",
    "COMMENT ON COLUMN orders.label IS 'title'",
    "COMMENT ON INDEX orders_code_idx IS 'by code'",
    "COMMENT ON CONSTRAINT orders_account_fk ON orders IS 'who buys'",
    ["CREATE POLICY everyone ON orders USING (true)", "COMMENT ON POLICY everyone ON orders IS 'all'"],
    "COMMENT ON TYPE order_status IS 'states'",
    "CREATE STATISTICS orders_stats ON code, label FROM orders",
    "GRANT SELECT ON orders TO PUBLIC",
    "LOCK TABLE orders IN SHARE MODE",
    "LOCK TABLE orders",
    "ANALYZE orders",
  ]),
  ...on(shop, "Triggers", [
    [
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
    ],
    [
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
      "DROP TRIGGER touched ON orders",
    ],
    [
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
      "ALTER TRIGGER touched ON orders RENAME TO stamped",
    ],
    "ALTER TABLE orders DISABLE TRIGGER ALL",
  ]),
  ...on(shop, "Indexes", [
    "CREATE INDEX ON orders (label)",
    "CREATE UNIQUE INDEX orders_label ON orders (label)",
    "CREATE INDEX IF NOT EXISTS orders_code_idx ON orders (code)",
    "DROP INDEX orders_code_idx",
    "DROP INDEX IF EXISTS missing_idx",
    "REINDEX INDEX orders_code_idx",
    "REINDEX TABLE orders",
    "ALTER INDEX orders_code_idx RENAME TO orders_by_code",
    "ALTER INDEX orders_code_idx SET (fillfactor = 80)",
  ]),
  ...on(shop, "Tables", [
    "CREATE TABLE returns (id int PRIMARY KEY, order_id bigint REFERENCES orders, account_id bigint REFERENCES accounts)",
    "CREATE TABLE returns (id int PRIMARY KEY, parent int REFERENCES returns)",
    "CREATE TABLE IF NOT EXISTS plain (id int REFERENCES orders)",
    "CREATE TABLE copy (LIKE orders INCLUDING ALL)",
    "CREATE TABLE copy AS SELECT * FROM plain",
    "DROP TABLE plain",
    "DROP TABLE items",
    "DROP TABLE orders CASCADE",
    "DROP TABLE items, orders",
    "DROP TABLE IF EXISTS missing",
    "TRUNCATE items",
    "TRUNCATE orders CASCADE",
  ]),
  ...on(shop, "Types", [
    "ALTER TYPE order_status ADD VALUE 'sent'",
    "DROP TYPE order_status CASCADE",
    "ALTER DOMAIN note ADD CHECK (VALUE <> 'x')",
    "ALTER DOMAIN note ADD CONSTRAINT filled CHECK (VALUE <> 'x') NOT VALID",
    [
      "ALTER DOMAIN note ADD CONSTRAINT filled CHECK (VALUE <> 'x') NOT VALID",
      "ALTER DOMAIN note VALIDATE CONSTRAINT filled",
    ],
  ]),
  ...on(shop, "Rows", [
    "INSERT INTO plain VALUES (100, 1, 'x', 1)",
    "UPDATE plain SET quantity = 0",
    "DELETE FROM plain",
    "INSERT INTO plain SELECT * FROM items",
    "UPDATE items SET quantity = plain.quantity FROM plain WHERE false",
    "DELETE FROM plain USING items WHERE false",
    "UPDATE items SET quantity = 1",
    "UPDATE items SET quantity = 1 WHERE false",
    since(15, "MERGE INTO plain USING items ON plain.id = items.id WHEN MATCHED THEN UPDATE SET quantity = 0"),
    "SELECT id FROM plain WHERE false",
  ]),
  ...on(shop, "DO blocks", [
    "DO $$ BEGIN ALTER TABLE orders ADD COLUMN x int; CREATE INDEX ON items (sku); END $$",
    "DO $$ BEGIN CREATE TABLE returns (id int PRIMARY KEY, order_id bigint REFERENCES orders); COMMENT ON TABLE items IS 'sold'; END $$",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'x') THEN ALTER TABLE plain ADD CHECK (quantity > 0); END IF; END $$",
    "DO $$ BEGIN BEGIN ALTER TABLE plain ALTER COLUMN id TYPE bigint; EXCEPTION WHEN others THEN NULL; END; UPDATE plain SET quantity = 0; END $$",
    "DO $$ BEGIN EXECUTE 'ALTER TABLE plain ALTER COLUMN label SET NOT NULL'; EXECUTE format('CREATE INDEX ON %I (code)', 'orders'); END $$",
    "DO $$ BEGIN LOCK TABLE plain IN SHARE MODE; DROP TABLE items; END $$",
  ]),
  ...on(events, "Partitioned tables", [
    "ALTER TABLE events ADD COLUMN x int",
    "ALTER TABLE events ADD COLUMN x uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE events ALTER COLUMN kind SET NOT NULL",
    "ALTER TABLE events ADD CONSTRAINT kinds CHECK (kind <> '') NOT VALID",
    "ALTER TABLE events ADD CONSTRAINT kinds CHECK (kind <> '')",
    "ALTER TABLE events DROP COLUMN kind",
    "ALTER TABLE events RENAME COLUMN kind TO sort",
    "ALTER TABLE events RENAME TO happenings",
    "CREATE INDEX ON events (kind)",
    "CREATE INDEX ON ONLY events (kind)",
    "ALTER TABLE events ADD UNIQUE (kind, id, day)",
    "ALTER TABLE ONLY events ADD UNIQUE (kind, id, day)",
    "CREATE TABLE events_2028 PARTITION OF events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    [
      "ALTER TABLE events_2027 ADD PRIMARY KEY (id, day)",
      "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    ],
    [
      "ALTER TABLE events_2027 ADD PRIMARY KEY (id, day), ADD FOREIGN KEY (tenant_id) REFERENCES tenants, ADD CHECK (day >= '2027-01-01' AND day < '2028-01-01')",
      "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    ],
    [
      "CREATE TABLE events_rest PARTITION OF events DEFAULT; INSERT INTO events VALUES (1, 1, '2030-01-01', 'x')",
      "CREATE TABLE events_2028 PARTITION OF events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    ],
    [
      "CREATE TABLE events_rest PARTITION OF events DEFAULT; INSERT INTO events VALUES (1, 1, '2030-01-01', 'x'); ALTER TABLE events_2027 ADD PRIMARY KEY (id, day)",
      "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    ],
    "ALTER TABLE events DETACH PARTITION events_2025",
    ["CREATE TABLE events_rest PARTITION OF events DEFAULT", "ALTER TABLE events DETACH PARTITION events_2025"],
    since(18, "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES tenants NOT VALID"),
    [
      "DELETE FROM events WHERE id > 1; ALTER TABLE events_2025 ADD FOREIGN KEY (id) REFERENCES tenants NOT VALID; ALTER TABLE events_2026 ADD FOREIGN KEY (id) REFERENCES tenants NOT VALID; ALTER TABLE events_2025 VALIDATE CONSTRAINT events_2025_id_fkey; ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_id_fkey",
      "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES tenants",
    ],
    [
      "CREATE TABLE kinds (id int PRIMARY KEY); INSERT INTO kinds VALUES (1), (2); ALTER TABLE events ADD kind_id int; UPDATE events SET kind_id = 1",
      "ALTER TABLE events ADD FOREIGN KEY (kind_id) REFERENCES kinds",
    ],
    [
      "CREATE TABLE kinds (id int PRIMARY KEY); INSERT INTO kinds VALUES (1), (2); ALTER TABLE events ADD kind_id int; UPDATE events SET kind_id = 1; ALTER TABLE events_2025 ADD FOREIGN KEY (kind_id) REFERENCES kinds; ALTER TABLE events_2026 ADD FOREIGN KEY (kind_id) REFERENCES kinds",
      "ALTER TABLE events ADD FOREIGN KEY (kind_id) REFERENCES kinds",
    ],
    [
      "CREATE TABLE kinds (id int PRIMARY KEY); INSERT INTO kinds VALUES (1), (2); ALTER TABLE events ADD kind_id int; UPDATE events SET kind_id = 1; ALTER TABLE events_2025 ADD FOREIGN KEY (kind_id) REFERENCES kinds",
      "ALTER TABLE events ADD FOREIGN KEY (kind_id) REFERENCES kinds",
    ],
    "ALTER TABLE events ALTER COLUMN id TYPE int",
    "ALTER TABLE events DROP CONSTRAINT events_pkey",
    "ALTER TABLE events ENABLE ROW LEVEL SECURITY",
    ["CREATE INDEX events_kind ON events (kind)", "DROP INDEX events_kind"],
    ["CREATE INDEX events_kind ON ONLY events (kind)", "DROP INDEX events_kind"],
    "UPDATE events SET kind = ''",
    "LOCK TABLE events IN SHARE MODE",
    "DROP TABLE events_2025",
    "DROP TABLE events",
    "TRUNCATE events",
    "REINDEX TABLE events_2025",
    "ALTER TABLE events DROP CONSTRAINT events_tenant_id_fkey",
    "ALTER TABLE events_2025 ADD CONSTRAINT kinds CHECK (kind <> '')",
  ]),
  ...on(animals, "Inheritance", [
    "ALTER TABLE animals ADD COLUMN x int",
    "ALTER TABLE animals ALTER COLUMN name SET NOT NULL",
    "ALTER TABLE animals ADD CHECK (name <> '')",
    "ALTER TABLE animals ADD UNIQUE (name)",
    "ALTER TABLE animals DROP CONSTRAINT animals_pkey",
    ["ALTER TABLE animals ADD CONSTRAINT named CHECK (name <> '')", "ALTER TABLE animals DROP CONSTRAINT named"],
    "ALTER TABLE animals RENAME COLUMN name TO title",
    "ALTER TABLE animals ALTER COLUMN name TYPE varchar(5)",
    "CREATE INDEX ON animals (name)",
    "ALTER TABLE stray INHERIT animals",
    "ALTER TABLE dogs NO INHERIT animals",
    "CREATE TABLE cats () INHERITS (animals)",
    "DROP TABLE animals CASCADE",
  ]),
  ...on(views, "Views", [
    "CREATE VIEW amounts AS SELECT amount FROM sales",
    "CREATE OR REPLACE VIEW regions AS SELECT region, id FROM sales",
    "DROP VIEW regions",
    "ALTER VIEW regions RENAME TO areas",
    "DROP TABLE sales CASCADE",
    "REFRESH MATERIALIZED VIEW totals",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY totals",
    "DROP MATERIALIZED VIEW totals",
    "CREATE MATERIALIZED VIEW copies AS SELECT * FROM sales",
    "CREATE INDEX ON totals (amount)",
    "ALTER TABLE sales ADD COLUMN x int",
  ]),
  ...objectForms,
];
