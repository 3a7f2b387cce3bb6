import { describe, expect, it } from "vitest";
import type { Reference } from "../../src/model/reference.js";
import type { Report } from "../../src/model/report.js";
import { renderJson } from "../../src/report/json.js";
import { aFinding, anAcceptedReference, aReport, aSafeReport } from "./a-report.js";
import { schemaErrors } from "./schema.js";

const parsed = (report: Report): Record<string, unknown> => JSON.parse(renderJson(report)) as Record<string, unknown>;

describe("renderJson", () => {
  it("prints the whole report", () => {
    expect(parsed(aReport())).toEqual(aReport());
  });

  it("obeys the schema with everything in it", () => {
    const [database] = aReport().databases;
    const report = aReport({
      databases: [{ ...database!, schema: { file: "db/baseline.sql", side: "main" } }],
      suppressed: [
        {
          ...aFinding(),
          reason: "built at night",
          directive: { file: "a.sql", line: 1, column: 1, endLine: 1, endColumn: 9 },
          by: "configuration",
          until: "2027-01-01",
        },
      ],
      notes: [{ file: "a.sql", line: 1, message: "This comment silences nothing." }],
      unknowns: [{ file: "a.sql", line: 1, reason: "what a DO block runs is not read" }],
      coverage: { ...aReport().coverage, ignored: ["b.sql"], leftOut: [{ file: "a.bin", reason: "it is no text" }] },
    });
    expect(schemaErrors(parsed(report))).toEqual([]);
    expect(schemaErrors(parsed(aSafeReport()))).toEqual([]);
  });

  it("obeys the schema with all that is known of a place in code", () => {
    const [place] = aReport().findings[0]!.evidence;
    const evidence: Reference[] = [
      { ...place!, release: "v1.2.0" },
      { ...place!, kind: "write", values: ["new", null] },
      { ...place!, kind: "conflict target", conflict: { columns: ["account_id", "email"] } },
      { ...place!, kind: "conflict target", conflict: { constraint: "users_email_key" } },
      { ...place!, kind: "star read", fixedShape: "prepared" },
      { ...place!, kind: "read", makes: "the view open_orders" },
    ];
    expect(schemaErrors(parsed(aReport({ findings: [aFinding({ evidence })] })))).toEqual([]);
    const accepted = [
      anAcceptedReference({ added: true }),
      anAcceptedReference({ side: "base", by: "configuration", until: "2027-01-01", release: "v1.2.0" }),
    ];
    expect(schemaErrors(parsed(aReport({ acceptedReferences: accepted })))).toEqual([]);
    const { reason: _reason, ...rest } = anAcceptedReference();
    expect(schemaErrors({ ...parsed(aReport()), acceptedReferences: [rest] })).toEqual([
      "/acceptedReferences/0 must have required property 'reason'",
    ]);
  });

  it("is refused by the schema with a field that is not documented, and without one that is", () => {
    expect(schemaErrors({ ...parsed(aReport()), score: 97 })).toEqual([" must NOT have additional properties"]);
    const { plan: _plan, ...rest } = parsed(aReport());
    expect(schemaErrors(rest)).toEqual([" must have required property 'plan'"]);
    const unknown = { ...aFinding(), mood: "bad" } as Report["findings"][number];
    expect(schemaErrors(parsed(aReport({ findings: [unknown] })))).toEqual([
      "/findings/0 must NOT have unevaluated properties",
    ]);
  });

  it("stays JSON with lone surrogates and separators", () => {
    const message = "a\ud800b\u2028";
    expect(parsed(aReport({ findings: [aFinding({ message })] }))).toMatchObject({ findings: [{ message }] });
  });
});
