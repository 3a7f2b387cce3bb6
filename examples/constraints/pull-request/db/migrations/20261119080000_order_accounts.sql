-- migrate:up
CREATE INDEX orders_account_idx ON orders (account_id);
ALTER TABLE orders ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;

-- migrate:down
ALTER TABLE orders ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_account_fk;
DROP INDEX orders_account_idx;
