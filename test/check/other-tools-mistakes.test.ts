/**
 * What other checkers of migrations are known to get wrong (squawk 2.66.0 and pgfence 0.5.1, both run on these very
 * statements for PostgreSQL 16): each row is a branch that adds one migration, with all that is found in it.
 */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import type { Report } from "../../src/model/report.js";
import { type Files, memorySource } from "./memory-source.js";

const SCHEMA = `
CREATE TYPE state AS ENUM ('a', 'b');
CREATE TABLE users (
  id bigint PRIMARY KEY, name varchar(20), nick varchar(20), email text, legacy text, during tsrange
);
CREATE INDEX users_name_idx ON users (name);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state state);
CREATE VIEW user_names AS SELECT id, during FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS total FROM orders;
CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (id);
CREATE TABLE events_old (id bigint, at date);
CREATE SCHEMA archive;
CREATE TABLE archive.users (id bigint);
`;

const CODE: Files = {
  "src/users.ts":
    'export const legacy = (db) => db.query("SELECT legacy FROM users WHERE id = $1");\nexport const names = (db) => db.query("SELECT id FROM user_names");\n',
};

interface Row {
  /** What the other tool says, and why that is wrong. */
  readonly mistake: string;
  readonly sql: string;
  /** An earlier migration of the same branch. */
  readonly before?: string;
  readonly postgres?: number;
  /** `rule line`, in the order of the report. */
  readonly finds: readonly string[];
}

const rows: readonly Row[] = [
  {
    mistake: "squawk reports an index on a table that another file of the pull request makes",
    sql: "CREATE INDEX w_idx ON widgets (id);",
    before: "CREATE TABLE widgets (id bigint PRIMARY KEY);",
    finds: [],
  },
  {
    mistake: "squawk reports a foreign key and an index of a table that is new in the file",
    sql: "CREATE TABLE lines (id bigint PRIMARY KEY, user_id bigint);\nALTER TABLE lines ADD CONSTRAINT lines_user_fk FOREIGN KEY (user_id) REFERENCES users (id);\nCREATE INDEX lines_user_idx ON lines (user_id);",
    finds: [],
  },
  {
    mistake: "squawk and pgfence take a type that only grows for a rewrite",
    sql: "ALTER TABLE users ALTER COLUMN name TYPE text;\nALTER TABLE users ALTER COLUMN nick TYPE varchar(40);",
    finds: [],
  },
  {
    mistake: "squawk says that NOT ENFORCED scans",
    sql: "ALTER TABLE users ADD CONSTRAINT users_id_check CHECK (id > 0) NOT ENFORCED;",
    postgres: 18,
    finds: [],
  },
  {
    mistake: "squawk asks for NOT VALID, which UNIQUE cannot have",
    sql: "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);",
    finds: ["no-blocking-unique 1", "no-constraint-before-data 1"],
  },
  {
    mistake: "squawk asks for NOT VALID, which EXCLUDE cannot have",
    sql: "ALTER TABLE users ADD CONSTRAINT users_during_excl EXCLUDE USING gist (during WITH &&);",
    finds: ["no-blocking-unique 1"],
  },
  {
    mistake: "what squawk advises for UNIQUE is refused",
    sql: "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email) NOT VALID;",
    finds: ["no-invalid-sql 1"],
  },
  {
    mistake: "squawk only prefers identity to bigserial",
    sql: "ALTER TABLE users ADD COLUMN s bigserial;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "and identity rewrites the table as well",
    sql: "ALTER TABLE users ADD COLUMN s bigint GENERATED ALWAYS AS IDENTITY;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "squawk says nothing of VACUUM FULL",
    sql: "VACUUM FULL users;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "squawk says nothing of CLUSTER",
    sql: "CLUSTER users USING users_name_idx;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "squawk says nothing of DROP SCHEMA",
    sql: "DROP SCHEMA archive CASCADE;",
    finds: ["no-data-loss 1"],
  },
  {
    mistake: "squawk says nothing of TRUNCATE",
    sql: "TRUNCATE users;",
    finds: ["no-data-loss 1"],
  },
  {
    mistake: "squawk says nothing of DROP VIEW",
    sql: "DROP VIEW user_names;",
    finds: ["no-referenced-table-drop 1"],
  },
  {
    mistake: "squawk says nothing of DROP TYPE",
    sql: "DROP TYPE state;",
    finds: ["no-dependent-object-break 1"],
  },
  {
    mistake: "squawk says nothing of DROP FUNCTION",
    sql: "DROP FUNCTION touch;",
    finds: ["no-dependent-object-break 1"],
  },
  {
    mistake: "squawk says nothing of SET SCHEMA",
    sql: "ALTER TABLE users SET SCHEMA archive;",
    finds: ["no-rename 1"],
  },
  {
    mistake: "squawk says nothing of LOCK TABLE",
    sql: "BEGIN;\nLOCK TABLE users IN ACCESS EXCLUSIVE MODE;\nCOMMIT;",
    finds: ["no-explicit-table-lock 2"],
  },
  {
    mistake: "squawk says nothing of REFRESH",
    sql: "REFRESH MATERIALIZED VIEW totals;",
    finds: ["no-blocking-refresh 1"],
  },
  {
    mistake: "squawk says nothing of ATTACH PARTITION",
    sql: "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (0) TO (9);",
    finds: ["no-blocking-partition-change 1"],
  },
  {
    mistake: "squawk says nothing of an UPDATE of all rows",
    sql: "UPDATE users SET email = lower(email);",
    finds: ["no-unbatched-backfill 1"],
  },
  {
    mistake: "squawk says nothing of a DELETE of all rows",
    sql: "DELETE FROM users;",
    finds: ["no-data-loss 1"],
  },
  {
    mistake: "squawk is silent about DO, pgfence calls it unanalysable",
    sql: "DO $$ BEGIN\n  ALTER TABLE users DROP COLUMN legacy;\n  CREATE INDEX users_email_idx ON users (email);\nEND $$;",
    finds: ["no-referenced-column-drop 2", "no-blocking-index-build 3"],
  },
  {
    mistake: "squawk reports what happens to a table that nobody can use yet",
    sql: "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int);\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t RENAME COLUMN b TO c;\nDROP TABLE t;",
    finds: [],
  },
  {
    mistake: "squawk and pgfence report an index on a table that CREATE TABLE AS makes",
    sql: "CREATE TABLE c AS SELECT id FROM users;\nCREATE INDEX ON c (id);",
    finds: [],
  },
  {
    mistake: "pgfence takes now() for a default that rewrites",
    sql: "ALTER TABLE users ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();",
    finds: [],
  },
  {
    mistake: "pgfence says that SET NOT NULL scans behind a validated CHECK",
    sql: "ALTER TABLE users ADD CONSTRAINT users_email_set CHECK (email IS NOT NULL) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT users_email_set;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT users_email_set;",
    finds: [],
  },
  {
    mistake: "pgfence does not know public.widgets and widgets for the same table",
    sql: "CREATE TABLE public.widgets (id bigint PRIMARY KEY);\nCREATE INDEX widgets_idx ON widgets (id);",
    finds: [],
  },
  {
    mistake: "pgfence says nothing of UNIQUE in ADD COLUMN",
    sql: "ALTER TABLE users ADD COLUMN code text UNIQUE;",
    finds: ["no-blocking-unique 1"],
  },
  {
    mistake: "pgfence says nothing of PRIMARY KEY in ADD COLUMN",
    sql: "ALTER TABLE events_old ADD COLUMN pk bigint PRIMARY KEY;",
    finds: ["no-not-null-without-default 1"],
  },
  {
    mistake: "pgfence says nothing of identity in ADD COLUMN",
    sql: "ALTER TABLE users ADD COLUMN id2 bigint GENERATED BY DEFAULT AS IDENTITY;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "pgfence says nothing of SET TABLESPACE",
    sql: "ALTER TABLE users SET TABLESPACE fast;",
    finds: ["no-table-rewrite 1"],
  },
  {
    mistake: "pgfence cannot parse the safe form of 18",
    sql: "ALTER TABLE users ADD CONSTRAINT users_email_nn NOT NULL email NOT VALID;",
    postgres: 18,
    finds: [],
  },
];

const configuration = {
  ...DEFAULT_CONFIGURATION,
  postgres: 16,
  databases: { main: { migrations: [], code: [], session: { lock_timeout: "5s" } } },
};

function reportOf({ sql, before, postgres = 16 }: Omit<Row, "mistake" | "finds">): Report {
  const branch: Files = {
    ...(before !== undefined && { "db/migrations/0002_before.sql": before }),
    "db/migrations/0003_next.sql": sql,
  };
  return check(memorySource({ ...CODE, "db/migrations/0001_init.sql": SCHEMA }, branch), {
    ...configuration,
    postgres,
  });
}

const short = ({ findings }: Report): string[] => findings.map(({ rule, line }) => `${rule} ${String(line)}`);

interface ProgramRow {
  readonly mistake: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly file: (time: string, name: string) => string;
  /** Its third line is what `up` does. */
  readonly program: (name: string, up: string) => string;
  /** How the tool sends a text. */
  readonly raw: (sql: string) => string;
  readonly drop: string;
}

const TABLE = 'const TABLE = "users";';
const KNEX: Omit<ProgramRow, "mistake" | "drop"> = {
  packages: { knex: "3.1.0" },
  file: (time, name) => `migrations/2024${time}_${name}.js`,
  program: (_, up) => `${TABLE}\nexports.up = async (knex) => {\n  ${up}\n};\n`,
  raw: (sql) => `await knex.raw(\`${sql}\`);`,
};
const TYPEORM: Omit<ProgramRow, "mistake" | "drop"> = {
  packages: { typeorm: "0.3.20" },
  file: (time, name) => `src/migrations/${time}-${name}.ts`,
  program: (name, up) => `${TABLE}\nexport class ${name} { async up(queryRunner) {\n  ${up}\n} async down() {} }\n`,
  raw: (sql) => `await queryRunner.query(\`${sql}\`);`,
};

/** Rows on migrations that are programs: no checker but ours follows what they call. */
const programs: readonly ProgramRow[] = [
  {
    mistake: "pgfence cannot follow a table's name into a variable of Knex's builder",
    ...KNEX,
    drop: 'await knex.schema.alterTable(TABLE, (t) => t.dropColumn("legacy"));',
  },
  {
    mistake: "pgfence cannot follow a table's name into a template",
    ...KNEX,
    drop: 'await knex.raw(`ALTER TABLE "${TABLE}" DROP COLUMN legacy`);',
  },
  {
    mistake: "pgfence does not know TypeORM's calls",
    ...TYPEORM,
    drop: 'await queryRunner.dropColumn(TABLE, "legacy");',
  },
  {
    mistake: "pgfence cannot follow a table's name into a template of TypeORM",
    ...TYPEORM,
    drop: 'await queryRunner.query(`ALTER TABLE "${TABLE}" DROP COLUMN "legacy"`);',
  },
  {
    mistake: "pgfence does not know Kysely",
    packages: { kysely: "0.27.0" },
    file: (time, name) => `src/migrations/${time}_${name}.ts`,
    program: (_, up) => `import { sql } from "kysely";\nexport async function up(db) {\n  ${up}\n}\n`,
    raw: (sql) => `await sql\`${sql}\`.execute(db);`,
    drop: 'await db.schema.alterTable("users").dropColumn("legacy").execute();',
  },
  {
    mistake: "pgfence does not know node-pg-migrate",
    packages: { "node-pg-migrate": "7.0.0" },
    file: (time, name) => `migrations/${time}_${name}.js`,
    program: (_, up) => `${TABLE}\nexports.up = (pgm) => {\n  ${up}\n};\n`,
    raw: (sql) => `pgm.sql(\`${sql}\`);`,
    drop: 'pgm.dropColumn(TABLE, "legacy");',
  },
  {
    mistake: "pgfence does not know MikroORM",
    packages: { "@mikro-orm/migrations": "6.4.0", "@mikro-orm/postgresql": "6.4.0" },
    file: (time, name) => `migrations/Migration2024${time}_${name}.ts`,
    program: (name, up) =>
      `import { Migration } from "@mikro-orm/migrations";\nexport class Migration${name} extends Migration { async up() {\n  ${up}\n} }\n`,
    raw: (sql) => `this.addSql(\`${sql}\`);`,
    drop: 'this.addSql(\'alter table "users" drop column "legacy";\');',
  },
];

describe("is right where others are not", () => {
  it.each(rows)("$mistake: $sql", (row) => {
    expect(short(reportOf(row))).toEqual(row.finds);
  });

  it("squawk says nothing of a renamed enum value, pgfence takes it for an added one: the plan asks who uses it", () => {
    const report = reportOf({ sql: "ALTER TYPE state RENAME VALUE 'a' TO 'c';" });
    expect(JSON.stringify(report.plan)).toContain("The code running now fails where it writes or compares 'a'.");
  });

  it.each(programs)("$mistake: $drop", ({ packages, file, program, raw, drop }) => {
    const base = {
      ...CODE,
      "package.json": JSON.stringify({ dependencies: { pg: "8.11.0", ...packages } }),
      [file("1700000000001", "Init")]: program("Init1700000000001", raw(SCHEMA.replaceAll("$", "\\$"))),
    };
    const name = file("1700000000002", "Next");
    const branch = { [name]: program("Next1700000000002", drop) };
    expect(check(memorySource(base, branch), configuration).findings).toMatchObject([
      { rule: "no-referenced-column-drop", file: name, line: 3 },
    ]);
  });
});
