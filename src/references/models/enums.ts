/**
 * Enums that a client checks the database's values against: one that it does not know is an error wherever a row has it,
 * also where no code asks for it. Prisma's client and sqlx do so; Drizzle, TypeORM, MikroORM and Sequelize hand on any
 * value.
 */
import type { Reference, Side } from "../../model/reference.js";
import type { Tree } from "../../model/tree.js";
import { placeCounter } from "../../text/line-counter.js";
import { isSeed, isTest, NOT_APPLICATION_CODE } from "../application-files.js";
import { camelCase, snakeCase } from "../spelling.js";

/** An enum of a client, with the values that it knows. */
export interface ClientEnum {
  readonly client: "Prisma" | "sqlx";
  /** As the code calls it. */
  readonly name: string;
  /** The names that it may have in the database. */
  readonly types: readonly string[];
  readonly values: readonly ClientEnumValue[];
  readonly file: string;
  readonly offset: number;
}

interface ClientEnumValue {
  /** What the database's value may be. */
  readonly values: readonly string[];
  readonly offset: number;
}

/** The enums of one side of the code, for a type of the database. */
export function clientEnums(tree: Tree, type: string): readonly ClientEnum[] {
  const enums: ClientEnum[] = [];
  for (const file of tree.files()) {
    if (file.endsWith(".prisma") && !isTest(file) && !isSeed(file))
      enums.push(...prismaEnumsIn(file, tree.read(file) ?? ""));
  }
  const hits = tree.grep(["sqlx", "type_name"], NOT_APPLICATION_CODE, ["**/*.rs"]);
  for (const file of new Set(hits.filter(({ text }) => text.includes(type)).map((hit) => hit.file))) {
    if (!isTest(file) && !isSeed(file)) enums.push(...sqlxEnumsIn(file, tree.read(file) ?? ""));
  }
  return enums.filter(({ types }) => types.includes(type));
}

function prismaEnumsIn(file: string, text: string): readonly ClientEnum[] {
  return [...text.matchAll(/^[ \t]*enum[ \t]+(\w+)[ \t]*\{([\s\S]*?)^[ \t]*\}/gm)].map((match) => {
    const [whole, name = "", body = ""] = match;
    const mapped = /^\s*@@map\(\s*(?:name:\s*)?"([^"]+)"/m.exec(body)?.[1];
    const start = match.index + whole.indexOf("{") + 1;
    const values = [...body.matchAll(/^[ \t]*([A-Za-z]\w*)([^\n]*)/gm)].map((line) => {
      const [, value = "", rest = ""] = line;
      const given = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(rest.replace(/\/\/.*$/, ""))?.[1];
      return { values: [given ?? value], offset: start + line.index + line[0].indexOf(value) };
    });
    return { client: "Prisma", name, types: [mapped ?? name], values, file, offset: start };
  });
}

/** `#[derive(sqlx::Type)] #[sqlx(type_name = "status", rename_all = "lowercase")] enum Status { … }` */
function sqlxEnumsIn(file: string, text: string): readonly ClientEnum[] {
  const found = text.matchAll(
    /#\[sqlx\([^\]]*?\btype_name\s*=\s*"(?:\w+\.)?(\w+)"[^\]]*\)\](?:\s*#\[[^\]]*\])*\s*(?:pub(?:\([^)]*\))?\s+)?enum\s+(\w+)\s*\{([^}]*)\}/g,
  );
  return [...found].map((match) => {
    const [whole, type = "", name = "", body = ""] = match;
    const start = match.index + whole.lastIndexOf(body);
    const values = [...body.matchAll(/(?:#\[sqlx\(rename\s*=\s*"([^"]+)"\)\]\s*)?\b([A-Z]\w*)\b\s*(?:,|$)/g)].map(
      (line) => {
        const [, given, variant = ""] = line;
        const spelled = [variant, variant.toLowerCase(), snakeCase(variant), camelCase(variant), variant.toUpperCase()];
        const more = [snakeCase(variant).toUpperCase(), snakeCase(variant).replaceAll("_", "-")];
        return { values: given === undefined ? [...spelled, ...more] : [given], offset: start + line.index };
      },
    );
    return { client: "sqlx", name, types: [type], values, file, offset: start };
  });
}

/** The place of an enum, or of one of its values, as a reference. */
export function enumReference({ file, offset }: ClientEnum, at: number | undefined, side: Side, tree: Tree): Reference {
  const text = tree.read(file) ?? "";
  const { line, column } = placeCounter(text)(at ?? offset);
  const excerpt = (text.split(/\r?\n/)[line - 1] ?? "").trim().slice(0, 160);
  return { side, grade: "certain", kind: "enum literal", file, line, column, excerpt };
}
