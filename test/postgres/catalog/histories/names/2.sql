-- A name that is free again is taken before a new number.
ALTER TABLE orders DROP CONSTRAINT orders_total_check1;
ALTER TABLE orders ADD CHECK (total > 3);
ALTER TABLE orders ADD CHECK (total > 4);
DROP INDEX orders_total_idx;
CREATE INDEX ON orders (total) WHERE total > 7;
CREATE INDEX ON orders (total) WHERE total > 8;
ALTER INDEX orders_total_idx1 RENAME TO orders_total_idx9;
CREATE INDEX ON orders (total) WHERE total > 9;
ALTER TABLE orders RENAME CONSTRAINT orders_total_check TO orders_total_checked;
ALTER TABLE orders ADD CHECK (total > 10);
ALTER TABLE orders ADD CHECK (total > 11);
ALTER TABLE other.orders DROP CONSTRAINT orders_total_check;
ALTER TABLE other.orders ADD CHECK (total > 12);
ALTER TABLE orders RENAME TO placed;
CREATE TABLE orders (id int, total int CHECK (total > 0));
DROP TABLE orders;
CREATE TABLE orders (id int, total int CHECK (total > 0), UNIQUE (total));
