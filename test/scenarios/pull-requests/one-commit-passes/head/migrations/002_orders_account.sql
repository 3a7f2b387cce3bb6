SET lock_timeout = '2s';

CREATE INDEX orders_account_idx ON orders (account_id);
