import type { Log, Result, Run } from "sarif";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import type { Finding, SuppressedFinding } from "../../src/model/finding.js";
import type { Report } from "../../src/model/report.js";
import { renderSarif, SARIF_BYTES, SARIF_LOCATIONS, SARIF_RESULTS } from "../../src/report/sarif.js";
import { aFinding, anAcceptedReference, aReport, aSafeReport, FILE } from "./a-report.js";
import { sarifErrors } from "./sarif/schema.js";

const options = { version: "1.2.3", rules };

/** The single run of a log that the official schema accepts. */
function runOf(report: Report, more: { accepted?: boolean } = {}): Run {
  const log = JSON.parse(renderSarif(report, { ...options, ...more })) as Log;
  expect(sarifErrors(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0]!;
}

const resultsOf = (report: Report): readonly Result[] => runOf(report).results!;

const notificationsOf = (run: Run): string[] =>
  run.invocations![0]!.toolExecutionNotifications!.map(
    ({ descriptor, level, message }) => `${descriptor!.id!} ${level!}: ${message.text!}`,
  );

const fingerprintsOf = (report: Report): string[] =>
  resultsOf(report).map(({ partialFingerprints }) => partialFingerprints!["migrationSafety/v1"]!);

/** A report about one file with these statements, each on a line of its own, and a finding on each. */
function reportOn(statements: readonly string[], parts: Partial<Finding> = {}, firstLine = 1): Report {
  const report = aReport();
  return aReport({
    migrations: [
      {
        ...report.migrations[0]!,
        statements: statements.map((sql, index) => ({
          ...report.migrations[0]!.statements[0]!,
          sql,
          line: firstLine + index,
          endLine: firstLine + index,
        })),
      },
    ],
    findings: statements.map((_, index) =>
      aFinding({ statement: index, line: firstLine + index, endLine: firstLine + index, ...parts }),
    ),
  });
}

const accepted = (parts: Partial<SuppressedFinding> = {}): SuppressedFinding => ({
  ...aFinding(),
  reason: "built at night",
  directive: { file: FILE, line: 4, column: 1, endLine: 4, endColumn: 30 },
  ...parts,
});

describe("renderSarif", () => {
  it("gives each finding its rule, level, message, place, object and evidence; errors first", () => {
    const [drop, index, timeout] = resultsOf(aReport()) as [Result, Result, Result];
    expect([drop, index, timeout].map(({ ruleId, level }) => `${level!} ${ruleId!}`)).toEqual([
      "error no-referenced-column-drop",
      "error no-blocking-index-build",
      "warning require-lock-timeout",
    ]);
    expect(drop).toEqual({
      ruleId: "no-referenced-column-drop",
      ruleIndex: Object.keys(rules).indexOf("no-referenced-column-drop"),
      level: "error",
      message: {
        text:
          "Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.\n\n" +
          "In the code: [src/orders/repository.ts:88](1), [src/entity/order.ts:23](2).",
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "db/migrations/0051_orders.sql", uriBaseId: "%SRCROOT%" },
            region: { startLine: 3, startColumn: 3, endLine: 3, endColumn: 25 },
          },
          logicalLocations: [{ fullyQualifiedName: "public.orders.legacy_ref" }],
        },
      ],
      relatedLocations: [
        {
          id: 1,
          physicalLocation: {
            artifactLocation: { uri: "src/orders/repository.ts", uriBaseId: "%SRCROOT%" },
            region: { startLine: 88, startColumn: 31 },
          },
          message: { text: 'In the code running now, read: db.query("SELECT id, legacy_ref FROM orders")' },
        },
        {
          id: 2,
          physicalLocation: {
            artifactLocation: { uri: "src/entity/order.ts", uriBaseId: "%SRCROOT%" },
            region: { startLine: 23, startColumn: 3 },
          },
          message: { text: "In the code in this pull request, likely declared: legacy_ref: string;" },
        },
      ],
      partialFingerprints: { "migrationSafety/v1": expect.stringMatching(/^[\da-f]{16}:1$/) },
      properties: { database: "main", harm: "breaks code" },
    });
  });

  it("describes every rule with help, page and default level, and itself", () => {
    const { tool, columnKind, automationDetails, properties } = runOf(aReport());
    expect(tool.driver).toMatchObject({ name: "Migration Safety", semanticVersion: "1.2.3" });
    expect(columnKind).toBe("utf16CodeUnits");
    expect(automationDetails).toEqual({ id: "migration-safety/" });
    expect(properties).toMatchObject({ verdict: "unsafe", plan: { deployOrder: "split" } });
    const described = tool.driver.rules!;
    expect(described.map(({ id }) => id)).toEqual(Object.keys(rules));
    expect(described.find(({ id }) => id === "no-blocking-index-build")).toMatchObject({
      shortDescription: { text: "Disallow index builds that block writes." },
      helpUri: expect.stringMatching(/^https:.*\/docs\/rules\/no-blocking-index-build\.md$/),
      help: { text: expect.stringContaining("no-blocking-index-build.md") },
      defaultConfiguration: { level: "error" },
      properties: { tags: ["postgresql", "migrations", "blocking"], "problem.severity": "error" },
    });
    expect(described.find(({ id }) => id === "require-lock-timeout")!.defaultConfiguration).toEqual({
      level: "warning",
    });
  });

  it("lists a rule that only the report knows, with the report's page", () => {
    const help = "https://example.test/rules/house-rule.md";
    const { tool, results } = runOf(aReport({ findings: [aFinding({ rule: "house-rule", help })] }));
    expect(tool.driver.rules![results![0]!.ruleIndex!]).toMatchObject({ id: "house-rule", helpUri: help });
  });

  it("links to the places in the code, which code scanning shows only then", () => {
    const [reference] = aReport().findings[0]!.evidence;
    const evidence = Array.from({ length: 12 }, (_, line) => ({
      ...reference!,
      file: "src/[id]\\a.ts",
      line: line + 1,
    }));
    const [result] = resultsOf(aReport({ findings: [aFinding({ message: "Gone.", evidence })] }));
    const link = (id: number): string => `[src/\\[id\\]\\\\a.ts:${String(id)}](${String(id)})`;
    expect(result!.message.text).toBe(
      `Gone.\n\nIn the code: ${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(link).join(", ")} and 2 places more.`,
    );
    expect(result!.relatedLocations!.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("offers suggestions as fixes", () => {
    const suggestions = [{ message: "Build it with CONCURRENTLY", range: [90, 95] as const, text: " CONCURRENTLY" }];
    const [result] = resultsOf(aReport({ findings: [aFinding({ suggestions })] }));
    expect(result!.fixes).toEqual([
      {
        description: { text: "Build it with CONCURRENTLY" },
        artifactChanges: [
          {
            artifactLocation: { uri: "db/migrations/0051_orders.sql", uriBaseId: "%SRCROOT%" },
            replacements: [
              { deletedRegion: { charOffset: 90, charLength: 5 }, insertedContent: { text: " CONCURRENTLY" } },
            ],
          },
        ],
      },
    ]);
  });

  it("keeps accepted findings out of the results, because code scanning would open them, and names them", () => {
    const report = aReport({ findings: [], suppressed: [accepted()] });
    const run = runOf(report);
    expect(run.results).toEqual([]);
    expect(notificationsOf(run)).toEqual([
      "accepted note: Accepted, no-blocking-index-build (db/migrations/0051_orders.sql:4): built at night",
    ]);
  });

  it("lists accepted findings as suppressed results where that is asked for", () => {
    const configured = accepted({
      by: "configuration",
      reason: "never read",
      until: "2027-01-01",
      directive: { file: ".github/migration-safety.yml", line: 9, column: 5, endLine: 9, endColumn: 60 },
    });
    const run = runOf(aReport({ findings: [], suppressed: [accepted(), configured] }), { accepted: true });
    expect(notificationsOf(run)).toEqual([]);
    expect(
      run.results!.map(({ suppressions }) =>
        suppressions!.map(({ kind, status, justification, location }) => [
          kind,
          status,
          justification,
          location!.physicalLocation!.artifactLocation!.uri,
          location!.physicalLocation!.region!.startLine,
        ]),
      ),
    ).toEqual([
      [["inSource", "accepted", "built at night", "db/migrations/0051_orders.sql", 4]],
      [["external", "accepted", "never read", ".github/migration-safety.yml", 9]],
    ]);
    expect(run.results![1]!.suppressions![0]!.properties).toEqual({ until: "2027-01-01" });
  });

  it("notifies of what could not be read, analysed or honoured; an incomplete change is an unsuccessful run", () => {
    const run = runOf(
      aSafeReport({
        verdict: "incomplete",
        change: {
          ...aReport().change,
          incomplete: [{ reason: "The base is not in this clone.", fix: "Run `git fetch origin main`." }],
        },
        unknowns: [{ file: FILE, line: 7, reason: "what a DO block runs is not read" }],
        notes: [{ file: FILE, line: 9, message: "This comment silences nothing." }],
        coverage: { ...aReport().coverage, leftOut: [{ file: "legacy", reason: "holds migrations for mysql" }] },
      }),
    );
    expect(run.invocations![0]!.executionSuccessful).toBe(false);
    expect(runOf(aSafeReport()).invocations![0]!.executionSuccessful).toBe(true);
    expect(notificationsOf(run)).toEqual([
      "incomplete error: The base is not in this clone. Run `git fetch origin main`.",
      "not-analysed warning: what a DO block runs is not read",
      "left-out note: legacy: holds migrations for mysql",
      "note note: This comment silences nothing.",
    ]);
    const { toolExecutionNotifications: notifications } = run.invocations![0]!;
    expect(notifications![1]!.locations![0]!.physicalLocation).toEqual({
      artifactLocation: { uri: "db/migrations/0051_orders.sql", uriBaseId: "%SRCROOT%" },
      region: { startLine: 7 },
    });
    const ids = run.tool.driver.notifications!.map(({ id }) => id);
    for (const { descriptor } of notifications!) expect(ids[descriptor!.index!]).toBe(descriptor!.id);
  });

  it("names uses in code that somebody declares harmless", () => {
    const entry = {
      by: "configuration" as const,
      until: "2027-01-01",
      directive: { file: ".github/migration-safety.yml", line: 4 },
    };
    const acceptedReferences = [anAcceptedReference(), anAcceptedReference({ ...entry, side: "base" })];
    const run = runOf({ ...aSafeReport(), acceptedReferences });
    expect(notificationsOf(run)).toEqual([
      "accepted note: Accepted, the use of public.orders.legacy_ref in the code in this pull request (src/export.ts:11): the export is switched off",
      "accepted note: Accepted, the use of public.orders.legacy_ref in the code running now (.github/migration-safety.yml:4, until 2027-01-01): the export is switched off",
    ]);
  });

  it("encodes hostile file names and takes links and placeholders out of messages", () => {
    const file = "db/a b#c?d%e:f/\u202E[x](1).sql";
    const [result] = resultsOf(aReport({ findings: [aFinding({ file, message: "See [here](1), {0} and \ud800" })] }));
    const { uri } = result!.locations![0]!.physicalLocation!.artifactLocation!;
    expect(uri).toBe("db/a%20b%23c%3Fd%25e%3Af/%E2%80%AE%5Bx%5D(1).sql");
    expect(decodeURIComponent(uri!)).toBe(file);
    expect(result!.message.text).toBe("See [here]\u200b(1), {{0}} and \\u{D800}");
    expect(resultsOf(aReport({ findings: [aFinding({ message: "" })] }))[0]!.message.text).toBe("(no text)");
  });
});

describe("the official schema", () => {
  it("refuses what is none", () => {
    const log = JSON.parse(renderSarif(aReport(), options)) as { runs: [{ results: [object, ...object[]] }] };
    log.runs[0].results[0] = { ...log.runs[0].results[0], level: "fatal" };
    expect(sarifErrors(log)).toEqual(["/runs/0/results/0/level must be equal to one of the allowed values"]);
    expect(sarifErrors({ version: "2.1.0" })).toEqual([" must have required property 'runs'"]);
  });
});

describe("fingerprints", () => {
  const INDEX = "CREATE INDEX i ON orders (a)";
  const [first] = fingerprintsOf(reportOn([INDEX])) as [string];

  it("stay when lines move, when the file is renamed, and when the statement is written in another way", () => {
    expect(fingerprintsOf(reportOn([INDEX], {}, 40))).toEqual([first]);
    expect(fingerprintsOf(reportOn(["create  INDEX i\n  ON orders /* all */ (a)"]))).toEqual([first]);
    const renamed = reportOn([INDEX], { file: "db/migrations/0052_orders.sql" });
    const [migration] = renamed.migrations;
    const moved = { ...renamed, migrations: [{ ...migration!, file: "db/migrations/0052_orders.sql" }] };
    expect(fingerprintsOf(moved)).toEqual([first]);
  });

  it("change with the statement, the rule, the message and the object", () => {
    const others = [
      reportOn(["CREATE INDEX i ON orders (b)"]),
      reportOn([INDEX], { rule: "require-lock-timeout" }),
      reportOn([INDEX], { messageId: "tooLong" }),
      reportOn([INDEX], { object: "public.accounts" }),
    ].flatMap(fingerprintsOf);
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it("tell equal statements of a file apart, also where one of them is accepted", () => {
    const twice = reportOn([INDEX, INDEX]);
    const [one, other] = fingerprintsOf(twice);
    expect([one, other]).toEqual([first, first.replace(/1$/, "2")]);
    const [acceptedOne, left] = twice.findings as [Finding, Finding];
    expect(fingerprintsOf({ ...twice, findings: [left], suppressed: [accepted(acceptedOne)] })).toEqual([other]);
  });

  it("are those of a file as a whole without a statement", () => {
    const { statement: _statement, ...whole } = aFinding({ rule: "no-edited-migration", line: 1 });
    expect(fingerprintsOf(aReport({ findings: [whole] }))).toEqual([expect.stringMatching(/^[\da-f]{16}:1$/)]);
  });
});

describe("the limits of code scanning", () => {
  it("leaves out what is beyond the shown results, warnings first, and says how many", () => {
    const warnings = Array.from({ length: SARIF_RESULTS }, (_, index) =>
      aFinding({ severity: "warning", line: index + 1, endLine: index + 1 }),
    );
    const run = runOf(aReport({ findings: [...warnings, aFinding(), aFinding()] }));
    expect(run.results).toHaveLength(SARIF_RESULTS);
    expect(run.results!.filter(({ level }) => level === "error")).toHaveLength(2);
    expect(notificationsOf(run)).toEqual([
      "cut warning: 2 findings did not fit; the errors come first. `--format json` has everything.",
    ]);
  });

  it("leaves out evidence beyond the shown locations, and says how much", () => {
    const [reference] = aReport().findings[0]!.evidence;
    const evidence = Array.from({ length: SARIF_LOCATIONS + 30 }, (_, index) => ({ ...reference!, line: index + 1 }));
    const run = runOf(aReport({ findings: [aFinding({ evidence })] }));
    expect(run.results![0]!.relatedLocations).toHaveLength(SARIF_LOCATIONS);
    expect(notificationsOf(run)).toEqual([
      "cut warning: 30 places in the code did not fit. `--format json` has everything.",
    ]);
  });

  it("stays below the size that is taken, giving up evidence and the plan before findings", () => {
    const [reference] = aReport().findings[0]!.evidence;
    const evidence = Array.from({ length: SARIF_LOCATIONS }, (_, line) => ({ ...reference!, line: line + 1 }));
    const findings = Array.from({ length: 600 }, (_, line) =>
      aFinding({ line: line + 1, endLine: line + 1, evidence }),
    );
    const report = aReport({ findings });
    expect(Buffer.byteLength(renderSarif(report, options))).toBeLessThanOrEqual(SARIF_BYTES);
    const run = runOf(report);
    expect(run.results).toHaveLength(600);
    expect(run.properties).toEqual({ verdict: "unsafe" });
    expect(notificationsOf(run)).toEqual([
      "cut warning: 57000 places in the code did not fit. `--format json` has everything.",
      "cut warning: The plan did not fit. `--format json` has everything.",
    ]);
  });
});
