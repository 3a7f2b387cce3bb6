/** Models of a Prisma schema. */
import type { Declaration } from "./sought.js";

/** A model or one of its fields, and where its name is. */
export interface PlacedModel extends Declaration {
  readonly offset: number;
}

/** Prisma's own types; everything else is an enum or another model. */
const SCALARS = new Set("String Boolean Int BigInt Float Decimal DateTime Json Bytes Unsupported".split(" "));

/** Values that Prisma itself gives to a row: every default but those that only the database knows. */
const FILLED = /@updatedAt\b|@default\((?!\s*(?:autoincrement|dbgenerated|sequence)\()/;

/** The models of a schema, each followed by its columns. Relation fields are no columns. */
export function modelsInPrismaSchema(text: string): PlacedModel[] {
  const found: PlacedModel[] = [];
  const enums = new Set(Array.from(text.matchAll(/^\s*enum\s+(\w+)/gm), ([, name]) => name));
  for (const match of text.matchAll(/^[ \t]*(model|view)[ \t]+(\w+)[ \t]*\{([\s\S]*?)^[ \t]*\}/gm)) {
    const [whole, keyword = "", model = "", body = ""] = match;
    const mapped = /^\s*@@map\(\s*(?:name:\s*)?"([^"]+)"/m.exec(body)?.[1];
    const schema = /^\s*@@schema\(\s*(?:name:\s*)?"([^"]+)"/m.exec(body)?.[1];
    const declared = {
      table: { name: mapped ?? model, ...(schema !== undefined && { schema }) },
      models: [model],
    };
    const relations: Record<string, string> = {};
    const offset = match.index + whole.indexOf(model, whole.indexOf(keyword) + keyword.length);
    found.push({ ...declared, relations, offset });
    let lineStart = match.index + whole.indexOf("{") + 1;
    for (const line of body.split("\n")) {
      const field = /^(\s*)([A-Za-z]\w*)\s+([A-Za-z]\w*)/.exec(line.replace(/\/\/.*$/, ""));
      const [, indentation = "", property = "", type = ""] = field ?? [];
      if (field !== null && (SCALARS.has(type) || enums.has(type))) {
        const column = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(line)?.[1] ?? property;
        const filled = FILLED.test(line);
        const offset = lineStart + indentation.length;
        found.push({ ...declared, property, column, ...(filled && { filled }), offset });
        // An enum of another file looks the same, and names no model.
      } else if (field !== null) relations[property] = type;
      lineStart += line.length + 1;
    }
  }
  return found;
}
