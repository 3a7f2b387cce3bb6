import { expect, it } from "vitest";
import { LazyScript, NotInParts } from "../../src/references/lazy-script.js";
import { lookUp, parseScript } from "../../src/references/script-tree.js";

const TEXT = `import { knex } from "./db";

const TABLE = "orders";
const { open, closed } = states;

@Entity()
export class Order {
  total() {
    return sum(this.lines);
  }
}

export async function find(id: string) {
  return knex(TABLE).where({ id }).first();
}

export const label = (order: Order) => {
  const { note } = order;
  return note;
};
`;

const types = (script: LazyScript): string[] =>
  script.nodes.filter(({ parent }) => !parent?.parent).map(({ type }) => type);

it("parses the statements that are chosen, in their places", () => {
  const script = new LazyScript(TEXT, { jsx: false });
  expect(types(script)).toEqual(["Program"]);
  script.parse(script.parts.filter(({ text }) => text.includes("first()")));
  expect(types(script)).toEqual(["Program", "ExportNamedDeclaration"]);
  const first = script.nodes.find((node) => node["name"] === "first");
  expect(TEXT.slice(first?.start, first?.end)).toBe("first");
});

it("parses a statement when somebody asks for what it declares, functions excepted", () => {
  const script = new LazyScript(TEXT, { jsx: false });
  script.parse(script.parts.filter(({ text }) => text.includes("first()")));
  const use = script.nodes.find((node) => node["name"] === "TABLE")!;
  expect(lookUp("TABLE", use)?.init?.["value"]).toBe("orders");
  expect(lookUp("closed", use)).toMatchObject({ kind: "variable", part: true });
  expect(lookUp("knex", use)).toMatchObject({ kind: "import", source: "./db" });
  expect(lookUp("Order", use)?.node.type).toBe("ClassDeclaration");
  const before = script.nodes.length;
  expect(lookUp("label", use)?.init?.type).toBe("ArrowFunctionExpression");
  expect(lookUp("nothing", use)).toBeUndefined();
  expect(script.nodes).toHaveLength(before);
});

it("knows each of several variables", () => {
  const script = new LazyScript(`let one = 1,\n  two = { three };\nlet four, five;\nuse(1);\n`, { jsx: false });
  script.parse(script.parts.slice(-1));
  const use = script.nodes[1]!;
  expect(lookUp("two", use)?.init?.type).toBe("ObjectExpression");
  expect(lookUp("five", use)?.kind).toBe("variable");
  expect(lookUp("three", use)).toBeUndefined();
});

it("parses the uses of a name", () => {
  const script = new LazyScript(TEXT, { jsx: false });
  script.parseUsesOf("TABLE");
  expect(types(script)).toEqual(["Program", "VariableDeclaration", "ExportNamedDeclaration"]);
});

it("has in the end what the whole program has", () => {
  const script = new LazyScript(TEXT, { jsx: false });
  script.parse(script.parts.filter(({ text }) => text.startsWith("export const")));
  script.parseAll();
  const placed = (nodes: readonly { type: string; start: number; end: number }[]): string[] =>
    nodes.map(({ type, start, end }) => `${type} ${String(start)} ${String(end)}`).sort();
  const whole = parseScript(TEXT, { jsx: false }) ?? [];
  expect(placed(script.nodes.slice(1))).toEqual(placed(whole.slice(1)));
  expect(new Set(placed(new LazyScript(TEXT, { jsx: false }, true).nodes))).toEqual(new Set(placed(whole)));
});

it.each([
  ["a template", "const text = `\nselect 1\n`;\n"],
  ["a comment", "/*\nwords\n*/\nconst one = 1;\n"],
  ["an expression that goes on", "const value = one\nas Two\n"],
  ["a statement without its indentation", "if (one) {\nuse(one);\n}\n"],
])("says that its parts are none where lines in %s begin with words", (_, text) => {
  const script = new LazyScript(text, { jsx: false });
  expect(() => {
    script.parse(script.parts.slice(0, 1));
    script.parseAll();
  }).toThrow(NotInParts);
  expect(new LazyScript(text, { jsx: false }, true).nodes.length).toBeGreaterThan(1);
});

it("refuses what is no script at all", () => {
  expect(() => new LazyScript("const = ;", { jsx: false }, true)).toThrow(NotInParts);
});
