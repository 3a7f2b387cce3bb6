/** The schema that the first migration starts from, where the configuration names a file that makes it. */
import type { DatabaseSetting } from "../model/configuration.js";
import type { Statement } from "../model/statement.js";
import type { Tree } from "../model/tree.js";
import { Replay } from "../postgres/replay.js";
import { lineCounter } from "../text/line-counter.js";
import type { ParseMigration } from "./parse-migration.js";

/** The position of the seed in the replayed order: before every migration. */
const BEFORE_ALL = -1;

export interface Seed {
  readonly file: string;
  /** What a person calls the side that it was read from. */
  readonly side: string;
  readonly statements: readonly Statement[];
  /** Why it is not known whole, as the rest of a sentence that starts with the file. */
  readonly problem?: string;
}

/**
 * Reads the file of `schema`. It is base's: a file that is written anew with every migration, such as pg_dump makes it,
 * has the new migrations in it already at head. Where base has none, or where the change deletes migrations, because a
 * squash moves them into the file, it is head's.
 */
export function readSeed(
  { base, head }: { readonly base?: { readonly tree: Tree }; readonly head: { readonly tree: Tree } },
  { schema }: Partial<DatabaseSetting>,
  { squashed, parse }: { readonly squashed: boolean; readonly parse: ParseMigration },
): Seed | undefined {
  if (schema === undefined) return undefined;
  const tree = base?.tree.has(schema) === true && !squashed ? base.tree : head.tree;
  const text = tree.read(schema);
  if (text === undefined) {
    return {
      file: schema,
      side: tree.label,
      statements: [],
      problem: `${whyUnreadable(tree, schema)}, so the schema that the migrations start from is not known`,
    };
  }
  const { sql } = parse(text, schema, (whole) => ({ sql: whole }));
  const unread = sql.statements.flatMap(({ operations }) => operations.filter(({ type }) => type === "Unparsed"));
  const [first] = unread;
  return {
    file: schema,
    side: tree.label,
    statements: sql.statements,
    ...(first?.type === "Unparsed" && {
      problem: `has ${unread.length === 1 ? "a statement" : `${String(unread.length)} statements`} that cannot be read, the first in line ${String(lineCounter(sql.text)(first.range[0]))} (${first.reason}), so it does not say which tables there are not`,
    }),
  };
}

function whyUnreadable(tree: Tree, file: string): string {
  if (!tree.has(file)) return `is not there at ${tree.label}`;
  return tree.whyUnreadable?.(file) ?? "is not valid UTF-8";
}

/** A replay that starts from a seed. */
export function replayFrom(seed: Seed | undefined, postgres: number): Replay {
  const replay = new Replay({ postgres });
  for (const statement of seed?.statements ?? []) replay.apply(statement, BEFORE_ALL);
  return replay;
}
