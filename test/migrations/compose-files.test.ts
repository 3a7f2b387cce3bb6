import { describe, expect, it } from "vitest";
import { onlySource } from "./open-tool.js";

const FILES = { "migrations/postgres/V0__init.sql": "CREATE TABLE a (id int);\n" };
const mount = (volume: string): string => `services:\n  db:\n    image: postgres:17\n    volumes:\n      ${volume}\n`;

describe("a folder that PostgreSQL's image runs on its first start", () => {
  it.each([
    ["docker-compose.yml", "- ./migrations/postgres:/docker-entrypoint-initdb.d/"],
    ["deploy/compose.yaml", '- "../migrations/postgres/:/docker-entrypoint-initdb.d:ro" # schema'],
  ])("is known by %s", (file, volume) => {
    const files = file.startsWith("deploy/") ? { "deploy/migrations/postgres/V0__init.sql": "SELECT 1;\n" } : FILES;
    const source = onlySource({ ...files, [file]: mount(volume.replace("../", "./")) });
    expect(source.tool).toMatchObject({ name: "sql", onFirstStart: true });
  });

  it.each([
    ["another folder", "- ./db/init:/docker-entrypoint-initdb.d"],
    ["one of its files", "- ./migrations/postgres/V0__init.sql:/docker-entrypoint-initdb.d/1.sql"],
    ["another place", "- ./migrations/postgres:/migrations"],
    ["a volume with a name", "- migrations:/docker-entrypoint-initdb.d"],
    ["a folder outside of the repository", "- ../../migrations/postgres:/docker-entrypoint-initdb.d"],
  ])("is not %s", (_, volume) => {
    expect(onlySource({ ...FILES, "compose.yml": mount(volume) }).tool.onFirstStart).toBeUndefined();
  });
});
