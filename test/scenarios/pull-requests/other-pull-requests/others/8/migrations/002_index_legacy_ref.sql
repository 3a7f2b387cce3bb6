CREATE INDEX CONCURRENTLY orders_legacy_ref_idx ON orders (legacy_ref);
