/** Pull requests of a shop: the ordinary ones, and those that fail in one order, or in both. */
import type { PullRequest } from "./pull-request.js";

const ORDER = "INSERT INTO orders (id, kind) VALUES (:n, 'web')";
const READ = "SELECT id, total, state FROM orders WHERE id = 3";
const ACCOUNT = "INSERT INTO accounts (id, name) VALUES (:n, 'Bea')";

const missing = (column: string, relation?: string): string =>
  relation === undefined
    ? `column "${column}" does not exist`
    : `column "${column}" of relation "${relation}" does not exist`;
const gone = (relation: string): string => `relation "${relation}" does not exist`;
const empty = (column: string, relation: string): string =>
  `null value in column "${column}" of relation "${relation}" violates not-null constraint`;

export const PULL_REQUESTS: readonly PullRequest[] = [
  {
    title: "a nullable column",
    migration: "ALTER TABLE orders ADD COLUMN seen_at timestamptz;",
    running: [ORDER, READ],
    next: ["SELECT seen_at FROM orders", "INSERT INTO orders (id, kind, seen_at) VALUES (:n, 'web', now())"],
    naive: { codeFirst: missing("seen_at") },
  },
  {
    title: "a column with a constant default",
    migration: "ALTER TABLE orders ADD COLUMN retries int NOT NULL DEFAULT 0;",
    running: [ORDER, READ],
    next: ["UPDATE orders SET retries = retries + 1 WHERE id = 3", ORDER],
    naive: { codeFirst: missing("retries") },
  },
  {
    title: "a new table with a foreign key",
    migration: "CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders);",
    running: [ORDER, READ],
    next: [ORDER, "INSERT INTO items VALUES (:n, 3)"],
    naive: { codeFirst: gone("items") },
  },
  {
    title: "a view",
    migration: "CREATE VIEW paid_orders AS SELECT id FROM orders WHERE state = 'paid';",
    running: [ORDER],
    next: [ORDER, "SELECT id FROM paid_orders"],
    naive: { codeFirst: gone("paid_orders") },
  },
  {
    title: "an index that blocks writes",
    migration: "CREATE INDEX orders_code_idx ON orders (code);",
    running: [ORDER, READ],
    next: [ORDER, "SELECT id FROM orders WHERE code = 'c3'"],
    naive: {},
  },
  {
    title: "a required column without a default, filled by the pull request",
    migration: "ALTER TABLE orders ADD COLUMN region text NOT NULL;\nUPDATE orders SET region = 'eu';",
    running: [ORDER, READ],
    next: ["INSERT INTO orders (id, kind, region) VALUES (:n, 'web', 'us')", "SELECT region FROM orders"],
    naive: {
      migrationFirst: 'column "region" of relation "orders" contains null values',
      codeFirst: missing("region", "orders"),
    },
    finally: [["SELECT count(*)::int FROM orders WHERE region IS NULL", 0]],
  },
  {
    title: "a required column without a default, filled as somebody decides, on 18",
    postgres: 18,
    migration: "ALTER TABLE accounts ADD COLUMN country char(2) NOT NULL;",
    running: [ACCOUNT],
    next: ["INSERT INTO accounts (id, name, country) VALUES (:n, 'Bea', 'DE')"],
    decided: { "fill-rows": "UPDATE accounts SET country = 'FR' WHERE country IS NULL" },
    naive: {
      migrationFirst: 'column "country" of relation "accounts" contains null values',
      codeFirst: missing("country", "accounts"),
    },
  },
  {
    title: "a column whose default is another value for each row",
    migration: "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();",
    running: [ORDER],
    next: [ORDER, "SELECT token FROM orders"],
    naive: { codeFirst: missing("token") },
    finally: [["SELECT count(*)::int FROM orders WHERE token IS NULL", 0]],
  },
  {
    title: "a column that the code no longer uses",
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref;",
    running: [
      "SELECT legacy_ref FROM orders WHERE id = 3",
      "INSERT INTO orders (id, kind, legacy_ref) VALUES (:n, 'web', 'x')",
    ],
    next: [READ, ORDER],
    naive: { migrationFirst: missing("legacy_ref") },
  },
  {
    title: "a required column that the code no longer uses",
    migration: "ALTER TABLE orders DROP COLUMN kind;",
    running: [ORDER, "SELECT kind FROM orders"],
    next: ["INSERT INTO orders (id) VALUES (:n)", READ],
    naive: { migrationFirst: missing("kind", "orders"), codeFirst: empty("kind", "orders") },
  },
  {
    title: "a column that nobody has used for long",
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref;",
    running: [ORDER],
    next: [ORDER],
    naive: {},
  },
  {
    title: "a table that the code no longer uses",
    migration: "DROP TABLE visits;",
    running: ["INSERT INTO visits (id) VALUES (:n)", "SELECT count(*) FROM visits"],
    next: [ORDER],
    naive: { migrationFirst: gone("visits") },
  },
  {
    title: "a view that the code no longer uses",
    migration: "DROP VIEW open_orders;",
    running: ["SELECT total FROM open_orders"],
    next: ["SELECT total FROM orders WHERE state = 'new'"],
    naive: { migrationFirst: gone("open_orders") },
  },
  {
    title: "a column under another name",
    migration: "ALTER TABLE orders RENAME COLUMN note TO remark;",
    running: [
      "INSERT INTO orders (id, kind, note) VALUES (:n, 'web', 'by old code')",
      "SELECT note FROM orders",
      "UPDATE orders SET note = 'changed' WHERE id = 5",
    ],
    next: [
      "INSERT INTO orders (id, kind, remark) VALUES (:n, 'web', 'by new code')",
      "SELECT remark FROM orders",
      "UPDATE orders SET remark = 'again' WHERE id = 6",
    ],
    between: [["INSERT INTO orders (id, kind, note) VALUES (:n, 'web', 'between')", "SELECT note FROM orders"]],
    naive: { migrationFirst: missing("note", "orders"), codeFirst: missing("remark", "orders") },
    finally: [
      ["SELECT remark FROM orders WHERE id = 7", "note 7"],
      ["SELECT count(*)::int FROM orders WHERE remark IS NULL", 0],
    ],
  },
  {
    title: "a required column under another name",
    migration: "ALTER TABLE orders RENAME COLUMN kind TO channel;",
    running: [ORDER, "SELECT kind FROM orders"],
    next: ["INSERT INTO orders (id, channel) VALUES (:n, 'app')", "SELECT channel FROM orders"],
    between: [[ORDER, "SELECT kind FROM orders"]],
    naive: { migrationFirst: missing("kind", "orders"), codeFirst: missing("channel", "orders") },
    finally: [["SELECT count(*)::int FROM orders WHERE channel IS NULL", 0]],
  },
  {
    title: "a column of a foreign key under another name",
    schema:
      "ALTER TABLE orders ADD CONSTRAINT orders_account FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE;",
    migration: "ALTER TABLE orders RENAME COLUMN account_id TO customer_id;",
    running: [
      "INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 1)",
      "SELECT account_id FROM orders FOR UPDATE",
    ],
    next: [
      "INSERT INTO orders (id, kind, customer_id) VALUES (:n, 'web', 2) ON CONFLICT (id) DO NOTHING",
      "SELECT customer_id FROM orders",
    ],
    naive: { migrationFirst: missing("account_id", "orders"), codeFirst: missing("customer_id", "orders") },
  },
  {
    title: "a table under another name",
    migration: "ALTER TABLE accounts RENAME TO customers;",
    running: [
      `${ACCOUNT} RETURNING id`,
      "SELECT name FROM accounts",
      "UPDATE accounts SET name = 'C' WHERE id = 1",
      "INSERT INTO accounts (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y'",
    ],
    next: ["INSERT INTO customers (id, name) VALUES (:n, 'Bea')", "SELECT name FROM customers"],
    naive: { migrationFirst: gone("accounts"), codeFirst: gone("customers") },
  },
  {
    title: "a table in another schema",
    schema: "CREATE SCHEMA archive;",
    migration: "ALTER TABLE visits SET SCHEMA archive;",
    running: ["INSERT INTO visits (id) VALUES (:n)", "SELECT page FROM visits"],
    next: ["INSERT INTO archive.visits (id) VALUES (:n)"],
    naive: { migrationFirst: gone("visits"), codeFirst: gone("archive.visits") },
  },
  {
    title: "NOT NULL that the running code does not comply with",
    migration:
      "UPDATE orders SET account_id = 1 WHERE account_id IS NULL;\nALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;",
    running: [ORDER, READ],
    next: ["INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 1)", READ],
    naive: { migrationFirst: empty("account_id", "orders") },
    finally: [["SELECT count(*)::int FROM orders WHERE account_id IS NULL", 0]],
  },
  {
    title: "the same on 18",
    postgres: 18,
    migration:
      "UPDATE orders SET account_id = 1 WHERE account_id IS NULL;\nALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;",
    running: [ORDER, READ],
    next: ["INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 1)", READ],
    naive: { migrationFirst: empty("account_id", "orders") },
  },
  {
    title: "NOT NULL with rows that have no value",
    migration: "ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;",
    running: [ORDER],
    next: ["INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 1)"],
    decided: { "fill-rows": "UPDATE orders SET account_id = 2 WHERE account_id IS NULL" },
    naive: { migrationFirst: 'column "account_id" of relation "orders" contains null values' },
  },
  {
    title: "NOT NULL that goes",
    migration: "ALTER TABLE orders ALTER COLUMN kind DROP NOT NULL;",
    running: [ORDER],
    next: ["INSERT INTO orders (id) VALUES (:n)"],
    naive: { codeFirst: empty("kind", "orders") },
  },
  {
    title: "a CHECK that the running code violates",
    migration: "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);",
    running: [ORDER, "UPDATE orders SET note = 'x' WHERE id = 4"],
    next: ["INSERT INTO orders (id, kind, total) VALUES (:n, 'web', 5)", "UPDATE orders SET note = 'x' WHERE id = 4"],
    decided: { "mend-rows": "UPDATE orders SET total = 1 WHERE NOT (total > 0)" },
    naive: { migrationFirst: 'new row for relation "orders" violates check constraint "total_positive"' },
  },
  {
    title: "a foreign key whose target the running code does not write first",
    migration: "ALTER TABLE orders ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    running: ["INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 900)"],
    next: ["INSERT INTO orders (id, kind, account_id) VALUES (:n, 'web', 2)"],
    decided: { "mend-rows": "UPDATE orders SET account_id = NULL WHERE account_id = 900" },
    naive: {
      migrationFirst: 'insert or update on table "orders" violates foreign key constraint "orders_account_fk"',
    },
  },
  {
    title: "UNIQUE over what the running code writes twice",
    migration: "ALTER TABLE accounts ADD CONSTRAINT accounts_name_key UNIQUE (name);",
    running: [ACCOUNT, ACCOUNT],
    next: ["INSERT INTO accounts (id, name) VALUES (:n, 'Bea :n')"],
    decided: { "merge-duplicates": "UPDATE accounts SET name = name || id WHERE name = 'Bea'" },
    naive: { migrationFirst: 'duplicate key value violates unique constraint "accounts_name_key"' },
  },
  {
    title: "UNIQUE that the new code's upsert names",
    migration: "ALTER TABLE accounts ADD CONSTRAINT accounts_email_key UNIQUE (email);",
    running: ["INSERT INTO accounts (id, name, email) VALUES (:n, 'Bea', ':n@shop.example')"],
    next: [
      "INSERT INTO accounts (id, name, email) VALUES (:n, 'Bea', 'b@shop.example') ON CONFLICT (email) DO NOTHING",
    ],
    naive: { codeFirst: "there is no unique or exclusion constraint matching the ON CONFLICT specification" },
  },
  {
    title: "a unique index",
    migration: "CREATE UNIQUE INDEX accounts_email_idx ON accounts (lower(email));",
    running: ["INSERT INTO accounts (id, name, email) VALUES (:n, 'Bea', ':n@shop.example')"],
    next: ["SELECT id FROM accounts WHERE lower(email) = 'x'"],
    naive: {},
  },
  {
    title: "another primary key",
    schema: "CREATE TABLE tags (id bigint NOT NULL, slug text NOT NULL, CONSTRAINT tags_pkey PRIMARY KEY (id));",
    rows: "INSERT INTO tags SELECT n, 's' || n FROM generate_series(1, 5) AS n;",
    migration:
      "ALTER TABLE tags DROP CONSTRAINT tags_pkey;\nALTER TABLE tags ADD CONSTRAINT tags_pkey PRIMARY KEY (slug);",
    running: ["INSERT INTO tags VALUES (:n, 's:n')"],
    next: ["INSERT INTO tags VALUES (:n, 's:n')"],
    naive: {},
  },
  {
    title: "a key of 64 bits",
    migration: "ALTER TABLE visits ALTER COLUMN id TYPE bigint;",
    running: ["INSERT INTO visits (id) VALUES (:n)", "SELECT page FROM visits WHERE id = 3"],
    next: ["INSERT INTO visits (id) VALUES (3000000000 + :n)", "SELECT page FROM visits WHERE id = 3"],
    between: [["INSERT INTO visits (id) VALUES (:n)"]],
    naive: { codeFirst: "integer out of range" },
  },
  {
    title: "a longer varchar",
    migration: "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
    running: ["INSERT INTO orders (id, kind, code) VALUES (:n, 'web', 'short')"],
    next: ["INSERT INTO orders (id, kind, code) VALUES (:n, 'web', 'longer than twenty characters')"],
    naive: { codeFirst: "value too long for type character varying(20)" },
  },
  {
    title: "a shorter varchar",
    migration: "ALTER TABLE orders ALTER COLUMN code TYPE varchar(10);",
    running: ["INSERT INTO orders (id, kind, code) VALUES (:n, 'web', 'twelve chars')"],
    next: ["INSERT INTO orders (id, kind, code) VALUES (:n, 'web', 'ten chars')"],
    decided: { "mend-rows": "UPDATE orders SET code = left(code, 10) WHERE length(code) > 10" },
    naive: { migrationFirst: "value too long for type character varying(10)" },
  },
  {
    title: "a column of 64 bits that a materialized view reads",
    schema: `CREATE MATERIALIZED VIEW pages AS SELECT page, sum(seconds) AS seconds FROM visits GROUP BY page;
CREATE UNIQUE INDEX pages_page_idx ON pages (page);
CREATE VIEW best_pages AS SELECT page FROM pages WHERE seconds > 60;
GRANT SELECT ON pages TO PUBLIC;`,
    rows: "REFRESH MATERIALIZED VIEW pages;",
    migration: `DROP VIEW best_pages; DROP MATERIALIZED VIEW pages;
ALTER TABLE visits ALTER COLUMN seconds TYPE bigint;
CREATE MATERIALIZED VIEW pages AS SELECT page, sum(seconds) AS seconds FROM visits GROUP BY page;
CREATE UNIQUE INDEX pages_page_idx ON pages (page);
CREATE VIEW best_pages AS SELECT page FROM pages WHERE seconds > 60;
GRANT SELECT ON pages TO PUBLIC;`,
    running: [
      "INSERT INTO visits (id, seconds) VALUES (:n, 5)",
      "SELECT page, seconds FROM visits",
      "SELECT page, seconds FROM pages WHERE page = '/'",
      "SELECT page FROM best_pages",
    ],
    next: [
      "INSERT INTO visits (id, seconds) VALUES (:n, 3000000000)",
      "SELECT page, seconds FROM pages WHERE page = '/'",
      "SELECT page FROM best_pages",
    ],
    between: [
      [
        "INSERT INTO visits (id, seconds) VALUES (:n, 6)",
        "SELECT page, seconds FROM pages",
        "SELECT page FROM best_pages",
      ],
    ],
    naive: { codeFirst: "integer out of range" },
    finally: [
      ["SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE relname = 'pages' AND grantee = 0", 1],
      ["SELECT count(*)::int FROM pages WHERE seconds > 0", 1],
    ],
  },
  {
    title: "a value more in the list of a CHECK",
    schema: "ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind IN ('web', 'shop'));",
    migration: `ALTER TABLE orders DROP CONSTRAINT orders_kind_check;
ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind = 'app' OR kind = ANY (ARRAY['shop', 'web']::text[]));`,
    running: ["INSERT INTO orders (id, kind) VALUES (:n, 'shop')", "UPDATE orders SET kind = 'web' WHERE id = 1"],
    next: ["INSERT INTO orders (id, kind) VALUES (:n, 'app')"],
    naive: { codeFirst: 'new row for relation "orders" violates check constraint "orders_kind_check"' },
  },
  {
    title: "a value less in the list of a CHECK",
    schema: "ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind IN ('web', 'shop', 'fax'));",
    rows: "UPDATE orders SET kind = 'fax' WHERE id = 3;",
    migration:
      "ALTER TABLE orders DROP CONSTRAINT orders_kind_check, ADD CONSTRAINT orders_kind_check CHECK (kind IN ('web', 'shop'));",
    running: ["INSERT INTO orders (id, kind) VALUES (:n, 'fax')", "SELECT kind FROM orders"],
    next: ["INSERT INTO orders (id, kind) VALUES (:n, 'shop')"],
    decided: { "mend-rows": "UPDATE orders SET kind = 'shop' WHERE kind = 'fax'" },
    naive: { migrationFirst: 'check constraint "orders_kind_check" of relation "orders" is violated by some row' },
  },
  {
    title: "another list in a CHECK",
    schema: "ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind IN ('web', 'fax'));",
    rows: "UPDATE orders SET kind = 'fax' WHERE id = 3;",
    migration:
      "ALTER TABLE orders DROP CONSTRAINT orders_kind_check; ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind IN ('web', 'app'));",
    running: ["INSERT INTO orders (id, kind) VALUES (:n, 'fax')", "SELECT kind FROM orders"],
    next: ["INSERT INTO orders (id, kind) VALUES (:n, 'app')"],
    decided: { "mend-rows": "UPDATE orders SET kind = 'app' WHERE kind = 'fax'" },
    naive: {
      migrationFirst: 'check constraint "orders_kind_check" of relation "orders" is violated by some row',
      codeFirst: 'new row for relation "orders" violates check constraint "orders_kind_check"',
    },
  },
  {
    title: "a new column with a foreign key that would read the whole table",
    migration:
      "ALTER TABLE visits ADD COLUMN account_id bigint; ALTER TABLE visits ADD CONSTRAINT visits_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    running: ["INSERT INTO visits (id) VALUES (:n)", "INSERT INTO accounts (id, name) VALUES (:n, 'A')"],
    next: ["INSERT INTO visits (id, account_id) VALUES (:n, 1)", "SELECT account_id FROM visits"],
    naive: { codeFirst: 'column "account_id" of relation "visits" does not exist' },
  },
  {
    title: "text that becomes jsonb",
    schema: "CREATE TABLE events (id bigint PRIMARY KEY, body text NOT NULL);",
    rows: "INSERT INTO events SELECT n, '{\"a\": 1}' FROM generate_series(1, 5) AS n;",
    migration: "ALTER TABLE events ALTER COLUMN body TYPE jsonb USING body::jsonb;",
    running: ["INSERT INTO events (id, body) VALUES (:n, '{\"a\": 2}')", "SELECT length(body) FROM events"],
    next: ["SELECT body->>'a' FROM events", "INSERT INTO events (id, body) VALUES (:n, '{\"a\": 3}')"],
    between: [
      [
        "SELECT length(body::text), body::jsonb->>'a' FROM events",
        "INSERT INTO events (id, body) VALUES (:n, '{\"a\": 4}')",
      ],
    ],
    naive: {
      migrationFirst: "function length(jsonb) does not exist",
      codeFirst: "operator does not exist: text ->> unknown",
    },
  },
  {
    title: "another value of an enum",
    migration: "ALTER TYPE status ADD VALUE 'refunded';",
    running: [READ, ORDER],
    next: ["SELECT id FROM orders WHERE state = 'refunded'"],
    naive: { codeFirst: 'invalid input value for enum status: "refunded"' },
  },
  {
    title: "a value of an enum under another name",
    migration: "ALTER TYPE status RENAME VALUE 'held' TO 'waiting';",
    running: ["UPDATE orders SET state = 'held' WHERE id = 3", "SELECT id FROM orders WHERE state = 'held'"],
    next: ["UPDATE orders SET state = 'waiting' WHERE id = 4", "SELECT id FROM orders WHERE state = 'waiting'"],
    between: [
      ["UPDATE orders SET state = 'held' WHERE id = 3", "SELECT id FROM orders WHERE state IN ('held', 'waiting')"],
      ["UPDATE orders SET state = 'waiting' WHERE id = 3", "SELECT id FROM orders WHERE state IN ('held', 'waiting')"],
    ],
    naive: {
      migrationFirst: 'invalid input value for enum status: "held"',
      codeFirst: 'invalid input value for enum status: "waiting"',
    },
    finally: [["SELECT count(*)::int FROM orders WHERE state = 'held'", 0]],
    leaves: ["- public.status: enum new, waiting, paid", "+ public.status: enum new, held, waiting, paid"],
  },
  {
    title: "a name split into two columns",
    schema: "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);",
    rows: "INSERT INTO people SELECT n, 'Ann Lee' || n FROM generate_series(1, 5) AS n;",
    migration: `ALTER TABLE people ADD COLUMN first text, ADD COLUMN last text;
UPDATE people SET first = split_part(name, ' ', 1), last = split_part(name, ' ', 2);
ALTER TABLE people DROP COLUMN name;`,
    running: ["INSERT INTO people (id, name) VALUES (:n, 'Bea Old')", "SELECT name FROM people"],
    next: ["INSERT INTO people (id, first, last) VALUES (:n, 'Bea', 'New')", "SELECT first, last FROM people"],
    between: [
      ["INSERT INTO people (id, name) VALUES (:n, 'Bea One')", "SELECT name FROM people"],
      ["INSERT INTO people (id, name) VALUES (:n, 'Bea Two')", "SELECT first, last FROM people"],
    ],
    naive: { migrationFirst: missing("name", "people"), codeFirst: missing("first", "people") },
    finally: [["SELECT count(*)::int FROM people WHERE first IS NULL OR last IS NULL", 0]],
  },
  {
    title: "two columns merged into one",
    schema: "CREATE TABLE people (id bigint PRIMARY KEY, first text, last text);",
    rows: "INSERT INTO people SELECT n, 'Ann', 'Lee' || n FROM generate_series(1, 5) AS n;",
    migration: `ALTER TABLE people ADD COLUMN name text;
UPDATE people SET name = concat(first, ' ', last);
ALTER TABLE people DROP COLUMN first, DROP COLUMN last;`,
    running: ["INSERT INTO people (id, first, last) VALUES (:n, 'Bea', 'Old')", "SELECT first, last FROM people"],
    next: ["INSERT INTO people (id, name) VALUES (:n, 'Bea New')", "SELECT name FROM people"],
    between: [
      ["INSERT INTO people (id, first, last) VALUES (:n, 'Bea', 'Old')", "SELECT first, last FROM people"],
      ["INSERT INTO people (id, first, last) VALUES (:n, 'Bea', 'Old')", "SELECT name FROM people"],
    ],
    naive: { migrationFirst: missing("first", "people"), codeFirst: missing("name", "people") },
    finally: [["SELECT count(*)::int FROM people WHERE name IS NULL", 0]],
  },
  {
    title: "another default",
    migration: "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 10;",
    running: [ORDER],
    next: ["INSERT INTO orders (id, kind, total) VALUES (:n, 'web', 10)"],
    naive: {},
  },
  {
    title: "a default that goes",
    migration: "ALTER TABLE visits ALTER COLUMN page DROP DEFAULT;",
    running: ["INSERT INTO visits (id) VALUES (:n)"],
    next: ["INSERT INTO visits (id, page) VALUES (:n, '/x')"],
    naive: { migrationFirst: empty("page", "visits") },
  },
  {
    title: "a default that comes",
    migration: "ALTER TABLE orders ALTER COLUMN kind SET DEFAULT 'web';",
    running: [ORDER],
    next: ["INSERT INTO orders (id) VALUES (:n)"],
    naive: { codeFirst: empty("kind", "orders") },
  },
  {
    title: "all rows changed in one statement",
    migration: "UPDATE orders SET note = upper(note);",
    running: [ORDER, READ],
    next: [ORDER, READ],
    naive: {},
    finally: [["SELECT note FROM orders WHERE id = 7", "NOTE 7"]],
  },
  {
    title: "an index of a partitioned table",
    schema: `CREATE TABLE logs (id bigint, at date) PARTITION BY RANGE (id);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (5);
CREATE TABLE logs_2 PARTITION OF logs DEFAULT;`,
    rows: "INSERT INTO logs SELECT n FROM generate_series(1, 9) AS n;",
    migration: "CREATE INDEX logs_at_idx ON logs (at);",
    running: ["INSERT INTO logs (id) VALUES (:n)"],
    next: ["SELECT id FROM logs WHERE at = 'today'"],
    naive: {},
  },
  {
    title: "a column added, and the one that it is like dropped",
    migration:
      "ALTER TABLE visits ADD COLUMN page_path text NOT NULL DEFAULT '/';\nALTER TABLE visits DROP COLUMN page;",
    running: ["INSERT INTO visits (id, page) VALUES (:n, '/old')", "SELECT page FROM visits"],
    next: ["INSERT INTO visits (id, page_path) VALUES (:n, '/new')", "SELECT page_path FROM visits"],
    between: [["INSERT INTO visits (id, page) VALUES (:n, '/between')", "SELECT page FROM visits"]],
    naive: { migrationFirst: missing("page", "visits"), codeFirst: missing("page_path", "visits") },
    finally: [["SELECT count(*)::int FROM visits WHERE page_path = '/old'", 4]],
  },
  {
    title: "a column added and another dropped",
    migration: "ALTER TABLE orders ADD COLUMN reference text;\nALTER TABLE orders DROP COLUMN legacy_ref;",
    running: ["SELECT legacy_ref FROM orders", ORDER],
    next: ["INSERT INTO orders (id, kind, reference) VALUES (:n, 'web', 'x')"],
    naive: { migrationFirst: missing("legacy_ref"), codeFirst: missing("reference", "orders") },
  },
  {
    title: "row level security",
    migration: "ALTER TABLE visits ENABLE ROW LEVEL SECURITY;\nCREATE POLICY all_visits ON visits USING (true);",
    running: ["INSERT INTO visits (id) VALUES (:n)", "SELECT page FROM visits"],
    next: ["INSERT INTO visits (id) VALUES (:n)", "SELECT page FROM visits"],
    naive: {},
  },
  {
    title: "the migrations after the deploy: a column that goes",
    deploy: { model: "rolling", migrations: "after" },
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref;",
    running: ["SELECT legacy_ref FROM orders"],
    next: [READ],
    naive: { migrationFirst: missing("legacy_ref") },
  },
  {
    title: "a table split into two",
    schema: "CREATE TABLE people (id bigint PRIMARY KEY, name text, street text);",
    rows: "INSERT INTO people SELECT n, 'n' || n, 's' || n FROM generate_series(1, 9) AS n;",
    migration: `CREATE TABLE persons (id bigint PRIMARY KEY, name text);
CREATE TABLE addresses (person_id bigint PRIMARY KEY, street text);
INSERT INTO persons (id, name) SELECT id, name FROM people;
INSERT INTO addresses SELECT id, street FROM people;
DROP TABLE people;`,
    running: ["INSERT INTO people (id, name, street) VALUES (:n, 'Bea', 'Old')", "SELECT name, street FROM people"],
    next: [
      "WITH made AS (INSERT INTO persons (id, name) VALUES (:n, 'Bea') RETURNING id) INSERT INTO addresses SELECT id, 'New' FROM made",
      "SELECT name, street FROM persons JOIN addresses ON person_id = persons.id",
    ],
    between: [
      "SELECT name, street FROM people",
      "SELECT name, street FROM persons JOIN addresses ON person_id = persons.id",
    ].map((read) => [
      "WITH made AS (INSERT INTO people VALUES (:n, 'Bea', 'Both') RETURNING *), one AS (INSERT INTO persons SELECT id, name FROM made) INSERT INTO addresses SELECT id, street FROM made",
      read,
    ]),
    naive: { migrationFirst: gone("people"), codeFirst: gone("persons") },
    finally: [
      ["SELECT count(*)::int FROM persons LEFT JOIN addresses ON person_id = persons.id WHERE street IS NULL", 0],
    ],
  },
  {
    title: "a table merged into another",
    schema: "CREATE TABLE guests (id bigint PRIMARY KEY, email text, name text NOT NULL);",
    rows: "INSERT INTO guests SELECT n, 'g' || n || '@shop.example', 'Gil ' || n FROM generate_series(101, 109) AS n;",
    migration: `INSERT INTO accounts (id, email, name) SELECT id, email, name FROM guests;
DROP TABLE guests;`,
    running: ["INSERT INTO guests (id, email, name) VALUES (:n, 'x', 'Gil')", "SELECT name FROM guests", ACCOUNT],
    next: ["INSERT INTO accounts (id, email, name) VALUES (:n, 'x', 'Gil')", "SELECT name FROM accounts"],
    between: ["SELECT name FROM guests", "SELECT name FROM accounts"].map((read) => [
      "WITH made AS (INSERT INTO guests (id, name) VALUES (:n, 'Gil') RETURNING *) INSERT INTO accounts (id, email, name) SELECT id, email, name FROM made",
      read,
    ]),
    naive: { migrationFirst: gone("guests") },
    finally: [["SELECT count(*)::int FROM accounts WHERE name = 'Gil 105'", 1]],
  },
  {
    title: "a foreign key of a partitioned table, before 18",
    schema: `CREATE TABLE hits (id bigint, account_id bigint) PARTITION BY RANGE (id);
CREATE TABLE hits_1 PARTITION OF hits FOR VALUES FROM (0) TO (5);
CREATE TABLE hits_2 PARTITION OF hits DEFAULT;`,
    rows: "INSERT INTO hits SELECT n, n % 5 + 1 FROM generate_series(1, 9) AS n;",
    migration: "ALTER TABLE hits ADD CONSTRAINT hits_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    running: ["INSERT INTO hits (id, account_id) VALUES (:n, 1)"],
    next: ["INSERT INTO hits (id, account_id) VALUES (:n, 2)"],
    naive: {},
  },
];
