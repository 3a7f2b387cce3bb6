/**
 * Directives in SQL comments: ESLint's own, and ours for people who do not know ESLint. A next-line directive covers
 * the whole next statement, because one statement of SQL is what a reader of the directive thinks of, and its clauses
 * stand on lines of their own.
 */
import type { FileProblem, Position, RulesConfig, SourceLocation } from "@eslint/core";
import { ConfigCommentParser, Directive } from "@eslint/plugin-kit";
import { rules as ourRules } from "../../rules/index.js";
import type { Range } from "../model/position.js";
import type { SqlComment, Statement } from "../model/statement.js";
import type { DirectiveNote, LocatedMigration } from "../rule/linted-migration.js";

/** Where ESLint finds a directive: `range` is what its autofix removes, `loc` is from where to where it holds. */
export interface DirectiveNode {
  readonly range: Range;
  readonly loc: SourceLocation;
}

export interface InlineConfig {
  readonly config: { readonly rules: RulesConfig };
  readonly loc: SourceLocation;
}

export interface FileDirectives {
  readonly directives: readonly Directive[];
  readonly inlineConfigs: readonly InlineConfig[];
  /** Directives that nobody could follow. */
  readonly problems: readonly FileProblem[];
  /** Inline configuration that is not well-formed. */
  readonly inlineProblems: readonly FileProblem[];
  /** The comments that hold them. */
  readonly comments: readonly SqlComment[];
}

type DirectiveType = Directive["type"];

/** A comment that is a directive, read but not yet turned into what ESLint understands. */
interface DirectiveComment {
  readonly comment: SqlComment;
  /** `eslint-disable-next-line` */
  readonly label: string;
  readonly type: DirectiveType;
  /** Whether it is `migration-safety-…`, whose rules need no prefix. */
  readonly ours: boolean;
  /** As written, without the reason. */
  readonly value: string;
  /** Empty: every rule. */
  readonly rules: readonly string[];
  readonly reason: string;
}

interface Places {
  readonly text: string;
  getLocFromIndex(index: number): Position;
}

const PREFIX = "migration-safety/";
const LOOKS_LIKE_DIRECTIVE = /^\s*(?:eslint|migration-safety)[\s-]/;
const LABEL = /^(eslint|migration-safety)-(disable|enable|disable-line|disable-next-line)$/;
const parser = new ConfigCommentParser();

const isOurs = (name: string): boolean => Object.hasOwn(ourRules, name);

const NONE: FileDirectives = { directives: [], inlineConfigs: [], problems: [], inlineProblems: [], comments: [] };

/**
 * The directives of a file. History has none: its findings are not made any more, so every directive in it would be
 * reported as unused, and removing one edits a migration that databases have run.
 */
export function readDirectives(located: LocatedMigration, places: Places): FileDirectives {
  const { migration, onNote } = located;
  const comments = migration.sql.comments.filter(({ value }) => LOOKS_LIKE_DIRECTIVE.test(value));
  if (comments.length === 0 || !migration.judged) return NONE;

  const note =
    onNote &&
    ((comment: SqlComment, message: string) =>
      onNote({ file: migration.file, line: places.getLocFromIndex(comment.range[0]).line, message }));
  const locOf = ({ range }: SqlComment): SourceLocation => ({
    start: places.getLocFromIndex(range[0]),
    end: places.getLocFromIndex(range[1]),
  });

  const read: DirectiveComment[] = [];
  const inlineConfigs: InlineConfig[] = [];
  const problems: FileProblem[] = [];
  const inlineProblems: FileProblem[] = [];
  for (const comment of comments) {
    const parsed = parser.parseDirective(comment.value);
    if (!parsed) continue;
    if (parsed.label === "eslint" && comment.kind === "block") {
      if (note) {
        if (parsed.value.includes(PREFIX)) note(comment, notHonoured.inlineConfig(comment));
        continue;
      }
      const config = parser.parseJSONLikeConfig(parsed.value);
      if (config.ok) inlineConfigs.push({ config: { rules: config.config }, loc: locOf(comment) });
      else inlineProblems.push({ ruleId: null, message: config.error.message, loc: locOf(comment) });
      continue;
    }
    const label = LABEL.exec(parsed.label);
    if (!label) continue;
    const ours = label[1] === "migration-safety";
    const rules = Object.keys(parser.parseListConfig(parsed.value));
    const directive: DirectiveComment = {
      comment,
      label: parsed.label,
      type: label[2] as DirectiveType,
      ours,
      value: parsed.value,
      rules: ours ? rules.map(withPrefix) : rules,
      reason: parsed.justification,
    };
    const honoured = note ? onlyOurs(directive, (message) => note(comment, message)) : directive;
    if (!honoured) continue;
    if (ours && rules.length === 0 && directive.type.startsWith("disable")) {
      problems.push({ ruleId: null, message: notHonoured.noRule(directive), loc: locOf(comment) });
      continue;
    }
    read.push(honoured);
  }
  return {
    directives: translate(read, migration.sql.statements, places),
    inlineConfigs,
    problems,
    inlineProblems,
    comments,
  };
}

function withPrefix(rule: string): string {
  return rule.includes("/") ? rule : PREFIX + rule;
}

/** Why the Action and the command line pass over a directive that `eslint` honours. */
const notHonoured = {
  noRule: ({ label }: DirectiveComment): string =>
    `\`${label}\` names no rule and silences nothing. Name the rule and give a reason: \`${label} RULE -- reason\`.`,
  bare: ({ label }: DirectiveComment): string =>
    `\`${label}\` names no rule and silences nothing here. Name the rule and give a reason: ` +
    `\`${label} ${PREFIX}RULE -- reason\`.`,
  noReason: ({ label, value }: DirectiveComment): string =>
    `\`${label} ${value}\` gives no reason and silences nothing here. Add one: \`${label} ${value} -- reason\`.`,
  noSuchRule: ({ label }: DirectiveComment, rule: string): string =>
    `\`${label}\` names ${rule}, and there is no such rule.`,
  inlineConfig: ({ value }: SqlComment): string =>
    `The comment \`${value.trim()}\` changes nothing here. Set a rule's level in .github/migration-safety.yml, or ` +
    `silence one statement: \`-- migration-safety-disable-next-line RULE -- reason\`.`,
};

/** What is left of a directive where only those count that name our rules and give a reason. */
function onlyOurs(directive: DirectiveComment, note: (message: string) => void): DirectiveComment | undefined {
  const { type, rules, reason } = directive;
  if (type === "enable" && rules.length === 0) return directive;
  if (rules.length === 0) {
    note(notHonoured.bare(directive));
    return undefined;
  }
  const named = rules.filter((rule) => rule.startsWith(PREFIX));
  const known = named.filter((rule) => isOurs(rule.slice(PREFIX.length)));
  for (const rule of named) if (!known.includes(rule)) note(notHonoured.noSuchRule(directive, rule));
  if (known.length === 0) return undefined;
  if (reason === "" && type !== "enable") {
    note(notHonoured.noReason(directive));
    return undefined;
  }
  return {
    ...directive,
    rules: known,
    value: directive.ours || known.length === rules.length ? directive.value : known.join(", "),
  };
}

/** The lines that a next-line directive covers. */
interface Cover {
  readonly firstLine: number;
  readonly lastLine: number;
  /** Offset behind the last line. */
  readonly end: number;
}

/**
 * Directives as ESLint takes them. It knows single lines and open-ended blocks, so a next-line directive before a
 * statement of many lines becomes a block: from the comment to the end of the statement's last line.
 */
function translate(
  comments: readonly DirectiveComment[],
  statements: readonly Statement[],
  places: Places,
): readonly Directive[] {
  const covers = new Map<DirectiveComment, Cover>();
  for (const directive of comments) {
    if (directive.type === "disable-next-line") covers.set(directive, coverOf(directive.comment, statements, places));
  }
  const directives: Directive[] = [];
  /** Where blocks that we opened end, by their last line. */
  const closing = new Map<number, Set<string>>();
  for (const directive of comments) {
    const { range } = directive.comment;
    const loc = { start: places.getLocFromIndex(range[0]), end: places.getLocFromIndex(range[1]) };
    const cover = covers.get(directive);
    if (!cover) {
      // What is said before the first statement is said of the file, and a finding about a file is on its first line.
      const ofFile = directive.type === "disable" && range[1] <= (statements[0]?.range[0] ?? Infinity);
      const start = ofFile ? { line: 1, column: 0 } : loc.start;
      directives.push(...directivesFor(directive, directive.type, { ...loc, start }, places));
    } else if (
      cover.firstLine === cover.lastLine ||
      !namesOurs(directive) ||
      cutsShort(directive, cover, covers, comments)
    ) {
      const end = { line: cover.firstLine - 1, column: 0 };
      directives.push(...directivesFor(directive, directive.type, { ...loc, end }, places));
    } else {
      directives.push(...directivesFor(directive, "disable", loc, places));
      const rules = closing.get(cover.lastLine) ?? new Set();
      closing.set(cover.lastLine, rules);
      const later = overlapping(directive, cover, covers);
      for (const rule of directive.rules.length > 0 ? directive.rules : [""]) {
        if (!later.some(({ rules }) => rules.length === 0 || rules.includes(rule))) rules.add(rule);
      }
    }
  }
  for (const [line, rules] of closing) {
    if (rules.size === 0) continue;
    const point = { line: line + 1, column: 0 };
    const node: DirectiveNode = { range: [0, 0], loc: { start: point, end: point } };
    const value = rules.has("") ? "" : [...rules].join(", ");
    directives.push(new Directive({ type: "enable", node, value, justification: "" }));
  }
  return directives;
}

/** The next statement's lines; inside a statement, the next line. */
function coverOf({ range }: SqlComment, statements: readonly Statement[], places: Places): Cover {
  const lineOf = (offset: number): number => places.getLocFromIndex(offset).line;
  const statement = statements[firstEndingAfter(statements, range[1])];
  const first = statement && statement.range[0] >= range[1] ? statement.range[0] : undefined;
  if (statement === undefined || first === undefined) {
    const line = lineOf(range[1]) + 1;
    return { firstLine: line, lastLine: line, end: range[1] };
  }
  const lineEnd = places.text.indexOf("\n", statement.range[1]);
  return {
    firstLine: lineOf(first),
    lastLine: lineOf(statement.range[1]),
    end: lineEnd < 0 ? places.text.length : lineEnd + 1,
  };
}

/** Index of the first statement that ends behind the offset. */
function firstEndingAfter(statements: readonly Statement[], offset: number): number {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.range[1] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Other plugins' rules keep ESLint's reading of a next line: ESLint would complain twice of one that it does not know. */
function namesOurs({ rules }: DirectiveComment): boolean {
  return rules.length === 0 || rules.some((rule) => isOurs(rule.slice(rule.lastIndexOf("/") + 1)));
}

/** Blocks of next-line directives that begin before this one ends. */
function overlapping(
  directive: DirectiveComment,
  { end }: Cover,
  covers: ReadonlyMap<DirectiveComment, Cover>,
): readonly DirectiveComment[] {
  return [...covers].flatMap(([other, cover]) =>
    other !== directive && other.comment.range[0] < end && end < cover.end && cover.firstLine < cover.lastLine
      ? [other]
      : [],
  );
}

/** Whether the end of this directive's block would also end a block that goes on. */
function cutsShort(
  directive: DirectiveComment,
  cover: Cover,
  covers: ReadonlyMap<DirectiveComment, Cover>,
  comments: readonly DirectiveComment[],
): boolean {
  const { rules } = directive;
  if (rules.length === 0 && overlapping(directive, cover, covers).length > 0) return true;
  const disabled = new Set<string>();
  for (const { comment, type, rules: named } of comments) {
    if (comment.range[0] >= cover.end) break;
    if (type === "disable") for (const rule of named.length > 0 ? named : [""]) disabled.add(rule);
    else if (type === "enable" && named.length === 0) disabled.clear();
    else if (type === "enable") for (const rule of named) disabled.delete(rule);
  }
  return rules.length === 0 ? disabled.size > 0 : disabled.has("") || rules.some((rule) => disabled.has(rule));
}

/**
 * ESLint's directives for a comment. Its autofix of unused ones looks for the rule's name as ESLint knows it, which in
 * our own directives is written without a prefix: there each rule is a directive with its own range to remove.
 */
function directivesFor(
  { comment, ours, value, rules, reason: justification }: DirectiveComment,
  type: DirectiveType,
  loc: SourceLocation,
  places: Places,
): readonly Directive[] {
  const make = (range: Range, ofRules: string): Directive => {
    const node: DirectiveNode = { range, loc };
    return new Directive({ type, node, value: ofRules, justification });
  };
  if (!ours) return [make(comment.range, value)];
  if (rules.length < 2) return [make(comment.range, rules.join())];
  const list = places.text.indexOf(value, comment.range[0]);
  const names = [...value.matchAll(/[^\s,]+/g)].map(({ 0: name, index }) => ({
    rule: withPrefix(name),
    start: list + index,
    end: list + index + name.length,
  }));
  return rules.map((rule) => {
    const index = names.findIndex((name) => name.rule === rule);
    const [before, name, after] = [names[index - 1], names[index], names[index + 1]];
    // With the comma behind the name; the last one takes the comma before it.
    return make(name ? [after || !before ? name.start : before.end, after?.start ?? name.end] : comment.range, rule);
  });
}
