/**
 * Models of Drizzle, TypeORM, MikroORM and Sequelize in a script, with what they say of their columns. What stands behind
 * a helper of the project's own is left out: a column that is not seen here is not known to be absent from the model.
 */
import type { QualifiedName } from "../../model/name.js";
import { decoratorsOf, MAY_DECLARE, modelsOf, type PlacedDeclaration } from "../script-models.js";
import { child, children, isCall, isMember, keyName, lookUp, parseScript, propertyOf } from "../script-tree.js";
import { unwrap } from "../script-tree.js";
import type { Node } from "../script-tree.js";
import { columnSpellings, modelSpellings, snakeCase, tableSpellings } from "../spelling.js";
import type { Model, ModelColumn, Orm } from "./model.js";

/** The models of a script; none where it cannot be parsed. */
export function scriptModels(text: string, options: { readonly jsx: boolean }): readonly Model[] {
  if (!MAY_DECLARE.test(text)) return [];
  const nodes = parseScript(text, options);
  const models: Model[] = [];
  let columns: ModelColumn[] | undefined;
  let orm: Orm | undefined;
  let underscored = false;
  for (const declaration of nodes === undefined ? [] : modelsOf(nodes)) {
    if (declaration.property === undefined) {
      orm = ormOf(declaration.node);
      underscored = isUnderscored(declaration.node);
      columns = [];
      if (orm !== undefined) models.push(modelOf(orm, declaration, columns));
    } else if (orm !== undefined) {
      const column = columnOf(orm, declaration, declaration.property, underscored);
      if (column !== undefined) columns?.push(column);
    }
  }
  return models;
}

/** Sequelize's option that gives columns snake case. */
function isUnderscored(node: Node): boolean {
  const options = isCall(node) ? children(node, "arguments") : decoratorsOf(node).flatMap((one) => one.arguments);
  return options.some((one) => propertyOf(one, "underscored")?.["value"] === true);
}

function modelOf(orm: Orm, { table, models, offset }: PlacedDeclaration, columns: readonly ModelColumn[]): Model {
  const [name = table?.name ?? ""] = models;
  return { orm, name, tables: table === undefined ? tablesFor(name) : [table], columns, offset };
}

/** What naming strategies make of a class's name: TypeORM's and MikroORM's are `order_item`, Sequelize's is the plural. */
function tablesFor(model: string): readonly QualifiedName[] {
  const names = new Set([snakeCase(model), ...tableSpellings(model), ...modelSpellings(model)]);
  return [...names].map((name) => ({ name }));
}

function ormOf(node: Node): Orm | undefined {
  if (isCall(node)) {
    const callee = child(node, "callee");
    if (callee?.type === "Identifier" && callee["name"] === "EntitySchema") return ormFrom(moduleOf(callee));
    if (isMember(callee) && /^(?:define|init)$/.test(keyName(callee) ?? "")) return "Sequelize";
    return isDrizzleTable(callee) ? "Drizzle" : undefined;
  }
  for (const { name, callee, arguments: args } of decoratorsOf(node)) {
    if (name !== "Entity" && name !== "Table") continue;
    const orm = ormFrom(moduleOf(callee));
    // A view, a table that is left alone, one of another database.
    const isElsewhere = args.some(
      (options) =>
        ["expression", "database", "view", "abstract", "virtual"].some(
          (key) => propertyOf(options, key) !== undefined,
        ) || propertyOf(options, "synchronize")?.["value"] === false,
    );
    return isElsewhere ? undefined : orm;
  }
  return undefined;
}

function ormFrom(module: string | undefined): Orm | undefined {
  if (module === undefined) return undefined;
  if (module === "typeorm") return "TypeORM";
  if (module.startsWith("@mikro-orm/")) return "MikroORM";
  return module.startsWith("sequelize") ? "Sequelize" : undefined;
}

/** The module that a name is imported from. */
function moduleOf(callee: Node | undefined): string | undefined {
  const root = isMember(callee) ? unwrap(child(callee, "object")) : callee;
  return root?.type === "Identifier" ? lookUp(root["name"] as string, root)?.source : undefined;
}

const PG_CORE = /^drizzle-orm\/pg-core$/;

/** `pgTable(…)` as it is, and `app.table(…)` of a `pgSchema("app")`: a creator of one's own may give tables other names. */
function isDrizzleTable(callee: Node | undefined): boolean {
  if (callee?.type === "Identifier") return callee["name"] === "pgTable" && PG_CORE.test(moduleOf(callee) ?? "");
  const object = isMember(callee) ? unwrap(child(callee, "object")) : undefined;
  if (object?.type !== "Identifier") return false;
  const schema = unwrap(lookUp(object["name"] as string, object)?.init);
  return isCall(schema) && PG_CORE.test(moduleOf(child(schema, "callee")) ?? "");
}

function columnOf(
  orm: Orm,
  declaration: PlacedDeclaration,
  property: string,
  underscored: boolean,
): ModelColumn | undefined {
  const facts = FACTS[orm](declaration.node);
  if (facts === undefined) return undefined;
  const { column, offset } = declaration;
  // MikroORM's own naming strategy is that of underscores; TypeORM's, Sequelize's and Drizzle's take the property's name.
  const own = orm === "MikroORM" || underscored ? [snakeCase(property)] : [];
  const names = column === undefined ? [...new Set([...own, ...columnSpellings(property)])] : [column];
  return { property, names, ...facts, offset };
}

type ColumnFacts = Pick<ModelColumn, "nullable" | "filled">;

/** What a declaration says of its column; undefined where it is none, or where that is not known. */
const FACTS: Readonly<Record<Orm, (node: Node) => ColumnFacts | undefined>> = {
  Drizzle: drizzleColumn,
  TypeORM: (node) => classColumn(node, TYPEORM_COLUMN),
  MikroORM: (node) => classColumn(node, MIKRO_ORM_COLUMN),
  Sequelize: sequelizeColumn,
  Prisma: () => undefined,
};

/** `text("note").notNull().default("")` */
function drizzleColumn(property: Node): ColumnFacts | undefined {
  const methods: string[] = [];
  let call = unwrap(child(property, "value"));
  while (isCall(call)) {
    const callee: Node | undefined = unwrap(child(call, "callee"));
    const owner = isMember(callee) ? unwrap(child(callee, "object")) : undefined;
    if (!isMember(callee) || !isCall(owner)) {
      const type = isMember(callee) ? keyName(callee) : callee?.["name"];
      return isDrizzleType(callee) ? drizzleFacts(methods, String(type)) : undefined;
    }
    methods.push(keyName(callee) ?? "");
    call = owner;
  }
  return undefined;
}

/** A type of Drizzle's own, imported or of the callback's parameter: `text`, `t.text`, `pg.text`. */
function isDrizzleType(callee: Node | undefined): boolean {
  const source = moduleOf(callee);
  if (source !== undefined) return PG_CORE.test(source);
  const owner = isMember(callee) ? unwrap(child(callee, "object")) : undefined;
  return owner?.type === "Identifier" && lookUp(owner["name"] as string, owner)?.kind === "parameter";
}

function drizzleFacts(methods: readonly string[], type: string): ColumnFacts {
  const isSerial = /^(?:small|big)?serial$/i.test(type);
  return {
    nullable: !isSerial && !methods.some((method) => method === "notNull" || method === "primaryKey"),
    filled: isSerial || methods.some((method) => /^(?:\$?default|\$onUpdate|generated)/.test(method)),
  };
}

/** Decorators that make a column of a property. */
const TYPEORM_COLUMN =
  /^(?:Column|PrimaryColumn|PrimaryGeneratedColumn|CreateDateColumn|UpdateDateColumn|DeleteDateColumn|VersionColumn|JoinColumn)$/;
const MIKRO_ORM_COLUMN = /^(?:Property|PrimaryKey|Enum|ManyToOne|OneToOne)$/;
const SEQUELIZE_COLUMN = /^(?:Column|PrimaryKey|ForeignKey|CreatedAt|UpdatedAt|DeletedAt)$/;

/** Those whose value the ORM or the database makes. */
const FILLED = /^(?:PrimaryGeneratedColumn|(?:CreateDate|UpdateDate|DeleteDate|Version)Column|(?:Created|Updated)At)$/;

function classColumn(member: Node, decorator: RegExp): ColumnFacts | undefined {
  const own = decoratorsOf(member).filter(({ name }) => decorator.test(name));
  if (own.length === 0) {
    // A column of an EntitySchema: its property's value has the options.
    const options = unwrap(child(member, "value"));
    return options?.type === "ObjectExpression" ? factsOf([options]) : undefined;
  }
  const args = own.flatMap((one) => one.arguments);
  // Columns of an embedded class have a prefix.
  if (args.some(({ type }) => /Function/.test(type)) && own.some(({ name }) => name === "Column")) return undefined;
  const facts = factsOf(args);
  if (facts === undefined) return undefined;
  const isRelation = own.every(({ name }) => /^(?:JoinColumn|ManyToOne|OneToOne)$/.test(name));
  if (isRelation) {
    // MikroORM makes its column's name from both entities'.
    const isNamed = args.some((one) => ["name", "fieldName", "joinColumn"].some((key) => propertyOf(one, key)));
    return isNamed ? { filled: facts.filled } : undefined;
  }
  return own.some(({ name }) => FILLED.test(name)) ? { ...facts, filled: true } : facts;
}

/** Options of a column, as the ORMs write them. */
function factsOf(options: readonly Node[]): ColumnFacts | undefined {
  const value = (key: string): Node | undefined =>
    options.map((one) => propertyOf(one, key)).find((found) => found !== undefined);
  const isNot = (key: string): boolean => value(key)?.["value"] === false;
  if (isNot("persist") || value("formula") !== undefined) return undefined;
  const nullable = value("nullable") ?? value("allowNull");
  return {
    ...(nullable?.type === "BooleanLiteral" ? { nullable: nullable["value"] as boolean } : {}),
    filled: ["default", "defaultRaw", "defaultValue", "onCreate", "generated", "autoincrement", "autoIncrement"].some(
      (key) => value(key) !== undefined,
    ),
  };
}

/** `{ type: DataTypes.STRING, field: "note" }`, `DataTypes.STRING`, and sequelize-typescript's `@Column`. */
function sequelizeColumn(member: Node): ColumnFacts | undefined {
  const decorators = decoratorsOf(member).filter(({ name }) => SEQUELIZE_COLUMN.test(name));
  if (decorators.length > 0) return factsOf(decorators.flatMap((one) => one.arguments));
  const value = unwrap(child(member, "value"));
  const type = value?.type === "ObjectExpression" ? propertyOf(value, "type") : value;
  if (type === undefined || typeNames(type).includes("VIRTUAL")) return undefined;
  if (!typeNames(type).some((name) => /^[A-Z]/.test(name))) return undefined;
  // Columns of Sequelize are nullable unless they say so, and few models that do not say so mean it.
  return value?.type === "ObjectExpression" ? factsOf([value]) : { filled: false };
}

/** The names in `DataTypes.STRING(20)`. */
function typeNames(type: Node): readonly string[] {
  const callee = isCall(type) ? unwrap(child(type, "callee")) : type;
  if (callee?.type === "Identifier") return [callee["name"] as string];
  if (!isMember(callee)) return [];
  const owner = child(callee, "object");
  return [
    ...(owner === undefined ? [] : typeNames(owner)),
    ...(keyName(callee) === undefined ? [] : [keyName(callee)!]),
  ];
}
