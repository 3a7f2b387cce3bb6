/** What PostgreSQL refuses stops the migration, and with it the deploy: in the pull request it costs a minute. */
import {
  defineRule,
  listNames,
  migrationOf,
  nearestName,
  quoteIdentifier,
  REFUSABLE,
  refusalOf,
} from "../src/rule/index.js";
import type { Operation, Unparsed } from "../src/model/operation.js";
import type { Refusal } from "../src/model/refusal.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow SQL that PostgreSQL refuses",
      recommended: "error",
      category: "Migrations",
      harm: "fails",
      yieldsTo: ["no-dependent-object-break"],
    },
    messages: {
      syntax: "PostgreSQL refuses this statement: {{reason}}. The migration stops here.",
      refused: "PostgreSQL refuses this: {{reason}} (SQLSTATE {{code}}). The migration stops here.{{instead}}",
      tooNew:
        "PostgreSQL {{version}} refuses this: {{syntax}} before PostgreSQL {{since}} (SQLSTATE 42601). The migration stops here.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: Operation): void => {
      const refusal = refusalOf(migration, op);
      // What other objects depend on is no-dependent-object-break's.
      if (!refusal || refusal.dependents) return;
      const { message, code, since, range = op.range } = refusal;
      if (since !== undefined) {
        const version = String(migration.postgres);
        context.report({
          node: op,
          range,
          messageId: "tooNew",
          data: { version, syntax: message, since: String(since) },
        });
      } else {
        context.report({
          node: op,
          range,
          messageId: "refused",
          data: { reason: message, code, instead: instead(refusal) },
        });
      }
    };
    return {
      ...Object.fromEntries(REFUSABLE.map((type) => [type, check])),
      Unparsed(op: Unparsed) {
        if (op.refused) context.report({ node: op, messageId: "syntax", data: { reason: op.reason } });
      },
    };
  },
});

/** What there is, as a sentence: the name that was probably meant, else all of a few. */
function instead({ message, instead = [] }: Refusal): string {
  const wrong = /"(?:[^"]*\.)?([^".]+)"/.exec(message)?.[1] ?? "";
  const near = nearestName(wrong, instead);
  if (near !== undefined) return ` Did you mean ${quoteIdentifier(near)}?`;
  return instead.length === 0 || instead.length > 8 ? "" : ` There is ${listNames(instead.map(quoteIdentifier))}.`;
}
