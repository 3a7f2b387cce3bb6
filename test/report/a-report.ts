/** A report with everything in it, and ways to vary it. */
import type { Finding } from "../../src/model/finding.js";
import type { AcceptedReference } from "../../src/model/reference.js";
import type { Report } from "../../src/model/report.js";

const DROP = "ALTER TABLE orders\n  DROP COLUMN legacy_ref";
const INDEX = "CREATE INDEX orders_account_idx ON orders (account_id)";

export const FILE = "db/migrations/0051_orders.sql";

/** The migration that `aReport` is about. */
export const SOURCE = `-- Orders: accounts instead of legacy references.\n${DROP};\n\n${INDEX};\n`;

export function aFinding(parts: Partial<Finding> = {}): Finding {
  const rule = "no-blocking-index-build";
  return {
    database: "main",
    rule,
    severity: "error",
    harm: "blocks",
    file: FILE,
    line: 5,
    column: 1,
    endLine: 5,
    endColumn: 1 + INDEX.length,
    message:
      "Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with " +
      "`CREATE INDEX CONCURRENTLY` in a migration of its own.",
    messageId: "blocksWrites",
    object: "public.orders",
    statement: 1,
    evidence: [],
    suggestions: [],
    help: "https://example.test/rules/no-blocking-index-build.md",
    suppression: {
      in: "file",
      text: `-- migration-safety-disable-next-line ${parts.rule ?? rule} -- why it is safe here`,
      line: parts.statement === 0 ? 2 : 5,
    },
    ...parts,
  };
}

/** A use in code that a comment of the pull request declares harmless. */
export function anAcceptedReference(parts: Partial<AcceptedReference> = {}): AcceptedReference {
  return {
    object: "public.orders.legacy_ref",
    side: "head",
    grade: "certain",
    kind: "read",
    file: "src/export.ts",
    line: 12,
    column: 3,
    excerpt: "legacy_ref,",
    reason: "the export is switched off",
    by: "directive",
    directive: { file: "src/export.ts", line: 11 },
    ...parts,
  };
}

export function aReport(parts: Partial<Report> = {}): Report {
  const dropOffset = SOURCE.indexOf(DROP);
  const indexOffset = SOURCE.indexOf(INDEX);
  const evidence = [
    {
      side: "base" as const,
      grade: "certain" as const,
      kind: "read" as const,
      file: "src/orders/repository.ts",
      line: 88,
      column: 31,
      excerpt: 'db.query("SELECT id, legacy_ref FROM orders")',
    },
    {
      side: "head" as const,
      grade: "likely" as const,
      kind: "declared" as const,
      file: "src/entity/order.ts",
      line: 23,
      column: 3,
      excerpt: "legacy_ref: string;",
    },
  ];
  return {
    version: 1,
    verdict: "unsafe",
    change: {
      base: { label: "main", commit: "1111111111111111111111111111111111111111" },
      head: { label: "refs/pull/7/merge", commit: "2222222222222222222222222222222222222222" },
      configuration: ".github/migration-safety.yml",
      incomplete: [],
    },
    databases: [
      {
        name: "main",
        tools: [{ name: "sql", folder: "db/migrations" }],
        postgres: { version: 16, source: "docker-compose.yml:4" },
      },
    ],
    migrations: [
      {
        database: "main",
        file: FILE,
        status: "added",
        transactionGroup: FILE,
        statements: [
          {
            sql: DROP,
            range: [dropOffset, dropOffset + DROP.length],
            line: 2,
            endLine: 3,
            operations: [
              {
                type: "DropColumn",
                object: "public.orders.legacy_ref",
                range: [dropOffset + 21, dropOffset + DROP.length],
                work: "instant",
              },
            ],
            locks: [
              {
                relation: "public.orders",
                mode: "ACCESS EXCLUSIVE",
                blocks: ["read", "write", "ddl"],
                while: "instant",
              },
            ],
            transactional: true,
          },
          {
            sql: INDEX,
            range: [indexOffset, indexOffset + INDEX.length],
            line: 5,
            endLine: 5,
            operations: [
              {
                type: "CreateIndex",
                object: "public.orders",
                range: [indexOffset, indexOffset + INDEX.length],
                work: "index-build",
              },
            ],
            locks: [{ relation: "public.orders", mode: "SHARE", blocks: ["write", "ddl"], while: "index-build" }],
            transactional: true,
          },
        ],
      },
    ],
    findings: [
      aFinding({
        rule: "no-referenced-column-drop",
        harm: "breaks code",
        line: 3,
        column: 3,
        endLine: 3,
        endColumn: 25,
        message: "Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.",
        messageId: "breaksCode",
        object: "public.orders.legacy_ref",
        statement: 0,
        evidence,
        help: "https://example.test/rules/no-referenced-column-drop.md",
      }),
      aFinding({
        rule: "require-lock-timeout",
        severity: "warning",
        harm: "other",
        line: 2,
        column: 1,
        endLine: 3,
        endColumn: 25,
        message: "Waiting for this lock blocks everything behind it. Set `lock_timeout` first.",
        messageId: "notSet",
        statement: 0,
        help: "https://example.test/rules/require-lock-timeout.md",
      }),
      aFinding(),
    ],
    suppressed: [],
    notes: [],
    plan: {
      sentence: "Split this pull request: the code running now still uses orders.legacy_ref.",
      deployOrder: "split",
      phases: [
        {
          id: "before-merge",
          steps: [
            {
              id: "0123456789ab",
              title: "Take this statement out of this pull request: the code running now fails as soon as it has run.",
              person: true,
              sql: DROP,
              locks: [
                {
                  relation: "public.orders",
                  mode: "ACCESS EXCLUSIVE",
                  blocks: ["read", "write", "ddl"],
                  while: "instant",
                },
              ],
              origin: "this pull request",
              place: { file: FILE, line: 2 },
              compatibility: {
                runningCodeOnNewSchema: "no",
                newCodeOnOldSchema: "yes",
                reasons: ["The code running now reads orders.legacy_ref."],
                evidence,
              },
              evidence,
            },
          ],
        },
        {
          id: "automatic",
          steps: [
            {
              id: "123456789abc",
              title: "1 statement that touches nothing in use",
              person: false,
              locks: [],
              origin: "this pull request",
              place: { file: FILE, line: 5 },
              evidence: [],
            },
          ],
        },
        {
          id: "later",
          steps: [
            {
              id: "23456789abcd",
              title: "Drop the column, once every instance runs code that no longer uses it.",
              person: true,
              sql: "ALTER TABLE orders DROP COLUMN legacy_ref;",
              locks: [],
              check: "SELECT 1 FROM information_schema.columns WHERE column_name = 'legacy_ref'",
              wayBack: "The values come back only from a copy.",
              stopCondition: "It times out three times.",
              origin: "proposed",
              evidence: [],
            },
          ],
        },
      ],
    },
    unknowns: [],
    coverage: { statements: 2, analysed: 2, unparsed: 0, notAnalysable: 0, replayed: 40, leftOut: [] },
    ...parts,
  };
}

/** A report of a change that ships as it is. */
export function aSafeReport(parts: Partial<Report> = {}): Report {
  return aReport({
    verdict: "safe",
    findings: [],
    plan: { sentence: "The migrations and the code can ship in any order.", deployOrder: "any", phases: [] },
    ...parts,
  });
}
