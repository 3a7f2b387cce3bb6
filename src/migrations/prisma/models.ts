/** Tables and columns of the models in a Prisma schema, as far as the calls of Prisma Client need them. */

export interface Model {
  readonly table: string;
  /** By the field's name; fields that stand for other models are not in it. */
  readonly columns: ReadonlyMap<string, string>;
}

const MODEL = /^\s*model\s+(\w+)\s*\{([^}]*)\}/gm;
const FIELD = /^\s*(\w+)\s+(\w+)(\[\])?[^\n]*$/gm;

/**
 * The models by what Prisma Client calls them: `orderItem` of `model OrderItem`.
 * @param schemas The texts of the schema's files.
 */
export function modelsOf(schemas: readonly string[]): ReadonlyMap<string, Model> {
  const blocks = schemas.flatMap((schema) => [...schema.matchAll(MODEL)]);
  const names = new Set(blocks.map(([, name = ""]) => name));
  return new Map(
    blocks.map(([, name = "", body = ""]) => {
      const table = /@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1] ?? name;
      const columns = new Map<string, string>();
      for (const [line, field = "", type = ""] of body.matchAll(FIELD)) {
        if (names.has(type)) continue;
        columns.set(field, /(?<!@)@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(line)?.[1] ?? field);
      }
      return [name.charAt(0).toLowerCase() + name.slice(1), { table, columns }] as const;
    }),
  );
}
