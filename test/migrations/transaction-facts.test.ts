import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { drizzle } from "../../src/migrations/drizzle.js";
import { Listing } from "../../src/migrations/listing.js";
import { plainSql } from "../../src/migrations/plain-sql.js";
import { prisma } from "../../src/migrations/prisma.js";
import type { MigrationTool } from "../../src/migrations/tool.js";

const facts = (tool: MigrationTool, files: Readonly<Record<string, string>> = {}) =>
  tool.open(new Listing(memoryTree(new Map(Object.entries(files)), "head")), "prisma/migrations").tool;

const lockfile = (name: string, version: string) => ({
  "package-lock.json": JSON.stringify({ packages: { [`node_modules/${name}`]: { version } } }),
});
const manifest = (range: string) => ({ "package.json": `{"devDependencies":{"prisma":"${range}"}}` });

describe("Prisma", () => {
  it.each([
    ["4.16.2", "single-send"],
    ["6.19.0", "single-send"],
    ["7.3.1", "single-send"],
    ["7.4.0", "per-statement"],
    ["7.10.2", "per-statement"],
    ["8.1.0-2", "per-statement"],
  ])("%s sends a file as %s", (version, transaction) => {
    expect(facts(prisma, lockfile("prisma", version))).toMatchObject({ version, transaction, checksums: true });
    expect(facts(prisma, lockfile("@prisma/client", version))).toMatchObject({ version, transaction });
    expect(facts(prisma, lockfile("prisma", version)).assumption).toBeUndefined();
  });

  it.each([
    ["^6.0.0", "single-send", false],
    ["~7.3.0", "single-send", false],
    ["7.3.0", "single-send", false],
    ["^7.4.0", "per-statement", false],
    ["7.5.0", "per-statement", false],
    ["^7.1.0", "single-send", true],
    ["latest", "single-send", true],
    [">=7.4.0", "single-send", true],
    ["*", "single-send", true],
  ])("without a lockfile %s means %s", (range, transaction, assumed) => {
    const found = facts(prisma, manifest(range));
    expect(found.transaction).toBe(transaction);
    expect(found.version).toBeUndefined();
    expect(found.assumption !== undefined).toBe(assumed);
  });

  it("says what is assumed where nothing says which version runs", () => {
    expect(facts(prisma).assumption).toBe(
      "No lockfile says which version of Prisma is installed. A version before 7.4 is assumed, which sends a file with " +
        "several statements as one transaction.",
    );
    expect(facts(prisma).outsideTransaction).toBe(
      "in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with " +
        "several statements as one transaction",
    );
  });
});

it("Drizzle runs all pending migrations in one transaction and has no way out", () => {
  const found = facts(drizzle, lockfile("drizzle-orm", "0.45.4"));
  expect(found).toMatchObject({ version: "0.45.4", transaction: "all-pending", checksums: false });
  expect(found.outsideTransaction).toBeUndefined();
  expect(found.withoutOutside).toMatch(/^Drizzle's migrate\(\) .*\.$/);
});

it("a plain folder's runner is not known", () => {
  expect(facts(plainSql)).toMatchObject({ transaction: "unknown", checksums: false });
});

it("Drizzle says what is assumed where Supabase could run its folder as well", () => {
  const open = (files: Readonly<Record<string, string>>) =>
    drizzle.open(new Listing(memoryTree(new Map(Object.entries(files)), "head")), "supabase/migrations").tool;
  const journal = { "supabase/migrations/meta/_journal.json": '{"entries":[]}' };
  expect(open(journal).assumption).toBeUndefined();
  expect(open({ ...journal, "supabase/config.toml": "" }).assumption).toBe(
    "Drizzle and Supabase share this folder. Drizzle is assumed to run the migrations; where supabase db push does, the configuration says so: tool: supabase.",
  );
});
