/** SQL as a language of ESLint. The tree that ESLint walks is the list of operations of a migration. */
import type { File, Language, OkParseResult, ParseResult } from "@eslint/core";
import { ConfigurationError } from "../change/configuration.js";
import { GitError } from "../change/git.js";
import type { LocatedMigration } from "../rule/linted-migration.js";
import { locateMigration } from "./locate-migration.js";
import { type MigrationNode, SqlSourceCode } from "./sql-source-code.js";

export type SqlLanguage = Language<{
  LangOptions: Record<string, unknown>;
  Code: SqlSourceCode;
  RootNode: MigrationNode;
  Node: unknown;
}>;

interface SqlParseResult extends OkParseResult<MigrationNode> {
  readonly sourceCode: SqlSourceCode;
}

export const sqlLanguage: SqlLanguage = {
  fileType: "text",
  lineStart: 1,
  columnStart: 0,
  nodeTypeKey: "type",
  visitorKeys: { Migration: ["body"] },

  /** There are no options of ours. Those of other languages are none of our business: users set them for all files. */
  validateLanguageOptions() {},

  /**
   * Never fails for what stands in the file: what cannot be read is an `Unparsed` operation, which a rule reports and a
   * directive can silence.
   */
  parse({ path, body }: File): ParseResult<MigrationNode> {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    let located: LocatedMigration;
    try {
      located = locateMigration(path, text);
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof GitError)) throw error;
      return { ok: false, errors: [{ message: error.message, line: 1, column: 1 }] };
    }
    const sourceCode = new SqlSourceCode(located);
    return { ok: true, ast: sourceCode.ast, sourceCode } satisfies SqlParseResult;
  },

  createSourceCode(_file: File, { sourceCode }: OkParseResult<MigrationNode>): SqlSourceCode {
    return sourceCode as SqlSourceCode;
  },
};
