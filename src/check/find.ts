/** What rules find, without ESLint: for files in which no comment may be a directive, which only ESLint judges. */
import { type DefinedRule, typesIn, visitOperations } from "../rule/define-rule.js";
import type { Operation } from "../model/operation.js";
import type { LocatedMigration } from "../rule/linted-migration.js";
import type { Found } from "../rule/types.js";
import type { RuleInUse } from "./rule-levels.js";

interface Asked extends RuleInUse {
  readonly rule: DefinedRule;
}

/** What one rule has found in a file. */
export interface FoundByRule extends Asked {
  readonly found: readonly Found[];
}

/** What rules have found in a file; those that find nothing are not listed. */
export interface FoundInFile {
  readonly found: readonly FoundByRule[];
  /** The operation that there was no time for, nor for those behind it. */
  readonly end?: Operation;
}

/** Rules with their settings. Each is asked only about files with something that it looks at: most have little. */
export class AskedRules {
  readonly #rules: readonly Asked[];
  readonly #byType = new Map<string, readonly Asked[]>();
  readonly #ofChanges: readonly Asked[];
  /** What a rule looks at is known once all have looked at a file. */
  #haveLooked = false;

  constructor(rules: readonly Asked[]) {
    this.#rules = rules;
    this.#ofChanges = rules.filter(({ rule }) => rule.definition.checkChange !== undefined);
  }

  find(located: LocatedMigration): FoundInFile {
    const asked = this.#haveLooked ? this.#concernedWith(typesIn(located.migration)) : this.#rules;
    const looks = asked.map((one) => one.rule.look(located, one));
    this.#haveLooked = true;
    const end = visitOperations(located.migration, looks);
    const found = asked.flatMap((one, index): FoundByRule | [] => {
      // Some rules have not looked at the last one, and others may yield to what they would have found.
      const all = looks[index]!.found.filter(({ operation }) => end === undefined || operation !== end);
      return all.length > 0 ? { ...one, found: all } : [];
    });
    return { found, ...(end && { end }) };
  }

  #concernedWith(types: ReadonlySet<string>): readonly Asked[] {
    const asked = new Set(this.#ofChanges);
    for (const type of types) for (const one of this.#lookingAt(type)) asked.add(one);
    return [...asked];
  }

  #lookingAt(type: string): readonly Asked[] {
    let rules = this.#byType.get(type);
    if (!rules) this.#byType.set(type, (rules = this.#rules.filter(({ rule }) => rule.looksAt(type))));
    return rules;
  }
}
