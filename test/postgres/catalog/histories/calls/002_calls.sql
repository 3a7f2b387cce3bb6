CALL drop_legacy(NULL);
SELECT totals();
DO $$ BEGIN PERFORM widen(); END $$;
CREATE INDEX notes_idx ON notes (id);
