/** A migration without a way back cannot be taken back by the tool that runs it. */
import { defineRule } from "../src/rule/index.js";
import type { Down, Migration } from "../src/model/migration.js";

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
      missingPart:
        "The changeset {{id}} has no rollback: {{tool}} cannot take it back, nor what ran before it. Write what undoes it behind `--rollback`; where nothing has to be undone, write `--rollback empty`.",
    },
  },
  *checkChange(change) {
    for (const database of change.databases) {
      for (const migration of database.migrations) {
        const { file, judged, status, down, statements, tool } = migration;
        if (!judged || !down || statements.length === 0) continue;
        for (const part of newParts(migration, down)) {
          yield {
            database,
            file,
            range: part.range,
            messageId: "missingPart",
            data: { id: part.id, tool: tool.label },
          };
        }
        if (status !== "added" || !isEmpty(down)) continue;
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

/** New parts of a migration that nothing undoes, each at its first statement. */
function newParts({ statements, status, editedParts, unchanged }: Migration, { missing = [] }: Down) {
  if (status !== "added" && editedParts === undefined) return [];
  return missing.flatMap(({ range: [start, end], id }) => {
    const first = statements.find(({ statement: { range } }) => range[0] >= start && range[1] <= end)?.statement;
    return first && !unchanged?.has(first.index) ? { id, range: first.range } : [];
  });
}

function isEmpty({ sql, partial }: Down): boolean {
  return partial !== true && (sql === undefined || sql.statements.length === 0);
}

/** What is missing, and where. */
function placeOf({ file, sql }: Down, up: string): string {
  if (file === up) return "This file has nothing that undoes it";
  return sql === undefined ? `There is no ${file}` : `${file} is empty`;
}
