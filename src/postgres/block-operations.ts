/** What the parts of a DO block become: operations, each with its place in the block. */
import type { DoBlock, LoopAround, Operation, OtherStatement } from "../model/operation.js";
import type { Range } from "../model/position.js";
import { bodyOf, DYNAMIC, partsOfDoBlock, type BlockLoop, type BlockPart } from "./do-block.js";
import { UNKNOWN_NAME } from "./folded-text.js";
import { operationsOf } from "./operations.js";
import { everyRowOf } from "./operations/row-source.js";
import { parsePart } from "./parse-part.js";
import { substitutePlaceholders } from "./placeholders.js";
import { StatementSource } from "./statement-source.js";

/** A text as it is written and as it is parsed. */
interface ParsedText {
  readonly text: string;
  readonly parsed: string;
  readonly placeholders: readonly Range[];
}

/** What a DO block runs, each with its own place; undefined where nothing of it can be read. */
export function insideDoBlock(
  block: DoBlock,
  source: ParsedText & { readonly range: Range },
): readonly Operation[] | undefined {
  if (block.language !== "plpgsql") return undefined;
  const { range, statement } = block;
  let read: ParsedText = source;
  let parts = partsOfDoBlock(read.parsed, source.range);
  if (parts === undefined) {
    const body = bodyOf(read.parsed, source.range);
    read = (body && withPlaceholders(read, body)) ?? read;
    parts = read === source ? undefined : partsOfDoBlock(read.parsed, source.range);
  }
  if (parts === undefined) return undefined;
  const operations = operationsOfParts(parts, block, read);
  return operations.length > 0 ? operations : [nothingIn({ range, statement })];
}

/** Of code that checks or reports something, and changes nothing. */
export function nothingIn({ range, statement }: Pick<Operation, "range" | "statement">): OtherStatement {
  return { type: "OtherStatement", node: "DoStmt", refusedInTransaction: false, range, statement };
}

/**
 * Each part's operations, numbered by their part.
 * @param block What they stand in for where they are not known.
 * @param source The text that verbatim parts stand in.
 */
export function operationsOfParts(
  parts: readonly BlockPart[],
  block: DoBlock,
  source: ParsedText = { text: "", parsed: "", placeholders: [] },
): readonly Operation[] {
  return parts.flatMap((part, inBlock) =>
    operationsOfPart(part, block, source).map((operation) => inBlockAt(operation, inBlock)),
  );
}

/** The operation as part of a block's statement of this number. */
export function inBlockAt(operation: Operation, inBlock: number): Operation {
  return operation.type === "OtherStatement" && operation.ends !== undefined ? operation : { ...operation, inBlock };
}

/** The text with the placeholders in a string replaced: it parses without that. Undefined where there are none. */
function withPlaceholders({ text, parsed, placeholders }: ParsedText, [start, end]: Range): ParsedText | undefined {
  const substitution = substitutePlaceholders(parsed.slice(start, end));
  if (substitution === undefined) return undefined;
  return {
    text,
    parsed: parsed.slice(0, start) + substitution.text + parsed.slice(end),
    placeholders: [
      ...placeholders.filter(([, to]) => to <= start),
      ...substitution.placeholders.map(([from, to]): Range => [start + from, start + to]),
      ...placeholders.filter(([from]) => from >= end),
    ],
  };
}

function operationsOfPart(part: BlockPart, block: DoBlock, source: ParsedText): readonly Operation[] {
  const opaque = (reason: string): readonly Operation[] => [{ ...block, range: part.range, reason }];
  if ("reason" in part) return opaque(part.reason);
  if ("ends" in part)
    return [{ ...nothingIn({ ...block, range: part.range }), refusedInTransaction: true, ends: part.ends }];
  const { sql, verbatim, guarded, loop } = part;
  const range: Range = verbatim ? part.range : [0, sql.length];
  let read: ParsedText = verbatim ? source : { text: sql, parsed: sql, placeholders: [] };
  let pieces = parsePart(read.parsed, range, []);
  if ("message" in pieces) {
    read = withPlaceholders(read, range) ?? read;
    pieces = parsePart(read.parsed, range, []);
  }
  if ("message" in pieces) {
    return opaque(part.unknownName ? DYNAMIC : `PostgreSQL's grammar refuses what it runs: ${pieces.message}`);
  }
  const written = { written: read.text, placeholders: read.placeholders };
  const operations = pieces.flatMap((piece) =>
    operationsOf(new StatementSource({ index: block.statement, ...written, ...piece })),
  );
  if (part.unknownName && !operations.every(isKnownBut)) return opaque(DYNAMIC);
  return operations.map((operation) => {
    const known = part.unknownName ? withoutUnknown(operation) : operation;
    const placed = verbatim ? known : movedTo(part.range, known);
    const repeated = loop !== undefined && CHANGES_ROWS.has(placed.type) ? { ...placed, loop: around(loop) } : placed;
    return guarded ? tolerant(repeated) : repeated;
  });
}

const CHANGES_ROWS: ReadonlySet<Operation["type"]> = new Set(["Delete", "Update"]);

function around({ commits, query }: BlockLoop): LoopAround {
  const over = query === undefined ? undefined : everyRowOf(query);
  return { commits, ...(over && { over }) };
}

/** Whether an unknown name is none of those that the operation is about: that of the role in a GRANT. */
function isKnownBut(operation: Operation): boolean {
  const known = withoutUnknown(operation);
  // Where nothing is read from, what is not known may be a function.
  if (known.type === "Select") return operation.type === "Select" && operation.reads.length > 0 && isKnown(known);
  return ABOUT_ROLES.has(known.type) && isKnown(known);
}

function isKnown(operation: Operation): boolean {
  return !JSON.stringify(operation).includes(UNKNOWN_NAME);
}

const ABOUT_ROLES: ReadonlySet<Operation["type"]> = new Set([
  "AlterDefaultPrivileges",
  "AlterTable",
  "ChangeOwner",
  "Comment",
  "Grant",
  "OtherStatement",
  "Revoke",
]);

/**
 * Roles whose names are not known are left out, and a statement that is about one, or a database, is about no schema. A
 * table that is only read from is left out, too: neither does it change, nor does anything that the check knows wait.
 */
function withoutUnknown(operation: Operation): Operation {
  if ("kind" in operation && OF_THE_CLUSTER.has(operation.kind) && "name" in operation) {
    return JSON.stringify(operation.name).includes(UNKNOWN_NAME) ? nothingIn(operation) : operation;
  }
  if (operation.type === "Select") {
    return { ...operation, reads: operation.reads.filter((read) => !JSON.stringify(read).includes(UNKNOWN_NAME)) };
  }
  if ("roles" in operation && operation.roles !== undefined) {
    return { ...operation, roles: operation.roles.filter((role) => role !== UNKNOWN_NAME) };
  }
  if (operation.type !== "ChangeOwner" || operation.owner !== UNKNOWN_NAME) return operation;
  const { owner: _, ...others } = operation;
  return others;
}

const OF_THE_CLUSTER: ReadonlySet<string | undefined> = new Set(["database", "role"]);

/** An operation whose text does not stand in the file, with the place of what makes the text. */
function movedTo(range: Range, operation: Operation): Operation {
  const moved = (value: unknown, key?: string): unknown => {
    if (key === "range") return range;
    if (key === "anchors") return {};
    if (Array.isArray(value)) return value.map((element) => moved(element));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, moved(inner, name)]));
  };
  return moved(operation) as Operation;
}

/** What a condition decides about is not done twice: blocks ask whether a thing is there already. */
export function tolerant(operation: Operation): Operation {
  return {
    ...operation,
    ...("ifNotExists" in operation && { ifNotExists: true }),
    ...("ifExists" in operation && { ifExists: true }),
  };
}
