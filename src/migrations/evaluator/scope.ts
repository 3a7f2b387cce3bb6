import type { Dictionary, Value } from "./value.js";
import type { Run } from "./run.js";

/** A file of the program. */
export interface Module {
  readonly file: string;
  readonly text: string;
  readonly exports: Dictionary;
}

/** The variables of a block, inside those of the blocks around it. */
export class Scope {
  readonly #variables = new Map<string, Value>();

  constructor(
    readonly run: Run,
    readonly module: Module,
    readonly parent?: Scope,
  ) {}

  inner(): Scope {
    return new Scope(this.run, this.module, this);
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** The scope that has a variable; undefined for what the program does not declare. */
  find(name: string): Scope | undefined {
    return this.#variables.has(name) ? this : this.parent?.find(name);
  }

  /** Of a variable of this scope. */
  get(name: string): Value {
    return this.#variables.get(name);
  }

  /** Gives a variable another value, and writes it down where branches are followed one after the other. */
  assign(name: string, value: Value): void {
    const scope = this.find(name) ?? this;
    this.run.journal?.push({ scope, name, before: scope.get(name) });
    scope.#variables.set(name, value);
  }

  /** As `assign`, without a note. */
  restore(name: string, value: Value): void {
    this.#variables.set(name, value);
  }
}

/** An assignment that a branch made. */
export interface Assignment {
  readonly scope: Scope;
  readonly name: string;
  readonly before: Value;
}
