CREATE TABLE rooms (id int PRIMARY KEY, name text, booked daterange, live boolean, UNIQUE (id));
CREATE INDEX rooms_by_name ON rooms ((name COLLATE "C"), (live), lower(name));
ALTER TABLE rooms ADD EXCLUDE USING gist (booked WITH &&) INCLUDE (id) WHERE (live);
CREATE VIEW booked_rooms AS SELECT r.name, r.booked FROM rooms r WHERE live;
ALTER TABLE rooms ADD COLUMN label text GENERATED ALWAYS AS (upper(name)) STORED;
ALTER TABLE rooms RENAME COLUMN name TO title;
ALTER TABLE IF EXISTS halls ADD COLUMN seats int;
CREATE TABLE IF NOT EXISTS halls (id int);
ALTER TABLE rooms DROP COLUMN title CASCADE;
