import { describe, expect, test } from "vitest";
import { acceptComments } from "../../src/references/accept-comments.js";
import { languageOf } from "../../src/references/application-files.js";
import { parseScript } from "../../src/references/script-tree.js";

const ACCEPT = "migration-safety-accept-reference orders.legacy_ref -- nobody calls it";

/** What each comment of a file is about: `4: orders.legacy_ref on 5 to 7, because nobody calls it`. */
function read(file: string, text: string): string[] {
  const nodes = () => parseScript(text, { jsx: file.endsWith("x") });
  return acceptComments(text, languageOf(file), nodes).map(
    ({ objects, reason, line, lines: [first, last] }) =>
      `${String(line)}: ${objects.join(" and ") || "nothing"} on ${first === last ? String(first) : `${String(first)} to ${String(last)}`}${reason === "" ? "" : `, because ${reason}`}`,
  );
}

const ON = (line: number, lines: string): string =>
  `${String(line)}: orders.legacy_ref on ${lines}, because nobody calls it`;

describe("in the comments of a language", () => {
  test.each([
    ["a.ts", `// ${ACCEPT}`],
    ["a.ts", `/* ${ACCEPT} */`],
    ["a.tsx", `{/* ${ACCEPT} */}`],
    ["a.vue", `<!-- ${ACCEPT} -->`],
    ["a.py", `# ${ACCEPT}`],
    ["a.rb", `  # ${ACCEPT}`],
    ["a.go", `// ${ACCEPT}`],
    ["Order.java", ` * ${ACCEPT}`],
    ["a.sql", `-- ${ACCEPT}`],
    ["schema.prisma", `/// ${ACCEPT}`],
    ["job.yml", `# ${ACCEPT}`],
    ["a.lua", `-- ${ACCEPT}`],
  ])("%s: %s", (file, comment) => {
    expect(read(file, `\n${comment}\r\nlegacy_ref\n`)).toEqual([ON(2, "3")]);
  });

  test("behind the code it is about its own line", () => {
    expect(read("a.py", `ref = row["legacy_ref"]  # ${ACCEPT}\nother = 1\n`)).toEqual([ON(1, "1")]);
    expect(read("a.ts", `f(row.legacyRef); // ${ACCEPT}\ng();\n`)).toEqual([ON(1, "1")]);
    expect(read("a.ts", `f(/* ${ACCEPT} */ row.legacyRef);\ng();\n`)).toEqual([ON(1, "1")]);
  });

  test("empty lines and other comments may stand before the code", () => {
    expect(read("a.ts", `// ${ACCEPT}\n// eslint-disable-next-line no-console\n\nf(row.legacyRef);\n`)).toEqual([
      ON(1, "4"),
    ]);
    expect(read("a.ts", `f();\n// ${ACCEPT}\n`)).toEqual([ON(2, "2")]);
  });

  test("several objects, quotes, no reason, no object", () => {
    const name = "migration-safety-accept-reference";
    expect(read("a.ts", `// ${name} orders.legacy_ref, app."Order Items"  --  because\nf();\n`)).toEqual([
      "1: orders.legacy_ref and app.Order Items on 2, because because",
    ]);
    expect(read("a.ts", `// ${name} orders.legacy_ref\nf();\n`)).toEqual(["1: orders.legacy_ref on 2"]);
    expect(read("a.ts", `/* ${name} orders.legacy_ref -- */\nf();\n`)).toEqual(["1: orders.legacy_ref on 2"]);
    expect(read("a.ts", `// ${name} -- because\nf();\n`)).toEqual(["1: nothing on 2, because because"]);
    expect(read("a.ts", `// ${name}s orders.legacy_ref -- because\nf();\n`)).toEqual([]);
  });
});

test("what only shows such a comment is none", () => {
  expect(read("a.ts", `const hint = "// ${ACCEPT}";\n`)).toEqual([]);
  expect(read("a.py", `hint = '# ${ACCEPT}'\n`)).toEqual([]);
  expect(read("a.ts", `const hint = \`\n  // ${ACCEPT}\n\`;\n`)).toEqual([]);
  expect(read("a.ts", `const rule = "${ACCEPT}";\nconst other = ${"`"}${ACCEPT}${"`"};\n`)).toEqual([]);
  expect(read("a.ts", `// It doesn't matter. // ${ACCEPT}\n`)).toEqual([ON(1, "1")]);
});

describe("behind it, all of what begins there", () => {
  test.each([
    ["a statement", `await db.query(\n  "SELECT legacy_ref FROM orders",\n);`, "2 to 4"],
    ["a query in a template", "const q = sql`\n  SELECT legacy_ref\n  FROM orders\n`;", "2 to 5"],
    ["a call, to the function in it", `orders.each((row) => {\n  f(row.legacyRef);\n});`, "2"],
    ["the head of a function", `function f(row) {\n  return row.legacyRef;\n}`, "2"],
    ["the head of a condition", `if (\n  row.legacyRef\n) {\n  f(row.legacyRef);\n}`, "2 to 4"],
    ["a declared table", `export const orders = pgTable("orders", {\n  legacyRef: text("legacy_ref"),\n});`, "2 to 4"],
  ])("%s", (_, code, lines) => {
    expect(read("a.ts", `// ${ACCEPT}\n${code}\nf();\n`)).toEqual([ON(1, lines)]);
  });

  test("a member with its decorators, a key of an object", () => {
    const entity = `class Order {\n  // ${ACCEPT}\n  @Column({\n    name: "legacy_ref",\n  })\n  legacyRef?: string;\n  id: string;\n}\n`;
    expect(read("a.ts", entity)).toEqual([ON(2, "3 to 6")]);
    expect(read("a.ts", `f({\n  // ${ACCEPT}\n  legacyRef: {\n    not: null,\n  },\n  id,\n});\n`)).toEqual([
      ON(2, "3 to 5"),
    ]);
  });

  test("in a string of SQL, the next line of it", () => {
    const text = `const q = sql\`\n  SELECT id,\n    -- ${ACCEPT}\n    legacy_ref,\n    note\n  FROM orders\`;\n`;
    expect(read("a.ts", text)).toEqual([ON(3, "4")]);
  });

  test("a statement of a file of SQL", () => {
    expect(read("a.sql", `-- ${ACCEPT}\nSELECT legacy_ref\n  FROM orders; -- all\nSELECT 1;\n`)).toEqual([
      ON(1, "2 to 3"),
    ]);
    expect(read("a.sql", `-- ${ACCEPT}\nSELECT legacy_ref\n  FROM orders\n`)).toEqual([ON(1, "2 to 3")]);
  });

  test("a string that begins on the line, in other languages", () => {
    const text = `# ${ACCEPT}\nrows = db.execute("""\n  SELECT legacy_ref\n  FROM orders\n""")\nf()\n`;
    expect(read("a.py", text)).toEqual([ON(1, "2 to 5")]);
  });

  test("a file that cannot be parsed: the next line", () => {
    expect(read("a.ts", `// ${ACCEPT}\nawait db.query(\n  "SELECT legacy_ref FROM orders"\n} ((\n`)).toEqual([
      ON(1, "2"),
    ]);
  });
});
