import { describe, expect, it } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { loadChange } from "../../src/change/load.js";
import type { Configuration } from "../../src/model/configuration.js";
import { TemporaryRepository } from "./temporary-repository.js";

const configuration: Configuration = {
  extends: "recommended",
  rules: {},
  overrides: [],
  deploy: { model: "rolling", migrations: "before" },
  databases: {},
  ignore: [],
  source: "default",
};

const LOCK = 'provider = "postgresql"\n';

describe("loadChange on a branch with Prisma", () => {
  it("replays history and judges what is new", () => {
    const repository = new TemporaryRepository({
      "prisma/migrations/migration_lock.toml": LOCK,
      "prisma/migrations/20240101000000_init/migration.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
    });
    repository.branch("work");
    repository.commit("work", {
      "prisma/migrations/20240201000000_more/migration.sql":
        "CREATE TABLE notes (id bigint);\nCREATE INDEX notes_id ON notes (id);\n",
    });
    repository.write({ "prisma/migrations/20240301000000_unsaved/migration.sql": "DROP TABLE orders;\n" });
    const change = loadChange(gitChangeSource({ root: repository.root }), configuration);
    expect(change.base?.label).toBe("main");
    expect(change.incomplete).toEqual([]);
    const [database] = change.databases;
    expect(database?.tools).toEqual([{ name: "prisma", folder: "prisma/migrations" }]);
    expect(database?.migrations.map(({ file, status, judged, order }) => [file, status, judged, order])).toEqual([
      ["prisma/migrations/20240101000000_init/migration.sql", "existing", false, 0],
      ["prisma/migrations/20240201000000_more/migration.sql", "added", true, 1],
      ["prisma/migrations/20240301000000_unsaved/migration.sql", "added", true, 2],
    ]);
    expect(database?.migrations.map(({ statements }) => statements.map(({ transaction }) => transaction))).toEqual([
      [{ inTransaction: false }],
      [
        {
          inTransaction: true,
          openedBy: "send",
          group: "prisma/migrations/20240201000000_more/migration.sql#1",
        },
        {
          inTransaction: true,
          openedBy: "send",
          group: "prisma/migrations/20240201000000_more/migration.sql#1",
        },
      ],
      [{ inTransaction: false }],
    ]);
    expect(database?.existsAtBase("public.orders")).toBe(true);
    expect(database?.existsAtBase("public.notes")).toBe(false);
  });
});
