/** The catalogue is whole: a rule has a file, a test and a page, and says of itself all that others rely on. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import type { DefinedRule } from "../../src/rule/define-rule.js";

const names = (folder: string, ending: string): string[] =>
  readdirSync(new URL(`../../${folder}`, import.meta.url))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

const catalogue = Object.entries(rules as unknown as Readonly<Record<string, DefinedRule>>);
const ruleNames = Object.keys(rules).sort();
/** Tests of this folder that are about no single rule. */
const aboutAll = new Set(["catalogue", "quiet-set", "small-tables"]);

describe("every rule", () => {
  it("has a file", () => {
    expect(names("rules", ".ts").filter((name) => name !== "index")).toEqual(ruleNames);
  });

  it("has a test", () => {
    expect(names("test/rules", ".test.ts").filter((name) => !aboutAll.has(name))).toEqual(ruleNames);
  });

  it("has a page", () => {
    expect(names("docs/rules", ".md")).toEqual(ruleNames);
  });
});

const categories = ["Blocking", "Transactions", "Compatibility", "Data", "Migrations", "Schema design"];
const harms = ["blocks", "fails", "breaks code", "loses data", "other"];

describe.each(catalogue)("%s", (name, { meta, definition }) => {
  const source = readFileSync(new URL(`../../rules/${name}.ts`, import.meta.url), "utf8");

  it("says what it is", () => {
    expect(name).toMatch(/^(no|require|prefer)(-[a-z]+)+$/);
    expect(meta.docs.description).toMatch(name.startsWith("no-") ? /^Disallow .*[^.]$/ : /^(Require|Prefer) .*[^.]$/);
    expect(["warn", "error", "strict"]).toContain(meta.docs.recommended);
    expect(categories).toContain(meta.docs.category);
    expect(harms).toContain(meta.docs.harm);
  });

  it("yields to rules that exist, and not to itself", () => {
    for (const other of meta.docs.yieldsTo ?? []) {
      expect(ruleNames).toContain(other);
      expect(other).not.toBe(name);
    }
  });

  it("visits operations or looks at the change", () => {
    expect("create" in definition || "checkChange" in definition).toBe(true);
  });

  it("has a default for each option, and says what each is", () => {
    const schema = meta.schema as readonly { properties?: Readonly<Record<string, { description?: string }>> }[];
    expect(meta.defaultOptions ?? []).toHaveLength(schema.length);
    for (const { properties = {} } of schema) {
      for (const option of Object.values(properties)) expect(option.description).toMatch(/\.$/);
    }
  });

  it("writes sentences without adjectives of severity or doubt", () => {
    for (const [id, message] of Object.entries(meta.messages)) {
      expect(message).not.toMatch(/\b(dangerous|unsafe|critical|severe|serious|potentially|please|simply|just)\b/i);
      expect(message).not.toMatch(/\bmay potentially\b|!/);
      // What is reported ends with a full stop, or with a part that does; a suggestion is a title.
      const suggestion = new RegExp(`messageId: "${id}",(?: data: [^,]+,)?\\s*fix|"${id}"; readonly clause`).test(
        source,
      );
      if (!suggestion && !isSuggestion(id, source)) expect(message).toMatch(/(\.|\}\})$/);
    }
  });

  it("imports from rule/ and model/ only", () => {
    const imports = [...source.matchAll(/from "(.*?)"/g)].map((match) => match[1] ?? "");
    for (const path of imports) expect(path).toMatch(/^(\.\.\/src\/rule\/index\.js|\.\.\/src\/model\/.*|eslint)$/);
  });

  it("starts with what PostgreSQL does, for somebody who opens only this file", () => {
    expect(source).toMatch(/^\/\*\*[\s\S]+?\*\/\nimport /);
  });
});

function isSuggestion(id: string, source: string): boolean {
  return /^(add|validate|set|default)/.test(id) && source.includes("hasSuggestions: true");
}
