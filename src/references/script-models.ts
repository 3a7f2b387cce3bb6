/** Models of ORMs in scripts: which table and which columns they declare. */
import type { QualifiedName } from "../model/name.js";
import { tableName } from "./script-table-names.js";
import type { Node } from "./script-tree.js";
import {
  child,
  children,
  isCall,
  isFunction,
  isMember,
  keyName,
  propertyOf,
  stringValue,
  unwrap,
} from "./script-tree.js";
import type { Declaration } from "./sought.js";

/** A declaration with the node that makes it: a property, a field, or the whole model. */
export interface PlacedDeclaration extends Declaration {
  readonly node: Node;
  /** Of the name in the code. */
  readonly offset: number;
}

/** A text without any of these declares no model; a cheap test before it is parsed. */
export const MAY_DECLARE =
  /\bpgTable|\bcreateTable\(|\.table\(|@Entity\b|\bEntitySchema\b|\bdefineEntity\(|@Table\b|\.define\(|\.init\(|\bstatic\s+(?:readonly\s+)?(?:get\s+)?tableName\b/;

/** Decorators of a property that is a column: TypeORM's, MikroORM's, sequelize-typescript's. */
const COLUMN_DECORATOR =
  /^(?:\w*Column|Property|PrimaryKey|PrimaryColumn|PrimaryGeneratedColumn|Enum|Formula|SerializedPrimaryKey|Unique|Index|ForeignKey|CreatedAt|UpdatedAt|DeletedAt|Version|ManyToOne|OneToOne|JoinColumn)$/;

/** The models among a program's nodes. */
export function modelsOf(nodes: readonly Node[]): PlacedDeclaration[] {
  const found: PlacedDeclaration[] = [];
  for (const node of nodes) {
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") found.push(...classModel(node));
    else if (isCall(node)) found.push(...drizzleTable(node), ...sequelizeModel(node), ...entitySchema(node));
  }
  return found;
}

/** `const orders = pgTable("orders", { legacyRef: text("legacy_ref") })`, also through pgTableCreator and pgSchema. */
function drizzleTable(call: Node): PlacedDeclaration[] {
  const callee = child(call, "callee");
  const [first, second] = children(call, "arguments");
  const name = stringValue(first);
  if (name === undefined || callee === undefined) return [];
  let columns = unwrap(second);
  if (columns !== undefined && isFunction(columns)) columns = unwrap(child(columns, "body"));
  if (columns?.type !== "ObjectExpression") return [];
  let schema: string | undefined;
  if (callee.type === "Identifier") {
    if (!/^(?:pgTable\w*|createTable|table)$/.test(callee["name"] as string)) return [];
  } else if (isMember(callee) && keyName(callee) === "table") {
    const object = unwrap(child(callee, "object"));
    if (object?.type === "Identifier") schema = schemaNamed(object);
  } else return [];
  const table: QualifiedName = { name, ...(schema !== undefined && { schema }) };
  const models = variableOf(call);
  const found: PlacedDeclaration[] = [{ table, models, node: call, offset: (first as Node).start + 1 }];
  for (const property of children(columns, "properties")) {
    const key = keyName(property);
    if (key === undefined) continue;
    const column = firstString(child(property, "value"));
    found.push({
      table,
      models,
      property: key,
      ...(column !== undefined && { column }),
      ...(callsAny(child(property, "value"), DRIZZLE_FILLS) && { filled: true }),
      node: property,
      offset: keyOffset(property),
    });
  }
  return found;
}

/** The schema in `const app = pgSchema("app")`. */
function schemaNamed(identifier: Node): string | undefined {
  let at: Node | undefined = identifier;
  while (at !== undefined) {
    const init = at.names?.get(identifier["name"] as string)?.init;
    if (init !== undefined) return stringValue(children(init, "arguments")[0]);
    at = at.parent;
  }
  return undefined;
}

/** Methods of a Drizzle column whose functions give a value in the program. */
const DRIZZLE_FILLS = /^\$(?:default|defaultFn|onUpdate|onUpdateFn)$/;

/** Whether a chain of calls has a method of such a name. */
function callsAny(chain: Node | undefined, name: RegExp): boolean {
  for (let call = unwrap(chain); isCall(call);) {
    const callee = child(call, "callee");
    if (!isMember(callee)) return false;
    if (name.test(keyName(callee) ?? "")) return true;
    call = unwrap(child(callee, "object"));
  }
  return false;
}

/** The first argument of the innermost call of a chain: `text("legacy_ref").notNull()`. */
function firstString(chain: Node | undefined): string | undefined {
  let call = unwrap(chain);
  for (;;) {
    const callee = child(call, "callee");
    if (isMember(callee) && isCall(unwrap(child(callee, "object")))) call = unwrap(child(callee, "object"));
    else break;
  }
  return isCall(call) ? stringValue(children(call, "arguments")[0]) : undefined;
}

/** `sequelize.define("Order", { legacyRef: { field: "legacy_ref" } }, { tableName: "orders" })` and `Order.init(…)`. */
function sequelizeModel(call: Node): PlacedDeclaration[] {
  const callee = child(call, "callee");
  if (!isMember(callee)) return [];
  const method = keyName(callee);
  const args = children(call, "arguments").map((argument) => unwrap(argument));
  let attributes: Node | undefined;
  let options: Node | undefined;
  let models: string[];
  if (method === "define" && stringValue(args[0]) !== undefined) {
    [, attributes, options] = args;
    models = [stringValue(args[0]) as string, ...variableOf(call)];
  } else if (method === "init" && propertyOf(args[1], "sequelize") !== undefined) {
    [attributes, options] = args;
    const object = unwrap(child(callee, "object"));
    const modelName = stringValue(propertyOf(options, "modelName"));
    models = [...(object?.type === "Identifier" ? [object["name"] as string] : []), ...(modelName ? [modelName] : [])];
  } else return [];
  if (attributes?.type !== "ObjectExpression") return [];
  const explicit = stringValue(propertyOf(options, "tableName"));
  const schema = stringValue(propertyOf(options, "schema"));
  const table = explicit === undefined ? {} : { table: { name: explicit, ...(schema !== undefined && { schema }) } };
  const named = propertyOf(options, "tableName") ?? args[0] ?? call;
  const found: PlacedDeclaration[] = [
    { ...table, models, node: call, offset: named.start + (stringValue(named) === undefined ? 0 : 1) },
  ];
  for (const property of children(attributes, "properties")) {
    const key = keyName(property);
    if (key === undefined) continue;
    const attribute = unwrap(child(property, "value"));
    const column = stringValue(propertyOf(attribute, "field"));
    found.push({
      ...table,
      models,
      property: key,
      ...(column !== undefined && { column }),
      ...(propertyOf(attribute, "defaultValue") !== undefined && { filled: true }),
      node: property,
      offset: keyOffset(property),
    });
  }
  return found;
}

/**
 * `new EntitySchema({ name: "Order", tableName: "orders", columns: { legacyRef: { name: "legacy_ref" } } })`, and
 * MikroORM's `defineEntity({ name: "Order", tableName: "orders", properties: { legacyRef: p.string().fieldName("ref") } })`.
 */
function entitySchema(call: Node): PlacedDeclaration[] {
  const made = child(call, "callee")?.["name"];
  if (made !== "defineEntity" && (call.type !== "NewExpression" || made !== "EntitySchema")) return [];
  const options = unwrap(children(call, "arguments")[0]);
  const name = stringValue(propertyOf(options, "name"));
  const explicit = stringValue(propertyOf(options, "tableName"));
  const columns = propertyOf(options, "columns") ?? propertyOf(options, "properties");
  if (columns?.type !== "ObjectExpression") return [];
  const table = explicit === undefined ? {} : { table: { name: explicit } };
  const models = [...(name === undefined ? [] : [name]), ...variableOf(call)];
  const found: PlacedDeclaration[] = [{ ...table, models, node: call, offset: call.start }];
  for (const property of children(columns, "properties")) {
    const key = keyName(property);
    if (key === undefined) continue;
    const value = unwrap(child(property, "value"));
    const column =
      stringValue(propertyOf(value, "name")) ??
      stringValue(propertyOf(value, "fieldName")) ??
      argumentOf(value, /^(?:fieldName|name)$/);
    found.push({
      ...table,
      models,
      property: key,
      ...(column !== undefined && { column }),
      node: property,
      offset: keyOffset(property),
    });
  }
  return found;
}

/** The string that a method of a chain of calls is given. */
function argumentOf(chain: Node | undefined, method: RegExp): string | undefined {
  for (let call = unwrap(chain); isCall(call);) {
    const callee = child(call, "callee");
    if (!isMember(callee)) return undefined;
    if (method.test(keyName(callee) ?? "")) return stringValue(children(call, "arguments")[0]);
    call = unwrap(child(callee, "object"));
  }
  return undefined;
}

/** A class of TypeORM, MikroORM or sequelize-typescript (by decorators), or of Objection (by a static `tableName`). */
function classModel(node: Node): PlacedDeclaration[] {
  const className = child(node, "id");
  const members = children(child(node, "body"), "body");
  const models = className === undefined ? [] : [className["name"] as string];
  const staticName = members.find((member) => member["static"] === true && keyName(member) === "tableName");
  const decorator = decoratorsOf(node).find(({ name }) => name === "Entity" || name === "Table");
  if (staticName !== undefined && decorator === undefined) {
    const name = staticString(staticName);
    if (name === undefined) return [];
    const table = tableName(name);
    return [
      { table, models, node: staticName, offset: keyOffset(staticName) },
      ...jsonSchemaColumns(members).map((property) => ({
        table,
        models,
        property: keyName(property) as string,
        filled: true as const,
        node: property,
        offset: keyOffset(property),
      })),
    ];
  }
  if (decorator === undefined || models.length === 0) return [];
  const options = decorator.arguments.find((argument) => argument.type === "ObjectExpression");
  const explicit =
    stringValue(decorator.arguments[0]) ??
    stringValue(propertyOf(options, "name")) ??
    stringValue(propertyOf(options, "tableName"));
  const schema = stringValue(propertyOf(options, "schema"));
  const table = explicit === undefined ? {} : { table: { name: explicit, ...(schema !== undefined && { schema }) } };
  const found: PlacedDeclaration[] = [{ ...table, models, node, offset: (className as Node).start }];
  const hasHook = members.some((member) => decoratorsOf(member).some(({ name }) => /^Before/.test(name)));
  for (const member of members) {
    const key = keyName(member);
    if (key === undefined || !/Property$/.test(member.type)) continue;
    const decorators = decoratorsOf(member);
    const columns = decorators.filter(({ name }) => COLUMN_DECORATOR.test(name));
    if (columns.length === 0) continue;
    const given = columns
      // The name of an index is none of the column's.
      .filter(({ name }) => !/^(?:Index|Unique)$/.test(name))
      .flatMap(({ arguments: args }) => args)
      .flatMap((argument) =>
        ["name", "fieldName", "field", "joinColumn"].map((one) => stringValue(propertyOf(argument, one))),
      )
      .find((name) => name !== undefined);
    const relation = columns.every(({ name }) => /^(?:ManyToOne|OneToOne|JoinColumn)$/.test(name));
    // The other side of a relation of one to one has no column.
    if (given === undefined && relation && !columns.some(({ name }) => name !== "OneToOne")) continue;
    const filled =
      hasHook ||
      child(member, "value") !== undefined ||
      decorators.some(({ name, arguments: args }) => FILLS.test(name) || args.some(hasFill));
    found.push({
      ...table,
      models,
      property: key,
      ...(given !== undefined && { column: given }),
      ...(relation && { relation }),
      ...(filled && { filled }),
      node: member,
      offset: keyOffset(member),
    });
  }
  return found;
}

/** Decorators of columns that TypeORM, MikroORM or sequelize-typescript fill themselves. */
const FILLS = /^(?:Default|CreatedAt|UpdatedAt|CreateDateColumn|UpdateDateColumn|VersionColumn|Version)$/;

/** Whether the options of a column have a value that the program gives. */
function hasFill(options: Node): boolean {
  return ["defaultValue", "onCreate", "onUpdate"].some((name) => propertyOf(options, name) !== undefined);
}

interface Decorator {
  readonly name: string;
  readonly callee: Node | undefined;
  readonly arguments: readonly Node[];
}

export function decoratorsOf(node: Node): readonly Decorator[] {
  return children(node, "decorators").flatMap((decorator) => {
    const expression = unwrap(child(decorator, "expression"));
    const callee = isCall(expression) ? child(expression, "callee") : expression;
    const name = isMember(callee) ? keyName(callee) : (callee?.["name"] as string | undefined);
    if (name === undefined) return [];
    return [{ name, callee, arguments: children(expression, "arguments").map((one) => unwrap(one) ?? one) }];
  });
}

/** The properties of Objection's `static get jsonSchema() { return { properties: { … } }; }`. */
function jsonSchemaColumns(members: readonly Node[]): readonly Node[] {
  const member = members.find((one) => one["static"] === true && keyName(one) === "jsonSchema");
  const [statement] = children(child(member, "body"), "body");
  const returned = statement?.type === "ReturnStatement" ? child(statement, "argument") : undefined;
  const schema = unwrap(child(member, "value") ?? returned);
  return children(propertyOf(schema, "properties"), "properties").filter((property) => keyName(property) !== undefined);
}

/** `static tableName = "orders"` and `static get tableName() { return "orders"; }`. */
function staticString(member: Node): string | undefined {
  const value = stringValue(child(member, "value"));
  if (value !== undefined) return value;
  const [statement] = children(child(member, "body"), "body");
  return statement?.type === "ReturnStatement" ? stringValue(child(statement, "argument")) : undefined;
}

/** The variable that a call's result is given to. */
function variableOf(call: Node): string[] {
  const declarator = call.parent;
  const id = declarator?.type === "VariableDeclarator" ? child(declarator, "id") : undefined;
  return id?.type === "Identifier" ? [id["name"] as string] : [];
}

function keyOffset(property: Node): number {
  const key = child(property, "key") ?? property;
  return key.type === "StringLiteral" ? key.start + 1 : key.start;
}
