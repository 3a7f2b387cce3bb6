import { describe, expect, it } from "vitest";
import { folderChangeSource } from "../../src/change/change-source.js";
import { configurationOf } from "../../src/check/configuration.js";
import { type ExplainOptions, explainText } from "../../src/check/explain.js";
import type { Explanation } from "../../src/model/explanation.js";
import { renderExplanation } from "../../src/report/explain-text.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const plain = { color: false };

function explained(sql: string, options: ExplainOptions = {}): Explanation {
  const source = folderChangeSource(new TemporaryRepository().root);
  return explainText(
    source,
    { ...configurationOf(source), postgres: 16, postgresSource: "docker-compose.yml:4" },
    sql,
    options,
  );
}

describe("renderExplanation", () => {
  it("says what each statement does, locks and keeps waiting, by transaction, and what is not known", () => {
    const sql = `SET lock_timeout = '3s';
BEGIN;
CREATE TABLE invoices (order_id bigint REFERENCES orders);
CREATE INDEX ON invoices (order_id);
UPDATE orders SET state = 'new';
ALTER TABLE orders
  ALTER COLUMN account_id SET NOT NULL,
  DROP COLUMN legacy_ref;
COMMIT;
ALTER TABEL orders;
GRANT SELECT ON orders TO reader;
`;
    expect(renderExplanation(explained(sql, { transaction: "none" }), plain)).toBe(`standard input
PostgreSQL 16 (docker-compose.yml:4). The runner sends statement by statement, without a transaction around them.
Nothing was replayed before it.

No transaction: each statement commits by itself.

  1:1     SET lock_timeout = '3s'

A transaction, from line 2 to line 9: every lock is held until its end.

  2:1     BEGIN

  3:1     CREATE TABLE invoices (order_id bigint REFERENCES orders)
          does     CreateTable \`invoices\`: instant
          locks    SHARE ROW EXCLUSIVE on \`orders\` until line 9 has run: writes wait, reads go on
          waits    at most lock_timeout 3s

  4:1     CREATE INDEX ON invoices (order_id)
          does     CreateIndex \`invoices\`: builds an index; the table is new here
          locks    SHARE on \`invoices\`, which is new here

  5:1     UPDATE orders SET state = 'new'
          does     Update \`orders\`: reads the whole table, changes rows; who writes the same rows waits until they are committed
          locks    ROW EXCLUSIVE on \`orders\`: nobody waits

  6:1     ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL, DROP COLUMN legacy_ref
          does     SetNotNull \`orders.account_id\`: reads the whole table
          does     DropColumn \`orders.legacy_ref\`: instant, whatever the size of the table
          locks    ACCESS EXCLUSIVE on \`orders\` while it reads the whole table and until line 9 has run: reads and writes wait
          waits    at most lock_timeout 3s

  9:1     COMMIT

  \`orders\` from line 3 to its end: writes wait, reads go on.
  \`orders\` from line 6 to its end: reads and writes wait.

No transaction: each statement commits by itself.

  10:1    ALTER TABEL orders
          error    10:7: syntax error at or near "TABEL"

  11:1    GRANT SELECT ON orders TO reader
          locks    no table

Nothing that was read creates \`orders\`: it is assumed to exist and to hold rows.
`);
  });

  it("names the opener of a transaction, and what fails in it", () => {
    const text = (options: ExplainOptions): string =>
      renderExplanation(explained("VACUUM orders;\nSELECT 1;\n", options), plain);
    expect(text({ transaction: "file" })).toContain(
      "The runner runs the file in one transaction.\n" +
        "Nothing was replayed before it.\n\n" +
        "A transaction of the runner's: every lock is held until its end.\n",
    );
    expect(text({ transaction: "file" })).toContain(
      "          fails    PostgreSQL refuses VACUUM inside a transaction.\n",
    );
    expect(text({ tool: "prisma" })).toContain(
      "\n\nA transaction, because the file is one query: every lock is held until its end.\n",
    );
    expect(text({ tool: "drizzle" })).toContain(
      "\n\nA transaction of Drizzle's around all pending migrations: every lock is held until its end.\n",
    );
    expect(text({})).toContain("What runs the file is not known; --tool or --transaction says it.");
    expect(text({})).toContain(
      "\n\nWhether a transaction is open is not known. In one, every lock is held until its end.\n",
    );
  });

  it("says what differs between versions, and what one refuses", () => {
    const source = folderChangeSource(new TemporaryRepository().root);
    const configuration = { ...configurationOf(source), postgres: 13, postgresUntil: 18, postgresSource: "--postgres" };
    const sql =
      "ALTER TABLE orders ALTER COLUMN state SET COMPRESSION lz4;\n" +
      "ALTER TABLE orders ADD COLUMN x int;\n" +
      "MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED BY SOURCE THEN DELETE;\n";
    expect(renderExplanation(explainText(source, configuration, sql, { transaction: "none" }), plain))
      .toBe(`standard input
PostgreSQL 13 to 18 (--postgres). The runner sends statement by statement, without a transaction around them.
Nothing was replayed before it.

No transaction: each statement commits by itself.

  1:1     ALTER TABLE orders ALTER COLUMN state SET COMPRESSION lz4
          on       PostgreSQL 13
          fails    PostgreSQL refuses this before version 14: SET COMPRESSION is not known (SQLSTATE 42601).
          on       PostgreSQL 14 to 18
          does     AlterTable \`orders.state\`: instant, whatever the size of the table
          locks    ACCESS EXCLUSIVE on \`orders\` for an instant, whatever the size of the table: reads and writes wait

  2:1     ALTER TABLE orders ADD COLUMN x int
          does     AddColumn \`orders.x\`: instant, whatever the size of the table
          locks    ACCESS EXCLUSIVE on \`orders\` for an instant, whatever the size of the table: reads and writes wait

  3:1     MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED BY SOURCE THEN DELETE
          on       PostgreSQL 13 and 14
          fails    PostgreSQL refuses this before version 15: MERGE is not known (SQLSTATE 42601).
          on       PostgreSQL 15 and 16
          fails    PostgreSQL refuses this before version 17: WHEN NOT MATCHED BY SOURCE is not known (SQLSTATE 42601).
          on       PostgreSQL 17 and 18
          does     Merge \`a\`: reads the whole table, changes rows; who writes the same rows waits until they are committed
          locks    ROW EXCLUSIVE on \`a\`: nobody waits
          locks    ACCESS SHARE on \`b\`: nobody waits
          unknown  How many rows it changes is not known.

Nothing that was read creates \`orders\`, \`a\`, \`b\`: they are assumed to exist and to hold rows.
`);
  });

  it("says until when the locks of all pending migrations are held", () => {
    expect(renderExplanation(explained("DROP TABLE orders;\n", { tool: "drizzle" }), plain)).toContain(
      "locks    ACCESS EXCLUSIVE on `orders` until all pending migrations have run: reads and writes wait\n",
    );
  });

  it("calls a lock short where all the work is on a table that is new", () => {
    const sql =
      "CREATE TABLE notes (order_id bigint);\nALTER TABLE notes ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders;\n";
    const text = renderExplanation(explained(sql, { transaction: "none" }), plain);
    expect(text).toContain(
      "          does     AddConstraint `notes.f`: reads the whole table; the table is new here\n",
    );
    expect(text).toContain(
      "          locks    SHARE ROW EXCLUSIVE on `orders` for an instant, whatever the size of the table: writes wait, reads go on\n",
    );
  });

  it("claims no lack of locks where it is not known what runs", () => {
    const text = renderExplanation(explained("CALL tidy();\nSELECT app.tidy();\n"), plain);
    expect(text).not.toContain("no table");
    expect(text).toContain("          unknown  What the procedure does is not read.\n");
    expect(text).toContain("          unknown  What tidy does is not read.\n");
  });

  it("says so where there is nothing, and why no tool runs the file", () => {
    const text = renderExplanation({ ...explained("-- nothing\n"), leftOut: "x.sql is not in the journal" }, plain);
    expect(text).toBe(`standard input
PostgreSQL 16 (docker-compose.yml:4). What runs the file is not known; --tool or --transaction says it.
Not run: x.sql is not in the journal.
Nothing was replayed before it.

There is no statement in it.
`);
  });

  it("keeps to the terminal's width, down to one where nothing could be read", () => {
    const sql = `CREATE INDEX a ON orders (state);\nALTER TABLE orders ADD CONSTRAINT ${"c".repeat(8)} CHECK (${"total > 0 AND ".repeat(30)}true);\n`;
    for (const width of [200, 80, 60, 40]) {
      const lines = renderExplanation(explained(sql), { color: false, width }).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
    expect(renderExplanation(explained(sql), { color: false, width: 5 })).toBe(
      renderExplanation(explained(sql), { color: false, width: 40 }),
    );
  });

  it("colours only when asked to, and says the same", () => {
    const escape = String.fromCharCode(27);
    const explanation = explained("BEGIN;\nDROP TABLE orders;\nCREATE INDEX a ON b (c);\nALTER TABEL x;\nCOMMIT;\n");
    for (const width of [80, 50]) {
      const colored = renderExplanation(explanation, { color: true, width });
      const text = renderExplanation(explanation, { color: false, width });
      expect(text).not.toContain(escape);
      expect(colored).toContain(escape);
      expect(colored.replaceAll(/\x1b\[\d+m/g, "")).toBe(text);
    }
  });

  it("shows control characters and starts no command of a runner", () => {
    const sql = 'DROP TABLE "\x1b[2J\u202E::error::x";\n\x00##[error]\n::add-mask::y\n';
    for (const color of [false, true]) {
      const text = renderExplanation({ ...explained(sql), file: "::error::x\x1b.sql" }, { color });
      expect(text.replaceAll(/\x1b\[\d+m/g, "")).not.toMatch(/\x1b|\u202E|##\[|^\s*::/m);
    }
  });
});
