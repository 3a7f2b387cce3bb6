import { describe, expect, it } from "vitest";
import { detected, npmLock, onlySource, statementsOf } from "./open-tool.js";

const UP = "-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n";
const at = (name: string): string => `db/migrations/${name}`;

const FILES = {
  "db/schema.sql": "CREATE TABLE public.orders (id bigint);\n",
  [at("20240102030405_b.sql")]: UP,
  [at("20240102030404_a.sql")]: UP,
  [at("9_nine.sql")]: UP,
  [at("10_ten.sql")]: UP,
  [at("helpers.sql")]: "",
};

describe("which files", () => {
  it("runs them in the order of their bytes", () => {
    const { tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "dbmate", transaction: "per-file", checksums: false });
    expect(tool.outOfOrder?.does).toBe("runs");
    expect(tool.duplicate?.does).toBe("skips");
    expect(because).toBe("because its files have `-- migrate:up`");
    expect(files).toEqual([at("10_ten.sql"), at("20240102030404_a.sql"), at("20240102030405_b.sql"), at("9_nine.sql")]);
    expect([...(facts ?? [])].map(([, { version }]) => version)).toEqual([
      "10",
      "20240102030404",
      "20240102030405",
      "9",
    ]);
    expect(leftOut).toEqual([
      { file: at("helpers.sql"), reason: "does not start with a version, so dbmate does not run it" },
    ]);
  });

  it.each([
    ["Makefile", "up:\n\tdbmate up --strict\n"],
    ["compose.yaml", "environment:\n  DBMATE_STRICT: 'true'\n"],
    ["Dockerfile", 'ENV DBMATE_STRICT="true"\n'],
  ])("refuses what is out of order where %s makes it strict", (file, text) => {
    expect(onlySource({ ...FILES, [file]: text }).tool.outOfOrder).toEqual({
      does: "refuses",
      says: `dbmate refuses to run, because ${file} makes it strict: "migration … is out of order with already applied migrations".`,
    });
  });

  it("knows its version where it comes from npm", () => {
    expect(onlySource({ ...FILES, ...npmLock("dbmate", "2.28.0") }).tool.version).toBe("2.28.0");
  });

  it("leaves out another system's", () => {
    const text = "-- migrate:up\nCREATE TABLE t (id int AUTO_INCREMENT);\n-- migrate:down\n";
    expect(detected({ [at("1_a.sql")]: text })).toMatchObject({
      databases: [],
      leftOut: [{ file: "db/migrations", reason: "holds migrations for MySQL; only PostgreSQL is checked" }],
    });
  });
});

describe("what runs, and how", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), at("9_nine.sql"), text);

  it("runs what is up, in one transaction", () => {
    expect(run("-- a note\n-- migrate:up\nDROP TABLE b;\nDROP TABLE c;\n\n-- migrate:down\nDROP TABLE d;\n")).toEqual([
      "tool: DROP TABLE b",
      "tool: DROP TABLE c",
    ]);
    expect(run("--migrate:up\r\nDROP TABLE b;\r\n--  migrate:down transaction:false\r\nDROP TABLE d;\r\n")).toEqual([
      "tool: DROP TABLE b",
    ]);
  });

  it("sends a block as one query where it turns the transaction off", () => {
    expect(
      run("-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- migrate:down\nDROP INDEX i;"),
    ).toEqual(["outside: CREATE INDEX CONCURRENTLY i ON a (b)"]);
    expect(
      run("-- migrate:up  transaction:false x:y\r\nCREATE INDEX CONCURRENTLY i ON a (b);\r\nDROP TABLE c;\r\n"),
    ).toEqual(["send: CREATE INDEX CONCURRENTLY i ON a (b)", "send: DROP TABLE c"]);
    expect(run("-- migrate:up transaction:true\nDROP TABLE c;\n-- migrate:down transaction:false\n")).toEqual([
      "tool: DROP TABLE c",
    ]);
  });

  it("runs each block of a file by itself", () => {
    expect(
      run(
        "-- migrate:up\nDROP TABLE b;\n-- migrate:down\nDROP TABLE x;\n" +
          "-- migrate:up transaction:false\nDROP TABLE c;\n-- migrate:down\nDROP TABLE y;\n",
      ),
    ).toEqual(["tool: DROP TABLE b", "outside: DROP TABLE c"]);
  });
});
