/** A file of SQL as ESLint works with it: its root is the migration, the root's children are operations. */
import type { FileProblem, SourceLocation, SourceRange } from "@eslint/core";
import { type Directive, TextSourceCodeBase, VisitNodeStep } from "@eslint/plugin-kit";
import type { LocatedMigration, MigrationSourceCode } from "../rule/linted-migration.js";
import type { Operation } from "../model/operation.js";
import type { SqlComment } from "../model/statement.js";
import type { Range } from "../model/position.js";
import { type DirectiveNode, type FileDirectives, type InlineConfig, readDirectives } from "./directives.js";

/** The root of the tree. */
export interface MigrationNode {
  readonly type: "Migration";
  readonly range: Range;
  readonly body: readonly Operation[];
}

/** Nodes and comments have a range only; a directive's node says for itself where it holds. */
type Element = MigrationNode | Operation | SqlComment | DirectiveNode;

export class SqlSourceCode
  extends TextSourceCodeBase<{
    LangOptions: Record<string, unknown>;
    RootNode: MigrationNode;
    SyntaxElementWithLoc: Element;
    ConfigNode: SqlComment;
  }>
  implements MigrationSourceCode
{
  readonly located: LocatedMigration;
  /** ESLint's own rules for JavaScript ask for it when a configuration without `files` turns them on for SQL. */
  readonly parserServices = {};
  #steps: readonly VisitNodeStep[] | undefined;
  #directives: FileDirectives | undefined;

  constructor(located: LocatedMigration) {
    const { sql, statements } = located.migration;
    const { text } = sql;
    // As they were replayed, with what the functions do that they call.
    const body = statements.flatMap(({ statement }) => statement.operations);
    super({ text, ast: { type: "Migration", range: [0, text.length], body } });
    this.located = located;
  }

  override getLoc(element: Element): SourceLocation {
    if ("loc" in element) return element.loc;
    if (element === this.ast) {
      const { lines } = this;
      return { start: { line: 1, column: 0 }, end: { line: lines.length, column: lines.at(-1)?.length ?? 0 } };
    }
    return { start: this.getLocFromIndex(element.range[0]), end: this.getLocFromIndex(element.range[1]) };
  }

  override getRange(element: Element): SourceRange {
    return [element.range[0], element.range[1]];
  }

  override getParent(element: Element): MigrationNode | undefined {
    return element === this.ast ? undefined : this.ast;
  }

  override traverse(): Iterable<VisitNodeStep> {
    this.#steps ??= [
      new VisitNodeStep({ target: this.ast, phase: 1, args: [this.ast] }),
      ...this.ast.body.flatMap((operation) => [
        new VisitNodeStep({ target: operation, phase: 1, args: [operation] }),
        new VisitNodeStep({ target: operation, phase: 2, args: [operation] }),
      ]),
      new VisitNodeStep({ target: this.ast, phase: 2, args: [this.ast] }),
    ];
    return this.#steps;
  }

  /** ESLint's own rules for JavaScript call it; `no-irregular-whitespace` of js-recommended fails without it. */
  getAllComments(): readonly SqlComment[] {
    return this.located.migration.sql.comments;
  }

  getInlineConfigNodes(): SqlComment[] {
    return [...this.#read().comments];
  }

  getDisableDirectives(): { directives: Directive[]; problems: FileProblem[] } {
    const { directives, problems } = this.#read();
    return { directives: [...directives], problems: [...problems] };
  }

  applyInlineConfig(): { configs: InlineConfig[]; problems: FileProblem[] } {
    const { inlineConfigs, inlineProblems } = this.#read();
    return { configs: [...inlineConfigs], problems: [...inlineProblems] };
  }

  #read(): FileDirectives {
    return (this.#directives ??= readDirectives(this.located, this));
  }
}
