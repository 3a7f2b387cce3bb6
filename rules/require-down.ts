/** A migration without a way back cannot be taken back by the tool that runs it. */
import { defineRule } from "../src/rule/index.js";
import type { Down } from "../src/model/migration.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Require a `down` where the migration tool has them",
      recommended: "strict",
      category: "Migrations",
      harm: "other",
    },
    messages: {
      missing:
        "{{place}}: {{tool}} cannot take this migration back. Write what undoes it; where nothing can, accept this finding with that reason.",
    },
  },
  *checkChange(change) {
    for (const database of change.databases) {
      for (const { file, judged, status, down, statements, tool } of database.migrations) {
        if (!judged || status !== "added" || !down || statements.length === 0 || !isEmpty(down)) continue;
        const [first] = statements;
        yield {
          database,
          file,
          ...(first && { range: first.statement.range }),
          messageId: "missing",
          data: { place: placeOf(down, file), tool: tool.label },
        };
      }
    }
  },
});

function isEmpty({ sql }: Down): boolean {
  return sql === undefined || sql.statements.length === 0;
}

/** What is missing, and where. */
function placeOf({ file, sql }: Down, up: string): string {
  if (file === up) return "This file has nothing that undoes it";
  return sql === undefined ? `There is no ${file}` : `${file} is empty`;
}
