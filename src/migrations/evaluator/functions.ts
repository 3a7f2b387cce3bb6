/** Functions and classes of a program. */
import { evaluate, propertyName } from "./expressions.js";
import { bind } from "./patterns.js";
import type { Scope } from "./scope.js";
import type { ClassNode, FunctionNode } from "./script.js";
import { execute, hoist, oneOf } from "./statements.js";
import { Callable, Dictionary, List, type Site, Unknown, type Value } from "./value.js";

/** Functions that are running just now: one that calls itself is not followed. */
const running = new WeakMap<object, Set<FunctionNode>>();

/** @param self What `this` is where the function is an arrow function. */
export function closure(node: FunctionNode, scope: Scope, name = nameOf(node)): Callable {
  const isArrow = node.type === "ArrowFunctionExpression";
  return new Callable(name, (args, site, self) => {
    const { run } = scope;
    let active = running.get(run);
    if (!active) running.set(run, (active = new Set()));
    if (active.has(node)) return recursion(name, args, site);
    active.add(node);
    try {
      const result = run.enter(site, () => {
        const inner = scope.inner();
        if (!isArrow) {
          inner.declare("this", self);
          inner.declare("arguments", new List([...args]));
        }
        for (const [index, parameter] of node.params.entries()) {
          const value = parameter.type === "RestElement" ? new List(args.slice(index)) : args[index];
          bind(parameter, value, inner, (parameterName, part) => inner.declare(parameterName, part));
        }
        return { value: bodyOf(node, inner, site) };
      });
      return result === undefined ? recursion(name, args, site) : result.value;
    } finally {
      active.delete(node);
    }
  });
}

function bodyOf(node: FunctionNode, scope: Scope, site: Site): Value {
  const { run } = scope;
  if (node.body.type !== "BlockStatement") {
    const value = evaluate(node.body, scope);
    return node.async === true ? run.settle(value, site) : value;
  }
  hoist(node.body.body, scope);
  const ends: (() => void)[] = [];
  const returned: Value[] = [];
  // Behind a return that a condition decides about, everything else runs under that condition.
  const completion = execute(node.body.body, scope, {
    mayReturn(value) {
      returned.push(value);
      ends.push(run.enterCondition());
    },
  });
  for (const end of ends) end();
  if (completion?.type === "return") returned.push(completion.value);
  else if (completion === undefined && returned.length > 0) returned.push(undefined);
  const value = oneOf(returned);
  return node.async === true ? run.settle(value, site) : value;
}

/** What is not followed is not known, if it can reach the database. */
function recursion(name: string, args: readonly Value[], site: Site): Unknown {
  if (args.some((argument) => site.run.reaches(argument))) {
    site.run.unknown(`${name} calls itself, and what it runs is not followed`, site);
  }
  return new Unknown("comes from a function that calls itself");
}

function nameOf(node: FunctionNode): string {
  if ("id" in node && node.id) return node.id.name;
  if ("key" in node && node.key.type === "Identifier") return node.key.name;
  return "a function";
}

/** A class, whose instances have its methods and fields. */
export function classOf(node: ClassNode, scope: Scope): Callable {
  const parent = node.superClass == null ? undefined : evaluate(node.superClass, scope);
  const base = parent instanceof Callable ? parent : undefined;
  const prototype = new Dictionary([], prototypeOf(base));
  const members = new Dictionary([["prototype", prototype]], base?.members);
  const inner = scope.inner();
  if (base !== undefined) inner.declare("super", base);
  const fields: ((self: Dictionary) => void)[] = [];
  let constructor: Callable | undefined;
  for (const member of node.body.body) {
    if (member.type === "ClassMethod" || member.type === "ClassPrivateMethod") {
      const name = propertyName(member, inner);
      if (name === undefined) continue;
      const method = closure(member, inner, name);
      if (member.kind === "constructor") constructor = method;
      else (member.static === true ? members : prototype).properties.set(name, method);
    } else if (member.type === "ClassProperty" || member.type === "ClassPrivateProperty") {
      const name = propertyName(member, inner);
      const { value } = member;
      if (name === undefined) continue;
      if (member.static === true) members.properties.set(name, value == null ? undefined : evaluate(value, inner));
      else {
        fields.push((self) => {
          const own = inner.inner();
          own.declare("this", self);
          self.properties.set(name, value == null ? undefined : evaluate(value, own));
        });
      }
    }
  }
  const initialise = (self: Dictionary, args: readonly Value[], site: Site): void => {
    for (const field of fields) field(self);
    constructor?.call(args, site, self);
  };
  const name = node.id?.name ?? "a class";
  const made: Callable = new Callable(
    name,
    () => new Unknown("comes from a class that is called like a function"),
    (args, site) => {
      const inherited = base?.construct?.(args, site);
      const self = new Dictionary(inherited instanceof Dictionary ? inherited.properties : [], prototype);
      if (base === undefined && parent !== undefined) self.open = "may come from a class of another package";
      initialise(self, args, site);
      return self;
    },
    members,
  );
  prototype.properties.set("constructor", made);
  return made;
}

function prototypeOf(base: Callable | undefined): Dictionary | undefined {
  const prototype = base?.members.get("prototype");
  return prototype instanceof Dictionary ? prototype : undefined;
}
