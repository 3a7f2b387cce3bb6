/** Runs statements of a program, both ways where a condition is not known. */
import { DIALECT } from "./environment.js";
import { evaluate } from "./expressions.js";
import { classOf, closure } from "./functions.js";
import { elementsOf } from "./members.js";
import { exportNames, importNames } from "./modules.js";
import { bind } from "./patterns.js";
import type { Assignment, Scope } from "./scope.js";
import { type NodeOf, type Pattern, rangeOf, type Statement } from "./script.js";
import { Text } from "./text.js";
import { Dictionary, List, truthOf, Unknown, type Value } from "./value.js";

/** How a statement ended other than at its end. */
export type Completion =
  | { readonly type: "return"; readonly value: Value }
  | { readonly type: "break" | "continue"; readonly label?: string }
  | { readonly type: "throw" };

/** The function around statements. */
export interface Frame {
  /** A condition that is not known decides whether it ends here, with this value. */
  mayReturn(value: Value): void;
  /** The same of the loop around: whether a round, or all of it, ends here. */
  mayLeave?(how: "break" | "continue"): void;
}

/** A loop that goes on longer is data. */
const MAX_ROUNDS = 500;

/** Declares functions before anything runs. */
export function hoist(statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) {
    const declared =
      statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration"
        ? statement.declaration
        : statement;
    if (declared?.type === "FunctionDeclaration" && declared.id)
      scope.declare(declared.id.name, closure(declared, scope));
  }
}

export function execute(statements: readonly Statement[], scope: Scope, frame: Frame): Completion | undefined {
  for (const statement of statements) {
    const completion = executeOne(statement, scope, frame);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

function block(body: readonly Statement[], scope: Scope, frame: Frame): Completion | undefined {
  const inner = scope.inner();
  hoist(body, inner);
  return execute(body, inner, frame);
}

function executeOne(statement: Statement, scope: Scope, frame: Frame): Completion | undefined {
  const { run } = scope;
  run.step();
  if (scope.module.file === run.file && !COMPOUND.has(statement.type)) run.statement = rangeOf(statement);
  switch (statement.type) {
    case "ExpressionStatement":
      evaluate(statement.expression, scope);
      return undefined;
    case "VariableDeclaration":
      for (const { id, init } of statement.declarations) {
        const value = init == null ? undefined : evaluate(init, scope, nameOf(id));
        bind(id, value, scope, (name, part) => scope.declare(name, part));
      }
      return undefined;
    case "ReturnStatement":
      return { type: "return", value: statement.argument == null ? undefined : evaluate(statement.argument, scope) };
    case "ThrowStatement":
      return { type: "throw" };
    case "BreakStatement":
    case "ContinueStatement": {
      const type = statement.type === "BreakStatement" ? "break" : "continue";
      return statement.label ? { type, label: statement.label.name } : { type };
    }
    case "BlockStatement":
      return block(statement.body, scope, frame);
    case "LabeledStatement": {
      const completion = executeOne(statement.body, scope, frame);
      const ends = completion !== undefined && "label" in completion && completion.label === statement.label.name;
      return ends ? undefined : completion;
    }
    case "IfStatement": {
      const { test, consequent, alternate } = statement;
      const truth = truthOf(evaluate(test, scope));
      const follow = (arm: Statement | null | undefined) => (): Completion | undefined =>
        arm == null ? undefined : executeOne(arm, scope, frame);
      if (truth !== undefined) return follow(truth ? consequent : alternate)();
      return branches([follow(consequent), follow(alternate)], scope, frame);
    }
    case "SwitchStatement":
      return switchOf(statement, scope, frame);
    case "TryStatement": {
      const { block: body, handler, finalizer } = statement;
      let completion = block(body.body, scope, frame);
      if (handler) {
        const caught = scope.inner();
        if (handler.param) {
          bind(handler.param, new Unknown("is an error"), caught, (name, part) => caught.declare(name, part));
        }
        const onError = run.conditionally(() => block(handler.body.body, caught, frame));
        if (completion?.type === "throw") completion = onError;
      }
      return (finalizer ? block(finalizer.body, scope, frame) : undefined) ?? completion;
    }
    case "ForOfStatement":
      return forOf(statement, evaluate(statement.right, scope), scope, frame);
    case "ForInStatement": {
      const object = evaluate(statement.right, scope);
      const keys =
        object instanceof Dictionary
          ? new List(
              [...object.properties.keys()].map((key) => Text.of(key)),
              object.open !== undefined,
            )
          : object instanceof List
            ? new List(
                object.items.map((_, index) => Text.of(String(index))),
                object.open,
              )
            : object;
      return forOf(statement, keys, scope, frame);
    }
    case "ForStatement": {
      const { init, test, update, body } = statement;
      const inner = scope.inner();
      if (init?.type === "VariableDeclaration") executeOne(init, inner, frame);
      else if (init) evaluate(init, inner);
      return rounds({ test, update, body, first: true }, inner, frame);
    }
    case "WhileStatement":
      return rounds({ test: statement.test, body: statement.body, first: true }, scope, frame);
    case "DoWhileStatement":
      return rounds({ test: statement.test, body: statement.body, first: false }, scope, frame);
    case "ClassDeclaration":
      if (statement.id) scope.declare(statement.id.name, classOf(statement, scope));
      return undefined;
    case "TSEnumDeclaration":
      scope.declare(statement.id.name, enumOf(statement, scope));
      return undefined;
    case "ImportDeclaration":
      importNames(statement, scope);
      return undefined;
    case "ExportNamedDeclaration":
      if (statement.declaration) executeOne(statement.declaration, scope, frame);
      exportNames(statement, scope);
      return undefined;
    case "ExportDefaultDeclaration": {
      const { declaration } = statement;
      const { exports } = scope.module;
      if (declaration.type === "FunctionDeclaration") {
        exports.properties.set("default", closure(declaration, scope));
      } else if (declaration.type === "ClassDeclaration") {
        const made = classOf(declaration, scope);
        if (declaration.id) scope.declare(declaration.id.name, made);
        exports.properties.set("default", made);
      } else if (declaration.type !== "TSDeclareFunction") {
        exports.properties.set("default", evaluate(declaration, scope));
      }
      return undefined;
    }
    case "ExportAllDeclaration":
      exportNames(statement, scope);
      return undefined;
    case "TSExportAssignment":
      scope.module.exports.properties.set("default", evaluate(statement.expression, scope));
      return undefined;
    default:
      return undefined;
  }
}

/** Statements that have others in them: a directive is about one of those. */
const COMPOUND: ReadonlySet<string> = new Set([
  "BlockStatement",
  "IfStatement",
  "SwitchStatement",
  "TryStatement",
  "ForOfStatement",
  "ForInStatement",
  "ForStatement",
  "WhileStatement",
  "DoWhileStatement",
  "LabeledStatement",
]);

function nameOf(pattern: Pattern): string | undefined {
  return pattern.type === "Identifier" ? pattern.name : undefined;
}

/** Follows every branch of a condition that is not known, each from where the condition stands. */
export function branches(
  follow: readonly (() => Completion | undefined)[],
  { run }: Scope,
  frame: Frame,
): Completion | undefined {
  const outer = run.journal;
  const ends: { readonly completion: Completion | undefined; readonly assigned: Map<Scope, Map<string, Value>> }[] = [];
  for (const branch of follow) {
    const journal: Assignment[] = (run.journal = []);
    const completion = run.conditionally(branch);
    const assigned = new Map<Scope, Map<string, Value>>();
    for (const { scope, name } of journal) {
      const ofScope = assigned.get(scope) ?? new Map<string, Value>();
      assigned.set(scope, ofScope.set(name, scope.get(name)));
    }
    for (const { scope, name, before } of journal.reverse()) scope.restore(name, before);
    ends.push({ completion, assigned });
  }
  run.journal = outer;
  const going = ends.filter(({ completion }) => completion === undefined);
  for (const { assigned } of going) {
    for (const [scope, names] of assigned) {
      for (const name of names.keys()) {
        const values = going.map((end) =>
          end.assigned.get(scope)?.has(name) === true ? end.assigned.get(scope)?.get(name) : scope.get(name),
        );
        scope.assign(name, oneOf(values));
      }
    }
  }
  if (going.length === 0)
    return merged(
      ends.flatMap(({ completion }) => completion ?? []),
      frame,
    );
  // What another branch leaves, this one goes on with: under the condition, unless the other one fails.
  for (const { completion } of ends) {
    if (completion?.type === "return") frame.mayReturn(completion.value);
    else if (completion?.type === "break" || completion?.type === "continue") frame.mayLeave?.(completion.type);
  }
  return undefined;
}

function merged(completions: readonly Completion[], frame: Frame): Completion | undefined {
  const [first, ...others] = completions.filter(({ type }) => type !== "throw");
  if (first === undefined) return completions[0];
  for (const other of others) if (other.type === "return") frame.mayReturn(other.value);
  return first;
}

/** The value of one of several branches: theirs where they agree, else the only one that is something. */
export function oneOf(values: readonly Value[]): Value {
  const something = values.filter((value) => value != null);
  const [first] = something;
  if (something.every((value) => isSame(value, first))) return first ?? values[0];
  return new Unknown("depends on a condition");
}

function isSame(one: Value, other: Value): boolean {
  if (one === other) return true;
  return one instanceof Text && other instanceof Text && one.known !== undefined && one.known === other.known;
}

function forOf(
  { left, body }: Pick<NodeOf<"ForOfStatement">, "left" | "body">,
  iterated: Value,
  scope: Scope,
  frame: Frame,
): Completion | undefined {
  const loop = new Loop(scope.run, frame);
  const round = (value: Value): Completion | undefined => {
    const inner = scope.inner();
    if (left.type === "VariableDeclaration") {
      bind(left.declarations[0]?.id, value, inner, (name, part) => inner.declare(name, part));
    } else bind(left, value, scope, (name, part) => scope.assign(name, part));
    return loop.round(() => executeOne(body, inner, loop));
  };
  const items = elementsOf(iterated);
  const open = items === undefined || (iterated instanceof List && iterated.open);
  for (const item of (items ?? []).slice(0, MAX_ROUNDS)) {
    const completion = round(item);
    if (completion?.type === "return" || completion?.type === "throw") return completion;
    if (completion?.type === "break") return completion.label === undefined ? undefined : completion;
    if (completion?.label !== undefined) return completion;
  }
  if (!open) return undefined;
  const unknown = iterated instanceof Unknown ? iterated : new Unknown("is an element of a list that is not known");
  return branches([() => unlabelled(round(unknown)), () => undefined], scope, frame);
}

/** What is around the statements of a loop. */
class Loop implements Frame {
  /** Whether a condition that is not known may have ended it. */
  mayHaveEnded = false;
  /** Whether one may have ended a round: what was assigned before that is not known to the next. */
  mayHaveContinued = false;
  #ends: (() => void)[] = [];

  constructor(
    readonly run: Scope["run"],
    readonly around: Frame,
  ) {}

  mayReturn(value: Value): void {
    this.mayHaveEnded = true;
    this.around.mayReturn(value);
  }

  mayLeave(how: "break" | "continue"): void {
    if (how === "break") this.mayHaveEnded = true;
    else this.mayHaveContinued = true;
    this.#ends.push(this.run.enterCondition());
  }

  /** What is behind a condition that may leave the round is under that condition, to the end of the round. */
  round(follow: () => Completion | undefined): Completion | undefined {
    const completion = follow();
    for (const end of this.#ends.splice(0)) end();
    return completion;
  }
}

/** A loop as it is seen from outside: what ends a round ends nothing else. */
function unlabelled(
  completion: Completion | undefined,
  ending: readonly Completion["type"][] = ["break", "continue"],
): Completion | undefined {
  if (completion === undefined || !ending.includes(completion.type)) return completion;
  return "label" in completion && completion.label !== undefined ? completion : undefined;
}

function rounds(
  loop: {
    readonly test?: NodeOf<"ForStatement">["test"];
    readonly update?: NodeOf<"ForStatement">["update"];
    readonly body: Statement;
    /** Whether the condition is looked at before the first round. */
    readonly first: boolean;
  },
  scope: Scope,
  frame: Frame,
): Completion | undefined {
  const { test, update, body } = loop;
  const around = new Loop(scope.run, frame);
  const round = (): Completion | undefined => around.round(() => executeOne(body, scope, around));
  for (let count = 0; count < MAX_ROUNDS; count++) {
    if (count > 0 || loop.first) {
      const truth = test == null ? true : truthOf(evaluate(test, scope));
      if (truth === false) return undefined;
      if (truth === undefined) {
        // One more round stands for all that may follow.
        if (count > 0) return undefined;
        return branches([() => unlabelled(round()), () => undefined], scope, frame);
      }
    }
    const completion = round();
    if (completion?.type === "return" || completion?.type === "throw") return completion;
    if (completion?.type === "break") return completion.label === undefined ? undefined : completion;
    if (completion?.label !== undefined) return completion;
    // One round stands for all that may follow.
    if (around.mayHaveEnded || (around.mayHaveContinued && update == null)) return undefined;
    if (update) evaluate(update, scope);
  }
  return undefined;
}

function switchOf(statement: NodeOf<"SwitchStatement">, scope: Scope, frame: Frame): Completion | undefined {
  const value = evaluate(statement.discriminant, scope);
  const { cases } = statement;
  const inside: Frame = {
    mayReturn: (returned) => frame.mayReturn(returned),
    // A break leaves the switch.
    mayLeave: (how) => (how === "continue" ? frame.mayLeave?.(how) : undefined),
  };
  const from = (index: number) => (): Completion | undefined =>
    unlabelled(
      block(
        cases.slice(index).flatMap(({ consequent }) => consequent),
        scope,
        inside,
      ),
      ["break"],
    );
  const possible: number[] = [];
  for (const [index, { test }] of cases.entries()) {
    if (test == null) continue;
    const equal = equality(value, evaluate(test, scope));
    if (equal === true)
      return possible.length === 0 ? from(index)() : branches([...possible, index].map(from), scope, frame);
    if (equal === undefined) possible.push(index);
  }
  const fallback = cases.findIndex(({ test }) => test == null);
  if (possible.length === 0) return fallback < 0 ? undefined : from(fallback)();
  const otherwise = fallback < 0 ? (): undefined => undefined : from(fallback);
  return branches([...possible.map(from), otherwise], scope, frame);
}

/** Whether two values are equal; undefined where that is not known. */
export function equality(one: Value, other: Value): boolean | undefined {
  for (const [side, against] of [
    [one, other],
    [other, one],
  ] as const) {
    // Whoever compares something with the name of a database system asks which one it is.
    if (side instanceof Unknown) return (side.equals ?? DIALECT.equals)?.(against);
  }
  if (one instanceof Text && other instanceof Text) {
    const [left, right] = [one.known, other.known];
    return left === undefined || right === undefined ? undefined : left === right;
  }
  if (one == null && other == null) return true;
  return one === other;
}

function enumOf(node: NodeOf<"TSEnumDeclaration">, scope: Scope): Dictionary {
  const made = new Dictionary();
  const inner = scope.inner();
  let next: Value = 0;
  for (const { id, initializer } of node.members ?? node.body?.members ?? []) {
    const name = id.type === "Identifier" ? id.name : id.value;
    const value: Value = initializer == null ? next : evaluate(initializer, inner);
    made.properties.set(name, value);
    inner.declare(name, value);
    next = typeof value === "number" ? value + 1 : undefined;
  }
  return made;
}
