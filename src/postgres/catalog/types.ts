/** Enums, domains and other types; the columns that have them follow. */
import type { UserType } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { ConstraintDefinition } from "../../model/operation.js";
import { dropColumn } from "./columns.js";
import { chooseName } from "./default-names.js";
import { dropFunctionsMadeOf } from "./functions.js";
import type { Changes, Situation } from "./situation.js";
import { sameName, type Timeline } from "./timeline.js";
import { historyOf, VersionedMap } from "./versioned.js";

export const typeChanges: Changes = {
  CreateEnum(operation, { timeline, order }) {
    timeline.putType({ kind: "enum", ...timeline.place(operation.enum), values: operation.values, createdIn: order });
  },
  AddEnumValue({ enum: name, value, neighbor }, { timeline }) {
    const type = timeline.typeOf(name, timeline.time);
    if (type?.kind !== "enum" || type.values.includes(value)) return;
    const beside = neighbor ? type.values.indexOf(neighbor.value) : -1;
    const place = beside < 0 ? type.values.length : neighbor!.position === "after" ? beside + 1 : beside;
    timeline.putType({ ...type, values: type.values.toSpliced(place, 0, value) });
  },
  RenameEnumValue(operation, { timeline }) {
    const type = timeline.typeOf(operation.enum, timeline.time);
    if (type?.kind !== "enum") return;
    const values = type.values.map((value) => (value === operation.value ? operation.newValue : value));
    timeline.putType({ ...type, values });
  },
  CreateDomain(operation, situation) {
    const { timeline } = situation;
    const { hasCheck, notNull, default: given } = operation;
    const hasDefault = given !== undefined && given.kind !== "null";
    const place = timeline.place(operation.domain);
    const baseType = timeline.qualifyType(operation.baseType);
    const constraints = new VersionedMap<DomainConstraint>().at(timeline.time);
    timeline.putType({ kind: "domain", ...place, baseType, hasCheck, notNull, hasDefault, constraints });
    for (const constraint of operation.constraints) addDomainConstraint(situation, place, constraint);
  },
  AlterDomain(operation, situation) {
    const { timeline } = situation;
    const type = timeline.typeOf(operation.domain, timeline.time);
    if (type?.kind !== "domain") return;
    const { constraint, name = "", newName = "" } = operation;
    const existing = type.constraints.get(name);
    switch (operation.subcommand) {
      case "AddConstraint":
        return constraint && addDomainConstraint(situation, type, constraint);
      case "DropConstraint":
        return removeDomainConstraint(timeline, type, name);
      case "ValidateConstraint":
        return (
          existing &&
          changeDomainConstraints(timeline, type, (all) => all.set(name, { ...existing, valid: true }, timeline.time))
        );
      case "RenameConstraint":
        if (!existing) return;
        timeline.countDomainConstraint(type.schema, name, -1);
        timeline.countDomainConstraint(type.schema, newName, 1);
        return changeDomainConstraints(timeline, type, (all) => all.rename(name, newName, existing, timeline.time));
      case "SetNotNull":
        return type.notNull ? undefined : addDomainConstraint(situation, type, { kind: "not null", notValid: false });
      case "DropNotNull":
        for (const [other, { kind }] of type.constraints) {
          if (kind === "not null") removeDomainConstraint(timeline, type, other);
        }
        return timeline.putType({ ...domainOf(timeline, type), notNull: false });
      case "SetDefault":
        return timeline.putType({ ...type, hasDefault: true });
      case "DropDefault":
        return timeline.putType({ ...type, hasDefault: false });
    }
  },
  CreateType(operation, { timeline }) {
    timeline.putType({ kind: "other", ...timeline.place(operation.name) });
  },
  DropType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) dropType(timeline, type, operation.cascade);
  },
  RenameType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: type.schema, name: operation.newName });
  },
  SetTypeSchema(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: operation.newSchema, name: type.name });
  },
};

export function dropType(timeline: Timeline, type: UserType, cascade: boolean): void {
  if (cascade) {
    for (const { history, column } of [...timeline.columnsOfType(type)])
      dropColumn(timeline, history, column.name, true);
    for (const { history, column } of [...timeline.defaultsOfType(type)]) {
      const { default: _, defaultType: __, ...rest } = column;
      timeline.putColumn(history, rest);
    }
    dropFunctionsMadeOf(timeline, ({ types }) => types.some((name) => sameName(name, type)));
    for (const [, other] of [...timeline.types.entries(timeline.time)]) {
      const isOfIt = other.kind === "domain" && timeline.typeOf(other.baseType, timeline.time) === type;
      if (isOfIt) dropType(timeline, other, true);
    }
  }
  if (type.kind === "domain") {
    for (const name of type.constraints.keys()) timeline.countDomainConstraint(type.schema, name, -1);
  }
  timeline.removeType(type);
}

type Domain = Extract<UserType, { kind: "domain" }>;
type DomainConstraint = Domain["constraints"] extends ReadonlyMap<string, infer Constraint> ? Constraint : never;

function domainOf(timeline: Timeline, name: QualifiedName): Domain {
  return timeline.typeOf(name, timeline.time) as Domain;
}

/** A domain's constraints change in place, and what has been seen of them stays: no version has a list of its own. */
function changeDomainConstraints(
  timeline: Timeline,
  type: Domain,
  change: (all: VersionedMap<DomainConstraint>) => void,
): void {
  const all = historyOf(type.constraints);
  change(all);
  const constraints = all.at(timeline.time);
  timeline.putType({ ...type, constraints, hasCheck: hasCheckIn(constraints) });
}

function hasCheckIn(constraints: Domain["constraints"]): boolean {
  for (const { kind } of constraints.values()) if (kind === "check") return true;
  return false;
}

/** From 17 on a domain's NOT NULL is a constraint with a name. */
function addDomainConstraint(
  { timeline, postgres }: Situation,
  name: Required<QualifiedName>,
  { kind, name: given, notValid }: Pick<ConstraintDefinition, "kind" | "name" | "notValid">,
): void {
  const type = domainOf(timeline, name);
  if (kind === "not null") timeline.putType({ ...type, notNull: true });
  else if (kind !== "check") return;
  if (kind === "not null" && postgres < 17) return;
  const label = kind === "check" ? "check" : "not_null";
  const chosen = given ?? chooseName(type.name, [], label, (choice) => timeline.constraintTaken(type.schema, choice));
  timeline.countDomainConstraint(type.schema, chosen, 1);
  changeDomainConstraints(timeline, domainOf(timeline, name), (all) =>
    all.set(chosen, { kind, valid: !notValid }, timeline.time),
  );
}

function removeDomainConstraint(timeline: Timeline, { schema, name }: Domain, constraint: string): void {
  const type = domainOf(timeline, { schema, name });
  const removed = type.constraints.get(constraint);
  if (!removed) return;
  timeline.countDomainConstraint(schema, constraint, -1);
  changeDomainConstraints(timeline, removed.kind === "not null" ? { ...type, notNull: false } : type, (all) =>
    all.delete(constraint, timeline.time),
  );
}
