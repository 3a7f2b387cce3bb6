/** Models of a Prisma schema (Prisma's documentation, "Prisma schema reference"). */
import type { QualifiedName } from "../../model/name.js";
import type { Model, ModelColumn } from "./model.js";

/** Prisma's own types; every other one is an enum, a composite type or another model. */
const SCALARS: ReadonlySet<string> = new Set(
  "String Boolean Int BigInt Float Decimal DateTime Json Bytes Unsupported".split(" "),
);

const BLOCK = /^[ \t]*(model|enum|datasource)[ \t]+(\w+)[ \t]*\{([\s\S]*?)^[ \t]*\}/gm;

/** Names of the enums that a file declares: a field of one is a column, a field of a model is a relation. */
export function prismaEnums(text: string): readonly string[] {
  return [...text.matchAll(BLOCK)].flatMap(([, keyword, name = ""]) => (keyword === "enum" ? name : []));
}

/** The provider of the file's datasource, as written; undefined where it has none. */
export function prismaProvider(text: string): string | undefined {
  for (const [, keyword, , body = ""] of text.matchAll(BLOCK)) {
    if (keyword === "datasource") return /^\s*provider\s*=\s*"([^"]*)"/m.exec(body)?.[1];
  }
  return undefined;
}

/**
 * The models of a schema's file; those with `@@ignore` are none, and neither are views.
 * @param enums Names of the enums of the whole schema.
 */
export function prismaModels(text: string, enums: ReadonlySet<string>): readonly Model[] {
  const models: Model[] = [];
  for (const match of text.matchAll(BLOCK)) {
    const [whole, keyword = "", name = "", body = ""] = match;
    if (keyword !== "model" || /^\s*@@ignore\b/m.test(body)) continue;
    const schema = attributeName(body, /^\s*@@schema\(/m);
    const table: QualifiedName = {
      name: attributeName(body, /^\s*@@map\(/m) ?? name,
      ...(schema !== undefined && { schema }),
    };
    const offset = match.index + whole.indexOf(name, whole.indexOf(keyword) + keyword.length);
    const bodyStart = match.index + whole.indexOf("{") + 1;
    models.push({ orm: "Prisma", name, tables: [table], columns: columnsOf(body, bodyStart, enums), offset });
  }
  return models;
}

function columnsOf(body: string, start: number, enums: ReadonlySet<string>): readonly ModelColumn[] {
  const columns: ModelColumn[] = [];
  let lineStart = start;
  for (const line of body.split("\n")) {
    const field = /^(\s*)([A-Za-z]\w*)\s+([A-Za-z]\w*)(?:\([^)]*\))?(\[\])?(\?)?/.exec(withoutComment(line));
    const [written = "", indentation = "", property = "", type = "", list, optional] = field ?? [];
    const attributes = line.slice(written.length);
    const isColumn = SCALARS.has(type) || enums.has(type);
    if (field !== null && isColumn && !/@ignore\b/.test(attributes)) {
      columns.push({
        property,
        names: [attributeName(attributes, /@map\(/) ?? property],
        nullable: optional !== undefined,
        // An empty list is written where none is given.
        filled: list !== undefined || /@default\(|@updatedAt\b/.test(attributes),
        offset: lineStart + indentation.length,
      });
    }
    lineStart += line.length + 1;
  }
  return columns;
}

/** The string that an attribute takes: `@map("x")`, `@map(name: "x")`. */
function attributeName(text: string, attribute: RegExp): string | undefined {
  const start = attribute.exec(text);
  if (start === null) return undefined;
  return /^\s*(?:name:\s*)?"([^"]+)"/.exec(text.slice(start.index + start[0].length))?.[1];
}

function withoutComment(line: string): string {
  return line.replace(/\/\/.*$/, "");
}
