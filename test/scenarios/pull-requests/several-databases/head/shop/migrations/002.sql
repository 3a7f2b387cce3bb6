CREATE INDEX orders_idx ON orders (a);
