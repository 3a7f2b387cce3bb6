import type { QualifiedName } from "../model/name.js";
import type { NamedObject, Reference, ReferenceTarget } from "../model/reference.js";
import { Finder } from "./finder.js";
import { alternatives, type Hit, Words } from "./words.js";
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
  /** Whether it is a relation: its column is the key of the other side, `account_id` or `accountId` for `account`. */
  readonly relation?: true;
  /** Whether it is a declaration of the other side of the change, which this one does not have any more, or not yet. */
  readonly gone?: true;
  /** Of a model: its relations, and the models to which they lead. */
  readonly relations?: Readonly<Record<string, string>>;
  /** Whether the ORM gives a value where the code gives none: `@default(cuid())`, `$defaultFn`, `defaultValue`. */
  readonly filled?: true;
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
  const { property, relation } = declaration;
  if (property === undefined) return false;
  return columnSpellings(column).includes(relation === true ? `${property}Id` : property);
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
  readonly object?: NamedObject;
  /** The names of the column, or of the table where the table itself is meant. */
  readonly names: ReadonlySet<string>;
  /** Those that are its name in the database or that of a declared property, not only a spelling of it. */
  readonly ownNames: ReadonlySet<string>;
  /** Names that look like its own, and are declared to be those of another table or column. */
  readonly foreign?: ReadonlySet<string>;
  /** Whether such a name says something by itself: `legacy_ref` does, `status` does not. */
  readonly distinctive: boolean;
  /** Whether models of the table list its columns, and not this one. */
  readonly undeclared?: boolean;
  /** Whether a model gives it a value where an insert gives none. */
  readonly filled?: boolean;
}

/** A reference in a text, before it is known where the text stands. */
export interface Found extends Pick<Reference, "grade" | "kind" | "values" | "conflict" | "fixedShape" | "gives"> {
  readonly target: SoughtTarget;
  /** Of the name itself; of the table's where the column has none. */
  readonly offset: number;
}

/** One string for a target: `public.orders.legacy_ref`, `function public.total`, with quotes where a name has a dot in it. */
export function targetKey({ table, column, object }: ReferenceTarget): string {
  const parts = [table.schema, table.name, ...(column === undefined ? [] : [column])];
  return (
    (object === undefined ? "" : `${object} `) +
    parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(".")
  );
}

/** Words of SQL. Letters beyond ASCII are letters to PostgreSQL. */
const SQL_WORD = /[\w$\u0080-\uffff]+/g;

/** What the variables and classes that work on a table are called behind its name. */
const TABLE_SUFFIXES = "Table|Repository|Repo|Model|Entity|Dao|Collection";
const TABLE_SUFFIX = new RegExp(`(?:${TABLE_SUFFIXES})$`);

/** Everything that is looked for, found by the words that code writes. */
export class Sought {
  /** Relations and columns. */
  readonly targets: readonly SoughtTarget[];
  /** Functions, types, schemas and sequences. */
  readonly objects: readonly SoughtTarget[];
  #words: readonly string[] | undefined;
  readonly #byName = new Map<string, SoughtTarget[]>();
  /** The same without the names that are declared to be another's. */
  readonly #named = new Map<string, SoughtTarget[]>();
  readonly #tables = new Map<SoughtTarget, TableWords>();
  #stemFinder: Finder<TableWords> | undefined;
  #tableWordsFound: Words<TableWords> | undefined;
  #wordsFound: Words<SoughtTarget> | undefined;
  #columnWordPattern: RegExp | undefined;
  /** Relations and columns by the name of the relation in the database. */
  readonly #inDatabase = new Map<string, SoughtTarget[]>();
  /** Columns by the names of their tables, where statements that do not name the columns are looked for, too. */
  readonly #byTable = new Map<string, SoughtTarget[]>();
  /** Keys of other tables by the names that models may give to the relation. */
  readonly #byRelation = new Map<string, SoughtTarget[]>();
  /** The models to which the models' relations of a name lead. */
  readonly #relations = new Map<string, Set<string>>();
  #common: ReadonlySet<SoughtTarget> = new Set();

  constructor(
    targets: readonly ReferenceTarget[],
    readonly declarations: readonly Declaration[] = [],
    readonly unnamed = false,
  ) {
    const byKey = new Map(targets.map((target) => [targetKey(target), target]));
    this.objects = [...byKey].flatMap(([key, target]) =>
      target.object === undefined ? [] : soughtObject(key, target),
    );
    const tables = new Map<string, TableWords>();
    const relations = [...byKey].filter(([, { object }]) => object === undefined);
    this.targets = relations.map(([key, { table, column }]) => {
      const declared = declarations.filter((declaration) =>
        declares(declaration, { table, ...(column && { column }) }),
      );
      const models = declared.flatMap((declaration) => declaration.models);
      const own =
        column === undefined
          ? [table.name, ...models.flatMap((model) => [model, camelCase(model)])]
          : [column, ...declared.flatMap(({ property }) => property ?? [])];
      const spellings = column === undefined ? tableSpellings(table.name) : columnSpellings(column);
      const undeclared =
        declared.every(({ gone }) => gone === true) &&
        declarations.some(
          ({ property, gone, ...model }) => property !== undefined && gone !== true && declares(model, { table }),
        );
      const names = new Set([...own, ...spellings]);
      const others = foreignNames({ table, ...(column !== undefined && { column }) }, declarations, own);
      const target = {
        table,
        ...(column !== undefined && { column }),
        key,
        ownNames: new Set(own),
        names,
        foreign: undeclared ? new Set([...others, ...relationsOf(table, declarations, names)]) : others,
        distinctive: isCompound(column ?? table.name),
        filled: declared.some(({ filled }) => filled === true),
        undeclared,
      };
      const tableKey = targetKey({ table });
      let words = tables.get(tableKey);
      if (words === undefined) tables.set(tableKey, (words = tableWordsOf(table, declarations)));
      this.#tables.set(target, words);
      if (unnamed && column !== undefined) {
        for (const [word, naming] of words.namings) if (naming === "exact") addTo(this.#byTable, word, target);
      }
      return target;
    });
    for (const { relations = {} } of declarations) {
      for (const [property, model] of Object.entries(relations)) {
        const models = this.#relations.get(property);
        if (models === undefined) this.#relations.set(property, new Set([model]));
        else models.add(model);
      }
    }
    for (const target of this.targets) {
      addTo(this.#inDatabase, target.table.name, target);
      for (const name of target.names) {
        addTo(this.#byName, name, target);
        if (target.foreign?.has(name) !== true) addTo(this.#named, name, target);
      }
      const relation = /^(.+?)(?:_id|Id)$/.exec(target.column ?? "")?.[1];
      if (relation !== undefined) {
        for (const name of columnSpellings(relation)) {
          if (!target.names.has(name)) addTo(this.#byRelation, name, target);
        }
      }
    }
  }

  /**
   * Targets whose names are common words: of them only what is bound to the table is reported. They are known when the
   * files are found, and before these are read.
   */
  get common(): ReadonlySet<SoughtTarget> {
    return this.#common;
  }

  set common(targets: ReadonlySet<SoughtTarget>) {
    this.#common = targets;
  }

  /** Whether a place that says nothing of the table is worth a mention: its name is a rare one. */
  isRare(target: SoughtTarget): boolean {
    return target.distinctive && !this.#common.has(target);
  }

  /** The words to search for. SQL may also be written in capitals. */
  get words(): readonly string[] {
    return (this.#words ??= this.#allWords());
  }

  #allWords(): readonly string[] {
    const words = new Set([...this.#byName.keys(), ...this.#byTable.keys(), ...this.#byRelation.keys()]);
    for (const { table } of this.objects) words.add(table.name);
    for (const { column, table } of [...this.targets, ...this.objects]) {
      const name = column ?? table.name;
      if (isCompound(name) && name === name.toLowerCase()) words.add(name.toUpperCase());
    }
    return [...words];
  }

  /** The targets that code may mean by this word. */
  named(word: string): readonly SoughtTarget[] {
    return this.#named.get(word) ?? [];
  }

  /** The targets that a word found by the search stands for. */
  foundAs(word: string): readonly SoughtTarget[] {
    const objects = this.objects.filter(({ table: { name } }) => name === word || name === word.toLowerCase());
    const columns = this.#byName.get(word) ?? this.#byName.get(word.toLowerCase()) ?? [];
    return [...columns, ...(this.#byTable.get(word) ?? []), ...(this.#byRelation.get(word) ?? []), ...objects];
  }

  /** The targets that PostgreSQL means by this column, or relation where `column` is absent. */
  inDatabase(table: QualifiedName, column?: string): readonly SoughtTarget[] {
    const inTable = this.#inDatabase.get(table.name) ?? [];
    return inTable.filter((target) => target.column === column && isSameTable(target.table, table));
  }

  /** The columns that a statement on this relation may work on without naming them; empty unless they are looked for. */
  columnsOf(table: QualifiedName): readonly SoughtTarget[] {
    if (!this.unnamed) return [];
    const inTable = this.#inDatabase.get(table.name) ?? [];
    return inTable.filter((target) => target.column !== undefined && isSameTable(target.table, table));
  }

  /**
   * Whether SQL may use a target, by its words: PostgreSQL's name of a relation is among them and, where only what is
   * named counts, that of a column. A cheap test before SQL is parsed.
   * @param others Relations that the SQL names in another way.
   */
  mayUse(sql: string, others: readonly string[]): boolean {
    const words = new Set(sql.match(SQL_WORD));
    const lower = new Set(Array.from(words, (word) => word.toLowerCase()));
    const has = (name: string): boolean =>
      words.has(name) || lower.has(name) || (!/^[\w$\u0080-\uffff]+$/.test(name) && sql.includes(name));
    const uses = ({ table: { name }, column }: SoughtTarget): boolean =>
      (column === undefined || this.unnamed || has(column)) && (others.includes(name) || has(name));
    return this.targets.some(uses);
  }

  /** How a word names the target's table, if it does. `orderItemsTable` and `orderItemRepository` do too. */
  naming(target: SoughtTarget, word: string): Naming | undefined {
    const namings = this.#tables.get(target)?.namings;
    const naming = namings?.get(word);
    if (naming !== undefined) return naming;
    const stem = word.replace(/^_+/, "").replace(TABLE_SUFFIX, "");
    return stem !== word && namings?.has(stem) === true ? "derived" : undefined;
  }

  /** How a property of a row names the target's table: by what the models say where they agree, else by its own name. */
  namingOfRelation(target: SoughtTarget, property: string): Naming | undefined {
    const [model, another] = this.#relations.get(property) ?? [];
    return this.naming(target, model === undefined || another !== undefined ? property : model);
  }

  get #stems(): Finder<TableWords> {
    return (this.#stemFinder ??= new Finder(
      [...new Set(this.#tables.values())].flatMap((table) =>
        stemsOf(table.names).map((stem) => [stem, table] as const),
      ),
    ));
  }

  /** The words that name one of the tables, with what may stand behind them. */
  get #tableWords(): Words<TableWords> {
    if (this.#tableWordsFound === undefined) {
      const tables = new Map<string, TableWords[]>();
      for (const table of new Set(this.#tables.values())) for (const word of table.words) addTo(tables, word, table);
      const words = alternatives(tables.keys());
      const pattern = new RegExp(`(?<![A-Za-z0-9$])(?:${words})(?:${TABLE_SUFFIXES})?(?![\\w$])`, "g");
      this.#tableWordsFound = new Words(pattern, (word) => {
        const stem = word.replace(TABLE_SUFFIX, "");
        return [...(tables.get(word) ?? []), ...(stem === word ? [] : (tables.get(stem) ?? []))];
      });
    }
    return this.#tableWordsFound;
  }

  /** Where any of the sought words stands, with what it may be. */
  wordsIn(text: string): readonly Hit<SoughtTarget>[] {
    this.#wordsFound ??= new Words(new RegExp(`(?<![\\w$])(?:${alternatives(this.words)})(?![\\w$])`, "g"), (word) =>
      this.foundAs(word),
    );
    return this.#wordsFound.in(text);
  }

  /** Where words stand that name a table. */
  tablesIn(text: string): readonly Hit<TableWords>[] {
    return this.#tableWords.in(text);
  }

  /** The relations and columns with these keys. */
  targetsOf(keys: ReadonlySet<string>): readonly SoughtTarget[] {
    return this.targets.filter(({ key }) => keys.has(key));
  }

  /** Of which targets a text has a word that names the table: without one, no column in it can be bound. */
  namedBy(text: string): (target: SoughtTarget) => boolean {
    const found = new Set(this.tablesIn(text).flatMap(({ values }) => values));
    return (target) => found.has(this.wordsOf(target) as TableWords);
  }

  /** Whether a text has the name of a target's table in it, in any form: without it, a column's name says nothing. */
  mentions(text: string, targets: readonly SoughtTarget[]): boolean {
    return targets.some(this.namedBy(text)) || targets.some(this.mentionedIn(text));
  }

  /** The words of a target's table; undefined of what is no relation. */
  wordsOf(target: SoughtTarget): TableWords | undefined {
    return this.#tables.get(target);
  }

  /** Any of the names that columns have. */
  get columnWord(): RegExp {
    if (this.#columnWordPattern === undefined) {
      const names = new Set(this.targets.flatMap(({ column, names }) => (column === undefined ? [] : [...names])));
      this.#columnWordPattern = new RegExp(`(?<![\\w$])(?:${alternatives(names)})(?![\\w$])`, "g");
    }
    return this.#columnWordPattern;
  }

  /**
   * Of which targets a text has the table's name in it in any form, as a part of anything: a cheap test before it is
   * parsed. What is no relation is meant wherever its name is.
   */
  mentionedIn(text: string): (target: SoughtTarget) => boolean {
    const found = this.#stems.in(squash(text));
    return (target) => target.object !== undefined || found.has(this.#tables.get(target) as TableWords);
  }
}

export function addTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function foreignNames(
  { table, column }: ReferenceTarget,
  declarations: readonly Declaration[],
  own: readonly string[],
): ReadonlySet<string> {
  const spellings = column === undefined ? [] : columnSpellings(column);
  const foreign = declarations.flatMap((declaration) => {
    if (column === undefined) return modelsOfAnother(declaration, table);
    const { property, column: declared, models, table: of } = declaration;
    const isOtherColumn = property !== undefined && declared !== undefined && declared !== column;
    if (!isOtherColumn || !spellings.includes(property)) return [];
    return declares({ models, ...(of && { table: of }) }, { table }) ? property : [];
  });
  return new Set(foreign.filter((name) => !own.includes(name)));
}

/** Those of the names that a table's model gives to relations: they lead to the rows of another model. */
function relationsOf(
  table: Required<QualifiedName>,
  declarations: readonly Declaration[],
  names: ReadonlySet<string>,
): readonly string[] {
  const known = declarations.filter(({ gone }) => gone !== true);
  return known.flatMap((declaration) =>
    Object.entries(declaration.relations ?? {}).flatMap(([property, model]) => {
      const leads = names.has(property) && declares(declaration, { table });
      return leads && known.some(({ models }) => models.includes(model)) ? property : [];
    }),
  );
}

/** The names of a model that is declared to be of another table. */
function modelsOfAnother({ table, models, property }: Declaration, ours: Required<QualifiedName>): readonly string[] {
  if (table === undefined || property !== undefined || isSameTable(ours, table)) return [];
  return models.flatMap((model) => [model, camelCase(model)]);
}

/** Code has no other names for these than their own. */
function soughtObject(key: string, { table, object }: ReferenceTarget): SoughtTarget {
  const names = new Set([table.name]);
  return { key, table, ...(object && { object }), names, ownNames: names, distinctive: isCompound(table.name) };
}

/** A name without a schema may be in any. */
export function isSameTable(table: Required<QualifiedName>, name: QualifiedName): boolean {
  return table.name === name.name && (name.schema === undefined || name.schema === table.schema);
}

/** Whether a name without a schema is known to be this table: with several schemas, `search_path` decides. */
export function isCertainlyTable(table: Required<QualifiedName>, name: QualifiedName): boolean {
  return isSameTable(table, name) && (name.schema !== undefined || table.schema === DEFAULT_SCHEMA);
}

/** The words that name one table. */
export interface TableWords {
  readonly namings: ReadonlyMap<string, Naming>;
  /** The same with those that are declared to be another table's, and the relations that lead to it. */
  readonly words: readonly string[];
  /** The table's own name and those of its models. */
  readonly names: readonly string[];
}

function tableWordsOf(table: Required<QualifiedName>, declarations: readonly Declaration[]): TableWords {
  const models = declarations.flatMap((declaration) =>
    declaration.property === undefined && declares(declaration, { table }) ? declaration.models : [],
  );
  const { name } = table;
  const namings = new Map<string, Naming>();
  for (const word of modelSpellings(name)) namings.set(word, "derived");
  for (const word of [name, camelCase(name), snakeCase(name)]) namings.set(word, "exact");
  for (const word of tableSpellings(name)) if (!namings.has(word)) namings.set(word, "derived");
  // A generated client's accessor is the model's name with a small first letter.
  for (const model of models) namings.set(model, "exact").set(camelCase(model), "exact");
  const relations = declarations.flatMap(({ relations = {} }) =>
    Object.entries(relations).flatMap(([property, model]) => (models.includes(model) ? property : [])),
  );
  // SQL may be written in capitals.
  const words = [...new Set([...namings.keys(), name.toUpperCase(), ...relations])];
  const own = new Set(models.flatMap((model) => [model, camelCase(model)]));
  for (const word of declarations.flatMap((declaration) => modelsOfAnother(declaration, table))) {
    if (!own.has(word)) namings.delete(word);
  }
  return { namings, words, names: [name, ...models] };
}

/** The squashed names of a table, as a part of anything. */
function stemsOf(names: readonly string[]): readonly string[] {
  const stems = new Set(names.flatMap((name) => [name, ...modelSpellings(name)].map(squash)));
  // `order` finds `orders` as well; `country` does not find `countries`.
  return [...stems].filter((stem) => ![...stems].some((other) => other !== stem && stem.includes(other)));
}

let scratch = Buffer.alloc(1 << 16);

/**
 * A text in which `order_items`, `orderItems` and `Order items` are the same. Letters beyond ASCII are all one. Byte by
 * byte, because it is done to every file that has a name in it: a regular expression takes four times as long.
 */
function squash(text: string): string {
  const { length } = text;
  if (scratch.length < length) scratch = Buffer.alloc(2 * length);
  let end = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x2d || code === 0x5f) continue;
    scratch[end++] = code >= 0x41 && code <= 0x5a ? code + 0x20 : code < 0x80 ? code : 0x80;
  }
  return scratch.toString("latin1", 0, end);
}
