/** Sqitch's rework: the change's old text gets the tag's name, and its own name a new text. Nothing was edited. */
import { expect, test } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const plan = (...lines: readonly string[]): string =>
  `%project=shop\n\n${lines.map((line) => `${line} 2026-01-02T03:04:05Z A. Person <person@example.com>\n`).join("")}`;
const VIEW = "BEGIN;\nCREATE OR REPLACE VIEW report AS SELECT id FROM orders;\nCOMMIT;\n";

function shop(): TemporaryRepository {
  const repository = new TemporaryRepository({
    "sqitch.conf": "[core]\n\tengine = pg\n",
    "sqitch.plan": plan("orders", "report", "@v1"),
    "deploy/orders.sql": "BEGIN;\nCREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\nCOMMIT;\n",
    "deploy/report.sql": VIEW,
  });
  repository.branch("work");
  return repository;
}

function judge(repository: TemporaryRepository): unknown {
  const { findings, migrations } = check(gitChangeSource({ root: repository.root }), DEFAULT_CONFIGURATION);
  return {
    findings: findings.map(({ rule, file, line }) => `${rule} ${file}:${String(line)}`),
    migrations: migrations.map(({ file, status }) => `${file} ${status}`),
  };
}

test("a reworked change is new, and what it was is history", () => {
  const repository = shop();
  repository.commit("work", {
    "sqitch.plan": plan("orders", "report", "@v1", "report [report@v1]"),
    "deploy/report@v1.sql": VIEW,
    "deploy/report.sql":
      "CREATE OR REPLACE VIEW report AS SELECT id, account_id FROM orders;\nCREATE INDEX ON orders (account_id);\n",
  });
  expect(judge(repository)).toEqual({
    findings: ["no-blocking-index-build deploy/report.sql:2"],
    migrations: ["deploy/report.sql added"],
  });
});

test("a reworked change whose old text is another now was edited", () => {
  const repository = shop();
  repository.commit("work", {
    "sqitch.plan": plan("orders", "report", "@v1", "report [report@v1]"),
    "deploy/report@v1.sql": VIEW.replace("SELECT id", "SELECT account_id"),
    "deploy/report.sql": VIEW.replace("SELECT id", "SELECT id, account_id"),
  });
  expect(judge(repository)).toEqual({
    findings: ["no-edited-migration deploy/report@v1.sql:1"],
    migrations: ["deploy/report@v1.sql modified", "deploy/report.sql added"],
  });
});

test("a line before changes that are merged is refused", () => {
  const repository = shop();
  repository.commit("work", {
    "sqitch.plan": plan("orders", "notes", "report", "@v1"),
    "deploy/notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\n",
  });
  expect(judge(repository)).toEqual({
    findings: ["no-out-of-order-migration deploy/notes.sql:1"],
    migrations: ["deploy/notes.sql added"],
  });
});
