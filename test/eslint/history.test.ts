/** Ten years of migrations are history: nothing of them is said, in ESLint as in the check. */
import { Linter } from "eslint";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { plugin } from "../../src/eslint/plugin.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";

/** Every one of them would be an error in a pull request today. */
const HAZARDS = [
  "CREATE INDEX orders_note ON orders (note);",
  "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
  "ALTER TABLE orders ADD CHECK (note <> '');",
  "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
  "ALTER TABEL orders DROP COLUMN note;",
];

const name = (index: number): string => `db/migrations/${String(index).padStart(4, "0")}_change.sql`;

const HISTORY = Object.fromEntries([
  [name(1), "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n"],
  ...Array.from({ length: 119 }, (_, index) => [name(index + 2), `${HAZARDS[index % HAZARDS.length]!}\n`]),
]) as Record<string, string>;

const NEW = name(121);

/** What ESLint says of every migration of a folder, as `eslint .` does. */
function linted(root: string, files: readonly string[]): string[] {
  vi.spyOn(process, "cwd").mockReturnValue(root);
  const linter = new Linter({ cwd: root });
  const { recommended } = plugin.configs;
  return files.flatMap((file) =>
    linter
      .verify(readFileSync(join(root, file), "utf8"), recommended, { filename: join(root, file) })
      .map(({ ruleId, message }) => `${file} ${ruleId ?? message}`),
  );
}

function checked(root: string) {
  const source = gitChangeSource({ root });
  const { findings, migrations, verdict, change } = check(source, configurationOf(source));
  return {
    verdict,
    judged: migrations.map(({ file }) => file),
    findings: findings.map(({ rule, file }) => `${file} migration-safety/${rule}`),
    incomplete: change.incomplete,
  };
}

/** A branch with one migration more. */
function feature(): TemporaryRepository {
  const repository = new TemporaryRepository(HISTORY);
  repository.branch("feature");
  repository.commit("feature", { [NEW]: "SET lock_timeout = '2s';\nCREATE INDEX orders_id ON orders (id);\n" });
  return repository;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a repository with a long history", () => {
  it("is silent as it is", () => {
    const repository = new TemporaryRepository(HISTORY);
    expect(linted(repository.root, Object.keys(HISTORY))).toEqual([]);
    expect(checked(repository.root)).toEqual({ verdict: "safe", judged: [], findings: [], incomplete: [] });
  });

  it("speaks of the new migration only", () => {
    const repository = feature();
    const expected = [`${NEW} migration-safety/no-blocking-index-build`];
    expect(linted(repository.root, [...Object.keys(HISTORY), NEW])).toEqual(expected);
    expect(checked(repository.root)).toEqual({ verdict: "unsafe", judged: [NEW], findings: expected, incomplete: [] });
  });

  it("says what to set where the clone is too shallow to tell, and guesses nothing", () => {
    const repository = feature();
    repository.git("switch", "-q", "main");
    const shallow = temporaryFolder();
    repository.git("clone", "-q", "--depth", "1", "--branch", "feature", `file://${repository.root}`, shallow);
    const reason = "The default branch is not in this clone, so it is not known which migrations are new.";
    const fix = "Set `fetch-depth: 0` on actions/checkout, or run `git fetch origin main`.";
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(linted(shallow, [name(2), NEW])).toEqual([]);
    expect(warned.mock.calls).toEqual([[`${reason} ${fix}`, "MigrationSafetyWarning"]]);
    expect(checked(shallow)).toEqual({
      verdict: "incomplete",
      judged: [],
      findings: [],
      incomplete: [{ reason, fix }],
    });
  });
});
