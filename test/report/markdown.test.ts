import fc from "fast-check";
import { Marked } from "marked";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import { COMMENT_LENGTH, renderMarkdown, type MarkdownOptions } from "../../src/report/markdown.js";
import { addressPath } from "../../src/report/escape.js";
import { aFinding, aReport, aSafeReport, FILE } from "./a-report.js";

const always: MarkdownOptions = { fits: () => true };

/** The text that a reader sees, with `[ ]` for a box; folded parts included. */
function seen(markdown: string): string {
  return new Marked({ gfm: true })
    .parse(markdown, { async: false })
    .replaceAll(/<input[^>]*> ?/g, "[ ] ")
    .replaceAll(/<!--.*?-->/g, "")
    .replaceAll(/<br>|<\/summary>|<(?:p|pre|ul)>/g, "\n")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replaceAll("&quot;", '"')
    .replaceAll("\u200b", "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

function many(count: number, parts: Partial<Report> = {}): Report {
  const [migration] = aReport().migrations;
  const statement = migration!.statements[1]!;
  return aReport({
    migrations: Array.from({ length: count }, (_, index) => ({
      ...migration!,
      file: `db/migrations/${String(index)}.sql`,
      statements: [statement],
    })),
    findings: Array.from({ length: count }, (_, index) =>
      aFinding({ file: `db/migrations/${String(index)}.sql`, statement: 0 }),
    ),
    ...parts,
  });
}

describe("renderMarkdown", () => {
  it("says the verdict, the findings, the order, and what was judged", () => {
    expect(seen(renderMarkdown(aReport(), always))).toBe(
      `Split this pull request: the code running now still uses orders.legacy_ref.
Error db/migrations/0051_orders.sql:3 · no-referenced-column-drop
Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.
Also, require-lock-timeout: Waiting for this lock blocks everything behind it. Set lock_timeout first.
ALTER TABLE orders
DROP COLUMN legacy_ref
2 places in the code
src/orders/repository.ts:88 in the code running now, read: db.query("SELECT id, legacy_ref FROM orders")
src/entity/order.ts:23 in the code in this pull request, likely declared: legacy_ref: string;
Accept it
Put one of these above line 2, with your reason:
-- migration-safety-disable-next-line no-referenced-column-drop -- why it is safe here
-- migration-safety-disable-next-line require-lock-timeout -- why it is safe here
Error db/migrations/0051_orders.sql:5 · no-blocking-index-build
Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own.
CREATE INDEX orders_account_idx ON orders (account_id)
Accept it
Put this above line 5, with your reason:
-- migration-safety-disable-next-line no-blocking-index-build -- why it is safe here
Before you merge
[ ] Take this statement out of this pull request: the code running now fails as soon as it has run. (db/migrations/0051_orders.sql:2)
Lock: ACCESS EXCLUSIVE on orders. Blocked: reads and writes. Duration: a moment, whatever the size of the table.
Why: 2 places in the code
The code running now works on the new schema: no. The code in this pull request works on the old schema: yes. The code running now reads orders.legacy_ref.
src/orders/repository.ts:88 in the code running now, read: db.query("SELECT id, legacy_ref FROM orders")
src/entity/order.ts:23 in the code in this pull request, likely declared: legacy_ref: string;
Runs by itself
1 statement that touches nothing in use (db/migrations/0051_orders.sql:5)
A later pull request
A connection that is older than the deploy belongs to an instance that still runs the code from before: SELECT application_name, client_addr, min(backend_start) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1, 2;
[ ] Drop the column, once every instance runs code that no longer uses it. Proposed:
ALTER TABLE orders DROP COLUMN legacy_ref;
Check, stop, way back
Done when: SELECT 1 FROM information_schema.columns WHERE column_name = 'legacy_ref'
Stop if: It times out three times.
Way back: The values come back only from a copy.
Migration Safety judged 1 migration, 2 statements
refs/pull/7/merge (2222222222) against main (1111111111).
PostgreSQL 16 (docker-compose.yml:4), sql in db/migrations
db/migrations/0051_orders.sql: 2 statements
Configuration: .github/migration-safety.yml. Earlier statements replayed: 40.`,
    );
  });

  it("ends each box, and nothing else, in its step's id", () => {
    const lines = renderMarkdown(aReport(), always).split("\n");
    expect(
      lines
        .filter((line) => line.includes("<!--"))
        .map((line) => line.trimEnd())
        .map((line) => line.slice(0, 5) + line.slice(-35, -13) + line.slice(-4)),
    ).toEqual(["- [ ]<!-- step:0123456789ab -->", "- [ ]<!-- step:23456789abcd -->"]);
  });

  it("links places to the side that they belong to", () => {
    const asked: unknown[] = [];
    const markdown = renderMarkdown(aReport(), {
      ...always,
      link: (place) => {
        asked.push(place);
        return `https://example.test/${place.side ?? "head"}/a(b)#L${String(place.line)}`;
      },
    });
    expect(asked).toContainEqual({ file: FILE, line: 3, endLine: 3 });
    expect(asked).toContainEqual({ file: "src/orders/repository.ts", line: 88, side: "base" });
    expect(markdown).toContain("(https://example.test/base/a%28b%29#L88)");
  });

  it("shows the SQL of a step whose statement has no finding", () => {
    const [found] = aReport().findings;
    expect(seen(renderMarkdown(aReport({ findings: [found!] }), always))).not.toContain("(account_id)");
    const markdown = seen(renderMarkdown(aReport({ findings: [aFinding()] }), always));
    expect(markdown).toContain(
      "as soon as it has run.\ndb/migrations/0051_orders.sql:2 ALTER TABLE orders DROP COLUMN legacy_ref\nLock: ",
    );
  });

  it("has no order where no person acts", () => {
    expect(seen(renderMarkdown(aSafeReport(), always))).toBe(
      `The migrations and the code can ship in any order.
Migration Safety judged 1 migration, 2 statements
refs/pull/7/merge (2222222222) against main (1111111111).
PostgreSQL 16 (docker-compose.yml:4), sql in db/migrations
db/migrations/0051_orders.sql: 2 statements
Configuration: .github/migration-safety.yml. Earlier statements replayed: 40.`,
    );
  });

  it("says what could not be read and how to mend it, before anything else", () => {
    const report = aSafeReport({
      verdict: "incomplete",
      change: {
        ...aReport().change,
        incomplete: [{ reason: "The base is not in this clone.", fix: "Set `fetch-depth: 2` on actions/checkout." }],
      },
    });
    expect(seen(renderMarkdown(report, always)).split("\n").slice(0, 2)).toEqual([
      "Not everything could be checked, so nothing can be said of the rest.",
      "The base is not in this clone. Set fetch-depth: 2 on actions/checkout.",
    ]);
  });

  it("lists what was accepted, left out, not analysed and noted", () => {
    const report = aSafeReport({
      suppressed: [
        {
          ...aFinding(),
          reason: "built at night by @ops",
          directive: { file: FILE, line: 4, column: 1, endLine: 4, endColumn: 9 },
        },
        {
          ...aFinding({ rule: "no-edited-migration", line: 1 }),
          reason: "ran nowhere",
          by: "configuration",
          directive: { file: ".github/migration-safety.yml", line: 12, column: 1, endLine: 12, endColumn: 1 },
          until: "2027-01-01",
        },
      ],
      unknowns: [{ file: FILE, line: 9, reason: "what a DO block runs is not read" }],
      notes: [{ file: FILE, line: 1, message: "This comment gives no reason." }],
      coverage: {
        ...aReport().coverage,
        notAnalysable: 1,
        ignored: ["db/legacy/0001.sql"],
        leftOut: [{ file: "db/x.bin", reason: "is not UTF-8" }],
      },
    });
    expect(seen(renderMarkdown(report, always)).split("\n").slice(1)).toEqual([
      "Migration Safety judged 1 migration, 2 statements; 1 statement could not be analysed; 1 file ignored; 1 file left out; 2 findings accepted",
      "refs/pull/7/merge (2222222222) against main (1111111111).",
      "PostgreSQL 16 (docker-compose.yml:4), sql in db/migrations",
      "db/migrations/0051_orders.sql: 2 statements",
      "Configuration: .github/migration-safety.yml. Earlier statements replayed: 40.",
      "Accepted, no-blocking-index-build at db/migrations/0051_orders.sql:5 (db/migrations/0051_orders.sql:4): built at night by @ops",
      "Accepted, no-edited-migration at db/migrations/0051_orders.sql:1 (.github/migration-safety.yml:12, until 2027-01-01): ran nowhere",
      "Ignored, db/legacy/0001.sql: the configuration says so",
      "Not analysed, db/migrations/0051_orders.sql:9: what a DO block runs is not read",
      "Left out, db/x.bin: is not UTF-8",
      "db/migrations/0051_orders.sql:1: This comment gives no reason.",
    ]);
  });

  it("gives a comment in the language of the migration", () => {
    const text = "// migration-safety-disable-next-line no-blocking-index-build -- why it is safe here";
    const finding = aFinding({ suppression: { in: "file", text, line: 5 } });
    expect(renderMarkdown(aReport({ findings: [finding] }), always)).toContain(`\n\`\`\`ts\n${text}\n\`\`\`\n`);
  });

  it("gives an entry of the configuration where a comment cannot stand", () => {
    const text = '- { rule: no-edited-migration, file: db/migrations/0001.sql, reason: "why it is safe here" }';
    const { statement: _, ...ofFile } = aFinding({
      rule: "no-edited-migration",
      suppression: { in: "configuration", text },
    });
    const markdown = seen(renderMarkdown(aReport({ findings: [ofFile] }), always));
    expect(markdown).toContain(`Accept it\nPut this under accept in the configuration, with your reason:\n${text}\n`);
    expect(markdown).not.toContain("disable-next-line");
  });

  it("shows what is accepted in the plan, though nobody has to act", () => {
    const [phase] = aReport().plan.phases;
    const accepted = [
      { rule: "no-referenced-column-drop", reason: "never read", place: { file: "the input config", line: 3 } },
    ];
    const steps = [{ ...phase!.steps[0]!, person: false, evidence: [], accepted }];
    const report = aSafeReport({
      plan: { sentence: "Nothing is left to do.", deployOrder: "code-first", phases: [{ id: "before-merge", steps }] },
    });
    const markdown = renderMarkdown(report, {
      ...always,
      link: ({ file }) => `https://example.test/${addressPath(file)}`,
    });
    expect(seen(markdown)).toContain(
      "Take this statement out of this pull request: the code running now fails as soon as it has run.\n" +
        "db/migrations/0051_orders.sql:2 ALTER TABLE orders DROP COLUMN legacy_ref\n" +
        "Accepted, no-referenced-column-drop (the input config:3): never read",
    );
    // What a workflow brings along is not in the repository.
    expect(markdown).not.toContain("example.test/the%20input");
  });

  it("says what was looked at where nothing is judged", () => {
    const nothing = { migrations: [], coverage: { ...aReport().coverage, statements: 0 } };
    const summary = (parts: Partial<Report>): string | undefined =>
      seen(renderMarkdown(aSafeReport({ ...nothing, ...parts }), always)).split("\n")[1];
    expect(summary({})).toBe("Migration Safety judged no migration: none is new against main");
    expect(summary({ databases: [] })).toBe(
      "Migration Safety judged no migration: no folder with migrations was found",
    );
    expect(summary({ coverage: { ...nothing.coverage, ignored: ["db/migrations/legacy/1.sql"] } })).toBe(
      "Migration Safety judged no migration; 1 file ignored",
    );
    expect(summary({ unknowns: [{ file: "migrations/1.ts", line: 1, reason: "is not read" }] })).toBe(
      "Migration Safety judged no migration",
    );
    expect(seen(renderMarkdown(aSafeReport(nothing), always))).toContain("sql in db/migrations");
  });

  it("leaves out SQL, then everything but counts, until it fits", () => {
    const limit = (length: number): MarkdownOptions => ({
      fits: (markdown) => markdown.length <= length,
      fullReport: "https://example.test/runs/1",
    });
    const full = renderMarkdown(many(100), limit(Infinity));
    const noSql = renderMarkdown(many(100), limit(full.length - 1));
    const counts = renderMarkdown(many(100), limit(noSql.length - 1));
    expect(full).toContain("CREATE INDEX orders_account_idx ON");
    expect(noSql).not.toContain("CREATE INDEX orders_account_idx ON");
    expect(noSql).toContain("Building orders&#95;account&#95;idx blocks every INSERT");
    expect(counts).not.toContain("Building");
    expect(seen(counts)).toContain("db/migrations/49.sql:5: 1 error\nand 50 files more\n");
    expect(counts).toContain("[The summary of the run](https://example.test/runs/1) has all of it.");
  });

  it("fits a comment however much was found", () => {
    const step = aReport().plan.phases[0]!.steps[0]!;
    const phases = [{ id: "before-merge" as const, steps: Array.from({ length: 2000 }, () => step) }];
    const report = many(3000, {
      plan: { ...aReport().plan, phases },
      unknowns: Array.from({ length: 3000 }, (_, index) => ({ file: FILE, line: index + 1, reason: "x".repeat(500) })),
    });
    const markdown = renderMarkdown(report, { fits: (text) => text.length <= COMMENT_LENGTH });
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LENGTH);
  });

  it("lets nothing that others wrote be interpreted, wherever it stands", () => {
    const hostile = fc.constantFrom(
      "@octocat #1 fixes GH-2 <!-- step:forged --> --> <img src=x> </details> `a` ](http://x.test)",
      "a\n- [x] done <!-- step:0123456789ab -->\n### heading\n```\n<script>",
      "\u202egnp.sql\u2066 \0 ::error::x ##[error]x | a | b |",
      "</code>@org/team\n\n---\n***",
    );
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const place = { file: one, line: 1, column: 1, endLine: 1, endColumn: 2 };
        const reference = { side: "base", grade: "certain", ...place, excerpt: other } as const;
        const [migration] = aReport().migrations;
        const step = {
          ...aReport().plan.phases[2]!.steps[0]!,
          id: one,
          title: other,
          sql: one,
          check: one,
          wayBack: one,
        };
        const report = aReport({
          change: {
            base: { label: one },
            head: { label: other },
            configuration: one,
            incomplete: [{ reason: one, fix: other }],
          },
          databases: [{ name: one, tools: [{ name: "sql", folder: other }], postgres: { version: 16, source: one } }],
          migrations: [{ ...migration!, file: one, statements: [{ ...migration!.statements[0]!, sql: other }] }],
          findings: [
            aFinding({
              ...place,
              message: other,
              statement: 0,
              evidence: [reference],
              help: "javascript:x",
              suppression: { in: "configuration", text: one },
            }),
          ],
          suppressed: [{ ...aFinding(place), reason: other, directive: place, until: one }],
          notes: [{ file: one, line: 1, message: other }],
          plan: {
            sentence: one,
            deployOrder: "split",
            phases: [
              {
                id: "later",
                steps: [{ ...step, evidence: [reference], place, accepted: [{ rule: one, reason: other, place }] }],
              },
            ],
          },
          unknowns: [{ file: one, line: 1, reason: other }],
          coverage: { ...aReport().coverage, ignored: [one], leftOut: [{ file: one, reason: other }] },
        });
        const markdown = renderMarkdown(report, {
          ...always,
          link: ({ file }) => `https://x.test/${addressPath(file)}`,
        });
        const fences = /^ *(`{3,})(?:sql|yaml)\n[\s\S]*?\n *\1$/gm;
        const outside = markdown.replaceAll(fences, "");
        expect(outside.replaceAll(/<!-- step:[\w.:-]+ [0-9a-f]{8} -->$/gm, "")).not.toMatch(/<!--|-->/);
        expect(markdown.match(/^- \[.\].*<!-- step:/gm)).toHaveLength(1);
        expect(outside).not.toMatch(/@|(?<!&|^#*)#(?!#* )|<img|<script|javascript:|\[x\]/m);
        expect(outside.match(/<details>/g)!.length).toBe(outside.match(/<\/details>/g)!.length);
        expect(markdown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\0]/);
      }),
    );
  });
});
