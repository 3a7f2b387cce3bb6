CREATE TABLE tenants (id int PRIMARY KEY, name text);
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id int NOT NULL REFERENCES tenants,
  day date NOT NULL,
  kind text CHECK (kind <> ''),
  PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX ON events (tenant_id, day);
CREATE TABLE events_2026 PARTITION OF events (kind DEFAULT 'none' NOT NULL) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
