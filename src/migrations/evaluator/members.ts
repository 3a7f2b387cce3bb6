/** Properties and methods of values: JavaScript's own, and those of a tool's objects. */
import type { Run } from "./run.js";
import { Text } from "./text.js";
import { Callable, Dictionary, Handle, List, type Site, textOf, truthOf, Unknown, type Value } from "./value.js";
import { DIALECT, environmentVariable, ENVIRONMENT } from "./environment.js";

/** The elements of an array; undefined where the value is none that is known. */
export function elementsOf(value: Value): readonly Value[] | undefined {
  if (value instanceof List) return value.items;
  return undefined;
}

type OwnMethod<Self> = (self: Self, args: readonly Value[], site: Site) => Value;

export function getProperty(value: Value, name: string, site: Site): Value {
  if (PROMISE.has(name) && !(value instanceof Dictionary && value.has(name)))
    return method(PROMISE.get(name)!, value, name);
  if (value instanceof Dictionary) {
    if (value.has(name)) return value.get(name);
    const own = DICTIONARY.get(name);
    if (own) return method(own, value, name);
    if (value.open === ENVIRONMENT) return environmentVariable(name);
    return value.open === undefined ? undefined : new Unknown(value.open);
  }
  if (value instanceof Text) {
    if (name === "length") return value.known?.length ?? new Unknown("is computed");
    return ownMethod(TEXT, value, name);
  }
  if (value instanceof List) {
    if (name === "length") return value.open ? new Unknown("is computed") : value.items.length;
    if (/^\d+$/.test(name))
      return value.open && value.items.length <= Number(name) ? ELEMENT : value.items[Number(name)];
    return ownMethod(LIST, value, name);
  }
  if (value instanceof Handle) {
    if (Object.hasOwn(value.methods, name)) {
      const call = value.methods[name]!;
      return new Callable(name, (args, at) => call(args, at));
    }
    return value.more.get?.(name, site) ?? new Unknown(`is nothing of ${value.name} that is known`, { reaches: true });
  }
  if (value instanceof Callable) {
    if (value.members.has(name)) return value.members.get(name);
    if (name === "name") return Text.of(value.name);
    return ownMethod(CALLABLE, value, name);
  }
  if (value instanceof Unknown) {
    if (!value.reaches && ASKS_FOR_DIALECT.has(name)) {
      return new Callable(name, ([word]) => DIALECT.equals?.(word) ?? new Unknown(value.reason));
    }
    return new Unknown(value.reason, { reaches: value.reaches });
  }
  if (value == null) return new Unknown("is not known");
  return name === "toString" ? new Callable(name, () => Text.of(String(value))) : undefined;
}

/** Methods that are called on the name of a database system: `client.startsWith("mysql")`. */
const ASKS_FOR_DIALECT: ReadonlySet<string> = new Set(["includes", "startsWith", "endsWith"]);

const ELEMENT = new Unknown("is an element of a list that is not known");
const COMPUTED = new Unknown("is computed");

function method<Self>(own: OwnMethod<Self>, self: Self, name: string): Callable {
  return new Callable(name, (args, site) => own(self, args, site));
}

function ownMethod<Self>(methods: ReadonlyMap<string, OwnMethod<Self>>, self: Self, name: string): Value {
  const own = methods.get(name);
  return own === undefined ? new Unknown("is not followed") : method(own, self, name);
}

/** Calls a callback as arrays do. */
function callback(run: Run, site: Site, callee: Value, ...args: readonly Value[]): Value {
  return run.call(callee, args, site);
}

/** What every value has that may be a promise. */
const PROMISE = new Map<string, OwnMethod<Value>>([
  [
    "then",
    (self, [onDone, onError], site) => {
      const { run } = site;
      const value = run.settle(self, site);
      if (onError !== undefined) run.conditionally(() => callback(run, site, onError, new Unknown("is an error")));
      return onDone == null ? value : run.settle(callback(run, site, onDone, value), site);
    },
  ],
  [
    "catch",
    (self, [onError], site) => {
      const { run } = site;
      const value = run.settle(self, site);
      if (onError != null) {
        run.conditionally(() => run.settle(callback(run, site, onError, new Unknown("is an error")), site));
      }
      return value;
    },
  ],
  [
    "finally",
    (self, [then], site) => {
      const value = site.run.settle(self, site);
      if (then != null) site.run.settle(callback(site.run, site, then), site);
      return value;
    },
  ],
]);

/** A method that is JavaScript's own where all is known. */
function computed(compute: (text: string, args: readonly (string | number)[]) => unknown): OwnMethod<Text> {
  return (self, args, site) => {
    const text = self.known;
    const plain = args.map((argument) => (argument instanceof Text ? argument.known : argument));
    if (text === undefined || !plain.every((one) => typeof one === "string" || typeof one === "number"))
      return COMPUTED;
    return made(compute(text, plain), self, site);
  };
}

function made(value: unknown, self: Text, site: Site): Value {
  const { file, range } = self.pieces[0]?.origin ?? site;
  const text = (one: unknown): Value =>
    typeof one === "string" ? Text.of(one, { file, range, verbatim: false }) : (one as number | boolean);
  return Array.isArray(value) ? new List(value.map(text)) : text(value);
}

function regularExpression(value: Value): RegExp | undefined {
  if (!(value instanceof Dictionary)) return undefined;
  const [source, flags] = [textOf(value.get("source"))?.known, textOf(value.get("flags"))?.known];
  // One that takes long on a short text is a program's business, not ours.
  if (source === undefined || /[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]/.test(source)) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

const TEXT = new Map<string, OwnMethod<Text>>([
  ["trim", (self) => self.trim()],
  ["trimStart", (self) => self.slice(self.toString().length - self.toString().trimStart().length)],
  ["trimEnd", (self) => self.slice(0, self.toString().trimEnd().length)],
  ["toString", (self) => self],
  ["valueOf", (self) => self],
  ["toLowerCase", (self) => self.map((text) => text.toLowerCase())],
  ["toUpperCase", (self) => self.map((text) => text.toUpperCase())],
  [
    "concat",
    (self, args) => {
      const texts = args.map(textOf);
      return texts.includes(undefined) ? COMPUTED : Text.join([self, ...texts.flatMap((text) => text ?? [])]);
    },
  ],
  ["slice", (self, [start, end]) => sliced(self, start, end, (length, at) => (at < 0 ? Math.max(length + at, 0) : at))],
  ["substring", (self, [start, end]) => sliced(self, start, end, (_, at) => Math.max(at, 0))],
  [
    "split",
    (self, [separator], site) => {
      const [text, by] = [self.known, separator instanceof Text ? separator.known : undefined];
      const expression = regularExpression(separator);
      if (text === undefined || (by === undefined && expression === undefined)) return COMPUTED;
      if (by === undefined || by === "") return made(text.split(expression ?? ""), self, site);
      const parts: Text[] = [];
      let at = 0;
      for (const part of text.split(by)) {
        parts.push(self.slice(at, at + part.length));
        at += part.length + by.length;
      }
      return new List(parts);
    },
  ],
  ["replace", (self, args, site) => replaced(self, args, site, false)],
  ["replaceAll", (self, args, site) => replaced(self, args, site, true)],
  [
    "match",
    (self, [pattern], site) => {
      const expression = regularExpression(pattern);
      const text = self.known;
      if (expression === undefined || text === undefined) return COMPUTED;
      const found = text.match(expression);
      return found === null ? null : made([...found], self, site);
    },
  ],
  ["includes", computed((text, [part = ""]) => text.includes(String(part)))],
  ["startsWith", computed((text, [part = ""]) => text.startsWith(String(part)))],
  ["endsWith", computed((text, [part = ""]) => text.endsWith(String(part)))],
  ["indexOf", computed((text, [part = ""]) => text.indexOf(String(part)))],
  ["charAt", computed((text, [at = 0]) => text.charAt(Number(at)))],
  ["at", computed((text, [at = 0]) => text.at(Number(at)))],
  ["padStart", computed((text, [length = 0, by = " "]) => text.padStart(Number(length), String(by)))],
  ["padEnd", computed((text, [length = 0, by = " "]) => text.padEnd(Number(length), String(by)))],
  [
    "repeat",
    computed((text, [count = 0]) => (text.length * Number(count) > 100_000 ? "" : text.repeat(Number(count)))),
  ],
  ["localeCompare", computed((text, [other = ""]) => text.localeCompare(String(other)))],
]);

function sliced(self: Text, start: Value, end: Value, place: (length: number, at: number) => number): Value {
  const { length } = self.toString();
  if (typeof start !== "number" || (end !== undefined && typeof end !== "number") || self.known === undefined)
    return COMPUTED;
  return self.slice(place(length, start), end === undefined ? length : place(length, end));
}

function replaced(self: Text, [pattern, by]: readonly Value[], site: Site, all: boolean): Value {
  const text = self.known;
  const expression = regularExpression(pattern);
  const what = pattern instanceof Text ? pattern.known : expression;
  if (text === undefined || what === undefined) return COMPUTED;
  if (by instanceof Text && by.known !== undefined) {
    return made(all ? text.replaceAll(what, by.known) : text.replace(what, by.known), self, site);
  }
  if (!(by instanceof Callable)) return COMPUTED;
  let known = true;
  const change = (found: string, ...groups: unknown[]): string => {
    const result = by.call(
      [found, ...groups].map((one) => (typeof one === "string" ? Text.of(one) : undefined)),
      site,
      undefined,
    );
    const change = textOf(result)?.known;
    if (change === undefined) known = false;
    return change ?? "";
  };
  const result = all ? text.replaceAll(what, change) : text.replace(what, change);
  return known ? made(result, self, site) : COMPUTED;
}

/** Calls a function with each element, and once more where there may be others. */
function each(self: List, callee: Value, site: Site): Value[] {
  const { run } = site;
  const results = self.items.map((item, index) => callback(run, site, callee, item, index, self));
  if (self.open) run.conditionally(() => callback(run, site, callee, ELEMENT, COMPUTED, self));
  return results;
}

function select(self: List, callee: Value, site: Site): Value {
  const truths = each(self, callee, site).map(truthOf);
  const kept = self.items.filter((_, index) => truths[index] !== false);
  // What may be left out stays in: better one statement too many than too few.
  return new List(kept, self.open || truths.includes(undefined));
}

const LIST: ReadonlyMap<string, OwnMethod<List>> = new Map<string, OwnMethod<List>>([
  ["map", (self, [callee], site) => new List(each(self, callee, site), self.open)],
  ["forEach", (self, [callee], site) => void each(self, callee, site)],
  ["filter", (self, [callee], site) => select(self, callee, site)],
  [
    "flatMap",
    (self, [callee], site) => {
      const results = each(self, callee, site);
      return new List(
        results.flatMap((one) => (one instanceof List ? one.items : [one])),
        self.open,
      );
    },
  ],
  [
    "flat",
    (self) =>
      new List(
        self.items.flatMap((one) => (one instanceof List ? one.items : [one])),
        self.open,
      ),
  ],
  [
    "join",
    (self, [separator = Text.of(",")]) => {
      const texts = self.items.map((item) => (item == null ? Text.EMPTY : textOf(item)));
      if (self.open || texts.includes(undefined) || !(separator instanceof Text)) return COMPUTED;
      return Text.join(
        texts.flatMap((text) => text ?? []),
        separator,
      );
    },
  ],
  [
    "concat",
    (self, args) =>
      new List([...self.items, ...args.flatMap((one) => (one instanceof List ? one.items : [one]))], self.open),
  ],
  [
    "slice",
    (self, [start = 0, end]) =>
      typeof start === "number" && (end === undefined || typeof end === "number")
        ? new List(self.items.slice(start, end), self.open)
        : COMPUTED,
  ],
  ["at", (self, [index]) => (typeof index === "number" && !self.open ? self.items.at(index) : ELEMENT)],
  ["push", (self, args) => self.items.push(...args)],
  ["unshift", (self, args) => self.items.unshift(...args)],
  ["pop", (self) => self.items.pop()],
  ["shift", (self) => self.items.shift()],
  ["reverse", (self) => (self.items.reverse(), self)],
  ["toReversed", (self) => new List([...self.items].reverse(), self.open)],
  ["sort", (self, args) => (args.length > 0 ? self : (self.items.sort(byText), self))],
  [
    "entries",
    (self) =>
      new List(
        self.items.map((item, index) => new List([index, item])),
        self.open,
      ),
  ],
  [
    "keys",
    (self) =>
      new List(
        self.items.map((_, index) => index),
        self.open,
      ),
  ],
  ["values", (self) => self],
  [
    "includes",
    (self, [wanted]) => {
      const known =
        wanted instanceof Unknown
          ? self.items.map((item) => (wanted.equals ?? DIALECT.equals)?.(item))
          : self.items.map((item) => same(item, wanted));
      if (known.includes(true)) return true;
      return known.includes(undefined) || self.open ? new Unknown("depends on a condition") : false;
    },
  ],
  ["has", (self, args, site) => LIST.get("includes")!(self, args, site)],
  ["add", (self, [item]) => (self.items.push(item), self)],
  [
    "indexOf",
    (self, [wanted]) => {
      const known = self.items.map((item) => same(item, wanted));
      return known.includes(undefined) || self.open ? COMPUTED : known.indexOf(true);
    },
  ],
  [
    "some",
    (self, [callee], site) => {
      const truths = each(self, callee, site).map(truthOf);
      return truths.includes(true) || (truths.includes(undefined) || self.open ? COMPUTED : false);
    },
  ],
  [
    "every",
    (self, [callee], site) => {
      const truths = each(self, callee, site).map(truthOf);
      return truths.includes(false) ? false : truths.includes(undefined) || self.open ? COMPUTED : true;
    },
  ],
  [
    "find",
    (self, [callee], site) => {
      const truths = each(self, callee, site).map(truthOf);
      const at = truths.findIndex((truth) => truth !== false);
      return at >= 0 && truths[at] === true ? self.items[at] : self.open || at >= 0 ? ELEMENT : undefined;
    },
  ],
  [
    "reduce",
    (self, [callee, ...initial], site) => {
      const [first, rest] = initial.length > 0 ? [initial[0], self.items] : [self.items[0], self.items.slice(1)];
      let result = first;
      for (const [index, item] of rest.entries()) result = callback(site.run, site, callee, result, item, index, self);
      return self.open ? COMPUTED : result;
    },
  ],
]);

function byText(one: Value, other: Value): number {
  const [left, right] = [textOf(one)?.known ?? "", textOf(other)?.known ?? ""];
  return left < right ? -1 : Number(left > right);
}

function same(one: Value, other: Value): boolean | undefined {
  if (one instanceof Unknown || other instanceof Unknown) return undefined;
  if (!(one instanceof Text) || !(other instanceof Text)) return one === other;
  const [left, right] = [one.known, other.known];
  return left === undefined || right === undefined ? undefined : left === right;
}

const DICTIONARY = new Map<string, OwnMethod<Dictionary>>([
  [
    "test",
    (self, [value]) => {
      const expression = regularExpression(self);
      if (expression === undefined) return COMPUTED;
      if (value instanceof Text && value.known !== undefined) return expression.test(value.known);
      // The words of `/mysql|maria/`, where all of them are names of database systems.
      const words = expression.source.match(/[a-z]\w+/gi) ?? [];
      const answers = words.map((word) => DIALECT.equals?.(Text.of(word)));
      return (
        answers.includes(true) || (answers.length > 0 && answers.every((answer) => answer === false) ? false : COMPUTED)
      );
    },
  ],
  [
    "hasOwnProperty",
    (self, [name]) => {
      const key = textOf(name)?.known;
      if (key === undefined) return COMPUTED;
      return self.properties.has(key) || (self.open === undefined ? false : new Unknown(self.open));
    },
  ],
]);

const CALLABLE = new Map<string, OwnMethod<Callable>>([
  ["call", (self, [thisValue, ...args], site) => self.call(args, site, thisValue)],
  ["apply", (self, [thisValue, list], site) => self.call(elementsOf(list) ?? [], site, thisValue)],
  [
    "bind",
    (self, [thisValue, ...bound]) =>
      new Callable(
        self.name,
        (args, site) => self.call([...bound, ...args], site, thisValue),
        self.construct,
        self.members,
      ),
  ],
]);
