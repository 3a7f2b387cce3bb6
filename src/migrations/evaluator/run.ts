/** The state of one evaluation: what was sent so far, under which condition, and how much is still allowed. */
import type { Range } from "../../model/position.js";
import type { SchemaLookup, SentSql, SourceFiles } from "../tool.js";
import type { Assignment, Module, Scope } from "./scope.js";
import { rangeOf } from "./script.js";
import type { Text } from "./text.js";
import { Callable, Dictionary, Handle, List, type Site, Unknown, type Value } from "./value.js";

/** Steps that one file may take: a loop over the largest list that people write by hand stays far below. */
const MAX_STEPS = 200_000;
/** What is sent by one file; a loop that sends more is data. */
const MAX_SENT = 5_000;
const MAX_DEPTH = 24;

/** Ends an evaluation that takes too long. */
export class OutOfBudget extends Error {}

/** What a file exports that a tool generates and nobody commits, by its path; undefined for other files. */
export type Generated = (path: string) => Value | undefined;

export class Run {
  readonly sent: SentSql[] = [];
  /** What was assigned in the branch that is being followed; absent outside of one. */
  journal: Assignment[] | undefined;
  /** The statement of the migration's file that is being executed. */
  statement: Range = [0, 0];
  /** Modules by their path. */
  readonly modules = new Map<string, Module>();
  /** Every file that was asked for, with its text; undefined for one that is not there. */
  readonly reads = new Map<string, string | undefined>();
  #conditions = 0;
  #steps = 0;
  readonly #calls: Site[] = [];
  readonly #unknown = new Set<string>();

  constructor(
    readonly file: string,
    readonly files: SourceFiles,
    /** What the tool adds to the language: packages and global names. */
    readonly environment: {
      readonly modules: ReadonlyMap<string, Value>;
      readonly globals: ReadonlyMap<string, Value>;
      readonly generated?: Generated | undefined;
    },
  ) {}

  step(): void {
    if (++this.#steps > MAX_STEPS) throw new OutOfBudget();
  }

  /** Whether a condition that is not known decides whether this runs. */
  get conditional(): boolean {
    return this.#conditions > 0;
  }

  /** Follows what a condition decides about. */
  conditionally<Result>(follow: () => Result): Result {
    this.#conditions++;
    try {
      return follow();
    } finally {
      this.#conditions--;
    }
  }

  /** Everything from here on is under a condition; call the result to end that. */
  enterCondition(): () => void {
    this.#conditions++;
    return () => void this.#conditions--;
  }

  /** A statement, or several in one string, goes to the database. */
  send(sql: Text, site: Site, more: Partial<Pick<SentSql, "transaction">> = {}): void {
    if (this.sent.length >= MAX_SENT) throw new OutOfBudget();
    this.sent.push({ sql, ...this.#place(site), ...more });
  }

  /** For what is sent later, under the condition and at the place of this moment. */
  postpone(sql: Text, site: Site): (more?: Partial<Pick<SentSql, "transaction">>) => void {
    const place = this.#place(site);
    return (more = {}) => {
      if (this.sent.length >= MAX_SENT) throw new OutOfBudget();
      this.sent.push({ sql, ...place, ...more });
    };
  }

  /**
   * A call looks at the schema to know what it sends.
   * @param reason Why that is not known without the schema.
   */
  ask(lookup: SchemaLookup, reason: string, site: Site): void {
    if (this.sent.length >= MAX_SENT) throw new OutOfBudget();
    this.sent.push({ reason, lookup, ...this.#place(site) });
  }

  /** Something goes to the database, or may, and what is not known. Said once for each place. */
  unknown(reason: string, site: Site): void {
    const place = this.#place(site);
    const key = `${place.range.join()} ${reason}`;
    if (this.#unknown.has(key)) return;
    this.#unknown.add(key);
    this.sent.push({ reason, ...place });
  }

  /** Calls a function of the program. */
  enter<Result>(site: Site, follow: () => Result): Result | undefined {
    if (this.#calls.length >= MAX_DEPTH) return undefined;
    this.#calls.push(site);
    const { statement } = this;
    try {
      return follow();
    } finally {
      this.#calls.pop();
      this.statement = statement;
    }
  }

  /** The place in the migration's own file: the call that stands there, where another file was called. */
  #place(site: Site): Pick<SentSql, "range" | "statement" | "conditional"> {
    const own = site.file === this.file ? site : this.#calls.findLast(({ file }) => file === this.file);
    const { statement, conditional } = this;
    return { range: own?.range ?? statement, statement, conditional };
  }

  /** What a promise comes to: where a tool's queries run. */
  settle(value: Value, site: Site): Value {
    if (value instanceof Handle && value.more.settle) return value.more.settle(site);
    return value;
  }

  /** Whether something of the tool's can be reached by way of a value. */
  reaches(value: Value, depth = 0): boolean {
    if (value instanceof Handle) return true;
    if (value instanceof Unknown) return value.reaches;
    if (depth > 2) return false;
    if (value instanceof List) return value.items.some((item) => this.reaches(item, depth + 1));
    if (!(value instanceof Dictionary)) return false;
    return [...value.properties.values()].some((property) => this.reaches(property, depth + 1));
  }

  /**
   * Calls a value.
   * @param nameOf How the program writes the function's name.
   */
  call(callee: Value, args: readonly Value[], site: Site, self?: Value, nameOf = () => "this function"): Value {
    this.step();
    if (callee instanceof Callable) return callee.call(args, site, self);
    if (callee instanceof Handle && callee.more.call) return callee.more.call(args, site);
    const reason = callee instanceof Unknown ? callee.reason : "is not known";
    // What is not followed may call the functions that it is given.
    for (const argument of args) {
      if (!(argument instanceof Callable)) continue;
      const unknown = new Unknown("is given by a function that is not known");
      this.conditionally(() => this.settle(argument.call([unknown, unknown, unknown], site, undefined), site));
    }
    const reaches =
      (callee instanceof Unknown && callee.reaches) ||
      callee instanceof Handle ||
      args.some((argument) => this.reaches(argument));
    if (reaches) this.unknown(`\`${nameOf()}\` ${reason}, so what it runs is not known`, site);
    return new Unknown("comes from a call that is not followed", { reaches });
  }

  /** Whether the repository has a file; a program that looks for it depends on that. */
  has(file: string): boolean {
    if (this.files.has(file)) return true;
    this.reads.set(file, undefined);
    return false;
  }

  read(file: string): string | undefined {
    const text = this.files.read(file);
    this.reads.set(file, text);
    return text;
  }

  siteOf(
    node: {
      readonly start?: number | null;
      readonly end?: number | null;
      readonly property?: object;
      readonly callee?: object;
    },
    scope: Scope,
  ): Site {
    const [start, end] = rangeOf(node);
    const property = (node.callee as { property?: { start?: number | null } } | undefined)?.property?.start;
    return { run: this, file: scope.module.file, range: [start, end], own: [property ?? start, end] };
  }
}
