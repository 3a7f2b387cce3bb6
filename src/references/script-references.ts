/** References in JavaScript and TypeScript: SQL in strings, models, calls of database libraries, and what they give. */
import type { ReferenceGrade, ReferenceKind } from "../model/reference.js";
import { wantedParts } from "./wanted-parts.js";
import type { LazyScript } from "./lazy-script.js";
import type { PlacedDeclaration } from "./script-models.js";
import { modelsOf } from "./script-models.js";
import type { Place } from "./script-places.js";
import { kindAt, placeOf } from "./script-places.js";
import { aliasedTable } from "./script-table-names.js";
import type { NamedTable } from "./script-tables.js";
import { ROW_CONTAINERS, ScriptTables } from "./script-tables.js";
import { mayNameTable } from "./table-methods.js";
import type { Node } from "./script-tree.js";
import {
  child,
  children,
  functionAround,
  isCall,
  isFunction,
  isMember,
  keyName,
  lookUp,
  parseScript,
  propertyOf,
  sqlOf,
  stringValue,
  unwrap,
  wholeString,
} from "./script-tree.js";
import type { Found, Naming, Sought, SoughtTarget } from "./sought.js";
import { declares, isCertainlyTable, isSameTable } from "./sought.js";
import { camelCase } from "./spelling.js";
import { constantsAt } from "./script-constants.js";
import { unnamedUses } from "./script-uses.js";
import { looksLikeSql, readSql } from "./sql-references.js";
import { type Hit, hasHit } from "./words.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Methods of query builders whose strings are no columns. */
const NO_COLUMN_METHODS = words(
  "as alias comment hint withSchema schema transacting timeout then catch finally debug modify " +
    "setParameter setParameters useTransaction log throwOnError abortSignal",
);

/** Methods of query builders that take columns in every argument; others only in the first. */
const ALL_COLUMNS = words(
  "select addSelect column columns returning groupBy orderBy distinct distinctOn pluck first on onIn onRef andOn orOn " +
    "whereColumn whereRef join innerJoin leftJoin rightJoin fullJoin leftOuterJoin rightOuterJoin fullOuterJoin onConflict " +
    "leftJoinAndSelect innerJoinAndSelect whereRaw andWhereRaw orWhereRaw",
);

/** Methods whose first argument is a table. */
const TABLE_FIRST = /^(?:from|into|table|selectFrom|insertInto|updateTable|deleteFrom|\w*[jJ]oin\w*)$/;

/** Methods where the keys of an object are names that the query gives. */
const ALIAS_KEYS = words("select addSelect column columns returning from with as selectDistinct selectDistinctOn");

/** Methods that make a row of what the model knows. */
const LEAVES_OUT = /^(?:create|bulkCreate|build|save)$/;

/** Methods that take a key, and options behind it. */
const BY_KEY = /^(?:findByPk|findById|findOneById|getReference)$/;

/** Keys under which a string or a list of strings is a list of columns. */
const COLUMN_LISTS = words(
  "attributes fields select order orderBy by distinct returning include exclude group conflictPaths conflictFields target " +
    "columns omit updateOnDuplicate conflictAttributes onConflictFields onConflictMergeFields upsertKeys",
);

/** Parts of the objects that models take; every other key is a column or a relation. */
const STRUCTURE = words(
  "where select data orderBy include create update upsert connect connectOrCreate some every none is isNot AND OR NOT _count " +
    "_sum _avg _min _max having by distinct cursor set createMany updateMany deleteMany delete disconnect order attributes " +
    "fields group defaults values omit returning columns extras conflictPaths target setWhere targetWhere exclude with " +
    "relations",
);

/** Objects that hold what a request, the environment or a caller gave. */
const NOT_ROWS = words(
  "req request res response body input dto params props event payload args headers query process env config options opts " +
    "settings ctx context state form formData values window document console Math JSON Object i18n theme styles t logger log",
);

/** Modules that tables and models come from. */
const MODEL_MODULE = /entit|model|schema|prisma|drizzle|database|table|repositor|(?:^|[/@-])db(?:$|[/-])/i;

/**
 * What code that works on a database has in it somewhere. A file with nothing of it, such as a component of a page, may
 * name what comes from the database, but is not worth being parsed.
 */
const DATABASE_CALL =
  /\b(?:prisma|knex|kysely|drizzle|typeorm|sequelize|objection|supabase|slonik|postgres|pg|sql|db|trx|tx|pool|em|orm)\b|mikro-?orm|repo(?:sitor|\b)|\.query\(|pgTable|tableName|createQueryBuilder|\b(?:from|into|table)\(|\w(?:Db|Knex|Repo|Dao)\b|selectFrom|(?:insert|merge)\s*into|@Entity|\bmodels?\b|\b(?:FROM|JOIN|INTO)\s|\b(?:select|delete|with)\s[^;]{0,500}?\sfrom\s[\w"$]|\b(?:update|UPDATE)\s[\w".]+\s+(?:set|SET)\s/;

/** What code that only takes rows from elsewhere has. */
const DATABASE_TYPES = /entit|schema|database|prisma|model/i;

/** To which targets a script may have more than possible references: a name that says little must be in a database call. */
export function bindsIn(text: string): (target: SoughtTarget) => boolean {
  const works = DATABASE_CALL.test(text);
  const hasTypes = works || DATABASE_TYPES.test(text);
  return ({ distinctive }) => works || (distinctive && hasTypes);
}

/** The models of a script; none where it cannot be parsed. */
export function modelsInScript(code: string, options: { readonly jsx: boolean }): readonly PlacedDeclaration[] {
  return modelsOf(parseScript(code, options) ?? []);
}

/** The references of a script. Throws a `NotInParts` where that is no way to read it. */
export function referencesInScript(script: LazyScript, sought: Sought): Found[] {
  return new ScriptReader(script, sought).read();
}

class ScriptReader {
  readonly #found: Found[] = [];
  readonly #tables: ScriptTables;
  /** Tables that a function's database calls name, those inside it included; the program's are all. */
  readonly #named = new Map<Node, NamedTable[]>();
  readonly #uses = new Map<string, Node[]>();
  readonly #strings = new Set<Node>();
  readonly #declared = new Map<Node, Set<SoughtTarget>>();
  /** Where sought words stand. */
  readonly #words: readonly Hit<SoughtTarget>[];
  #models: readonly PlacedDeclaration[] = [];
  #surveyed = 0;
  #visited = 0;
  #tablesParsed = false;

  constructor(
    readonly script: LazyScript,
    readonly sought: Sought,
  ) {
    this.#tables = new ScriptTables(script.text);
    this.#words = sought.wordsIn(script.text);
  }

  read(): Found[] {
    const { nodes } = this.script;
    const { named, unbound, columns } = wantedParts(this.script.text, this.script.parts, this.sought);
    this.script.parse(named);
    this.#models = modelsOf(nodes);
    this.#readModels();
    this.#visitNew();
    if (columns.size > 0 && this.#isOnlyTable(columns)) {
      this.script.parse(unbound);
      this.#visitNew();
    }
    if (this.sought.unnamed) {
      const naming = (target: SoughtTarget, table: NamedTable): Naming | undefined => this.#naming(target, table);
      this.#found.push(...unnamedUses(nodes.filter(isCall), this.#tables, this.sought, naming));
    }
    return this.#found;
  }

  #readModels(): void {
    for (const declaration of this.#models) {
      for (const target of this.sought.targets) {
        if (!declares(declaration, target)) continue;
        this.#found.push({ target, grade: "certain", kind: "declared", offset: declaration.offset });
        if (target.column === undefined) continue;
        const targets = this.#declared.get(declaration.node);
        if (targets === undefined) this.#declared.set(declaration.node, new Set([target]));
        else targets.add(target);
      }
      // What else a `pgTable` says about its columns belongs to the declaration.
      if (isCall(declaration.node)) this.#declared.set(declaration.node, new Set(this.sought.targets));
    }
  }

  /** Visits what was parsed before. What is parsed meanwhile, because somebody asks for it, has no wanted names in it. */
  #visitNew(): void {
    const { nodes } = this.script;
    this.#surveyNew();
    for (const end = nodes.length; this.#visited < end; this.#visited++) this.#visit(nodes[this.#visited] as Node);
  }

  /** Whether the script works on the table of one of these columns, and on no other. */
  #isOnlyTable(columns: ReadonlySet<SoughtTarget>): boolean {
    let only = [...columns];
    let known = 0;
    const isLeft = (): boolean => {
      const named = this.#named.get(this.script.nodes[0] as Node) ?? [];
      for (; known < named.length; known++) {
        const table = named[known] as NamedTable;
        only = only.filter((target) => this.#naming(target, table) !== undefined);
      }
      return only.length > 0;
    };
    if (!isLeft()) return false;
    // One by one: few scripts work on one table alone.
    for (const part of this.script.parts) {
      if (!mayNameTable(part.text)) continue;
      this.script.parse([part]);
      this.#surveyNew();
      if (!isLeft()) return false;
    }
    this.#tablesParsed = true;
    return known > 0;
  }

  /** Looks over what was parsed since, which may have more parsed. */
  #surveyNew(): void {
    const { nodes } = this.script;
    while (this.#surveyed < nodes.length) this.#survey(nodes[this.#surveyed++] as Node);
  }

  #survey(node: Node): void {
    if (node.type === "Identifier") {
      const name = node["name"] as string;
      const uses = this.#uses.get(name);
      if (uses === undefined) this.#uses.set(name, [node]);
      else uses.push(node);
    } else if (isCall(node)) this.#name(node, this.#tables.chainOf(node).tables);
    else if (node.type === "TaggedTemplateExpression") {
      const quasi = child(node, "quasi");
      if (quasi !== undefined) this.#name(node, this.#tables.tablesInSql(quasi));
    }
  }

  #name(node: Node, tables: readonly NamedTable[]): void {
    if (tables.length === 0) return;
    for (let at = functionAround(node); ; at = functionAround(at)) {
      const named = this.#named.get(at);
      if (named === undefined) this.#named.set(at, [...tables]);
      else for (const table of tables) if (!named.includes(table)) named.push(table);
      if (at.parent === undefined) return;
    }
  }

  #visit(node: Node): void {
    switch (node.type) {
      case "StringLiteral":
      case "TemplateLiteral":
        this.#string(node);
        break;
      case "Identifier":
        this.#tableWord(node);
        break;
      case "ObjectProperty":
      case "ObjectMethod":
        this.#property(node);
        break;
      case "MemberExpression":
      case "OptionalMemberExpression":
        this.#member(node);
        break;
      case "ClassProperty":
      case "TSPropertySignature":
        for (const target of this.#columns(keyName(node))) this.#weak(node, target, nameOffset(node));
        break;
    }
  }

  #columns(name: string | undefined): readonly SoughtTarget[] {
    return name === undefined ? [] : this.sought.named(name).filter(({ column }) => column !== undefined);
  }

  #add(
    node: Node,
    target: SoughtTarget,
    grade: ReferenceGrade,
    offset: number,
    kind?: ReferenceKind,
    details: Pick<Found, "values" | "conflict" | "fixedShape" | "gives"> = {},
  ): void {
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
      if (this.#declared.get(at)?.has(target) === true) return;
    }
    if (grade === "possible" && this.sought.common.has(target)) return;
    const values = this.sought.unnamed && target.column !== undefined ? constantsAt(node) : [];
    this.#found.push({
      target,
      grade,
      offset,
      ...(kind !== undefined && { kind }),
      ...(values.length > 0 && { values }),
      ...details,
    });
  }

  /** A place that says nothing of the database: worth a look if the name is a rare one. */
  #weak(node: Node, target: SoughtTarget, offset: number, kind?: ReferenceKind): void {
    if (this.sought.isRare(target)) this.#add(node, target, "possible", offset, kind);
  }

  // Strings

  #string(literal: Node): void {
    const { parent } = literal;
    if (parent?.type === "ImportDeclaration" || parent?.type?.startsWith("Export") === true) return;
    if (parent?.type === "ObjectProperty" && child(parent, "key") === literal) return;
    const node = wholeString(literal);
    if (this.#strings.has(node)) return;
    this.#strings.add(node);
    if (!hasHit(this.#words, node.start, node.end)) return;
    const sql = sqlOf(node, this.script.text, (expression) => this.#databaseTable(expression));
    if (looksLikeSql(sql.text)) {
      const prepared = hasName(node);
      for (const { target, grade, kind, offset, ...details } of readSql({ ...sql, prepared }, this.sought)) {
        this.#add(node, target, grade, node.start + offset, kind, details);
      }
      return;
    }
    this.#tableString(literal);
    const place = this.#place(node);
    if (place !== undefined) this.#stringInCall(node, sql.text, place);
    else this.#looseString(node, sql.text);
  }

  #databaseTable(expression: Node): ReturnType<ScriptTables["databaseTable"]> {
    const table = this.#tables.tableIn(expression);
    if (table === undefined) return undefined;
    // A variable or class stands for the target's table by its own name.
    const target = this.sought.targets.find((one) => this.#naming(one, table) === "exact");
    return target === undefined ? { name: table.word } : { schema: target.table.schema, name: target.table.name };
  }

  #stringInCall(node: Node, text: string, place: Place): void {
    const { method, argument, path, raw } = place;
    if (NO_COLUMN_METHODS.has(method)) return;
    const isList = path.length > 0 && COLUMN_LISTS.has(path.at(-1) as string);
    if (path.length > 0 && !isList && !(path.length === 1 && ALIAS_KEYS.has(method))) return;
    if (!raw && path.length === 0 && argument > 0 && !ALL_COLUMNS.has(method)) return;
    if (!raw && path.length === 0 && argument === 0 && TABLE_FIRST.test(method)) return;
    for (const { name, qualifier, offset, resource } of columnsIn(text, method === "select" && !raw)) {
      for (const target of this.#columns(name)) {
        this.#bound(node, target, name, node.start + offset, place, qualifier ?? resource);
      }
    }
  }

  /** The tables of a string in a helper of a SQL library: `` sql`insert into orders ${sql(row, "status")}` ``, `ColumnSet`. */
  #helperTables(node: Node): readonly NamedTable[] {
    const list = node.parent?.type === "ArrayExpression" ? node.parent : node;
    const call = list.parent;
    if (!isCall(call)) return [];
    const args = children(call, "arguments").map((argument) => unwrap(argument));
    const named = stringValue(propertyOf(args[1], "table")) ?? stringValue(args[2]);
    if (list !== node && named !== undefined && /(?:ColumnSet|helpers\.\w+)$/.test(this.#calleeText(call))) {
      return [{ by: "database name", word: named }];
    }
    const template = call.parent;
    const tagged = template?.parent;
    const isHelper = template?.type === "TemplateLiteral" && tagged?.type === "TaggedTemplateExpression";
    return isHelper && args[0] !== node ? this.#tables.tablesInSql(template) : [];
  }

  #calleeText(call: Node): string {
    const callee = child(call, "callee");
    return callee === undefined ? "" : this.script.text.slice(callee.start, callee.end);
  }

  #looseString(node: Node, text: string): void {
    const trimmed = text.trim();
    const isName = /^[\w$."]+$/.test(trimmed);
    const helped = isName ? this.#helperTables(node) : [];
    if (helped.length > 0) {
      for (const target of this.#columns(trimmed)) {
        if (helped.length > 1 || helped.every((table) => this.#naming(target, table) === undefined)) continue;
        this.#add(node, target, "likely", node.start + 1, "write");
      }
      return;
    }
    for (const { name, qualifier, offset } of columnsIn(text, false)) {
      for (const target of this.#columns(name)) {
        const at = node.start + offset;
        if (qualifier !== undefined) {
          const table: NamedTable = { by: "database name", word: qualifier };
          if (this.#naming(target, table) === undefined) continue;
          this.#add(node, target, isName && target.ownNames.has(name) ? "likely" : "possible", at);
        } else if (isName) {
          const isArgument = isCall(node.parent) || node.parent?.type.startsWith("TS") === true;
          const isWeak = isArgument || node.parent?.type === "ObjectProperty" || isAsked(node);
          if (isWeak || this.sought.common.has(target)) this.#weakIfNamed(node, target, at);
          else this.#unbound(node, target, name, at);
        }
      }
    }
  }

  // Keys

  #property(node: Node): void {
    const written = keyName(node);
    if (written === undefined || node["computed"] === true) return;
    const dot = written.lastIndexOf(".");
    const name = written.slice(dot + 1);
    const qualifier = dot < 0 ? undefined : written.slice(0, dot);
    const targets = this.#columns(name);
    if (targets.length === 0) return;
    const offset = nameOffset(node) + dot + 1;
    if (node.parent?.type === "ObjectPattern") {
      for (const target of targets) this.#read(node, target, name, offset, patternSource(node.parent));
      return;
    }
    const place = this.#place(node);
    for (const target of targets) {
      if (place === undefined) this.#looseKey(node, target, offset);
      else if (place.chain.style === "builder" && ALIAS_KEYS.has(place.method)) continue;
      // Options, whose own keys are no columns.
      else if (place.argument > 0 && place.path.length === 0 && BY_KEY.test(place.method)) continue;
      // The values of placeholders: `.where("o.status = :status", { status })`.
      else if (place.argument > 0 && /where|having|join|on$/i.test(place.method)) continue;
      else this.#bound(node, target, name, offset, place, qualifier);
    }
  }

  /** A key of an object that no database call is known to take: as often made for a caller, a mail or a log. */
  #looseKey(node: Node, target: SoughtTarget, offset: number): void {
    this.#weakIfNamed(node, target, offset);
  }

  // Members

  #member(node: Node): void {
    const name = keyName(node);
    const targets = this.#columns(name);
    if (name === undefined || targets.length === 0) return;
    // A method is no column.
    if (isCall(node.parent) && child(node.parent, "callee") === node) return;
    const property = child(node, "property") as Node;
    const offset = property.start + (property.type === "StringLiteral" ? 1 : 0);
    const isWrite = node.parent?.type === "AssignmentExpression" && child(node.parent, "left") === node;
    const object = unwrap(child(node, "object"));
    for (const target of targets) this.#read(node, target, name, offset, object, isWrite ? "write" : "read");
  }

  /** A column taken out of a value: by a member, or by a pattern. */
  #read(
    node: Node,
    target: SoughtTarget,
    name: string,
    offset: number,
    object: Node | undefined,
    kind: ReferenceKind = "read",
  ): void {
    if (object === undefined) return;
    const table = this.#tableObject(object, target);
    if (table !== undefined) {
      const place = this.#place(node);
      const certain = table === "exact" && target.ownNames.has(name);
      this.#add(node, target, certain ? "certain" : "likely", offset, place === undefined ? kind : kindAt(place));
      return;
    }
    if (isNotRow(object)) return;
    const rows = object.type === "ThisExpression" ? this.#thisRow(object) : this.#tables.rowsOf(object);
    const isQueried = rows.some(({ by }) => by === "database name");
    // A model without the column has something else under its name: a getter, or nothing, which breaks no query.
    if (target.undeclared === true && !isQueried) return this.#weak(node, target, offset, kind);
    if (rows.length > 0) {
      if (!rows.some((one) => this.#naming(target, one) !== undefined)) return;
      const only = new Set(rows.map(({ word }) => word)).size === 1;
      this.#add(node, target, only || target.distinctive ? "likely" : "possible", offset, kind);
      return;
    }
    if (object.type === "ThisExpression") return this.#weak(node, target, offset);
    const variable = object.type === "Identifier" ? (object["name"] as string) : undefined;
    const isNamedSo = variable !== undefined && this.sought.naming(target, variable) !== undefined;
    if (isNamedSo && this.#isNamed(node, target)) {
      const sure = target.distinctive && target.ownNames.has(name);
      this.#add(node, target, sure ? "likely" : "possible", offset, kind);
    } else if (isGiven(object) || this.#isOfAnother(object, target)) this.#weakIfNamed(node, target, offset, kind);
    // Of a name that is all over the code, what is called neither a row nor after the table has another's.
    else if (this.sought.common.has(target) && !isCalledRow(variable)) return;
    else this.#unbound(node, target, name, offset, kind);
  }

  /** Whether an expression is a property that has another name than the target's table: `integration.project`. */
  #isOfAnother(object: Node, target: SoughtTarget): boolean {
    const key = isMember(object) ? keyName(object) : undefined;
    return key !== undefined && !ROW_CONTAINERS.has(key) && this.sought.namingOfRelation(target, key) === undefined;
  }

  /** Whether an expression is the table object of a target: `orders` in `orders.legacyRef`, with Drizzle. */
  #tableObject(object: Node, target: SoughtTarget): Naming | undefined {
    const table = this.#tables.tableOf(object);
    if (table === undefined) return undefined;
    const naming = this.#naming(target, table);
    if (naming === undefined) return undefined;
    const isClass = /^[A-Z]/.test(table.word) && table.by === "word";
    if (isClass && naming === "derived") return undefined;
    const root = isMember(object) ? unwrap(child(object, "object")) : object;
    const binding = root?.type === "Identifier" ? lookUp(root["name"] as string, root) : undefined;
    if (binding?.kind === "variable" && stringValue(unwrap(binding.init)) !== undefined) return undefined;
    if (binding?.kind === "import" && !MODEL_MODULE.test(binding.source ?? "") && !target.distinctive) return undefined;
    return naming;
  }

  #thisRow(node: Node): readonly NamedTable[] {
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
      if (at.type !== "ClassDeclaration") continue;
      const model = this.#models.find((one) => one.node === at || one.node.parent?.parent === at);
      const name = child(at, "id")?.["name"];
      return model === undefined || typeof name !== "string" ? [] : [{ by: "word", word: name }];
    }
    return [];
  }

  // Grades

  #place(node: Node): Place | undefined {
    return placeOf(node, this.#tables, (declarator) => this.#usesOf(declarator));
  }

  #usesOf(declarator: Node): readonly Node[] {
    const id = child(declarator, "id");
    if (id?.type !== "Identifier") return [];
    const name = id["name"] as string;
    if (functionAround(declarator).parent === undefined) {
      this.script.parseUsesOf(name);
      this.#surveyNew();
    }
    return (this.#uses.get(name) ?? []).filter((use) => use !== id && lookUp(name, use)?.node === declarator);
  }

  #naming(target: SoughtTarget, table: NamedTable): Naming | undefined {
    if (table.relation === true) return this.sought.namingOfRelation(target, table.word);
    if (table.by === "word") return this.sought.naming(target, table.word);
    const name = { name: table.word, ...(table.schema !== undefined && { schema: table.schema }) };
    if (isSameTable(target.table, name)) return isCertainlyTable(target.table, name) ? "exact" : "derived";
    // Plugins of query builders give tables the names that code has: Kysely's CamelCasePlugin, Knex's snake case mappers.
    const isMapped = table.schema === undefined && table.word === camelCase(target.table.name);
    return isMapped ? "derived" : undefined;
  }

  /** A name inside a call whose chain says which tables it is about. */
  #bound(node: Node, target: SoughtTarget, name: string, offset: number, place: Place, qualifier?: string): void {
    let tables: readonly NamedTable[] = place.chain.tables;
    let sure = true;
    if (qualifier !== undefined) {
      const own = qualifier.split(".").at(-1)?.replaceAll('"', "") as string;
      const named = tables.filter(({ alias, word }) => (alias ?? word) === own);
      tables = named.length > 0 ? named : [{ by: "database name", word: own }];
    } else {
      let { path } = place;
      if (place.model !== undefined) {
        tables = [place.model.table];
        path = path.slice(path.length - place.model.below);
      }
      for (const key of path) {
        if (STRUCTURE.has(key)) continue;
        if (place.chain.style === "builder" && !ALIAS_KEYS.has(place.method)) return;
        if (place.chain.style === "builder") continue;
        // The key of a relation: what is below belongs to the other table.
        if (this.sought.namingOfRelation(target, key) === undefined) return;
        tables = [{ by: "word", word: key, relation: true }];
        sure = false;
      }
      if (place.chain.style === "sql") return;
    }
    const namings = tables.map((table) => this.#naming(target, table));
    if (namings.every((naming) => naming === undefined)) return;
    // What a model does not declare, it leaves out; Prisma refuses it.
    const isLeftOut = target.undeclared === true && LEAVES_OUT.test(place.method) && kindAt(place) === "write";
    if (isLeftOut && !place.path.includes("data")) return this.#weak(node, target, offset, "write");
    const only = new Set(tables.map(({ word }) => word)).size === 1;
    const certain = sure && only && namings.includes("exact") && target.ownNames.has(name);
    this.#add(node, target, certain ? "certain" : "likely", offset, kindAt(place), columnsBeside(node, place));
  }

  /** A name in no database call: what counts is which tables the function around it works on. */
  #unbound(node: Node, target: SoughtTarget, name: string, offset: number, kind?: ReferenceKind): void {
    const mayBeLikely = target.distinctive && target.ownNames.has(name);
    if (!mayBeLikely && this.sought.common.has(target)) return;
    const around = this.#tablesAround(node);
    if (around.length === 0) return this.#weak(node, target, offset, kind);
    const ours = around.filter((table) => this.#naming(target, table) !== undefined);
    if (ours.length === 0) return;
    const likely = mayBeLikely && ours.length === around.length;
    this.#add(node, target, likely ? "likely" : "possible", offset, kind);
  }

  #weakIfNamed(node: Node, target: SoughtTarget, offset: number, kind?: ReferenceKind): void {
    if (!this.sought.isRare(target)) return;
    const around = this.#tablesAround(node);
    if (around.length === 0 || around.some((table) => this.#naming(target, table) !== undefined)) {
      this.#weak(node, target, offset, kind);
    }
  }

  #isNamed(node: Node, target: SoughtTarget): boolean {
    return this.#namedInProgram(rootOf(node)).some((table) => this.#naming(target, table) !== undefined);
  }

  /** The tables that the innermost function with database calls names. */
  #tablesAround(node: Node): readonly NamedTable[] {
    for (let at: Node = node; at.parent !== undefined;) {
      at = functionAround(at);
      const named = at.parent === undefined ? this.#namedInProgram(at) : this.#named.get(at);
      if (named !== undefined) return named;
    }
    return [];
  }

  #namedInProgram(program: Node): readonly NamedTable[] {
    if (!this.#tablesParsed) {
      this.#tablesParsed = true;
      this.script.parse(this.script.parts.filter(({ text }) => mayNameTable(text)));
      this.#surveyNew();
    }
    return this.#named.get(program) ?? [];
  }

  // Tables themselves

  #tableString(literal: Node): void {
    const text = stringValue(literal);
    const table = text === undefined ? undefined : aliasedTable(text);
    if (table === undefined) return;
    for (const target of this.sought.named(table.name)) {
      if (target.column !== undefined) continue;
      const tables = this.#chainAt(literal)?.filter(({ word }) => word === table.name) ?? [];
      this.#tableUse(literal, target, tables, literal.start + 1 + (text as string).indexOf(table.name));
    }
  }

  #tableWord(node: Node): void {
    const name = node["name"] as string;
    for (const target of this.sought.named(name)) {
      if (target.column !== undefined) continue;
      const tables = this.#chainAt(node)?.filter(({ word }) => word === name) ?? [];
      this.#tableUse(node, target, tables, node.start);
    }
  }

  #tableUse(node: Node, target: SoughtTarget, tables: readonly NamedTable[], offset: number): void {
    const namings = tables.map((table) => this.#naming(target, table));
    if (namings.includes("exact")) this.#add(node, target, "certain", offset, "table");
    else if (namings.includes("derived")) this.#add(node, target, "likely", offset, "table");
  }

  /** The tables of the chain that a node is the root or a direct argument of. */
  #chainAt(node: Node): readonly NamedTable[] | undefined {
    let at = node;
    while (isMember(at.parent)) at = at.parent;
    const { parent } = at;
    if (parent?.type === "ArrayExpression" && isCall(parent.parent)) return this.#tables.chainOf(parent.parent).tables;
    return isCall(parent) ? this.#tables.chainOf(parent).tables : undefined;
  }
}

/** The columns that a query builder's row gives, where all are written in it. Models have names of their own for them. */
function columnsBeside(key: Node, place: Place): Pick<Found, "gives"> {
  const row = key.parent;
  if (place.chain.style !== "builder" || place.path.length > 0 || kindAt(place) !== "write") return {};
  if (row?.type !== "ObjectExpression") return {};
  const keys = children(row, "properties").map(keyName);
  return keys.every((name) => name !== undefined) ? { gives: keys } : {};
}

/** Whether a query of node-postgres has a name, under which the server keeps it: `{ name: "orders", text: "SELECT …" }`. */
function hasName(node: Node): boolean {
  const property = node.parent;
  return property?.type === "ObjectProperty" && keyName(property) === "text"
    ? propertyOf(property.parent, "name") !== undefined
    : false;
}

function rootOf(node: Node): Node {
  let at = node;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

function nameOffset(property: Node): number {
  const key = child(property, "key") as Node;
  return key.start + (key.type === "StringLiteral" ? 1 : 0);
}

/** Whether an expression is known to hold no row: `req.body`, `process.env`. */
function isNotRow(object: Node): boolean {
  let at: Node | undefined = object;
  while (isMember(at)) {
    const key = keyName(at);
    if (key !== undefined && NOT_ROWS.has(key)) return true;
    at = unwrap(child(at, "object"));
  }
  if (at?.type !== "Identifier") return false;
  const name = at["name"] as string;
  return (
    NOT_ROWS.has(name) || /(?:Input|Dto|DTO|Params|Payload|Body|Request|Args|Props|Options|Config|Form)$/.test(name)
  );
}

/** What callers may give to a function that reads rows. */
const ROW_NAME = /^(?:rows?|record|result|res|entity|model|item|doc|found|existing|[a-z])$/;

/** Whether a value of this name may be any table's row. */
function isCalledRow(variable: string | undefined): boolean {
  return variable !== undefined && ROW_NAME.test(variable);
}

/** Whether a string is what a value is asked to be, or to have: it is sent to nobody. */
function isAsked(node: Node): boolean {
  const { parent } = node;
  if (parent?.type === "BinaryExpression") return /^(?:[!=]==?|in)$/.test(parent["operator"] as string);
  return parent?.type === "SwitchCase";
}

/** Whether an expression is a parameter of which neither name nor type says that it is a row. */
function isGiven(object: Node): boolean {
  let at: Node | undefined = object;
  while (isMember(at)) at = unwrap(child(at, "object"));
  if (at?.type === "ObjectPattern") return true;
  if (at?.type !== "Identifier") return false;
  const name = at["name"] as string;
  return !isCalledRow(name) && lookUp(name, at)?.kind === "parameter";
}

/** The value that a pattern takes apart. */
function patternSource(pattern: Node): Node | undefined {
  const { parent } = pattern;
  if (parent?.type === "VariableDeclarator") {
    const init = child(parent, "init");
    if (init !== undefined) return unwrap(init);
    const loop = parent.parent?.parent;
    return loop?.type === "ForOfStatement" ? unwrap(child(loop, "right")) : undefined;
  }
  if (parent !== undefined && isFunction(parent)) {
    const call = parent.parent;
    const callee = isCall(call) ? unwrap(child(call, "callee")) : undefined;
    const isFirst = children(parent, "params")[0] === pattern;
    return isFirst && isMember(callee) ? unwrap(child(callee, "object")) : pattern;
  }
  return pattern;
}

interface ColumnInText {
  readonly name: string;
  readonly qualifier?: string;
  /** The embedded table of `orders(legacy_ref)` in a select list. */
  readonly resource?: string;
  readonly offset: number;
}

/** Functions in a select list: what is in their brackets is no embedded table. */
const SQL_FUNCTION =
  /^(?:sum|count|min|max|avg|coalesce|lower|upper|distinct|json\w*|array_agg|string_agg|date_trunc|extract|concat|round)$/i;

/** The words of a piece of SQL, or of a list of columns, that may be columns. */
function* columnsIn(text: string, withResources: boolean): Generator<ColumnInText> {
  const plain = text.replaceAll(/'(?:[^']|'')*'/g, (quoted) => " ".repeat(quoted.length));
  const resources: string[] = [];
  let before = "";
  for (const match of plain.matchAll(/(?:"?([A-Za-z_][\w$]*)"?\.)?"?([A-Za-z_][\w$]*)"?|[():@$]|\S/g)) {
    const [whole, qualifier, name] = match;
    if (whole === "(") resources.push(name ?? before);
    else if (whole === ")") resources.pop();
    if (name !== undefined) {
      const isPlaceholder = /^[:@$]$/.test(before) && plain[match.index - 1] === before;
      const isFunctionName = /^\s*\(/.test(plain.slice(match.index + whole.length));
      if (!isPlaceholder && !isFunctionName && before.toLowerCase() !== "as") {
        const resource = withResources ? resources.findLast((one) => one !== "" && !SQL_FUNCTION.test(one)) : undefined;
        yield {
          name,
          offset: match.index + whole.lastIndexOf(name),
          ...(qualifier !== undefined && { qualifier }),
          ...(resource !== undefined && { resource }),
        };
      }
    }
    before = whole;
  }
}
