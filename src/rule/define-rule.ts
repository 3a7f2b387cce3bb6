/**
 * Makes an ordinary ESLint rule of a definition that knows operations only: ESLint gets the locations, the check gets
 * what a message cannot carry.
 */
import type { Rule } from "eslint";
import type { Change } from "../model/change.js";
import type { Harm } from "../model/finding.js";
import type { Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { checkTime, OutOfTime } from "../text/out-of-time.js";
import { type LocatedMigration, migrationIn, programIn } from "./linted-migration.js";
import { migrationFor, provideMigration } from "./migration-context.js";
import { report } from "./reporter.js";
import type { ChangeFinding, Found, OperationVisitors, RuleContext, RuleDefinition, RuleMeta } from "./types.js";

/** ESLint's metadata of one of our rules. */
export type DefinedRuleMeta<MessageId extends string> = RuleMeta<MessageId> & {
  /** Names of the languages whose files the rule understands; ESLint 10 checks it. */
  readonly languages: readonly string[];
  readonly schema: readonly object[];
};

/** An ESLint rule together with what it was made of. */
export interface DefinedRule<
  MessageId extends string = string,
  Options extends readonly unknown[] = readonly unknown[],
> {
  readonly meta: DefinedRuleMeta<MessageId>;
  readonly definition: RuleDefinition<MessageId, Options>;
  /** Reports to ESLint what the rule finds, or what a run has found with it. */
  create(context: Rule.RuleContext): Rule.RuleListener;
  /** What the rule finds in a migration. */
  find(located: LocatedMigration, settings: RuleSettings): readonly Found[];
  /** Begins to look at a migration: there is something to find once all of its operations are visited. */
  look(located: LocatedMigration, settings: RuleSettings): Look;
  /** Whether it visits operations of a type; true as long as it has not looked at any file. */
  looksAt(type: string): boolean;
}

/** A rule that looks at one migration. */
export interface Look {
  /** As visitors are called; each adds to what is found. */
  readonly visitors: Readonly<Record<string, Visit | undefined>>;
  readonly found: readonly Found[];
}

type Visit = (operation: Operation) => void;

/** As ESLint gives them to a rule: its name with the plugin's, and its options with the defaults. */
export interface RuleSettings {
  readonly id: string;
  readonly options: readonly unknown[];
}

const LANGUAGES: readonly string[] = ["migration-safety/sql", "js/js"];

/** What rules say of databases in use, where something is there already. */
const ON_DATABASES: ReadonlySet<RuleMeta<string>["docs"]["category"]> = new Set(["Blocking", "Compatibility", "Data"]);

const NOTHING: readonly Found[] = [];
const NO_VISITORS: Look["visitors"] = {};

/**
 * Defines a rule. Its visitors are called with the operations of judged migrations only; history is never judged.
 * Where the rule has options, their type is that of `meta.defaultOptions`.
 *
 * ESLint does not call the visitors while it walks the tree. What a rule finds depends on migration and options alone, so
 * that the check asks for it without ESLint, which takes longer to start one rule than most take to look.
 */
export function defineRule<const MessageId extends string, Options extends readonly unknown[] | [] = readonly []>(
  definition: RuleDefinition<MessageId, Options> & { readonly meta: { readonly defaultOptions?: Options } },
): DefinedRule<MessageId, Options> {
  /** What it visits, known once it has been created. */
  let visited: ReadonlySet<string> | undefined;

  const look = (located: LocatedMigration, { id, options }: RuleSettings): Look => {
    const { judged, unchanged, kept, remade } = located.migration;
    if (isMoot(definition.meta.docs.harm, located)) return { visitors: NO_VISITORS, found: [] };
    const inChange = findingsOf(definition, located.change).get(located.migration.file);
    const found: Found[] = inChange ? [...inChange] : [];
    if (!definition.create || !judged) return { visitors: NO_VISITORS, found };
    const migration = migrationFor(located);
    const context: RuleContext<MessageId, Options> = {
      id,
      options: options as unknown as Options,
      report({ node, ...finding }) {
        if (unchanged?.has(node.statement) === true || kept?.has(node) === true) return;
        if (remade?.has(node) === true && ON_DATABASES.has(definition.meta.docs.category)) return;
        found.push({
          ...finding,
          range: finding.range ?? node.range,
          object: finding.object ?? migration.objectOf(node),
          operation: node,
        });
      },
    };
    provideMigration(context, migration);
    const visitors = definition.create(context);
    visited ??= new Set(Object.keys(visitors));
    // A rule that visited more here than in the first migration would be silent about it in others.
    for (const type of typesIn(located.migration)) {
      if (type in visitors && !visited.has(type))
        throw new TypeError(`The rule's visitors depend on the migration or its options: ${type}.`);
    }
    return { visitors: visitors as Look["visitors"], found };
  };

  const looksAt = (type: string): boolean => definition.create !== undefined && visited?.has(type) !== false;

  const find = (located: LocatedMigration, settings: RuleSettings): readonly Found[] => {
    const { migration, change } = located;
    if (isMoot(definition.meta.docs.harm, located)) return NOTHING;
    if (![...typesIn(migration)].some(looksAt)) return findingsOf(definition, change).get(migration.file) ?? NOTHING;
    const one = look(located, settings);
    if (visitOperations(migration, [one])) checkTime();
    return one.found;
  };

  return {
    meta: { schema: [], ...definition.meta, languages: LANGUAGES },
    definition,
    find,
    look,
    looksAt,
    create(eslint) {
      const own = migrationIn(eslint.sourceCode);
      const program = own ? undefined : programIn(eslint.sourceCode, eslint.filename);
      const located = own ?? program?.located;
      if (!located) return {};
      const found = find(located, eslint);
      if (found.length > 0) report(eslint, located, program, found);
      return {};
    },
  };
}

/** Whether nobody is there to be harmed: what stops for an upgrade waits for no lock, and how long it is down the notes say. */
function isMoot(harm: Harm, { change }: LocatedMigration): boolean {
  return harm === "blocks" && change.configuration.deploy.model === "recreate";
}

/**
 * Lets rules that look at a migration visit its operations: one after the other, each by all of them.
 * @returns The operation at which the time was over; undefined where all were visited.
 */
export function visitOperations(migration: Migration, looks: readonly Look[]): Operation | undefined {
  const visits = new Map<string, readonly Visit[]>();
  for (const type of typesIn(migration))
    visits.set(
      type,
      looks.flatMap(({ visitors }) => visitors[type] ?? []),
    );
  for (const { visitors } of looks) (visitors as OperationVisitors).Migration?.();
  checkTime();
  let current: Operation | undefined;
  try {
    for (const { statement } of migration.statements) {
      for (current of statement.operations) {
        for (const visit of visits.get(current.type)!) visit(current);
        // Behind it: what a rule reads after the end is cut.
        checkTime();
      }
    }
  } catch (error) {
    if (error instanceof OutOfTime) return current;
    throw error;
  }
  return undefined;
}

const operationTypes = new WeakMap<Migration, ReadonlySet<string>>();

/** The types of a migration's operations, as visitors are called. */
export function typesIn(migration: Migration): ReadonlySet<string> {
  let types = operationTypes.get(migration);
  if (!types) {
    const found = new Set(["Migration"]);
    for (const { statement } of migration.statements) for (const { type } of statement.operations) found.add(type);
    operationTypes.set(migration, (types = found));
  }
  return types;
}

const NOWHERE: ReadonlyMap<string, never> = new Map<string, never>();

/** A rule looks at a change as a whole once, not once for each file. */
const changeFindings = new WeakMap<Change, WeakMap<object, ReadonlyMap<string, readonly ChangeFinding<string>[]>>>();

/** What a rule finds in the change as a whole, by file. */
export function findingsOf<MessageId extends string, Options extends readonly unknown[]>(
  definition: RuleDefinition<MessageId, Options>,
  change: Change,
): ReadonlyMap<string, readonly ChangeFinding<MessageId>[]> {
  if (!definition.checkChange) return NOWHERE;
  let rules = changeFindings.get(change);
  if (!rules) changeFindings.set(change, (rules = new WeakMap()));
  let found = rules.get(definition) as Map<string, ChangeFinding<MessageId>[]> | undefined;
  if (!found) {
    found = new Map();
    for (const finding of definition.checkChange(change)) {
      const inFile = found.get(finding.file);
      if (inFile) inFile.push(finding);
      else found.set(finding.file, [finding]);
    }
    rules.set(definition, found);
  }
  return found;
}
