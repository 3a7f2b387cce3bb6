/**
 * Makes an ordinary ESLint rule of a definition that knows operations only: ESLint gets the locations, the check gets
 * what a message cannot carry.
 */
import type { Rule } from "eslint";
import type { Change } from "../model/change.js";
import type { Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { Reference } from "../model/reference.js";
import { migrationFor, provideMigration } from "./migration-context.js";
import { acceptanceOf } from "../change/acceptance.js";
import { embeddedEdit } from "./embedded-edit.js";
import { type LintedProgram, type LocatedMigration, migrationIn, programIn } from "./linted-migration.js";
import { isRecording, record } from "./records.js";
import type { ChangeFinding, OperationVisitors, RuleContext, RuleDefinition, RuleMeta } from "./types.js";

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
  create(context: Rule.RuleContext): Rule.RuleListener;
  /** Whether it may have something to say about a migration; where not, a run need not start it. */
  concerns(located: LocatedMigration): boolean;
}

const LANGUAGES: readonly string[] = ["migration-safety/sql", "js/js"];

/**
 * Defines a rule. Its visitors are called with the operations of judged migrations only; history is never judged.
 * Where the rule has options, their type is that of `meta.defaultOptions`.
 */
export function defineRule<const MessageId extends string, Options extends readonly unknown[] | [] = readonly []>(
  definition: RuleDefinition<MessageId, Options> & { readonly meta: { readonly defaultOptions?: Options } },
): DefinedRule<MessageId, Options> {
  /** What it visits, known once it has been created. */
  let visited: ReadonlySet<string> | undefined;

  const concerns = ({ change, migration }: LocatedMigration): boolean => {
    if (definition.checkChange && findingsOf(definition, change).has(migration.file)) return true;
    if (!definition.create || !migration.judged) return false;
    if (visited === undefined) return true;
    const types = visited;
    return operationTypesOf(migration).some((type) => types.has(type));
  };

  return {
    meta: { schema: [], ...definition.meta, languages: LANGUAGES },
    definition,
    concerns,
    create(eslint) {
      const own = migrationIn(eslint.sourceCode);
      const program = own ? undefined : programIn(eslint.sourceCode, eslint.filename);
      const located = own ?? program?.located;
      if (!located || !concerns(located)) return {};
      const migration = migrationFor(located);
      const report = reporter<MessageId>(eslint, located, program);

      for (const finding of findingsOf(definition, located.change).get(located.migration.file) ?? []) {
        report({ ...finding, range: finding.range ?? firstLine(eslint.sourceCode.text) });
      }

      const { judged, unchanged } = located.migration;
      if (!definition.create || !judged) return {};
      const context: RuleContext<MessageId, Options> = {
        id: eslint.id,
        options: eslint.options as unknown as Options,
        report({ node, ...finding }) {
          if (unchanged?.has(node.statement) === true) return;
          report({
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
      const wanted = visitorsFor(located.migration, visitors, visited);
      return program ? atProgramExit(located.migration, wanted) : (wanted as unknown as Rule.RuleListener);
    },
  };
}

/** A program keeps its own tree; what it sends is visited when ESLint has walked that. */
function atProgramExit({ statements }: Migration, visitors: OperationVisitors): Rule.RuleListener {
  const visit = visitors as Readonly<Record<string, ((operation: Operation) => void) | undefined>>;
  return {
    "Program:exit"() {
      visitors.Migration?.();
      for (const { statement } of statements) {
        for (const operation of statement.operations) visit[operation.type]?.(operation);
      }
    },
  };
}

const operationTypes = new WeakMap<Migration, readonly string[]>();

/** Each type once. */
function operationTypesOf(migration: Migration): readonly string[] {
  let types = operationTypes.get(migration);
  if (!types) {
    const found = new Set(["Migration"]);
    for (const { statement } of migration.statements) for (const { type } of statement.operations) found.add(type);
    operationTypes.set(migration, (types = [...found]));
  }
  return types;
}

/** Visitors of operations that the migration has: ESLint takes its time over each, and most files have few types. */
function visitorsFor(
  migration: Migration,
  visitors: OperationVisitors,
  visited: ReadonlySet<string>,
): OperationVisitors {
  // A rule that visited more here than in the first migration would be silent about it in others.
  for (const type in visitors) {
    if (!visited.has(type)) throw new TypeError(`The rule's visitors depend on the migration or its options: ${type}.`);
  }
  const wanted: Record<string, unknown> = {};
  for (const type of operationTypesOf(migration)) {
    const visit = visitors[type as keyof OperationVisitors];
    if (visit) wanted[type] = visit;
  }
  return wanted;
}

interface PlacedFinding<MessageId extends string> {
  readonly range: Range;
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string>>;
  readonly object?: string | undefined;
  readonly evidence?: readonly Reference[];
  readonly operation?: Operation;
  readonly also?: readonly Operation[];
  readonly suggest?:
    | readonly {
        readonly messageId: MessageId;
        readonly data?: Readonly<Record<string, string>>;
        readonly fix: Rule.ReportFixer;
      }[]
    | undefined;
}

/**
 * A function that reports to ESLint, and to the check where one listens. The check lists what the configuration accepts;
 * ESLint has no place for it.
 */
function reporter<MessageId extends string>(
  eslint: Rule.RuleContext,
  { change, migration: { file, statements } }: LocatedMigration,
  program: LintedProgram | undefined,
): (finding: PlacedFinding<MessageId>) => void {
  const { sourceCode } = eslint;
  const rule = eslint.id.slice(eslint.id.lastIndexOf("/") + 1);
  const isAccepted = (object: string | undefined): boolean =>
    acceptanceOf(change.configuration, { rule, object, file })?.expired === false;
  /** The first statement with a finding at a place: in a loop all others have it, too. */
  const said = new Map<string, number>();
  return ({ range, messageId, data = {}, object, evidence = [], operation, also, suggest = [] }) => {
    if (!isRecording() && isAccepted(object)) return;
    const embedded = operation && statements[operation.statement]?.statement.embedded;
    if (embedded) {
      const key = `${messageId} ${range.join()}`;
      if ((said.get(key) ?? operation.statement) !== operation.statement) return;
      said.set(key, operation.statement);
    }
    const silenced = program?.silenced(eslint.id, range);
    if (silenced === "silent") return;
    const start = silenced ? { line: silenced.line, column: 0 } : sourceCode.getLocFromIndex(range[0]);
    const end = silenced ? start : sourceCode.getLocFromIndex(range[1]);
    const edits = suggest.flatMap(({ fix, ...edit }) => {
      const possible = embedded ? embeddedEdit(fix, embedded) : fix;
      return possible ? [{ ...edit, fix: possible }] : [];
    });
    eslint.report({ loc: { start, end }, messageId, data: { ...data }, suggest: edits });
    if (!isRecording()) return;
    record({
      rule: eslint.id,
      messageId,
      data,
      range,
      line: start.line,
      column: start.column + 1,
      endLine: end.line,
      endColumn: end.column + 1,
      ...(object === undefined ? {} : { object }),
      evidence,
      ...(operation ? { statement: operation.statement, operation } : {}),
      ...(also ? { also } : {}),
    });
  };
}

function firstLine(text: string): Range {
  const end = /\r?\n/.exec(text)?.index ?? text.length;
  return [0, end];
}

/** A rule looks at a change as a whole once, not once for each file. */
const changeFindings = new WeakMap<Change, WeakMap<object, ReadonlyMap<string, readonly ChangeFinding<string>[]>>>();

/** What a rule finds in the change as a whole, by file. */
export function findingsOf<MessageId extends string, Options extends readonly unknown[]>(
  definition: RuleDefinition<MessageId, Options>,
  change: Change,
): ReadonlyMap<string, readonly ChangeFinding<MessageId>[]> {
  if (!definition.checkChange) return new Map();
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
