-- migrate:up
CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric NOT NULL);

-- migrate:down
DROP TABLE orders;
DROP TABLE accounts;
