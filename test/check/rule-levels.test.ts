/** Which rules are on is said twice, here and in ESLint; both say the same. */
import { describe, expect, it } from "vitest";
import { readConfiguration } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { RunLinter } from "../../src/check/linter.js";
import { configurationFor, rulesIn } from "../../src/check/rule-levels.js";
import { configurableRules } from "../../src/eslint/configurable-rules.js";
import { pluginWithoutSchemas } from "../../src/eslint/plugin.js";
import { rules } from "../../rules/index.js";
import { memoryChange } from "../rules/memory-change.js";

/** The rules of the database `main`, by our own reading of a configuration and by ESLint's. */
function bothReadings(text: string) {
  const head = memoryTree(new Map([[".github/migration-safety.yml", text]]), "head");
  const configuration = readConfiguration({ rules: configurableRules(), head });
  const { change, file: migration } = memoryChange("/repository", "SELECT 1;\n", {});
  const databases = change.databases.map((database) => ({ ...database, name: "main" }));
  const config = configurationFor({ ...change, databases, configuration }, pluginWithoutSchemas, rules);
  const byName = (found: ReturnType<typeof rulesIn>) => Object.fromEntries(found.map((one) => [one.id, one]));
  return {
    ours: byName(rulesIn(configuration, "main", rules)),
    eslints: byName(new RunLinter("/repository", config).rulesFor(`/repository/${migration}`)!),
  };
}

describe("the rules that are on", () => {
  it.each([
    ["by default", "extends: recommended"],
    ["of a preset", "extends: all"],
    ["of the strictest preset, without some", "extends: strict\nrules: { no-rename: off, prefer-text: error }"],
    ["with options", "rules: { require-lock-timeout: [warn, { max: 5s }] }"],
    [
      "of a database",
      "databases: { main: { rules: { no-rename: warn, no-blocking-not-null: off } }, other: { rules: { no-rename: off } } }",
    ],
    [
      "of a database with another level for the same options",
      "rules: { require-lock-timeout: [error, { max: 5s }] }\ndatabases: { main: { rules: { require-lock-timeout: warn } } }",
    ],
    [
      "of a database with options of its own",
      "rules: { require-lock-timeout: [error, { max: 5s }] }\ndatabases: { main: { rules: { require-lock-timeout: [warn, { max: 2s }] } } }",
    ],
    [
      "of a database that turns one on",
      "rules: { require-lock-timeout: off }\ndatabases: { main: { rules: { require-lock-timeout: error } } }",
    ],
  ])("%s", (_, text) => {
    const { ours, eslints } = bothReadings(text);
    expect(Object.keys(ours).length).toBeGreaterThan(20);
    expect(ours).toEqual(eslints);
  });

  it("have their options", () => {
    const { ours } = bothReadings("databases: { main: { rules: { require-lock-timeout: [warn, { max: 2s }] } } }");
    expect(ours["migration-safety/require-lock-timeout"]).toEqual({
      id: "migration-safety/require-lock-timeout",
      severity: "warning",
      options: [{ max: "2s" }],
    });
    // What a rule takes where nothing is set.
    expect(ours["migration-safety/no-rename"]?.options).toEqual([{ report: "likely" }]);
  });
});
