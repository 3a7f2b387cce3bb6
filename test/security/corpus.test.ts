/** Nothing that a pull request brings is ever interpreted: each input of the corpus, through every view of the report. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigurationError, readConfiguration } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { check } from "../../src/check/check.js";
import { configurableRules } from "../../src/check/configuration.js";
import { readEvent } from "../../src/github/event.js";
import { linksTo } from "../../src/github/links.js";
import { ConfigurationError as EventError } from "../../src/github/problem.js";
import type { Report } from "../../src/model/report.js";
import { log } from "../../src/report/escape.js";
import { memorySource } from "../check/memory-source.js";
import { pullRequestEvent } from "../github/events.js";
import { shown } from "../github/runner.js";
import { COMMENTS, CONFIGURATIONS, EVENTS, HOSTILE_INPUTS, NAMES, REASONS, STATEMENTS } from "./corpus.js";
import { expectInert } from "./interpreted.js";

const FILE = ".github/migration-safety.yml";
const BASE = {
  "migrations/001.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, note text);\n",
  "src/orders.ts": 'db.query("SELECT id, note FROM orders"); // @octocat ::error::x <img src=x> ##[error]\n',
};
const INDEX = "CREATE INDEX i ON orders (account_id);\n";
const rules = configurableRules();

function judge(change: Readonly<Record<string, string>>, base: Readonly<Record<string, string>> = BASE): Report {
  const source = memorySource(base, change);
  return check(source, readConfiguration({ rules, head: source.head.tree, base: source.base!.tree, side: "head" }));
}

afterAll(() => console.log(`${String(HOSTILE_INPUTS)} hostile inputs.`));

it("has at least 150 inputs, each once", () => {
  expect(HOSTILE_INPUTS).toBeGreaterThanOrEqual(150);
  const all = [...NAMES, ...STATEMENTS, ...COMMENTS, ...REASONS, ...CONFIGURATIONS];
  expect(new Set(all.map((text) => text)).size).toBeGreaterThan(all.length - 12);
});

describe("names of files", () => {
  it.each(NAMES.map((name) => [name]))("%j", (name) => {
    // With a slash it is folders.
    const folder = name.includes("/") ? `a ${name}/migrations` : "migrations";
    const file = name.includes("/") ? `${folder}/002.sql` : `${folder}/002 ${name}.sql`;
    const base = { [`${folder}/001.sql`]: BASE["migrations/001.sql"] };
    const report = judge({ [file]: INDEX, [`src/${name}.ts`]: 'db.query("SELECT note FROM orders");' }, base);
    expect(report.findings.map((finding) => finding.file)).toContain(file);
    expectInert(report);
  });
});

describe("statements", () => {
  it.each(STATEMENTS.map((sql) => [sql]))("%j", (sql) => {
    const report = judge({ "migrations/002.sql": `SET lock_timeout = '1s';\n${sql}\n`, "migrations/003.sql": INDEX });
    expectInert(report);
    // Whatever one file holds, the next is judged.
    expect(report.findings.map(({ file, rule }) => `${file} ${rule}`)).toContain(
      "migrations/003.sql no-blocking-index-build",
    );
  });
});

describe("comments that want to silence a finding", () => {
  it.each(COMMENTS.map((comment) => [comment]))("%j", (comment) => {
    const report = judge({ "migrations/002.sql": `${comment}\n${INDEX}` });
    expectInert(report);
    expect(report.findings.map(({ rule }) => rule)).toContain("no-blocking-index-build");
  });
});

describe("reasons for which a finding is accepted", () => {
  it.each(REASONS.map((reason) => [reason]))("%j", (reason) => {
    const directive = `-- migration-safety-disable-next-line no-blocking-index-build -- ${reason}\n`;
    const report = judge({ "migrations/002.sql": directive + INDEX });
    expect(report.suppressed.map(({ rule }) => rule)).toEqual(["no-blocking-index-build"]);
    expectInert(report);
  });
});

describe("configurations", () => {
  it.each(CONFIGURATIONS.map((text, index) => [text.slice(0, 100), index] as const))("%j", (_, index) => {
    const started = process.cpuUsage();
    try {
      expectInert(judge({ "migrations/002.sql": INDEX, [FILE]: CONFIGURATIONS[index]! }));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      expect(error.message).toMatch(/^\.github\/migration-safety\.yml:\d+:\d+: /);
      expect(shown(log(error.message)).commands).toEqual([]);
      expect(log(error.message)).not.toMatch(/[\u202a-\u202e]/);
    }
    expect(Object.prototype).not.toHaveProperty("polluted");
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });

  it("is refused as a link, which a tree does not hold as a file", () => {
    const tree = memoryTree(new Map(), "head");
    expect(readConfiguration({ rules, head: tree }).source).toBe("default");
  });
});

describe("events", () => {
  const folder = mkdtempSync(join(tmpdir(), "security-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(EVENTS.map(([path, value]) => [path, JSON.stringify(value), value] as const))("%s = %s", (path, _, value) => {
    const { name, payload } = pullRequestEvent({
      repository: "acme/shop",
      number: 7,
      base: "1".repeat(40),
      head: "2".repeat(40),
      changedFiles: 1,
    });
    const keys = path.split(".");
    const last = keys.pop()!;
    const json = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
    const parent = keys.reduce<Record<string, unknown>>((at, key) => {
      if (!Object.hasOwn(at, key)) Object.defineProperty(at, key, { value: {}, enumerable: true });
      return Object.getOwnPropertyDescriptor(at, key)!.value as Record<string, unknown>;
    }, json);
    Object.defineProperty(parent, last, { value, enumerable: true });
    const file = join(folder, "event.json");
    writeFileSync(file, JSON.stringify(json));
    try {
      const event = readEvent({ GITHUB_EVENT_NAME: name, GITHUB_REPOSITORY: "acme/shop", GITHUB_EVENT_PATH: file });
      if (event.trigger.kind !== "pull request") throw new Error(event.trigger.kind);
      const { number, base, head, labels, body, changedFiles } = event.trigger.pullRequest;
      expect(Number.isSafeInteger(number) && number > 0).toBe(true);
      for (const { commit } of [base, head]) expect(commit).toMatch(/^[0-9a-f]{40}$/);
      for (const text of [base.branch, body, ...labels]) expect(typeof text).toBe("string");
      expect(typeof changedFiles).toBe("number");
      const link = linksTo(event, { base, head: {} }, {})({ file: "a b.sql", line: 1 });
      expect(link).toBe(`https://github.com/acme/shop/blob/${head.commit}/a%20b.sql#L1`);
      const source = memorySource(BASE, { "migrations/002.sql": INDEX });
      const labelled = { ...source, base: { ...source.base!, label: base.branch } };
      expectInert(check(labelled, readConfiguration({ rules, head: source.head.tree })));
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
      expect(shown(log(error.message)).commands).toEqual([]);
    }
    expect(Object.prototype).not.toHaveProperty("polluted");
  });
});
