/** `migration-safety stats`: the query whose answer says how large the tables are. It asks no database itself. */
import { STATISTICS_QUERY } from "../change/statistics-query.js";
import { defineCommand } from "./command.js";
import { outputOption, writeResult } from "./output.js";

export const statsCommand = defineCommand({
  name: "stats",
  summary: "the query that says how large the tables are, for psql",
  description:
    "Prints a query for psql, which reads PostgreSQL's own statistics and no table. Its answer is the file that " +
    "databases.NAME.stats of the configuration names: " +
    'migration-safety stats | psql -XAt "$DATABASE_URL" > .github/migration-safety-stats.json',
  options: { output: outputOption },
  exitCodes: "0 done; 2 wrong usage, or a failure of this program.",
  run({ output }, _, surroundings) {
    writeResult(STATISTICS_QUERY, output, surroundings);
    return 0;
  },
});
