/** What a pattern takes out of a value: `const { name, ...rest } = value`. */
import { evaluate, propertyName } from "./expressions.js";
import { elementsOf, getProperty } from "./members.js";
import type { Scope } from "./scope.js";
import type { Pattern } from "./script.js";
import { Dictionary, List, Unknown, type Value } from "./value.js";

type Assign = (name: string, value: Value) => void;

/** Gives names of a pattern their values, by way of `assign`. What is assigned to properties is not followed. */
export function bind(pattern: Pattern | null | undefined, value: Value, scope: Scope, assign: Assign): void {
  if (pattern == null) return;
  switch (pattern.type) {
    case "Identifier":
      return assign(pattern.name, value);
    case "AssignmentPattern":
      return bind(pattern.left, value === undefined ? evaluate(pattern.right, scope) : value, scope, assign);
    case "RestElement":
      return bind(pattern.argument, value, scope, assign);
    case "TSParameterProperty":
      return bind(pattern.parameter, value, scope, assign);
    case "ArrayPattern": {
      const items = elementsOf(value);
      for (const [index, element] of pattern.elements.entries()) {
        const isRest = element?.type === "RestElement";
        const item = items === undefined ? unknownPart(value) : isRest ? new List(items.slice(index)) : items[index];
        bind(element, item, scope, assign);
      }
      return;
    }
    case "ObjectPattern": {
      const taken = new Set<string>();
      for (const property of pattern.properties) {
        if (property.type === "RestElement") {
          const left = value instanceof Dictionary ? [...value.properties].filter(([name]) => !taken.has(name)) : [];
          const open = value instanceof Dictionary ? value.open : "is part of what is not known";
          bind(property.argument, new Dictionary(left, undefined, open), scope, assign);
          continue;
        }
        const name = propertyName(property, scope);
        if (name !== undefined) taken.add(name);
        const part =
          name === undefined ? unknownPart(value) : getProperty(value, name, scope.run.siteOf(property, scope));
        bind(property.value as Pattern, part, scope, assign);
      }
    }
  }
}

function unknownPart(value: Value): Unknown {
  return value instanceof Unknown ? value : new Unknown("is part of what is not known");
}
