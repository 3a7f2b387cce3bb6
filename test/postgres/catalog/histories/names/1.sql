-- Names that PostgreSQL chooses: numbered while those before are taken.
CREATE SCHEMA other;
CREATE TABLE orders (
  id serial,
  total int CHECK (total > 0) CHECK (total > 1) CHECK (total > 2),
  CHECK (total < 100),
  CHECK (total < id),
  UNIQUE (total),
  UNIQUE (total, id)
);
CREATE TABLE other.orders (id serial, total int CHECK (total > 0) CHECK (total > 1), UNIQUE (total));
CREATE INDEX ON orders (total);
CREATE INDEX ON orders (total) WHERE total > 5;
CREATE INDEX ON orders (total) WHERE total > 6;
