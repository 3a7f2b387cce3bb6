/** A program as a tree. Parsed by ourselves in all three faces, so that all three find the same. */
import { createRequire } from "node:module";
import type { Range } from "../../model/position.js";

const require = createRequire(import.meta.url);

type File = ReturnType<(typeof import("@babel/parser"))["parse"]>;
export type Program = File["program"];
export type Statement = Program["body"][number];
export type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
export type NodeOf<Type extends string> = Extract<Statement | Expression, { type: Type }>;
export type ObjectExpression = NodeOf<"ObjectExpression">;
export type FunctionNode =
  | NodeOf<"FunctionDeclaration">
  | NodeOf<"FunctionExpression">
  | NodeOf<"ArrowFunctionExpression">
  | Extract<ObjectExpression["properties"][number], { type: "ObjectMethod" }>
  | Extract<NodeOf<"ClassDeclaration">["body"]["body"][number], { type: "ClassMethod" | "ClassPrivateMethod" }>;
export type ClassNode = NodeOf<"ClassDeclaration"> | NodeOf<"ClassExpression">;
/** What may stand on the left of an assignment, or as a parameter. */
export type Pattern = FunctionNode["params"][number] | NodeOf<"VariableDeclaration">["declarations"][number]["id"];

export interface Script {
  readonly program: Program;
  readonly comments: readonly ScriptComment[];
}

export interface ScriptComment {
  readonly kind: "line" | "block";
  readonly range: Range;
  readonly value: string;
}

/** Larger files are bundles or data. */
const MAX_LENGTH = 1_000_000;

/** Why a text is no script, as the rest of a sentence, or the script. */
export function parseScript(text: string, file: string): Script | { readonly reason: string; readonly offset: number } {
  if (text.length > MAX_LENGTH) return { reason: "is too large to be read", offset: 0 };
  const { parse } = require("@babel/parser") as typeof import("@babel/parser");
  const plugins = /\.[cm]?tsx?$/i.test(file)
    ? (["typescript", "decorators-legacy", ...(/x$/i.test(file) ? (["jsx"] as const) : [])] as const)
    : (["jsx", "flow", "decorators-legacy"] as const);
  try {
    const { program, comments } = parse(text, {
      sourceType: "unambiguous",
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      attachComment: false,
      plugins: [...plugins],
    });
    return {
      program,
      comments: (comments ?? []).map(({ type, value, start, end }) => ({
        kind: type === "CommentLine" ? "line" : "block",
        range: [start ?? 0, end ?? 0],
        value,
      })),
    };
  } catch (error) {
    const { message = "", pos = 0 } = error as { message?: string; pos?: number };
    return { reason: `is no JavaScript or TypeScript: ${message.replace(/\s*\(\d+:\d+\)$/, "")}`, offset: pos };
  }
}

export function rangeOf({ start, end }: { readonly start?: number | null; readonly end?: number | null }): Range {
  return [start ?? 0, end ?? 0];
}
