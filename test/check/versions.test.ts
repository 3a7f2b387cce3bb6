import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { replayMerges } from "../../src/check/replay-merges.js";
import { mergeFindings } from "../../src/check/versions.js";
import { DEFAULT_CONFIGURATION, versionRange } from "../../src/change/configuration.js";
import type { Finding } from "../../src/model/finding.js";
import type { Report } from "../../src/model/report.js";
import { renderText } from "../../src/report/text.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { schemaErrors } from "../report/schema.js";
import { memorySource } from "./memory-source.js";

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n";
const TIMEOUT = "SET lock_timeout = '2s';\n";

function judged(sql: string, versions: string): Report {
  const source = memorySource(
    { "db/migrations/0001_orders.sql": ORDERS },
    { "db/migrations/0002_change.sql": TIMEOUT + sql },
  );
  return check(source, {
    ...DEFAULT_CONFIGURATION,
    ...versionRange(versions),
    source: "inline",
  });
}

function messages({ findings }: Report): unknown[] {
  return findings.map(({ rule, message, postgres }) => [rule, message, postgres]);
}

describe("a range of versions", () => {
  const column = "ALTER TABLE orders ADD COLUMN state int NOT NULL DEFAULT 0;\n";
  const index = "CREATE INDEX orders_account_idx ON orders (account_id);\n";

  it("says once what holds for each, and in the same words as for one", () => {
    const [one, range] = [judged(index, "16"), judged(index, "10-18")];
    expect(range.findings).toEqual(one.findings);
    expect(range.databases).toEqual([
      expect.objectContaining({ postgres: { version: 10, until: 18, source: "inline" } }),
    ]);
    expect(one.databases).toEqual([expect.objectContaining({ postgres: { version: 16, source: "inline" } })]);
  });

  it("names the versions of what holds for some only", () => {
    const [alone] = judged(column, "10").findings;
    expect(judged(column, "11").findings).toEqual([]);
    expect(messages(judged(column, "10-18"))).toEqual([
      ["no-table-rewrite", `On PostgreSQL 10: ${alone?.message ?? ""}`, [10]],
    ]);
    expect(judged(column, "11-18").findings).toEqual([]);
  });

  it("refuses at each version what that one does not know, and at no other", () => {
    const merge =
      "MERGE INTO orders USING orders o ON o.id = orders.id WHEN NOT MATCHED BY SOURCE THEN DO NOTHING;\n" +
      "ALTER TABLE orders ALTER COLUMN account_id SET COMPRESSION lz4;\n";
    const refused = (versions: string): unknown[] =>
      messages(judged(merge, versions)).filter((entry) => (entry as unknown[])[0] === "no-invalid-sql");
    const merging = "MERGE is not known (SQLSTATE 42601). The migration stops here.";
    const bySource = "WHEN NOT MATCHED BY SOURCE is not known (SQLSTATE 42601). The migration stops here.";
    const compression =
      "PostgreSQL refuses this before version 14: SET COMPRESSION is not known (SQLSTATE 42601). The migration stops here.";
    expect(refused("13")).toEqual([
      ["no-invalid-sql", `PostgreSQL refuses this before version 15: ${merging}`, undefined],
      ["no-invalid-sql", compression, undefined],
    ]);
    expect(refused("13-18")).toEqual([
      [
        "no-invalid-sql",
        `On PostgreSQL 13 and 14: PostgreSQL refuses this before version 15: ${merging} On PostgreSQL 15 and 16: PostgreSQL refuses this before version 17: ${bySource}`,
        [13, 14, 15, 16],
      ],
      ["no-invalid-sql", `On PostgreSQL 13: ${compression}`, [13]],
    ]);
    // The first version of a range is no stand-in for the others, nor are they for it.
    expect(refused("16-18")).toEqual([
      ["no-invalid-sql", `On PostgreSQL 16: PostgreSQL refuses this before version 17: ${bySource}`, [16]],
    ]);
    expect(refused("17-18")).toEqual([]);
  });

  it("is in the report as the schema has it, and in its summary", () => {
    const report = judged(column, "10-11");
    expect(schemaErrors(report)).toEqual([]);
    expect(report.verdict).toBe("unsafe");
    expect(renderText(report, { color: false })).toContain("PostgreSQL 10 to 11 (inline)");
  });

  it("takes a comment for used that silences something at one version only", () => {
    const silenced = `-- migration-safety-disable-next-line no-table-rewrite -- 200 rows\n${column}`;
    const range = judged(silenced, "10-12");
    expect(range.findings).toEqual([]);
    expect(range.suppressed.map(({ rule, postgres }) => [rule, postgres])).toEqual([["no-table-rewrite", [10]]]);
    expect(range.notes).toEqual([]);
    expect(judged(silenced, "11-12").notes).toEqual([expect.objectContaining({ line: 2 })]);
  });

  it("counts in a replay of merges, too", () => {
    const repository = new TemporaryRepository({ "db/migrations/0001_orders.sql": ORDERS });
    repository.commit("column", { "db/migrations/0002_change.sql": TIMEOUT + column });
    const rules = (versions: string): unknown =>
      replayMerges({ root: repository.root, last: 1, postgres: versionRange(versions) }).merges.map(({ findings }) =>
        findings.map(({ rule, postgres }) => [rule, postgres]),
      );
    expect(rules("10-18")).toEqual([[["no-table-rewrite", [10]]]]);
    expect(rules("12")).toEqual([[]]);
  });
});

describe("merging findings", () => {
  const finding = (message: string, line = 1): Finding => ({
    database: "main",
    rule: "a-rule",
    severity: "error",
    harm: "other",
    file: "1.sql",
    line,
    column: 1,
    endLine: line,
    endColumn: 2,
    message,
    messageId: "a",
    evidence: [],
    suggestions: [],
    help: "",
  });
  const words = (...found: readonly (readonly Finding[])[]): unknown =>
    mergeFindings(found.map((list, index) => ({ version: 13 + index, found: list }))).map(({ message }) => message);

  it("writes the versions as people do", () => {
    const one = [finding("No.")];
    expect(words(one, one)).toEqual(["No."]);
    expect(words(one, [])).toEqual(["On PostgreSQL 13: No."]);
    expect(words(one, one, [])).toEqual(["On PostgreSQL 13 and 14: No."]);
    expect(words([], one, one, one)).toEqual(["On PostgreSQL 14 to 16: No."]);
    expect(words(one, [], one, one)).toEqual(["On PostgreSQL 13, 15 and 16: No."]);
  });

  it("keeps one finding where the words differ", () => {
    expect(words([finding("Scans.")], [finding("Scans.")], [finding("Waits.")])).toEqual([
      "On PostgreSQL 13 and 14: Scans. On PostgreSQL 15: Waits.",
    ]);
  });

  it("keeps apart what one version finds twice in one place", () => {
    const two = [finding("No."), finding("No.")];
    expect(words(two, two)).toEqual(["No.", "No."]);
    expect(words(two, [finding("No.")])).toEqual(["No.", "On PostgreSQL 13: No."]);
    expect(words([finding("No.")], [finding("No.", 2)])).toEqual(["On PostgreSQL 13: No.", "On PostgreSQL 14: No."]);
  });
});
