/** An update within a major version turns no pull request red. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { brokenPromises, isReleased, versionBefore, type Presets } from "../../scripts/upgrade-promise.js";
import { presetLevel } from "../../src/eslint/rule-settings.js";

const project = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(project, file), "utf8");

const { version } = JSON.parse(read("package.json")) as { version: string };
const versions = JSON.parse(read("docs/presets.json")) as Record<string, Presets>;

const BEFORE: Presets = {
  "no-rename": { recommended: "error", strict: "error" },
  "prefer-text": { recommended: "off", strict: "warn" },
  "require-lock-timeout": { recommended: "warn", strict: "warn", options: [{ max: "10s" }] },
};

describe("the presets of this version", () => {
  it("are those that docs/presets.json has", () => {
    const now = Object.entries(rules).map(([name, rule]) => {
      const { defaultOptions } = rule.meta as { defaultOptions?: readonly unknown[] };
      const levels = { recommended: presetLevel("recommended", rule), strict: presetLevel("strict", rule) };
      return [name, { ...levels, ...(defaultOptions && { options: defaultOptions }) }];
    });
    expect(versions[version]).toEqual(Object.fromEntries(now));
  });

  it.each(Object.keys(versions))("keep what the version before %s promises", (one) => {
    const before = versionBefore(Object.keys(versions), one);
    if (before !== undefined) expect(brokenPromises(before, versions[before]!, one, versions[one]!)).toEqual([]);
    else expect(Object.keys(versions[one]!).length).toBeGreaterThan(60);
  });
});

describe("a rule that waits for the next major version", () => {
  const next = { ...rules["no-rename"], meta: { ...rules["no-rename"].meta, docs: { recommended: "next" } } };

  it.each([
    ["recommended", "off"],
    ["strict", "off"],
    ["all", "warn"],
  ] as const)("in %s is %s", (preset, level) => {
    expect(presetLevel(preset, next as unknown as Parameters<typeof presetLevel>[1])).toBe(level);
  });
});

describe("an update within a major version", () => {
  it.each<[string, Presets, string[]]>([
    [
      "may bring rules that are off, and lower levels",
      {
        ...BEFORE,
        "no-rename": { recommended: "warn", strict: "warn" },
        "no-new": { recommended: "off", strict: "off" },
      },
      [],
    ],
    [
      "may not bring a rule that is on",
      { ...BEFORE, "no-new": { recommended: "off", strict: "warn" } },
      ["no-new is warn in strict, and was no rule in 1.2.0."],
    ],
    [
      "may not raise a level",
      { ...BEFORE, "prefer-text": { recommended: "warn", strict: "error" } },
      [
        "prefer-text is warn in recommended, and was off in 1.2.0.",
        "prefer-text is error in strict, and was warn in 1.2.0.",
      ],
    ],
    [
      "may not change an option's default",
      { ...BEFORE, "require-lock-timeout": { recommended: "warn", strict: "warn", options: [{ max: "5s" }] } },
      ["require-lock-timeout has other options by default than in 1.2.0."],
    ],
    [
      "may not take a rule away",
      Object.fromEntries(Object.entries(BEFORE).slice(1)),
      ["no-rename is gone: configurations that name it are refused."],
    ],
  ])("%s", (_, after, broken) => {
    expect(brokenPromises("1.2.0", BEFORE, "1.3.0", after)).toEqual(broken);
    expect(brokenPromises("1.2.0", BEFORE, "2.0.0", after)).toEqual([]);
    expect(brokenPromises("0.2.0", BEFORE, "0.3.0", after)).toEqual([]);
  });
});

it("knows which version came before, and what is released", () => {
  expect(versionBefore(["1.10.0", "1.9.0", "2.0.0"], "2.0.0")).toBe("1.10.0");
  expect(versionBefore(["1.0.0"], "1.0.0")).toBeUndefined();
  expect(isReleased("# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- x\n", "1.2.0")).toBe(true);
  expect(isReleased("# Changelog\n\n## Unreleased\n\n## 1.2.0\n", "1.2")).toBe(false);
});
