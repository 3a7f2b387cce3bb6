ALTER TABLE orders ADD COLUMN;
CREATE INDEX orders_idx ON orders (id);
