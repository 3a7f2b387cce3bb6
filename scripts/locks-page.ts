/** The page that says what each form of statement locks: the facts that the tests measure, as a person reads them. */
import type { Lock, Work } from "../src/model/lock.js";
import { locksOfForm } from "../test/postgres/lock-claims.js";
import type { StatementForm } from "../test/postgres/statement-form.js";
import { forms, schemas } from "../test/postgres/statement-forms.js";

const MAJORS = [13, 14, 15, 16, 17, 18];

const INTRODUCTION = `# What PostgreSQL locks

Each row is a statement that the tests run inside a transaction on real servers, PostgreSQL ${String(MAJORS[0])} to ${String(MAJORS.at(-1))}, on tables with rows. They compare the locks in \`pg_locks\`, the files of tables and indexes, and the rows read with what stands here; the rules and the plan read the same facts.

- **Lock** is held from the statement's start to the end of its transaction.
- **Waits** is what other sessions cannot do meanwhile: *reads* are SELECT, *writes* are INSERT, UPDATE and DELETE, *changes* are other schema changes, VACUUM and ANALYZE. A lock that makes reads wait makes everything wait.
- **Work** is what PostgreSQL does while it holds the lock. *instant* does not depend on the size of the table; a *scan*, an *index build* and a *rewrite* do.
- While a statement waits for its lock, every later statement that conflicts with that lock waits behind it, however short the work is. \`SET lock_timeout\` ends that.
- An index that is locked without its table counts as the table: planning any query on the table waits for it.
- No row: CREATE and DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY and DETACH PARTITION CONCURRENTLY, which run outside of transactions, hold SHARE UPDATE EXCLUSIVE: reads and writes go on.`;

/** Rows that differ between versions have one line for each range of versions. */
export function locksPage(): string {
  const sections = new Map<string, StatementForm[]>();
  for (const form of forms) sections.set(form.section, [...(sections.get(form.section) ?? []), form]);
  return [
    INTRODUCTION,
    ...[...sections].flatMap(([section, list]) => [`## ${section}`, table(list.flatMap(rowsOf))]),
    "## The tables of the examples",
    ...Object.values(schemas).map((schema) => `\`\`\`sql\n${unindented(schema)};\n\`\`\``),
  ].join("\n\n");
}

interface Row {
  readonly versions: readonly number[];
  readonly locks: readonly Lock[];
}

function rowsOf(form: StatementForm): string[][] {
  const rows: Row[] = [];
  for (const major of MAJORS.filter((major) => major >= (form.since ?? 0))) {
    const locks = locksOfForm(form, major);
    const last = rows.at(-1);
    if (last && JSON.stringify(last.locks) === JSON.stringify(locks)) {
      rows[rows.length - 1] = { versions: [...last.versions, major], locks };
    } else rows.push({ versions: [major], locks });
  }
  return rows.map((row) => cellsOf(form, row, rows.length > 1));
}

function cellsOf({ sql, before, since }: StatementForm, { versions, locks }: Row, oneOfSeveral: boolean): string[] {
  const statement = `\`${sql}\``;
  const after = before.setup === "" ? "" : `<br>after \`${before.setup}\``;
  const range = oneOfSeveral ? `<br>${rangeOf(versions)}` : since === undefined ? "" : `<br>since ${String(since)}`;
  const column = (show: (lock: Lock) => string): string => (locks.length === 0 ? "none" : locks.map(show).join("<br>"));
  return [
    statement + after + range,
    column(({ relation, mode }) => `${relation.replace(/^public\./, "")}: ${mode}`),
    column(waits),
    column((lock) => WORK[lock.while]),
  ];
}

const WORK: Readonly<Record<Work, string>> = {
  instant: "instant",
  scan: "scan",
  "index-build": "index build",
  rewrite: "rewrite",
};

const WAITS = { read: "reads", write: "writes", ddl: "changes" } as const;

function waits({ blocks }: Lock): string {
  return blocks.length === 0 ? "nothing" : blocks.map((blocked) => WAITS[blocked]).join(", ");
}

function rangeOf(versions: readonly number[]): string {
  const [first, last] = [versions[0], versions.at(-1)];
  return first === last ? `in ${String(first)}` : `in ${String(first)} to ${String(last)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(["Statement", "Lock", "Waits", "Work"]), line(["---", "---", "---", "---"]), ...rows.map(line)].join(
    "\n",
  );
}

function unindented(schema: string): string {
  return schema.trim().replace(/^ {2}/gm, "");
}
