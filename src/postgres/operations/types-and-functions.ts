/** Enums, domains and other types; functions. */
import type {
  AlterDomainStmt,
  AlterEnumStmt,
  AlterFunctionStmt,
  AlterTypeStmt,
  ColumnDef,
  CompositeTypeStmt,
  Constraint,
  CreateDomainStmt,
  CreateEnumStmt,
  CreateFunctionStmt,
  CreateRangeStmt,
  DefElem,
  DefineStmt,
  FunctionParameter,
  Node,
  VariableSetStmt,
} from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { AlterDomain, CreateFunction, FunctionKind, TypeAttribute } from "../../model/operation.js";
import { BUILTIN_TYPES } from "../refusals/builtin-types.js";
import { settingValue } from "./session.js";
import type { StatementSource } from "../statement-source.js";
import { tableConstraint } from "./definitions.js";
import { reader, type Draft } from "./draft.js";
import { expression, mentionsOf, usersFunctions } from "./expressions.js";
import { argumentsOf } from "./drop-and-rename.js";
import { all, argumentType, as, nameOf, relationName, strings, typeName } from "./names.js";
import { parsedBody } from "./planned.js";
import { functionKind, objectKind } from "./object-kinds.js";

function alterEnum(statement: AlterEnumStmt): Draft {
  const name = nameOf(statement.typeName);
  const newValue = statement.newVal ?? "";
  if (statement.oldVal !== undefined) return { type: "RenameEnumValue", enum: name, value: statement.oldVal, newValue };
  return {
    type: "AddEnumValue",
    enum: name,
    value: newValue,
    ifNotExists: statement.skipIfNewValExists === true,
    ...(statement.newValNeighbor !== undefined && {
      neighbor: { value: statement.newValNeighbor, position: statement.newValIsAfter === true ? "after" : "before" },
    }),
  };
}

function createDomain(statement: CreateDomainStmt, source: StatementSource): Draft {
  const constraints = all<Constraint>(statement.constraints, "Constraint");
  const starts = constraints.map(({ location }) => source.offset(location));
  const limit = Math.min(
    ...starts,
    statement.collClause === undefined ? source.range[1] : source.offset(statement.collClause.location),
    source.range[1],
  );
  const defaultClause = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT");
  return {
    type: "CreateDomain",
    domain: nameOf(statement.domainname),
    baseType: typeName(source, statement.typeName, limit),
    notNull: constraints.some(({ contype }) => contype === "CONSTR_NOTNULL" || contype === "CONSTR_PRIMARY"),
    hasCheck: constraints.some(({ contype }) => contype === "CONSTR_CHECK"),
    constraints: constraints.flatMap((constraint) => {
      if (constraint.contype !== "CONSTR_CHECK" && constraint.contype !== "CONSTR_NOTNULL") return [];
      const start = source.offset(constraint.location);
      const next = Math.min(...starts.filter((other) => other > start), source.range[1]);
      return tableConstraint(
        source,
        constraint,
        next === source.range[1] ? source.tokens.length : source.tokenAt(next),
      );
    }),
    ...(defaultClause !== undefined && { default: domainDefault(source, defaultClause, starts) }),
  };
}

function domainDefault(source: StatementSource, { location, raw_expr }: Constraint, starts: readonly number[]) {
  const start = source.offset(location);
  const next = Math.min(...starts.filter((other) => other > start), source.range[1]);
  const from = source.tokenAt(start);
  const keyword = source.word(from) === "constraint" ? from + 2 : from;
  return expression(source, raw_expr, source.rangeOf(keyword + 1, source.tokenAt(next)));
}

/** AlterDomainStmt.subtype (parsenodes.h). */
const DOMAIN_SUBCOMMANDS: Readonly<Record<string, AlterDomain["subcommand"]>> = {
  N: "DropNotNull",
  O: "SetNotNull",
  C: "AddConstraint",
  X: "DropConstraint",
  V: "ValidateConstraint",
};

function alterDomain(statement: AlterDomainStmt, source: StatementSource): Draft {
  const constraint = as<Constraint>(statement.def, "Constraint");
  const subcommand =
    statement.subtype === "T"
      ? statement.def === undefined
        ? "DropDefault"
        : "SetDefault"
      : (DOMAIN_SUBCOMMANDS[statement.subtype ?? ""] ?? "SetDefault");
  return {
    type: "AlterDomain",
    domain: nameOf(statement.typeName),
    subcommand,
    ...(subcommand === "AddConstraint" &&
      constraint !== undefined && { constraint: tableConstraint(source, constraint, source.tokens.length) }),
    ...(statement.name !== undefined && { name: statement.name }),
  };
}

/** An attribute of a composite type, which begins at its name. */
export function typeAttribute(
  { colname = "", typeName: type, location }: ColumnDef,
  source: StatementSource,
): TypeAttribute {
  const end = source.element(source.tokenAt(source.offset(location))).to;
  return { name: colname, type: typeName(source, type, source.tokens[end]?.start ?? source.range[1]) };
}

function volatilityOf(options: readonly DefElem[]): CreateFunction["volatility"] | undefined {
  const volatility = options.findLast(({ defname }) => defname === "volatility")?.arg;
  return strings(volatility && [volatility])[0] as CreateFunction["volatility"] | undefined;
}

function alterFunction({ objtype, func, actions }: AlterFunctionStmt): Draft {
  const volatility = volatilityOf(all<DefElem>(actions, "DefElem"));
  const searchPath = searchPathOf(all<DefElem>(actions, "DefElem"));
  return {
    type: "AlterFunction",
    kind: functionKind(objtype) as FunctionKind,
    function: nameOf(func?.objname),
    ...argumentsOf(func && { ObjectWithArgs: func }),
    ...(volatility !== undefined && { volatility }),
    ...(searchPath !== undefined && { searchPath }),
  };
}

/** SET search_path of a function; null for RESET. FROM CURRENT is the path of whoever makes it, and not known. */
function searchPathOf(options: readonly DefElem[]): string | null | undefined {
  for (const { defname, arg } of options) {
    const set = defname === "set" ? as<VariableSetStmt>(arg, "VariableSetStmt") : undefined;
    if (set?.kind === "VAR_RESET_ALL") return null;
    if (set?.name?.toLowerCase() !== "search_path") continue;
    return set.kind === "VAR_SET_VALUE" ? settingValue(set.args) : set.kind === "VAR_SET_CURRENT" ? undefined : null;
  }
  return undefined;
}

/** The language and the body, as text or as what PostgreSQL has parsed already. */
function bodyOf(
  { sql_body: parsed }: CreateFunctionStmt,
  options: readonly DefElem[],
): Pick<CreateFunction, "language" | "body" | "parsedBody"> {
  const option = (name: string): Node | undefined => options.findLast(({ defname }) => defname === name)?.arg;
  const language = option("language");
  // C has two strings: a file and the name in it.
  const text = strings(as<{ items?: Node[] }>(option("as"), "List")?.items);
  return {
    language: strings(language && [language])[0]?.toLowerCase() ?? "sql",
    ...(text.length === 1 && { body: text[0] ?? "" }),
    ...(parsed !== undefined && { parsedBody: parsedBody(parsed) }),
  };
}

/** The types of what a function takes and returns; %TYPE is looked up once, and is no type of its own. */
function typesOf({ parameters, returnType }: CreateFunctionStmt): QualifiedName[] {
  const taken = all<FunctionParameter>(parameters, "FunctionParameter").map(({ argType }) => argType);
  const types = [...taken, returnType].flatMap((type) => (type && type.pct_type !== true ? nameOf(type.names) : []));
  const users = types.filter(({ schema, name }) => schema !== "pg_catalog" && (schema ?? !BUILTIN_TYPES.has(name)));
  return [...new Map(users.map((type) => [JSON.stringify(type), type])).values()];
}

function callsInDefaults({ parameters }: CreateFunctionStmt): QualifiedName[] {
  return usersFunctions(
    mentionsOf(...all<FunctionParameter>(parameters, "FunctionParameter").map((one) => one.defexpr)),
  );
}

const READ: ReadonlySet<string> = new Set(["plpgsql", "sql"]);

function createFunction(statement: CreateFunctionStmt, source: StatementSource): Draft {
  const options = all<DefElem>(statement.options, "DefElem");
  const body = bodyOf(statement, options);
  const searchPath = searchPathOf(options);
  const types = typesOf(statement);
  const defaultCalls = callsInDefaults(statement);
  return {
    type: "CreateFunction",
    function: nameOf(statement.funcname),
    procedure: statement.is_procedure === true,
    replace: statement.replace === true,
    arguments: all<FunctionParameter>(statement.parameters, "FunctionParameter")
      .filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE")
      .map(({ argType }) => argumentType(argType)),
    volatility: volatilityOf(options) ?? "volatile",
    ...(typeof searchPath === "string" && { searchPath }),
    ...(types.length > 0 && { types }),
    ...(defaultCalls.length > 0 && { defaultCalls }),
    ...body,
    ...(body.body !== undefined && READ.has(body.language) && { definition: source.sql(source.range) }),
  };
}

export const typeAndFunctionReaders = {
  CreateEnumStmt: reader<CreateEnumStmt>((statement) => [
    { type: "CreateEnum", enum: nameOf(statement.typeName), values: strings(statement.vals) },
  ]),
  AlterEnumStmt: reader<AlterEnumStmt>((statement) => [alterEnum(statement)]),
  CreateDomainStmt: reader<CreateDomainStmt>((statement, source) => [createDomain(statement, source)]),
  AlterDomainStmt: reader<AlterDomainStmt>((statement, source) => [alterDomain(statement, source)]),
  CompositeTypeStmt: reader<CompositeTypeStmt>((statement, source) => [
    {
      type: "CreateType",
      name: relationName(statement.typevar),
      kind: "composite",
      attributes: all<ColumnDef>(statement.coldeflist, "ColumnDef").map((attribute) =>
        typeAttribute(attribute, source),
      ),
    },
  ]),
  CreateRangeStmt: reader<CreateRangeStmt>((statement) => [
    { type: "CreateType", name: nameOf(statement.typeName), kind: "range" },
  ]),
  AlterTypeStmt: reader<AlterTypeStmt>((statement) => [
    { type: "AlterType", name: nameOf(statement.typeName), subcommand: "SetOptions", cascade: false },
  ]),
  DefineStmt: reader<DefineStmt>((statement) => [
    statement.kind === "OBJECT_TYPE"
      ? { type: "CreateType", name: nameOf(statement.defnames), kind: "base" }
      : {
          type: "CreateObject",
          kind: objectKind(statement.kind),
          name: nameOf(statement.defnames),
          ifNotExists: statement.if_not_exists === true,
        },
  ]),
  AlterFunctionStmt: reader<AlterFunctionStmt>((statement) => [alterFunction(statement)]),
  CreateFunctionStmt: reader<CreateFunctionStmt>((statement, source) => [createFunction(statement, source)]),
};
