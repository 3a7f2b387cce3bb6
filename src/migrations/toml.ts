import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export type TomlTable = Readonly<Record<string, unknown>>;

/** A TOML document; undefined where it is none. */
export function parseToml(text: string): TomlTable | undefined {
  const { parse } = require("smol-toml") as typeof import("smol-toml");
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** The table under a key; an empty one where there is none. */
export function tableOf(table: TomlTable | undefined, key: string): TomlTable {
  const value = table?.[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as TomlTable) : {};
}
