import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import { renderText, wantsColor } from "../../src/report/text.js";
import { aFinding, aReport, aSafeReport, FILE, SOURCE } from "./a-report.js";

const plain = { color: false, source: (file: string) => (file === FILE ? SOURCE : undefined) };

describe("renderText", () => {
  it("says of a migration what it makes, not that it is code", () => {
    const [place] = aReport().findings[0]!.evidence;
    const evidence = [
      { ...place!, file: "db/0001.sql", line: 3, excerpt: "CREATE VIEW open_orders", makes: "the view open_orders" },
    ];
    expect(renderText(aReport({ findings: [aFinding({ evidence })] }), plain)).toContain(
      "    - db/0001.sql:3 which makes the view open_orders: CREATE VIEW open_orders\n",
    );
  });

  it("prints findings by file with code frames, the plan, what was judged, and the verdict last", () => {
    expect(renderText(aReport(), plain)).toBe(`db/migrations/0051_orders.sql
  3:3  error  no-referenced-column-drop
    Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.
    also: Waiting for this lock blocks everything behind it. Set \`lock_timeout\` first. require-lock-timeout
      1 | -- Orders: accounts instead of legacy references.
      2 | ALTER TABLE orders
    > 3 |   DROP COLUMN legacy_ref;
        |   ^^^^^^^^^^^^^^^^^^^^^^
      4 |
      5 | CREATE INDEX orders_account_idx ON orders (account_id);
    - src/orders/repository.ts:88 in the code running now, read: db.query("SELECT id, legacy_ref FROM orders")
    - src/entity/order.ts:23 in the code in this pull request, likely declared: legacy_ref: string;
    To accept it, above line 2: -- migration-safety-disable-next-line no-referenced-column-drop -- why it is safe here
    To accept it, above line 2: -- migration-safety-disable-next-line require-lock-timeout -- why it is safe here
  5:1  error  no-blocking-index-build
    Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with \`CREATE INDEX CONCURRENTLY\` in a migration of its own.
      3 |   DROP COLUMN legacy_ref;
      4 |
    > 5 | CREATE INDEX orders_account_idx ON orders (account_id);
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      6 |
    To accept it, above line 5: -- migration-safety-disable-next-line no-blocking-index-build -- why it is safe here

Before you merge
  [ ] Take this statement out of this pull request: the code running now fails as soon as it has run. (db/migrations/0051_orders.sql:2)
      Lock: ACCESS EXCLUSIVE on \`orders\`. Blocked: reads and writes. Duration: a moment, whatever the size of the table.
      - src/orders/repository.ts:88 in the code running now, read: db.query("SELECT id, legacy_ref FROM orders")
      - src/entity/order.ts:23 in the code in this pull request, likely declared: legacy_ref: string;

Runs by itself
   -  1 statement that touches nothing in use (db/migrations/0051_orders.sql:5)

A later pull request
  A connection that is older than the deploy belongs to an instance that still runs the code from before: \`SELECT application_name, client_addr, min(backend_start) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1, 2;\`
  [ ] Drop the column, once every instance runs code that no longer uses it.
        ALTER TABLE orders DROP COLUMN legacy_ref;
      Done when: SELECT 1 FROM information_schema.columns WHERE column_name = 'legacy_ref'
      Stop if: It times out three times.
      Way back: The values come back only from a copy.

Judged: 1 migration, 2 statements (refs/pull/7/merge against main).
  PostgreSQL 16 (docker-compose.yml:4), sql in \`db/migrations\`
  db/migrations/0051_orders.sql: 2 statements
  configuration: .github/migration-safety.yml

unsafe: Split this pull request: the code running now still uses orders.legacy_ref. (2 errors and 1 warning)
`);
  });

  it("marks the statement alone where the file cannot be read", () => {
    expect(renderText(aReport({ findings: [aFinding()] }), { color: false })).toContain(
      [
        "    > 5 | CREATE INDEX orders_account_idx ON orders (account_id)",
        "        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
      ].join("\n"),
    );
  });

  it("keeps code frames to the terminal's width", () => {
    const frames = renderText(aReport(), { ...plain, width: 50 })
      .split("\n")
      .filter((line) => /^ {4}[> ] *\d* \|/.test(line));
    expect(frames).toContain("    > 5 | CREATE INDEX orders_account_idx ON orde…");
    expect(Math.max(...frames.map((line) => line.length))).toBe(50);
  });

  it("says the number of findings once", () => {
    const finding = { ...aFinding(), severity: "warning", harm: "breaks code" } as const;
    const lastLine = (report: Report): string => renderText(report, plain).trimEnd().split("\n").at(-1) ?? "";
    expect(lastLine(aSafeReport({ verdict: "warnings", findings: [finding] }))).toBe(
      "warnings: 1 warning to read before you merge.",
    );
    const plan = {
      sentence: "Migrations first, then the code: one pull request is enough.",
      deployOrder: "migration-first",
      phases: [],
    } as const;
    expect(lastLine(aSafeReport({ verdict: "warnings", findings: [finding], plan }))).toBe(
      "warnings: 1 warning to read before you merge. Migrations first, then the code.",
    );
    expect(lastLine(aSafeReport({ verdict: "warnings", findings: [{ ...finding, harm: "other" }] }))).toBe(
      "warnings: 1 warning. The migrations and the code can ship in any order.",
    );
  });

  it("is short where nothing was found", () => {
    expect(renderText(aSafeReport(), plain)).toBe(`Judged: 1 migration, 2 statements (refs/pull/7/merge against main).
  PostgreSQL 16 (docker-compose.yml:4), sql in \`db/migrations\`
  db/migrations/0051_orders.sql: 2 statements
  configuration: .github/migration-safety.yml

safe: The migrations and the code can ship in any order.
`);
  });

  it("says which schema the migrations start from", () => {
    const [database] = aReport().databases;
    const databases = [{ ...database!, schema: { file: "db/baseline.sql", side: "main" } }];
    expect(renderText(aSafeReport({ databases }), plain)).toContain(
      "  PostgreSQL 16 (docker-compose.yml:4), sql in `db/migrations`, starting from `db/baseline.sql` at main\n",
    );
  });

  it("says where what is accepted or ignored is written", () => {
    const directive = { file: ".github/migration-safety.yml", line: 12, column: 1, endLine: 12, endColumn: 1 };
    const suppressed = [{ ...aFinding(), reason: "built at night", directive, until: "2027-01-01" }];
    const coverage = { ...aReport().coverage, ignored: ["db/legacy/0001.sql"] };
    const text = renderText(aSafeReport({ suppressed, coverage }), plain);
    expect(text).toContain(
      "Accepted: db/migrations/0051_orders.sql:5: no-blocking-index-build: built at night (.github/migration-safety.yml:12, until 2027-01-01)\n" +
        "Ignored: db/legacy/0001.sql: the configuration says so\n" +
        "Judged: 1 migration, 2 statements; 1 file ignored (refs/pull/7/merge against main).\n",
    );
  });

  it("says what could not be read, and how to mend it", () => {
    const incomplete = [{ reason: "The base is not in this clone.", fix: "Run `git fetch origin main`." }];
    const text = renderText(aSafeReport({ verdict: "incomplete", change: { ...aReport().change, incomplete } }), plain);
    expect(text).toContain("\n\nincomplete: Not everything could be checked, so nothing can be said of the rest.\n");
    expect(text).toContain("The base is not in this clone. Run `git fetch origin main`.\n");
  });

  it("colours only when asked to", () => {
    const escape = String.fromCharCode(27);
    expect(renderText(aReport(), plain)).not.toContain(escape);
    const colored = renderText(aReport(), { ...plain, color: true });
    expect(colored).toContain(`${escape}[31merror${escape}[39m`);
    expect(colored.replaceAll(/\x1b\[\d+m/g, "")).toBe(renderText(aReport(), plain));
  });

  it("shows control characters and starts no command of a runner", () => {
    const file = "::error::x\x1b[2J.sql";
    const message = "##[error]x\n::add-mask::y";
    const reference = { side: "base", grade: "certain", file, line: 1, column: 1, excerpt: "\x1b[1A##[x]" } as const;
    for (const color of [false, true]) {
      const text = renderText(aReport({ findings: [aFinding({ file, message, evidence: [reference] })] }), { color });
      expect(text.replaceAll(/\x1b\[\d+m/g, "")).not.toMatch(/\x1b|##\[|^\s*::/m);
    }
  });
});

describe("wantsColor", () => {
  const terminal = { isTTY: true };

  it("is for terminals, unless the environment decides", () => {
    expect(wantsColor(terminal, {})).toBe(true);
    expect(wantsColor({}, {})).toBe(false);
    expect(wantsColor(terminal, { TERM: "dumb" })).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: "" })).toBe(true);
    expect(wantsColor({}, { FORCE_COLOR: "1" })).toBe(true);
    expect(wantsColor({}, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
    expect(wantsColor(terminal, { FORCE_COLOR: "0" })).toBe(false);
  });
});
