/**
 * The functions that are in force once all migrations have run. PostgreSQL does not look into a body that is a string:
 * it drops and renames what the body names, and the function fails when it is called.
 */
import type { Database } from "../model/change.js";
import type { Migration } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Range } from "../model/position.js";
import { lineCounter } from "../text/line-counter.js";

interface Definition {
  /** Types of its arguments, which tell it from others of its name. */
  readonly signature: string;
  readonly migration: Migration;
  readonly range: Range;
}

const known = new WeakMap<Database, ReadonlyMap<string, string>>();

/** By file the statements that define them, each at its own place in a text that is blank otherwise. */
export function functionBodies(database: Database): ReadonlyMap<string, string> {
  let bodies = known.get(database);
  if (!bodies) known.set(database, (bodies = findBodies(database)));
  return bodies;
}

/** Whether one of them may name something: SQL has no other spelling of a name than its own. */
export function functionsMention(database: Database, name: string): boolean {
  let mentioned = words.get(database);
  if (!mentioned) {
    const text = [...functionBodies(database).values()].join("\n").toLowerCase();
    words.set(database, (mentioned = { text, words: new Set(text.match(WORD) ?? []) }));
  }
  const lower = name.toLowerCase();
  return mentioned.words.has(lower) || (lower.replace(WORD, "") !== "" && mentioned.text.includes(lower));
}

const WORD = /[\p{L}\p{N}_$]+/gu;

const words = new WeakMap<Database, { readonly text: string; readonly words: ReadonlySet<string> }>();

function findBodies(database: Database): ReadonlyMap<string, string> {
  const byFile = new Map<string, Definition[]>();
  for (const definition of [...definitionsOf(database).values()].flat()) {
    const inFile = byFile.get(definition.migration.file);
    if (inFile) inFile.push(definition);
    else byFile.set(definition.migration.file, [definition]);
  }
  return new Map([...byFile].map(([file, definitions]) => [file, onlyThese(definitions)]));
}

/** The definitions in force of the functions of a name. */
export function definitionsNamed(database: Database, name: Required<QualifiedName>): readonly Definition[] {
  return definitionsOf(database).get(keyOf(name)) ?? [];
}

/** Whether migrations have made a function of a bare name, be it in force or not. */
export function definesFunction(database: Database, name: string): boolean {
  const lower = name.toLowerCase();
  return [...definitionsOf(database).keys()].some((key) => key.slice(key.indexOf("\0") + 1).toLowerCase() === lower);
}

interface Lines {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

const lines = new WeakMap<Database, ReadonlyMap<string, readonly Lines[]>>();

/** The bare name of the function in force whose definition has a line of a file; undefined where none has. */
export function functionAt(database: Database, file: string, line: number): string | undefined {
  let byFile = lines.get(database);
  if (!byFile) lines.set(database, (byFile = linesOf(database)));
  return byFile.get(file)?.find(({ first, last }) => first <= line && line <= last)?.name;
}

function linesOf(database: Database): ReadonlyMap<string, readonly Lines[]> {
  const byFile = new Map<string, Lines[]>();
  const counters = new Map<Migration, (offset: number) => number>();
  for (const [key, definitions] of definitionsOf(database)) {
    const name = key.slice(key.indexOf("\0") + 1);
    for (const { migration, range } of definitions) {
      const lineOf = counters.get(migration) ?? lineCounter(migration.sql.text);
      counters.set(migration, lineOf);
      const own = { name, first: lineOf(range[0]), last: lineOf(range[1]) };
      const inFile = byFile.get(migration.file);
      if (inFile) inFile.push(own);
      else byFile.set(migration.file, [own]);
    }
  }
  return byFile;
}

const inForce = new WeakMap<Database, ReadonlyMap<string, readonly Definition[]>>();

function definitionsOf(database: Database): ReadonlyMap<string, readonly Definition[]> {
  let definitions = inForce.get(database);
  if (!definitions) inForce.set(database, (definitions = findDefinitions(database)));
  return definitions;
}

function keyOf({ schema, name }: Required<QualifiedName>): string {
  return `${schema}\0${name}`;
}

function findDefinitions({ migrations }: Database): ReadonlyMap<string, readonly Definition[]> {
  const byName = new Map<string, readonly Definition[]>();
  const named = (name: Required<QualifiedName>): readonly Definition[] => byName.get(keyOf(name)) ?? [];
  const move = (from: Required<QualifiedName>, to: Partial<QualifiedName>): void => {
    byName.set(keyOf({ ...from, ...to }), named(from));
    byName.delete(keyOf(from));
  };
  for (const migration of migrations) {
    for (const { statement, before } of migration.statements) {
      for (const operation of statement.operations) {
        switch (operation.type) {
          case "CreateFunction": {
            const name = before.qualify(operation.function);
            // Gone with the session of the migration.
            if (/^pg_temp/.test(name.schema)) break;
            const definition = { signature: String(operation.arguments), migration, range: operation.range };
            const others = named(name).filter(({ signature }) => signature !== definition.signature);
            // What PostgreSQL has parsed it keeps in step with what it names, and drops nothing without it.
            byName.set(keyOf(name), operation.parsedBody ? others : [...others, definition]);
            break;
          }
          case "DropFunction": {
            const name = before.qualify(operation.function);
            const given = operation.arguments;
            byName.set(
              keyOf(name),
              given === undefined ? [] : named(name).filter(({ signature }) => signature !== String(given)),
            );
            break;
          }
          case "RenameFunction":
            move(before.qualify(operation.function), { name: operation.newName });
            break;
          case "SetFunctionSchema":
            move(before.qualify(operation.function), { schema: operation.newSchema });
            break;
          case "DropSchema":
            for (const key of [...byName.keys()]) if (key.startsWith(`${operation.schema}\0`)) byName.delete(key);
            break;
        }
      }
    }
  }
  return byName;
}

function onlyThese(definitions: readonly Definition[]): string {
  const text = definitions[0]?.migration.sql.text ?? "";
  let only = "";
  let end = 0;
  for (const { range } of [...definitions].sort((a, b) => a.range[0] - b.range[0])) {
    only += blank(text.slice(end, range[0])) + text.slice(...range);
    end = range[1];
    // Whatever comes next is another statement.
    if (text[end] === ";") only += text[end++];
  }
  return only;
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, " ");
}
