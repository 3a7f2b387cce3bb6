import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import { renderJson } from "../../src/report/json.js";
import { aFinding, aReport, aSafeReport } from "./a-report.js";
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
