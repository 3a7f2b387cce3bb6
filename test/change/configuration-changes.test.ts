import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configurationChanges } from "../../src/change/configuration-changes.js";

describe("configurationChanges", () => {
  it("names settings by their path, with both values", () => {
    expect(
      configurationChanges(
        "extends: strict\nrules:\n  no-rename: error\n  require-lock-timeout: [warn, { max: 5s }]\n",
        "rules:\n  no-rename: off\n  require-lock-timeout: [warn, { max: 60s }]\ndeploy: { model: recreate }\n",
      ),
    ).toEqual([
      "extends: − strict",
      "rules.no-rename: error → off",
      'rules.require-lock-timeout: ["warn",{"max":"5s"}] → ["warn",{"max":"60s"}]',
      "deploy.model: + recreate",
    ]);
  });

  it("says what came to a list and what went, whatever its order", () => {
    const accept = "accept:\n  - { rule: no-rename, object: public.a, reason: never read }\n";
    expect(configurationChanges("ignore: [a/**, b/**]\n", `ignore: [b/**, c/**, d/**]\n${accept}`)).toEqual([
      'ignore: + "c/**"',
      'ignore: + "d/**"',
      'ignore: − "a/**"',
      'accept: + {"rule":"no-rename","object":"public.a","reason":"never read"}',
    ]);
    expect(configurationChanges("ignore: [a, b]", "ignore: [b, a]")).toEqual([]);
  });

  it("knows a file that comes, goes, or is only written differently", () => {
    expect(configurationChanges(undefined, "postgres: 16")).toEqual(["postgres: + 16"]);
    expect(configurationChanges("postgres: 16", undefined)).toEqual(["postgres: − 16"]);
    expect(configurationChanges("postgres: 16", "# sixteen\npostgres:   16\n")).toEqual([]);
    expect(configurationChanges("postgres: 16", '{"postgres": 16}')).toEqual([]);
  });

  it("says so where one side is no YAML", () => {
    expect(configurationChanges("a: [", "postgres: 16")).toEqual(["Its text changed, and one side cannot be read."]);
  });

  it("counts more than twenty, and cuts long values", () => {
    const rules = Array.from({ length: 30 }, (_, index) => `  rule-${String(index)}: off`).join("\n");
    const changes = configurationChanges(undefined, `rules:\n${rules}\n`);
    expect(changes).toHaveLength(21);
    expect(changes.at(-1)).toBe("and 10 more");
    expect(configurationChanges(undefined, `ignore: [${"x".repeat(500)}]`)[0]!.length).toBeLessThan(140);
  });

  it("does not fail, whatever the texts are, and aliases do not grow", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", ..."bcdefghij"].reduce((text, name) => {
      const last = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${text}\n${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(", ")}]`;
    });
    expect(configurationChanges(undefined, bomb)).toEqual(["Its text changed, and one side cannot be read."]);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (one, other) => {
        expect(configurationChanges(one, one)).toEqual([]);
        expect(Array.isArray(configurationChanges(one, other))).toBe(true);
      }),
    );
  });
});
