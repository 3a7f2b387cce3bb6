CREATE TABLE a_table_whose_name_is_so_long_that_nothing_else_fits_into_it_any_more (
  a_column_whose_name_is_also_rather_long_for_a_column int UNIQUE REFERENCES customers CHECK (a_column_whose_name_is_also_rather_long_for_a_column > 0),
  "größe" int CHECK ("größe" > 0),
  id bigserial PRIMARY KEY
);
CREATE INDEX ON a_table_whose_name_is_so_long_that_nothing_else_fits_into_it_any_more (a_column_whose_name_is_also_rather_long_for_a_column, "größe");
CREATE TABLE "Straßenverzeichnis mit einem außergewöhnlich langen Namen überall" ("Überschrift äöü äöü äöü äöü äöü äöü" text UNIQUE);
CREATE TABLE twins (a int CHECK (a > 0) CHECK (a < 9), b int, UNIQUE (a, b), UNIQUE (b, a), CHECK (a < b), CHECK (b < 100));
CREATE TABLE twins_a (b int UNIQUE, key int);
ALTER TABLE twins ADD UNIQUE (a), ADD PRIMARY KEY (a, b);
ALTER TABLE twins ADD COLUMN c int CONSTRAINT c_filled NOT NULL DEFAULT 1;
