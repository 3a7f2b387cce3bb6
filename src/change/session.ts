/** Which session settings are in force just before each statement. */
import type { StatementTransaction } from "../model/migration.js";
import type { SetVariable } from "../model/operation.js";
import type { Statement } from "../model/statement.js";

export type Settings = ReadonlyMap<string, string>;

/**
 * One connection, statement by statement. The maps that it hands out are never changed afterwards, and statements
 * between two changes share one.
 */
export class Session {
  readonly #defaults: Settings;
  /** What SET has made of the defaults. */
  #session: Settings;
  /** What SET LOCAL puts on top, until the transaction ends. */
  #local: Settings | undefined;
  /** What ROLLBACK goes back to. */
  #saved: Settings;
  #group: string | undefined;

  /** @param defaults Settings of the connection or role: what RESET goes back to. */
  constructor(defaults: Settings) {
    this.#defaults = defaults;
    this.#session = defaults;
    this.#saved = defaults;
  }

  /** The settings in force when the statement starts; afterwards the session has run it. */
  run(statement: Statement, transaction: StatementTransaction): Settings {
    if (transaction.group !== this.#group || transaction.inTransaction === false) {
      this.#local = undefined;
      this.#saved = this.#session;
      this.#group = transaction.group;
    }
    const inForce = this.#local ?? this.#session;
    for (const operation of statement.operations) {
      if (operation.type === "SetVariable") this.#set(operation, transaction);
      else if (operation.type === "TransactionControl" && operation.kind === "rollback") this.#session = this.#saved;
    }
    return inForce;
  }

  #set(operation: SetVariable, transaction: StatementTransaction): void {
    if (operation.local) {
      // Outside a transaction SET LOCAL warns and does nothing. Where that is not known, its author knew.
      if (transaction.inTransaction !== false) this.#local = this.#with(this.#local ?? this.#session, operation);
      return;
    }
    this.#session = this.#with(this.#session, operation);
    // A later SET in the same transaction wins over an earlier SET LOCAL.
    if (this.#local !== undefined) this.#local = this.#with(this.#local, operation);
  }

  #with(settings: Settings, { variable, value }: SetVariable): Settings {
    if (variable === "*") return this.#defaults;
    const changed = new Map(settings);
    const wanted = value ?? this.#defaults.get(variable);
    if (wanted === undefined) changed.delete(variable);
    else changed.set(variable, wanted);
    return changed;
  }
}
