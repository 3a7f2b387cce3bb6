/** Suggestions that several rules offer. Each is an edit of one place, offered only where the place is known. */
import type { Rule } from "eslint";
import type { CreateIndex, DropIndex } from "../model/operation.js";

interface Suggestion<MessageId extends string> {
  readonly messageId: MessageId;
  readonly fix: Rule.ReportFixer;
}

/** Inserts CONCURRENTLY behind the keyword INDEX. The rule words it as its message `addConcurrently`. */
export function concurrently(operation: CreateIndex | DropIndex): readonly Suggestion<"addConcurrently">[] {
  const position = operation.anchors.afterIndexKeyword;
  // A DO block cannot run it.
  if (position === undefined || operation.inBlock !== undefined) return [];
  return [
    { messageId: "addConcurrently", fix: (fixer) => fixer.insertTextAfterRange([position, position], " CONCURRENTLY") },
  ];
}
