/** What undoes the migrations of a change, and what that makes of the schema. */
import type { MigrationSource } from "../migrations/tool.js";
import type { Undone } from "../model/change.js";
import type { Down, Migration } from "../model/migration.js";
import type { ParsedSql } from "../model/statement.js";
import type { Tree } from "../model/tree.js";
import type { Replay } from "../postgres/replay.js";
import { lookedUp } from "./looked-up.js";
import { type ParsedMigration, parseDown, parseDownText, readAnyText } from "./parse-migration.js";

/** The `down` of a migration; undefined where its tool knows none for it. Nothing is read yet. */
export function downOf(
  tree: Tree,
  file: string,
  { downFile, readDown: readOwnDown, read = readAnyText }: Pick<MigrationSource, "downFile" | "read" | "readDown">,
  { program, readDown }: ParsedMigration,
): Down | undefined {
  if (program === undefined && readOwnDown) {
    const text = tree.read(file);
    const down = text === undefined ? undefined : readOwnDown(text, file);
    if (text === undefined || down === undefined) return undefined;
    const { missing, partial } = down;
    return Object.assign(new LazyDown(file, () => parseDownText(text, down)), {
      ...(missing && { missing }),
      ...(partial && { partial }),
    });
  }
  const place = program === undefined ? downFile?.(file) : file;
  if (place === undefined) return undefined;
  return new LazyDown(place, () => {
    if (program !== undefined) return readDown?.();
    const text = tree.has(place) ? tree.read(place) : undefined;
    return text === undefined ? undefined : parseDown(text, place, place === file ? read : undefined);
  });
}

class LazyDown implements Down {
  #parsed: { readonly sql: ParsedSql | undefined } | undefined;

  constructor(
    readonly file: string,
    readonly parse: () => ParsedSql | undefined,
  ) {}

  get sql(): ParsedSql | undefined {
    this.#parsed ??= { sql: this.parse() };
    return this.#parsed.sql;
  }
}

/**
 * Undoes each migration right behind itself and runs it again, in one replay of all of them.
 * @param start A replay that starts from the schema before the first migration.
 */
export function undoAll(migrations: readonly Migration[], start: () => Replay): ReadonlyMap<Migration, Undone> {
  const undone = new Map<Migration, Undone>();
  const last = migrations.findLastIndex(({ down }) => down?.sql !== undefined);
  if (last < 0) return undone;
  const replay = start();
  let order = 0;
  for (const migration of migrations.slice(0, last + 1)) {
    const before = replay.catalog;
    const up = ++order;
    for (const statement of migration.sql.statements) replay.apply(statement, up);
    const sql = migration.down?.sql;
    if (sql === undefined) continue;
    const between = replay.catalog;
    const down = ++order;
    const statements = sql.statements.flatMap((sent) =>
      lookedUp(sent, () => replay.catalog).map((statement) => replay.apply(statement, down)),
    );
    const after = replay.catalog;
    undone.set(migration, { before, between, after, statements, isNew: ({ createdIn = 0 }) => createdIn >= up });
    const again = ++order;
    for (const statement of migration.sql.statements) replay.apply(statement, again);
  }
  return undone;
}
