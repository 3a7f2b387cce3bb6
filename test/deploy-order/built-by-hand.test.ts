/** An index that the reader's tool cannot build concurrently is built by hand, and its statement stays. */
import { expect, test } from "vitest";
import { checkChange } from "../../src/check/check.js";
import { memoryChange } from "../rules/memory-change.js";
import { drizzle, supabase } from "../rules/tools.js";

const SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);";

test.each([
  [
    "it finds the index built",
    drizzle,
    "CREATE INDEX orders_account_id_idx ON orders (account_id);",
    [
      "Change this statement: it blocks writes on orders while it builds an index. Build the index by hand first, as proposed, and keep it here with IF NOT EXISTS.",
      "Build `orders_account_id_idx` on `orders` while reads and writes go on.",
    ],
  ],
  [
    "a tool that has a way takes the step in its place",
    supabase,
    "CREATE INDEX orders_account_id_idx ON orders (account_id);",
    [
      "Change this statement: it blocks writes on orders while it builds an index. Put the proposed step in its place.",
      "Build `orders_account_id_idx` on `orders` while reads and writes go on.",
    ],
  ],
])("%s", (_, tool, sql, titles) => {
  const { change } = memoryChange("/repository", sql, { history: [SCHEMA], tool });
  const { plan } = checkChange(change);
  expect(plan.phases.flatMap(({ steps }) => steps.map(({ title }) => title))).toEqual(titles);
});
