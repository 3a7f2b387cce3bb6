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
import type { LocatedMigration } from "../rule/linted-migration.js";

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
    directives: translate(read, coveredIn(migration.sql.statements), places),
    inlineConfigs,
    problems,
    inlineProblems,
    comments,
  };
}

function withPrefix(rule: string): string {
  return rule.includes("/") ? rule : PREFIX + rule;
}

/** What is said of a directive that silences nothing. */
const notHonoured = {
  noRule: ({ label, ours }: DirectiveComment): string =>
    `\`${label}\` names no rule and silences nothing here. Name the rule and give a reason: ` +
    `\`${label} ${ours ? "" : PREFIX}RULE -- reason\`.`,
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
    note(notHonoured.noRule(directive));
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
function translate(comments: readonly DirectiveComment[], statements: Covered, places: Places): readonly Directive[] {
  const covers = comments.map(({ type, comment }) =>
    type === "disable-next-line" ? coverOf(comment, statements, places) : undefined,
  );
  const disabledAt = blocksAt(comments);
  const directives: Directive[] = [];
  /** The rules of blocks that we opened, by the line on which they end. */
  const closing = new Map<number, Set<string>>();
  for (const [index, directive] of comments.entries()) {
    const { comment, type, rules } = directive;
    const loc = { start: places.getLocFromIndex(comment.range[0]), end: places.getLocFromIndex(comment.range[1]) };
    const add = (as: DirectiveType, where: Partial<SourceLocation>): void => {
      directives.push(...directivesFor(directive, as, { ...loc, ...where }, places));
    };
    const cover = covers[index];
    if (!cover) {
      // What is said before the first statement is said of the file, and a finding about a file is on its first line.
      const ofFile = type === "disable" && comment.range[1] <= (statements.ranges[0]?.[0] ?? Infinity);
      add(type, ofFile ? { start: { line: 1, column: 0 } } : {});
      continue;
    }
    const oneLine = { end: { line: cover.firstLine - 1, column: 0 } };
    if (cover.firstLine === cover.lastLine || !namesOurs(directive)) {
      add(type, oneLine);
      continue;
    }
    // Next-line directives on the last line of this statement, whose blocks go on behind its end.
    const later: DirectiveComment[] = [];
    for (let next = index + 1; (comments[next]?.comment.range[0] ?? Infinity) < cover.end; next++) {
      const [other, otherCover] = [comments[next], covers[next]];
      if (other && otherCover && otherCover.end > cover.end) later.push(other);
    }
    const disabled = disabledAt(cover.end);
    const cutsShort =
      rules.length === 0
        ? disabled.size > 0 || later.length > 0
        : disabled.has("") || rules.some((rule) => disabled.has(rule));
    if (cutsShort) {
      // The end of our block would end another one that goes on.
      add(type, oneLine);
      continue;
    }
    add("disable", {});
    const ending = closing.get(cover.lastLine) ?? new Set();
    closing.set(cover.lastLine, ending);
    for (const rule of orAll(rules)) {
      if (!later.some((other) => other.rules.length === 0 || other.rules.includes(rule))) ending.add(rule);
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

/** The rules that a directive is about; the empty string stands for every rule. */
function orAll(rules: readonly string[]): readonly string[] {
  return rules.length > 0 ? rules : [""];
}

/** Which rules blocks of the file's author disable at an offset; offsets must not become smaller from call to call. */
function blocksAt(comments: readonly DirectiveComment[]): (offset: number) => ReadonlySet<string> {
  const disabled = new Set<string>();
  let next = 0;
  return (offset) => {
    for (; (comments[next]?.comment.range[0] ?? Infinity) < offset; next++) {
      const { type, rules } = comments[next]!;
      if (type === "disable") for (const rule of orAll(rules)) disabled.add(rule);
      else if (type === "enable" && rules.length === 0) disabled.clear();
      else if (type === "enable") for (const rule of rules) disabled.delete(rule);
    }
    return disabled;
  };
}

/** What a next-line directive may be about, by where it starts. */
interface Covered {
  readonly ranges: readonly Range[];
  /** Where a directive is about the next line only: inside a statement of SQL. */
  readonly statements: readonly Range[];
}

/** The statements of a file; in a program those of the program, too. */
function coveredIn(statements: readonly Statement[]): Covered {
  const sql = statements.map(({ range }) => range);
  if (statements[0]?.embedded === undefined) return { ranges: sql, statements: sql };
  const program = statements.flatMap(({ embedded }) => (embedded ? [embedded.within] : []));
  const inFile = (one: Range, other: Range): number => one[0] - other[0] || other[1] - one[1];
  return { ranges: [...program, ...sql].sort(inFile), statements: sql.sort(inFile) };
}

/** The next statement's lines; inside a statement, the next line. */
function coverOf({ range }: SqlComment, { ranges, statements }: Covered, places: Places): Cover {
  const lineOf = (offset: number): number => places.getLocFromIndex(offset).line;
  const around = statements[firstEndingAfter(statements, range[1])];
  const next = ranges[firstStartingAt(ranges, range[1])];
  if (next === undefined || (around !== undefined && around[0] < range[0])) {
    const line = lineOf(range[1]) + 1;
    return { firstLine: line, lastLine: line, end: range[1] };
  }
  const lineEnd = places.text.indexOf("\n", next[1]);
  return {
    firstLine: lineOf(next[0]),
    lastLine: lineOf(next[1]),
    end: lineEnd < 0 ? places.text.length : lineEnd + 1,
  };
}

/** Index of the first range that ends behind the offset. */
function firstEndingAfter(ranges: readonly Range[], offset: number): number {
  return firstWhere(ranges, ([, end]) => end > offset);
}

/** Index of the first range that starts at the offset or behind it. */
function firstStartingAt(ranges: readonly Range[], offset: number): number {
  return firstWhere(ranges, ([start]) => start >= offset);
}

/** Index of the first range for which something is true; it is true for all behind that one. */
function firstWhere(ranges: readonly Range[], isTrue: (range: Range) => boolean): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range !== undefined && isTrue(range)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Other plugins' rules keep ESLint's reading of a next line: ESLint would complain twice of one that it does not know. */
function namesOurs({ rules }: DirectiveComment): boolean {
  return rules.length === 0 || rules.some((rule) => isOurs(rule.slice(rule.lastIndexOf("/") + 1)));
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
  const isSpace = (offset: number): boolean => /\s/.test(places.text[offset] ?? "");
  return rules.map((rule) => {
    const index = names.findIndex((name) => name.rule === rule);
    const [before, name, after] = [names[index - 1], names[index], names[index + 1]];
    if (!name) return make(comment.range, rule);
    // ESLint puts a space in its place: one that is there goes, and the comma behind the name, before the last one.
    if (before && !after) return make([before.end, isSpace(name.end) ? name.end + 1 : name.end], rule);
    return make([isSpace(name.start - 1) ? name.start - 1 : name.start, after?.start ?? name.end], rule);
  });
}
