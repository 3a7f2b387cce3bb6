import { RuleTester } from "eslint";
import { dirname, relative } from "node:path";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { importsPointDownwards, layers, whyNot } from "../layers.js";

/** A file in the layer: the entry itself, or one in its folder. */
const fileIn = (path: string) => (path.endsWith(".ts") ? path : `${path}/some-file.ts`);

/** How a file of one layer would write the import of a file in another. */
const specifier = (from: string, to: string) => {
  const path = relative(dirname(from), to).replace(/\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
};

const neighbours = layers.slice(1).map((below, position) => {
  const above = fileIn(layers[position]!.path);
  return { above, below: fileIn(below.path), name: layers[position]!.path };
});

const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

describe("imports point downwards", () => {
  it("has every folder of src/ and rules/ in its table", () => {
    expect(layers.map(({ path }) => path)).toStrictEqual([...new Set(layers.map(({ path }) => path))]);
    expect(whyNot("src/report/markdown.ts", "src/helpers/text.ts")).toBe(
      "src/helpers/text.ts belongs to no layer of layers.js",
    );
  });

  it.each(neighbours)("reports an import of $name from the layer below it", ({ above, below, name }) => {
    const statement = (path: string) => `import { x } from "${path}";\nexport { x };`;
    tester.run("imports-point-downwards", importsPointDownwards, {
      valid: [{ code: statement(specifier(below, "src/model/report.ts")), filename: below }],
      invalid: [
        {
          code: statement(specifier(below, above)),
          filename: below,
          errors: [{ message: `${below} may not import ${above}: ${name} is above it.`, line: 1, column: 19 }],
        },
      ],
    });
  });

  it("lets a layer import from any layer below it, unless the table names which", () => {
    expect(whyNot("src/cli.ts", "src/model/report.ts")).toBeUndefined();
    expect(whyNot("src/check/run.ts", "src/postgres/locks.ts")).toBeUndefined();
    expect(whyNot("rules/no-rename.ts", "src/rule/define-rule.ts")).toBeUndefined();
    expect(whyNot("rules/no-rename.ts", "src/postgres/locks.ts")).toBe("rules imports only from src/rule, src/model");
    expect(whyNot("test/layers.test.ts", "src/cli.ts")).toBeUndefined();
  });

  it("sees every way to import", () => {
    const filename = "src/postgres/parse-sql.ts";
    const message = "src/postgres/parse-sql.ts may not import rules/index.ts: rules is above it.";
    const forms = [
      'export { rules } from "../../rules/index.js";',
      'export * from "../../rules/index.js";',
      'import type { Rules } from "../../rules/index.js";\nexport type X = Rules;',
      'export type X = import("../../rules/index.js").Rules;',
      'export const load = () => import("../../rules/index.js");',
      'export const load = () => require("../../rules/index.js");',
    ];
    tester.run("imports-point-downwards", importsPointDownwards, {
      valid: [{ code: 'import { readFileSync } from "node:fs";\nexport { readFileSync };', filename }],
      invalid: forms.map((code) => ({ code, filename, errors: [{ message }] })),
    });
  });
});
