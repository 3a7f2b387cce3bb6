CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('glad');
CREATE TABLE orders (id int PRIMARY KEY, total numeric, note text, code text, spare text);
CREATE TABLE log (first int, second text, third int);
CREATE FUNCTION price(n int) RETURNS numeric LANGUAGE sql BEGIN ATOMIC SELECT total FROM orders WHERE id = n; END;
CREATE FUNCTION note_of(n int) RETURNS text LANGUAGE sql RETURN (SELECT o.note FROM orders o WHERE o.id = n);
CREATE PROCEDURE put(w text) LANGUAGE sql BEGIN ATOMIC
  INSERT INTO log VALUES (1, w);
  INSERT INTO orders (id, note) VALUES (1, w) ON CONFLICT (id) DO UPDATE SET code = excluded.spare;
  WITH gone AS (DELETE FROM log l USING orders o WHERE l.third = o.id RETURNING l.second)
  UPDATE orders SET note = second FROM gone WHERE orders.id = 1;
END;
CREATE FUNCTION twice(n int) RETURNS numeric LANGUAGE sql RETURN price(n) * 2;
CREATE VIEW doubled AS SELECT id, twice(id) FROM orders;
CREATE FUNCTION rows_of(m mood[]) RETURNS SETOF orders LANGUAGE sql AS 'SELECT * FROM orders';
CREATE FUNCTION priced(n numeric DEFAULT price(1)) RETURNS numeric LANGUAGE sql AS 'SELECT n';
