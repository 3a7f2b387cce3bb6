import type { QualifiedName } from "../model/name.js";
import type { ReferenceGrade, ReferenceKind, ReferenceTarget } from "../model/reference.js";
import { camelCase, columnSpellings, isCompound, modelSpellings, snakeCase, tableSpellings } from "./spelling.js";

/** The schema that a name without one is taken to be in. */
const DEFAULT_SCHEMA = "public";

/** What a model in the code says about a table or one of its columns: `legacyRef: text("legacy_ref")` in a `pgTable`. */
export interface Declaration {
  /** Absent: `models` have the name that the ORM makes the table's name from. */
  readonly table?: QualifiedName;
  /** The names by which code knows the table: the model's, its class's or its variable's. */
  readonly models: readonly string[];
  /** The name by which code knows the column; absent for the table itself. */
  readonly property?: string;
  /** Absent: the property has the name that the ORM makes the column's name from. */
  readonly column?: string;
}

/** Whether a declaration is about this table, or this column. */
export function declares(declaration: Declaration, { table, column }: ReferenceTarget): boolean {
  const ours =
    declaration.table === undefined
      ? declaration.models.some((model) =>
          [model, ...modelSpellings(model)].flatMap(tableSpellings).includes(table.name),
        )
      : isSameTable(table, declaration.table);
  if (!ours || column === undefined) return ours && declaration.property === undefined;
  if (declaration.column !== undefined) return declaration.column === column;
  return declaration.property !== undefined && columnSpellings(column).includes(declaration.property);
}

/**
 * How a word names a table: `exact` is the table's own name or that of a declared model, `derived` is only made from it
 * (`Order`, `order` for `orders`).
 */
export type Naming = "exact" | "derived";

/** A target with every name that code may use for it. */
export interface SoughtTarget {
  readonly key: string;
  readonly table: Required<QualifiedName>;
  readonly column?: string;
  /** The names of the column, or of the table where the table itself is meant. */
  readonly names: ReadonlySet<string>;
  /** Those that are its name in the database or that of a declared property, not only a spelling of it. */
  readonly ownNames: ReadonlySet<string>;
  /** Whether such a name says something by itself: `legacy_ref` does, `status` does not. */
  readonly distinctive: boolean;
}

/** A reference in a text, before it is known where the text stands. */
export interface Found {
  readonly target: SoughtTarget;
  readonly grade: ReferenceGrade;
  readonly kind?: ReferenceKind;
  /** Of the name itself. */
  readonly offset: number;
}

/** One string for a target: `public.orders.legacy_ref`, with quotes where a name has a dot in it. */
export function targetKey({ table, column }: ReferenceTarget): string {
  const parts = [table.schema, table.name, ...(column === undefined ? [] : [column])];
  return parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(".");
}

/** What the variables and classes that work on a table are called behind its name. */
const TABLE_SUFFIX = /(?:Table|Repository|Repo|Model|Entity|Dao|Collection)$/;

/** Everything that is looked for, found by the words that code writes. */
export class Sought {
  readonly targets: readonly SoughtTarget[];
  readonly #byName = new Map<string, SoughtTarget[]>();
  readonly #namings = new Map<string, ReadonlyMap<string, Naming>>();
  readonly #mentions = new Map<string, RegExp>();

  constructor(targets: readonly ReferenceTarget[], declarations: readonly Declaration[] = []) {
    const byKey = new Map(targets.map((target) => [targetKey(target), target]));
    this.targets = [...byKey].map(([key, target]) => {
      const { table, column } = target;
      const tableKey = targetKey({ table });
      if (!this.#namings.has(tableKey)) {
        const models = declarations.flatMap((one) =>
          declares({ models: one.models, ...(one.table && { table: one.table }) }, { table }) ? one.models : [],
        );
        this.#namings.set(tableKey, namingsOf(table.name, models));
        this.#mentions.set(tableKey, mentionOf([table.name, ...models]));
      }
      const declared = declarations.filter((declaration) => declares(declaration, target));
      const own =
        column === undefined
          ? [table.name, ...declared.flatMap(({ models }) => models.flatMap((model) => [model, camelCase(model)]))]
          : [column, ...declared.flatMap(({ property }) => property ?? [])];
      const spellings = column === undefined ? tableSpellings(table.name) : columnSpellings(column);
      return {
        ...target,
        key,
        ownNames: new Set(own),
        names: new Set([...own, ...spellings]),
        distinctive: isCompound(column ?? table.name),
      };
    });
    for (const target of this.targets) {
      for (const name of target.names) {
        const others = this.#byName.get(name);
        if (others === undefined) this.#byName.set(name, [target]);
        else others.push(target);
      }
    }
  }

  /** The words to search for. SQL may also be written in capitals. */
  get words(): readonly string[] {
    const words = new Set(this.#byName.keys());
    for (const { column, table } of this.targets) {
      const name = column ?? table.name;
      if (isCompound(name) && name === name.toLowerCase()) words.add(name.toUpperCase());
    }
    return [...words];
  }

  /** The targets that code may mean by this word. */
  named(word: string): readonly SoughtTarget[] {
    return this.#byName.get(word) ?? [];
  }

  /** The targets that a word found by the search stands for. */
  foundAs(word: string): readonly SoughtTarget[] {
    return this.#byName.get(word) ?? this.#byName.get(word.toLowerCase()) ?? [];
  }

  /** The targets that PostgreSQL means by this column, or relation where `column` is absent. */
  inDatabase(table: QualifiedName, column?: string): readonly SoughtTarget[] {
    return this.targets.filter((target) => target.column === column && isSameTable(target.table, table));
  }

  /** How a word names the target's table, if it does. `orderItemsTable` and `orderItemRepository` do too. */
  naming({ table }: SoughtTarget, word: string): Naming | undefined {
    const namings = this.#namings.get(targetKey({ table }));
    const naming = namings?.get(word);
    if (naming !== undefined) return naming;
    const stem = word.replace(/^_+/, "").replace(TABLE_SUFFIX, "");
    return stem !== word && stem !== "" && namings?.has(stem) === true ? "derived" : undefined;
  }

  /** Whether a text has a word that names the target's table: without one, no column in it can be bound. */
  names(target: SoughtTarget, text: string): boolean {
    if (!this.mentions(target, text)) return false;
    for (const [word] of text.matchAll(/[\w$]+/g)) if (this.naming(target, word) !== undefined) return true;
    return false;
  }

  /** Whether a text has the table's name in it in any form; a cheap test before a text is parsed. */
  mentions({ table }: SoughtTarget, text: string): boolean {
    return this.#mentions.get(targetKey({ table }))?.test(text) ?? false;
  }
}

/** A name without a schema may be in any. */
export function isSameTable(table: Required<QualifiedName>, name: QualifiedName): boolean {
  return table.name === name.name && (name.schema === undefined || name.schema === table.schema);
}

/** Whether a name without a schema is known to be this table: with several schemas, `search_path` decides. */
export function isCertainlyTable(table: Required<QualifiedName>, name: QualifiedName): boolean {
  return isSameTable(table, name) && (name.schema !== undefined || table.schema === DEFAULT_SCHEMA);
}

function namingsOf(table: string, models: readonly string[]): ReadonlyMap<string, Naming> {
  const namings = new Map<string, Naming>();
  for (const word of modelSpellings(table)) namings.set(word, "derived");
  for (const word of [table, camelCase(table), snakeCase(table)]) namings.set(word, "exact");
  for (const word of tableSpellings(table)) if (!namings.has(word)) namings.set(word, "derived");
  // A generated client's accessor is the model's name with a small first letter.
  for (const model of models) namings.set(model, "exact").set(camelCase(model), "exact");
  return namings;
}

function mentionOf(names: readonly string[]): RegExp {
  const stems = names.map((name) => {
    const [shortest] = [name, ...modelSpellings(name)].sort((a, b) => a.length - b.length);
    return snakeCase(shortest ?? name)
      .replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replaceAll(/_+/g, "[_ -]?");
  });
  return new RegExp([...new Set(stems)].join("|"), "i");
}
