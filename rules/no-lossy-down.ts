/** A `down` takes back what its migration has done: no more, or rows are gone, and no less, or the schema is another one. */
import { defineRule, formatName, listNames, quoteIdentifier, schemaDifferences } from "../src/rule/index.js";
import type { Change, Undone } from "../src/model/change.js";
import type { Migration } from "../src/model/migration.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Delete, Operation, Truncate } from "../src/model/operation.js";
import type { Range } from "../src/model/position.js";
import type { Statement } from "../src/model/statement.js";

type MessageId = "columnLost" | "differs" | "rowsLost" | "tableLost";

export default defineRule<MessageId>({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow a `down` that deletes what was there before, or does not restore the schema",
      recommended: "warn",
      category: "Migrations",
      harm: "loses data",
    },
    messages: {
      tableLost:
        "This down drops {{table}}, which was there before {{migration}}: every row of it is lost. Take back only what the migration does.",
      columnLost:
        "This down drops {{column}} of {{table}}, which was there before {{migration}}: every value of it is lost. Take back only what the migration does.",
      rowsLost:
        "This down deletes every row of {{table}}, which was there before {{migration}}. Delete only the rows that the migration adds.",
      differs:
        "Behind this down the schema is not what it was before {{migration}}: {{differences}}. Running the migration again then fails, or makes something that nobody has tested. Take that back, too.",
    },
  },
  *checkChange(change) {
    for (const database of change.databases) {
      for (const migration of database.migrations) {
        if (!migration.judged || !migration.down?.sql || migration.down.sql.statements.every(isNothing)) continue;
        const undone = database.undo?.(migration);
        if (!undone) continue;
        const up = migration.statements.flatMap(({ statement }) => statement.operations);
        const lost = [...losses(undone, up)].filter(({ range }) => !isOfOldPart(range, migration));
        // What is left as it is was meant to be; of a file that is added to, older parts have been judged.
        const isWhole = migration.down.partial !== true && migration.editedParts === undefined;
        const said = new Set(lost.map(({ object }) => object));
        const found = isWhole ? [...lost, ...differences(undone, up, said)] : lost;
        const { file } = migration.down;
        const name = file === migration.file ? "the migration" : migration.file;
        // Beside the migration, its file need not be a part of the change.
        const isHere = file === migration.file || isChanged(file, change);
        for (const { range, messageId, data } of found) {
          const place = isHere ? { file, range } : { file: migration.file };
          yield { database, ...place, messageId, data: { ...data, migration: name } };
        }
      }
    }
  },
});

/** `SELECT 1`: a down that is none, on purpose, for a tool that wants a statement. */
function isNothing({ operations }: Statement): boolean {
  return operations.every(
    (operation) => operation.type === "Select" && operation.reads.length + operation.functions.length === 0,
  );
}

/** Whether it undoes a part of the file that is what it was, where the tool remembers the parts. */
function isOfOldPart([start]: Range, { editedParts, unchanged, sql }: Migration): boolean {
  if (editedParts === undefined) return false;
  const above = sql.statements.findLast(({ range }) => range[0] < start);
  return above !== undefined && unchanged?.has(above.index) === true;
}

function isChanged(file: string, { base, head }: Change): boolean {
  return base?.tree.read(file) !== head.tree.read(file);
}

interface Found {
  readonly messageId: MessageId;
  readonly range: Range;
  readonly data: Readonly<Record<string, string>>;
}

interface Loss extends Found {
  /** As differences of schemas call it: `column note of orders`. */
  readonly object: string;
}

/** What goes that the migration has not made. */
function* losses(undone: Undone, up: readonly Operation[]): Generator<Loss> {
  const { before, statements } = undone;
  const copies: Operation[] = [];
  for (const { statement, before: schema } of statements) {
    for (const op of statement.operations) {
      if (op.type === "Insert" || op.type === "Update" || op.type === "CreateTableAs") copies.push(op);
      const name = op.type === "DropRelation" ? op.relation : "table" in op ? op.table : undefined;
      const table = name && schema.table(name);
      if (
        !table ||
        table.temporary ||
        undone.isNew(table) ||
        (table.kind !== "table" && table.kind !== "partitioned table")
      )
        continue;
      const data = { table: formatName(table) };
      const object = `table ${data.table}`;
      switch (op.type) {
        case "DropRelation":
          if (copies.some((copy) => reads(copy, table))) break;
          yield { messageId: "tableLost", range: op.range, data, object };
          break;
        case "DropColumn": {
          const hasColumn = table.columns.has(op.column) && isOld(op.table, op.column) && !isCopied(table, op.column);
          if (!hasColumn) break;
          const column = quoteIdentifier(op.column);
          const lost = `column ${column} of ${data.table}`;
          yield { messageId: "columnLost", range: op.range, data: { ...data, column }, object: lost };
          break;
        }
        case "Truncate":
        case "Delete":
          if (empties(op) && !up.some((other) => empties(other) && other.table.name === table.name)) {
            yield { messageId: "rowsLost", range: op.range, data, object };
          }
      }
    }
  }

  /** Whether an earlier statement has put its values elsewhere. */
  function isCopied(table: QualifiedName, column: string): boolean {
    return copies.some(
      (copy) =>
        "copies" in copy &&
        copy.copies?.some((name) => name === column || name === "*") === true &&
        (reads(copy, table) || (copy.type === "Update" && copy.table.name === table.name)),
    );
  }

  /** Whether the column has values from before the migration, perhaps under another name. */
  function isOld(table: QualifiedName, column: string): boolean {
    if (up.some((op) => op.type === "RenameColumn" && op.newName === column && op.table.name === table.name))
      return true;
    const isAway = up.some(
      (op) =>
        (op.type === "DropColumn" || op.type === "RenameColumn") &&
        op.column === column &&
        op.table.name === table.name,
    );
    return !isAway && before.table(table)?.columns.has(column) === true;
  }
}

function reads(copy: Operation, { name }: QualifiedName): boolean {
  return "reads" in copy && copy.reads?.some((read) => read.name === name) === true;
}

/** Whether it deletes all rows that are there. */
function empties(op: Operation): op is Delete | Truncate {
  return op.type === "Truncate" || (op.type === "Delete" && !op.hasWhere);
}

/** Whether it cannot be known what an operation does to the schema. */
function isOpaque({ type }: Operation): boolean {
  return type === "Unparsed" || type === "DoBlock" || type === "Call" || type === "Execute";
}

/** @param lost What is said already. */
function* differences(
  { before, after, statements }: Undone,
  up: readonly Operation[],
  lost: ReadonlySet<string>,
): Generator<Found> {
  const down = statements.flatMap(({ statement }) => statement.operations);
  const [first] = statements;
  if (!first || up.some(isOpaque) || down.some(isOpaque)) return;
  const { missing, added, changed } = schemaDifferences(before, after);
  const parts = [
    ...says(
      missing.filter((object) => !lost.has(object)),
      "is missing",
      "are missing",
    ),
    ...says(added, "is still there", "are still there"),
    ...says(changed, "is another one", "are others"),
  ];
  if (parts.length === 0) return;
  yield { messageId: "differs", range: first.statement.range, data: { differences: parts.join("; ") } };
}

function says(names: readonly string[], one: string, many: string): readonly string[] {
  return names.length === 0 ? [] : [`${listNames(names)} ${names.length === 1 ? one : many}`];
}
