/** Column and constraint definitions, as CREATE TABLE, ALTER TABLE and domains have them. */
import type { ColumnDef, Constraint, IndexElem, Node } from "libpg-query";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  ConstraintKind,
  Expression,
  ForeignKeyAction,
} from "../../model/operation.js";
import type { StatementSource } from "../statement-source.js";
import { arrivalOfConstraint } from "./arrivals.js";
import { expression, mentionsOf, provesNotNull } from "./expressions.js";
import { indexNameColumns } from "./index-names.js";
import { all, nameOf, relationName, strings, typeName } from "./names.js";

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_PRIMARY: "primary key",
  CONSTR_UNIQUE: "unique",
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign key",
  CONSTR_EXCLUSION: "exclude",
  CONSTR_NOTNULL: "not null",
};

/** The expression in parentheses inside the clause that the tokens `from` to `to` are. */
export function parenthesized(source: StatementSource, node: Node | undefined, from: number, to: number): Expression {
  const open = source.find(from, ["("], to);
  return expression(source, node, source.rangeOf(open + 1, source.behindBracket(open) - 1));
}

/** INITIALLY DEFERRED alone makes a constraint deferrable too. */
const DEFERRABLE: readonly string[] = ["CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_DEFERRED"];

function excludedElements(constraint: Constraint): IndexElem[] {
  return all<{ items?: Node[] }>(constraint.exclusions, "List").flatMap((pair) =>
    all<IndexElem>(pair.items, "IndexElem"),
  );
}

function excludedColumns(constraint: Constraint): string[] {
  return excludedElements(constraint).flatMap((element) => (element.name === undefined ? [] : [element.name]));
}

function excludedMentions(constraint: Constraint): string[] {
  const expressions = excludedElements(constraint).map(({ expr }) => expr);
  const { columns } = mentionsOf(expressions, constraint.where_clause);
  return [...new Set([...excludedColumns(constraint), ...strings(constraint.including), ...columns])];
}

/**
 * A constraint whose clause is the tokens `from` to `to`. `column` is the one that it is written in;
 * `attributes` are the parse nodes for DEFERRABLE and NOT ENFORCED, which a column's constraints have beside them.
 */
function constraintDefinition(
  source: StatementSource,
  constraint: Constraint,
  from: number,
  to: number,
  column?: string,
  attributes: readonly string[] = [],
): ConstraintDefinition {
  const kind = CONSTRAINT_KINDS[constraint.contype ?? ""] ?? "check";
  const named =
    kind === "foreign key"
      ? strings(constraint.fk_attrs)
      : kind === "exclude"
        ? excludedColumns(constraint)
        : strings(constraint.keys);
  const notEnforced =
    attributes.includes("CONSTR_ATTR_NOT_ENFORCED") ||
    ((kind === "check" || kind === "foreign key") && constraint.is_enforced !== true);
  const arrival = arrivalOfConstraint(constraint);
  return {
    kind,
    ...(arrival && { arrival }),
    ...(constraint.conname !== undefined && { name: constraint.conname }),
    range: source.rangeOf(from, to),
    columns: named.length > 0 || column === undefined ? named : [column],
    ...(kind === "exclude" && {
      nameColumns: indexNameColumns(excludedElements(constraint)),
      mentions: excludedMentions(constraint),
      method: constraint.access_method ?? "gist",
    }),
    ...(constraint.where_clause !== undefined && {
      where: parenthesized(source, constraint.where_clause, source.find(from, ["where"], to), to),
    }),
    ...(constraint.including !== undefined && {
      nameColumns: [...(column === undefined ? named : [column]), ...strings(constraint.including)],
      including: strings(constraint.including),
    }),
    ...(constraint.nulls_not_distinct === true && { nullsNotDistinct: true }),
    ...(constraint.is_no_inherit === true && { noInherit: true }),
    ...(constraint.pktable !== undefined && {
      references: {
        table: relationName(constraint.pktable),
        columns: strings(constraint.pk_attrs),
        ...actionOf("onDelete", constraint.fk_del_action),
        ...actionOf("onUpdate", constraint.fk_upd_action),
      },
    }),
    ...(kind === "check" && { expression: parenthesized(source, constraint.raw_expr, from, to) }),
    provesNotNull: kind === "check" ? provesNotNull(constraint.raw_expr) : [],
    ...(constraint.indexname !== undefined && { usingIndex: constraint.indexname }),
    notValid: constraint.skip_validation === true || notEnforced,
    notEnforced,
    deferrable: constraint.deferrable === true || attributes.some((attribute) => DEFERRABLE.includes(attribute)),
  };
}

/** FKCONSTR_ACTION_… of PostgreSQL's parsenodes.h; `a` is NO ACTION. */
const ACTIONS: Readonly<Record<string, ForeignKeyAction>> = {
  r: "RESTRICT",
  c: "CASCADE",
  n: "SET NULL",
  d: "SET DEFAULT",
};

function actionOf<Event extends "onDelete" | "onUpdate">(
  event: Event,
  code: string | undefined,
): { readonly [Name in Event]?: ForeignKeyAction } {
  const action = ACTIONS[code ?? ""];
  return (action && { [event]: action }) as { readonly [Name in Event]?: ForeignKeyAction };
}

/** A constraint of a table or domain; its clause ends before the token `to`. */
export function tableConstraint(source: StatementSource, constraint: Constraint, to: number): ConstraintDefinition {
  return constraintDefinition(source, constraint, source.tokenAt(source.offset(constraint.location)), to);
}

/** A column definition that ends before the token `to`. */
export function columnDefinition(source: StatementSource, definition: ColumnDef, to: number): ColumnDefinition {
  const name = definition.colname ?? "";
  const from = source.tokenAt(source.offset(definition.location));
  const constraints = all<Constraint>(definition.constraints, "Constraint");
  const isAttribute = (constraint: Constraint): boolean => constraint.contype?.startsWith("CONSTR_ATTR_") === true;

  // Nothing in the tree says where a clause ends: it ends where the next begins.
  const starts = constraints.filter((constraint) => !isAttribute(constraint)).map(({ location }) => location ?? 0);
  if (definition.collClause !== undefined) starts.push(definition.collClause.location ?? 0);
  const boundaries = starts.map((location) => source.tokenAt(source.offset(location))).sort((a, b) => a - b);
  const behind = (token: number): number => boundaries.find((boundary) => boundary > token) ?? to;

  let notNull = false;
  let notNullName: string | undefined;
  let defaultValue: Expression | undefined;
  let generated: ColumnDefinition["generated"];
  let identity: ColumnDefinition["identity"];
  const definitions: ConstraintDefinition[] = [];
  for (const [index, constraint] of constraints.entries()) {
    if (isAttribute(constraint)) continue;
    const start = source.tokenAt(source.offset(constraint.location));
    const end = behind(start);
    const keyword = source.word(start) === "constraint" ? start + 2 : start;
    switch (constraint.contype) {
      case "CONSTR_NULL":
        break;
      case "CONSTR_NOTNULL":
        notNull = true;
        notNullName = constraint.conname;
        break;
      case "CONSTR_DEFAULT":
        defaultValue = expression(source, constraint.raw_expr, source.rangeOf(keyword + 1, end));
        break;
      case "CONSTR_IDENTITY":
        identity = constraint.generated_when === "a" ? "always" : "by default";
        break;
      case "CONSTR_GENERATED":
        generated = {
          kind: constraint.generated_kind === "s" ? "stored" : "virtual",
          expression: parenthesized(source, constraint.raw_expr, keyword, end),
        };
        break;
      default: {
        const attributes: string[] = [];
        for (let next = index + 1; next < constraints.length; next++) {
          const attribute = constraints[next] as Constraint;
          if (!isAttribute(attribute)) break;
          attributes.push(attribute.contype ?? "");
        }
        if (constraint.contype === "CONSTR_PRIMARY") notNull = true;
        definitions.push(constraintDefinition(source, constraint, start, end, name, attributes));
      }
    }
  }
  const typeEnd = source.tokens[boundaries[0] ?? to]?.start ?? source.range[1];
  return {
    name,
    type: typeName(source, definition.typeName, typeEnd),
    range: source.rangeOf(from, to),
    notNull,
    ...(notNullName !== undefined && { notNullName }),
    ...(defaultValue !== undefined && { default: defaultValue }),
    ...(generated !== undefined && { generated }),
    ...(identity !== undefined && { identity }),
    ...collation(definition),
    constraints: definitions,
  };
}

export function collation(definition: ColumnDef): { readonly collation?: string } {
  const { collClause } = definition;
  return collClause === undefined ? {} : { collation: nameOf(collClause.collname).name };
}
