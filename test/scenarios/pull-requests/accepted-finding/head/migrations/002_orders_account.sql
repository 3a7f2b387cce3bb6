SET lock_timeout = '2s';

-- migration-safety-disable-next-line no-blocking-index-build -- orders has ten rows
CREATE INDEX orders_account_idx ON orders (account_id);
