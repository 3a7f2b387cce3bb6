/** How large the tables of a database are, where the configuration names a file that says it. */
import { createRequire } from "node:module";
import type { TableSize } from "../model/lock.js";
import type { Tree } from "../model/tree.js";
import { lineCounter } from "../text/line-counter.js";
import { checkAgainstSchema, type JsonSchema } from "./schema-check.js";

const require = createRequire(import.meta.url);

export interface Statistics {
  readonly file: string;
  /** When they were collected, in ISO 8601. */
  readonly collectedAt: string;
  /** By qualified name: `public.orders`. */
  readonly sizes: ReadonlyMap<string, TableSize>;
}

export interface StatisticsProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Longest file, in UTF-16 units: about forty thousand tables. */
const MAX_LENGTH = 4 * 1024 * 1024;

/** Longest one that is read once more, to say in which line it is wrong. */
const MAX_EXPLAINED = 512 * 1024;

const COUNT: JsonSchema = { type: "number", minimum: 0 };

const TIME = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})$";

/** What the file holds; more keys than these do no harm. */
const SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    version: { enum: [1] },
    collected_at: { type: "string", pattern: TIME, examples: ["2026-11-22T08:00:00Z"] },
    tables: {
      type: "array",
      items: {
        type: "object",
        properties: {
          schema: { type: "string" },
          name: { type: "string" },
          rows: { anyOf: [COUNT, { type: "null" }] },
          bytes: COUNT,
          index_bytes: COUNT,
        },
        required: ["schema", "name", "rows", "bytes", "index_bytes"],
      },
    },
  },
  required: ["version", "collected_at", "tables"],
};

interface Written {
  readonly version: 1;
  readonly collected_at: string;
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly rows: number | null;
    readonly bytes: number;
    readonly index_bytes: number;
  }[];
}

/** Reads the file. What is wrong with it is said at its line, and costs nothing but the sizes. */
export function readStatistics(tree: Tree, file: string): Statistics | StatisticsProblem {
  const text = tree.read(file);
  const wrong = (line: number, message: string): StatisticsProblem => ({
    file,
    line,
    message: `${message} So no sizes are shown.`,
  });
  if (text === undefined) return wrong(1, `The file ${tree.whyUnreadable?.(file) ?? "is not there"}.`);
  if (text.length > MAX_LENGTH) {
    return wrong(1, `The file has ${String(text.length)} characters; more than ${String(MAX_LENGTH)} are not read.`);
  }
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    const { line, message } = whereWrong(text) ?? { line: 1, message: "The file is not valid JSON." };
    return wrong(line, message);
  }
  if (!isWritten(written)) {
    const { line, message } = whereWrong(text) ?? { line: 1, message: "The file is not what the query makes." };
    return wrong(line, message);
  }
  const sizes = new Map<string, TableSize>();
  for (const { schema, name, rows, bytes, index_bytes: indexBytes } of written.tables) {
    sizes.set(`${schema}.${name}`, { ...(rows !== null && { rows }), bytes, indexBytes });
  }
  return { file, collectedAt: new Date(written.collected_at).toISOString(), sizes };
}

/** The same as `SCHEMA` says, for the many files in which nothing is wrong. */
function isWritten(value: unknown): value is Written {
  if (!isRecord(value)) return false;
  const { version, collected_at: time, tables } = value;
  if (version !== 1 || typeof time !== "string" || !new RegExp(TIME).test(time) || Number.isNaN(Date.parse(time))) {
    return false;
  }
  return Array.isArray(tables) && tables.every(isTable);
}

function isTable(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { schema, name, rows, bytes, index_bytes: indexBytes } = value;
  const counts = [rows ?? 0, bytes, indexBytes];
  return (
    typeof schema === "string" &&
    typeof name === "string" &&
    rows !== undefined &&
    counts.every((count) => typeof count === "number" && count >= 0 && Number.isFinite(count))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first thing that is wrong, with its line; undefined where it cannot be told. JSON is YAML. */
function whereWrong(text: string): { line: number; message: string } | undefined {
  if (text.length > MAX_EXPLAINED) return undefined;
  const yaml = require("yaml") as typeof import("yaml");
  const lineAt = lineCounter(text);
  try {
    const document = yaml.parseDocument(text, { prettyErrors: false, schema: "json" });
    const [error] = document.errors;
    if (error) return { line: lineAt(error.pos[0]), message: "The file is not valid JSON." };
    const [problem] = checkAgainstSchema(yaml, document.contents, SCHEMA, "the file");
    return problem && { line: lineAt(problem.offset), message: problem.message };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
