CREATE TABLE orders (id bigint PRIMARY KEY, status text, legacy_ref text, amount integer);
INSERT INTO orders VALUES (1, 'new', 'a', 5);

CREATE FUNCTION add_note(target text DEFAULT 'orders') RETURNS void AS $$
DECLARE
  found_rows integer;
BEGIN
  SELECT count(*) INTO found_rows FROM orders;
  IF found_rows >= 0 THEN
    ALTER TABLE orders ADD COLUMN note text, ALTER COLUMN status SET NOT NULL;
  END IF;
  EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY)', 'notes');
END
$$ LANGUAGE plpgsql;

CREATE PROCEDURE drop_legacy(INOUT done boolean DEFAULT false) LANGUAGE plpgsql AS $body$
BEGIN
  ALTER TABLE orders DROP COLUMN legacy_ref;
  PERFORM add_note();
  done := true;
END
$body$;

CREATE FUNCTION totals() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT sum(amount) FROM orders';

CREATE FUNCTION widen() RETURNS void LANGUAGE sql AS $$
  ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
  CREATE INDEX orders_amount_idx ON orders (amount);
$$;
