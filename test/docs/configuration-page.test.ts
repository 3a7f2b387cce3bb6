/** The page about the configuration: its examples are configurations, and together they show every key. */
import { readFileSync } from "node:fs";
import { lexer, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configurationSchema, readConfiguration } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { JsonSchema } from "../../src/change/schema-check.js";
import { configurableRules } from "../../src/eslint/configurable-rules.js";

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const examples = lexer(page).flatMap((token: Token) =>
  token.type === "code" && token.lang === "yaml" ? [String(token.text)] : [],
);

/** `databases.NAME.migrations[].path`, as the table on the page writes keys. */
function keysOf(value: unknown, schema: JsonSchema, path = ""): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((entry) => keysOf(entry, (schema.items ?? {}) as JsonSchema, `${path}[]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const known = schema.properties?.[key];
    const any = schema.additionalProperties;
    const own = known ?? (typeof any === "object" && any.properties ? any : undefined);
    if (own === undefined) return [];
    const at = [path, known ? key : "NAME"].filter((part) => part !== "").join(".");
    return [at, ...(key === "rules" ? [] : keysOf(inside, own, at))];
  });
}

describe("docs/configuration.md", () => {
  it.each(examples)("%s", (text) => {
    const files = new Map([
      [".github/migration-safety.yml", text],
      ["db/baseline.sql", "CREATE TABLE orders (id bigint);\n"],
      [".github/migration-safety-stats.json", "{}\n"],
      ...Array.from(text.matchAll(/\bpath: ([\w/]+)/g), ([, path]) => [`${path}/0001_first.sql`, ""] as const),
    ]);
    expect(() => readConfiguration({ rules: configurableRules(), head: memoryTree(files, "head") })).not.toThrow();
  });

  it("shows every key in an example", () => {
    const schema = configurationSchema(configurableRules());
    const shown = new Set(examples.flatMap((text) => keysOf(parse(text), schema)));
    const listed = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => key!);
    expect(listed.length).toBeGreaterThan(25);
    expect(listed.filter((key) => !shown.has(key) && !key.endsWith(".NAME"))).toEqual([]);
    expect([...shown].filter((key) => !listed.includes(key) && !key.endsWith(".NAME"))).toEqual([]);
  });
});
