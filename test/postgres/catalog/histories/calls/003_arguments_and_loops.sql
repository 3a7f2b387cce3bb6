CREATE FUNCTION stamp(target text, created boolean DEFAULT true, archived boolean DEFAULT true) RETURNS void AS $$
DECLARE
  command text;
BEGIN
  IF created THEN
    EXECUTE format('ALTER TABLE %I ADD COLUMN created_at timestamptz NOT NULL DEFAULT now()', target);
  END IF;
  IF archived = false THEN
    command := 'COMMENT ON TABLE ' || target || ' IS ''kept for ever''';
  ELSE
    command := 'ALTER TABLE ' || target || ' ADD COLUMN archived_at timestamptz';
  END IF;
  EXECUTE command;
  IF NOT archived THEN
    EXECUTE 'CREATE INDEX ON ' || target || ' (id)';
  ELSIF created THEN
    EXECUTE 'CREATE INDEX ON ' || target || ' (archived_at)';
  END IF;
END
$$ LANGUAGE plpgsql;

SELECT stamp('orders', archived => false);
SELECT stamp(target => 'notes');

DO $$
DECLARE
  part record;
  name text;
  names text[] := ARRAY['status', 'amount'];
BEGIN
  FOREACH name IN ARRAY names LOOP
    EXECUTE format('ALTER TABLE orders ADD CONSTRAINT %I CHECK (%I IS NOT NULL) NOT VALID', name || '_set', name);
  END LOOP;
  FOR part IN SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS t (suffix, key) LOOP
    EXECUTE 'CREATE TABLE notes_' || part.suffix || ' (key int DEFAULT ' || part.key || ')';
  END LOOP;
  FOR n IN 1..2 LOOP
    EXECUTE format('CREATE SEQUENCE counter_%s', n);
  END LOOP;
END
$$;
