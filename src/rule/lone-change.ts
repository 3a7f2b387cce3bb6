/** A file of SQL that belongs to no migration folder, as a change of its own. */
import { basename } from "node:path";
import type { Change } from "../model/change.js";
import type { Migration } from "../model/migration.js";
import { parseSql } from "../postgres/parse-sql.js";
import { Replay } from "../postgres/replay.js";

export function loneChange(path: string, text: string): Change {
  const sql = parseSql(text);
  const replay = new Replay({ postgres: 14 });
  const tool = { name: "sql", label: "SQL", transaction: "unknown", checksums: false } as const;
  const migration: Migration = {
    file: basename(path),
    status: "added",
    tool,
    database: "main",
    transaction: "unknown",
    order: 0,
    judged: true,
    sql,
    statements: sql.statements.map((statement) => ({
      statement,
      ...replay.apply(statement, 0),
      transaction: { inTransaction: "unknown" },
      session: new Map(),
    })),
  };
  const tree = { label: "the linted text", files: () => [], has: () => false, read: () => undefined, grep: () => [] };
  return {
    root: "/",
    configuration: {
      extends: "recommended",
      rules: {},
      overrides: [],
      deploy: { model: "rolling", migrations: "before" },
      databases: {},
      ignore: [],
      source: "default",
    },
    head: { label: tree.label, tree },
    databases: [
      {
        name: "main",
        tools: [],
        postgres: { version: 14, source: "default" },
        migrations: [migration],
        deleted: [],
        baseText: new Map(),
        existsAtBase: () => "unknown",
      },
    ],
    incomplete: [],
    leftOut: [],
  };
}
