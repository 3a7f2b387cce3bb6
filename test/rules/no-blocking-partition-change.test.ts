import rule from "../../rules/no-blocking-partition-change.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const events =
  "CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day); CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');";
const table = "CREATE TABLE events_2027 (id bigint, day date);";
const attach = "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');";
const rest = "CREATE TABLE events_rest PARTITION OF events DEFAULT;";
const create = "CREATE TABLE events_2028 PARTITION OF events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');";
const detach = "ALTER TABLE events DETACH PARTITION events_2026;";
const bounds = "CHECK (day IS NOT NULL AND day >= '2027-01-01' AND day < '2028-01-01')";

const whole = (code: string) => ({ line: 1, column: 1, endLine: 1, endColumn: code.length });
const waits = "every query on events_2027 waits until it is done, SELECT too.";
const detaching =
  "Detaching events_2026 waits for every query that uses events, and every query that comes later waits behind it, SELECT too.";

ruleTester.run("no-blocking-partition-change", rule, {
  valid: [
    { name: "a table of this change", history: [events], code: `${table}\n${attach}` },
    { name: "a new partition", history: [events], code: create },
    { name: "a valid CHECK", history: [events, table, `ALTER TABLE events_2027 ADD ${bounds};`], code: attach },
    {
      name: "a CHECK that is validated, and NOT NULL",
      history: [
        events,
        "CREATE TABLE events_2027 (id bigint, day date NOT NULL);",
        "ALTER TABLE events_2027 ADD CONSTRAINT bounds CHECK (day >= '2027-02-01' AND day < '2027-03-01') NOT VALID;",
      ],
      pending: ["ALTER TABLE events_2027 VALIDATE CONSTRAINT bounds;"],
      code: attach,
    },
    { name: "a small table", history: [events, table], tables: { small: ["events_2027"] }, code: attach },
    { name: "a table that no migration created", history: [events], code: attach.replace("events_2027", "old.events") },
    {
      name: "a default partition whose CHECK excludes the rows",
      history: [events, rest, "ALTER TABLE events_rest ADD CHECK (day < '2028-01-01' OR day >= '2029-01-01');"],
      code: create,
    },
    { name: "a default partition of this change", history: [events], pending: [rest], code: create },
    {
      name: "DETACH with CONCURRENTLY",
      history: [events],
      tool: prisma7,
      code: detach.replace(";", " CONCURRENTLY;"),
    },
    { name: "FINALIZE", history: [events], tool: prisma7, code: detach.replace(";", " FINALIZE;") },
    { name: "DETACH before 14, which has no CONCURRENTLY", postgres: 13, history: [events], code: detach },
    { name: "DETACH beside a default partition, where CONCURRENTLY is refused", history: [events, rest], code: detach },
    { name: "DETACH from a table of this change", pending: [events], code: detach },
    {
      name: "DETACH, where the transaction has locked the table",
      history: [events],
      code: `ALTER TABLE events DROP COLUMN id;\n${detach}`,
    },
    {
      name: "DETACH in Drizzle, with a lock_timeout",
      history: [events],
      tool: drizzle,
      session: { lock_timeout: "5s" },
      code: detach,
    },
  ],
  invalid: [
    {
      name: "ATTACH without a CHECK",
      history: [events, table],
      code: attach,
      errors: [
        {
          message: `Attaching events_2027 reads every row of it, to see that they belong there: ${waits} Add ${bounds} NOT VALID to it before, and VALIDATE CONSTRAINT in a later migration; then it reads nothing.`,
          ...whole(attach),
        },
      ],
    },
    {
      name: "a CHECK that is not validated",
      history: [events, table, `ALTER TABLE events_2027 ADD ${bounds} NOT VALID;`],
      tool: prisma7,
      code: attach,
      errors: [
        {
          message: `Attaching events_2027 reads every row of it, to see that they belong there: ${waits} Add ${bounds} NOT VALID to it before, and VALIDATE CONSTRAINT after it; then it reads nothing.`,
          ...whole(attach),
        },
      ],
    },
    {
      name: "a CHECK on a column that is NOT NULL, of a wider range",
      history: [
        events,
        "CREATE TABLE events_2027 (id bigint, day date NOT NULL CHECK (day >= '2026-01-01' AND day < '2028-01-01'));",
      ],
      code: attach,
      errors: [
        {
          message: `Attaching events_2027 reads every row of it, to see that they belong there: ${waits} Add CHECK (day >= '2027-01-01' AND day < '2028-01-01') NOT VALID to it before, and VALIDATE CONSTRAINT in a later migration; then it reads nothing.`,
          ...whole(attach),
        },
      ],
    },
    {
      name: "a list",
      history: [
        "CREATE TABLE orders (id bigint, country text NOT NULL) PARTITION BY LIST (country); CREATE TABLE orders_eu (id bigint, country text NOT NULL);",
      ],
      code: "ALTER TABLE orders ATTACH PARTITION orders_eu FOR VALUES IN ('fr', 'it');",
      errors: [
        {
          message:
            "Attaching orders_eu reads every row of it, to see that they belong there: every query on orders_eu waits until it is done, SELECT too. Add CHECK (country IN ('fr', 'it')) NOT VALID to it before, and VALIDATE CONSTRAINT in a later migration; then it reads nothing.",
          ...whole("ALTER TABLE orders ATTACH PARTITION orders_eu FOR VALUES IN ('fr', 'it');"),
        },
      ],
    },
    {
      name: "a hash",
      history: ["CREATE TABLE keys (id int) PARTITION BY HASH (id); CREATE TABLE keys_0 (id int NOT NULL);"],
      code: "ALTER TABLE keys ATTACH PARTITION keys_0 FOR VALUES WITH (MODULUS 2, REMAINDER 0);",
      errors: [
        {
          message:
            "Attaching keys_0 reads every row of it, to see that they belong there: every query on keys_0 waits until it is done, SELECT too. No CHECK proves a hash: attach an empty table, and copy the rows in batches.",
          ...whole("ALTER TABLE keys ATTACH PARTITION keys_0 FOR VALUES WITH (MODULUS 2, REMAINDER 0);"),
        },
      ],
    },
    {
      name: "indexes that it lacks",
      history: [events, table, `ALTER TABLE events_2027 ADD ${bounds};`, "CREATE INDEX events_id ON events (id);"],
      tool: prisma6,
      code: attach,
      errors: [
        {
          message: `Attaching events_2027 builds the indexes of events that it lacks: ${waits} Build them on it with CREATE INDEX CONCURRENTLY before in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.`,
          ...whole(attach),
        },
      ],
    },
    {
      name: "a foreign key that it lacks",
      history: [
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        events,
        table,
        `ALTER TABLE events_2027 ADD ${bounds}; ALTER TABLE events ADD CONSTRAINT users_fk FOREIGN KEY (id) REFERENCES users;`,
      ],
      code: attach,
      errors: [
        {
          message: `Attaching events_2027 checks the foreign keys of events that it lacks for every row: ${waits} Add them to it with NOT VALID before, and VALIDATE CONSTRAINT in a later migration; then it reads nothing.`,
          ...whole(attach),
        },
      ],
    },
    {
      name: "a new partition beside a default partition",
      history: [events, rest],
      tool: unknownRunner,
      code: create,
      errors: [
        {
          message:
            "This reads every row of events_rest, the default partition, for rows that belong to events_2028: every query on events waits until it is done, SELECT too. Add CHECK (day < '2028-01-01' OR day >= '2029-01-01') NOT VALID to events_rest before, and VALIDATE CONSTRAINT in a later transaction; then it reads nothing.",
          ...whole(create),
        },
      ],
    },
    {
      name: "a new table that is attached beside a default partition",
      history: [events, rest],
      pending: [table],
      code: attach,
      errors: [
        {
          message:
            "This reads every row of events_rest, the default partition, for rows that belong to events_2027: every query on events_rest waits until it is done, SELECT too. Add CHECK (day < '2027-01-01' OR day >= '2028-01-01') NOT VALID to events_rest before, and VALIDATE CONSTRAINT in a later migration; then it reads nothing.",
          ...whole(attach),
        },
      ],
    },
    {
      name: "DETACH",
      history: [events],
      tool: prisma7,
      code: detach,
      errors: [
        {
          message: `${detaching} Use ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY.`,
          ...whole(detach),
          suggestions: [
            {
              desc: "Detach it with CONCURRENTLY",
              output: "ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY;",
            },
          ],
        },
      ],
    },
    {
      name: "DETACH in a transaction",
      history: [events],
      code: detach,
      errors: [
        {
          message: `${detaching} Use ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY in a migration of its own that runs outside a transaction.`,
          ...whole(detach),
        },
      ],
    },
    {
      name: "DETACH in Drizzle, which has no way to run CONCURRENTLY",
      history: [events],
      tool: drizzle,
      code: detach,
      errors: [
        {
          message: `${detaching} Drizzle has no way to run ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY: put SET lock_timeout = '5s' before it. It then gives up, and can be run again.`,
          ...whole(detach),
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: `SET lock_timeout = '5s';\n--> statement-breakpoint\n${detach}`,
            },
          ],
        },
      ],
    },
  ],
});
