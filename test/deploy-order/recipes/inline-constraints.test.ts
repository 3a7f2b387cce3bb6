import { expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../../src/change/configuration.js";
import { check } from "../../../src/check/check.js";
import { memorySource } from "../../check/memory-source.js";

/** The steps that are proposed for a new column that is UNIQUE, each with its phase. */
function proposed(code: string): string[] {
  const base = { "db/migrations/0001.sql": "CREATE TABLE posts (id bigint PRIMARY KEY, title text);\n" };
  const added = {
    "db/migrations/0002.sql": "ALTER TABLE posts ADD COLUMN slug text UNIQUE;\n",
    "src/posts.ts": `export const save = (db, slug) => db.query(${JSON.stringify(code)}, [slug]);\n`,
  };
  const { plan } = check(memorySource(base, added), DEFAULT_CONFIGURATION);
  return plan.phases.flatMap(({ id, steps }) =>
    steps.flatMap(({ origin, title }) => (origin === "proposed" ? `${id}: ${title}` : [])),
  );
}

it("a unique index waits until only the new code runs", () => {
  expect(proposed("INSERT INTO posts (slug) VALUES ($1)")).toEqual([
    "automatic: Add `posts.slug` without its constraints.",
    "after-deploy: Merge the rows of `posts` that have the same `slug`, until none are left.",
    "later: Build `posts_slug_key` while reads and writes go on.",
    "later: Turn the index into the constraint `posts_slug_key`, which takes a moment.",
  ]);
});

it("what the new code's ON CONFLICT names is there before it, while the column is empty", () => {
  expect(proposed("INSERT INTO posts (slug) VALUES ($1) ON CONFLICT (slug) DO NOTHING")).toEqual([
    "automatic: Add `posts.slug` without its constraints.",
    "automatic: Build `posts_slug_key` while reads and writes go on.",
    "automatic: Turn the index into the constraint `posts_slug_key`, which takes a moment.",
  ]);
});
