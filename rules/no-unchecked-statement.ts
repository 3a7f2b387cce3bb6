/** What could not be analysed is not silently safe: it is said once, where it stands, with the reason. */
import { defineRule } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow statements that cannot be analysed",
      recommended: "warn",
      category: "Migrations",
      harm: "other",
    },
    messages: {
      unparsed:
        "This could not be analysed: {{reason}}. What it locks and what it breaks is not known. If it is right as it stands, accept it with a reason.",
      doBlock:
        "What this DO block runs is not analysed: what it locks and what it breaks is not known. Write its statements out in the migration, or accept it with a reason.",
      partOfBlock:
        "{{reason}}: what that locks and what it breaks is not known. Write the statement out where you can, or accept it with a reason.",
      call: "What a procedure runs is not analysed: what it locks and what it breaks is not known. Write its statements out in the migration, or accept it with a reason.",
    },
  },
  create(context) {
    return {
      Unparsed(op) {
        // What PostgreSQL refuses for certain is no-invalid-sql's.
        if (op.refused) return;
        context.report({ node: op, messageId: "unparsed", data: { reason: op.reason } });
      },
      DoBlock(op) {
        if (op.reason === undefined) context.report({ node: op, messageId: "doBlock" });
        else context.report({ node: op, messageId: "partOfBlock", data: { reason: op.reason } });
      },
      Call: (op) => context.report({ node: op, messageId: "call" }),
    };
  },
});
