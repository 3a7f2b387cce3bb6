import { Sequelize } from "sequelize";
import { expect, it } from "vitest";
import { sequelize } from "../../../src/migrations/sequelize.js";
import { memoryTree } from "../../../src/change/overlay-tree.js";
import { fillHoles } from "../../../src/change/fill-holes.js";
import { Listing } from "../../../src/migrations/listing.js";
import { loadProgram } from "./load-program.js";
import { describeFixtures, describeRecorded } from "./recorded-tool.js";
import { startRecordingServer } from "./recording-server.js";
import { recordedSequelize, sequelizeFixtures, unreadSequelizeFixtures } from "./sequelize.js";

describeRecorded(recordedSequelize, sequelizeFixtures);
describeFixtures("Sequelize", recordedSequelize, unreadSequelizeFixtures);

it("sends a call without the transaction on another connection", async () => {
  const source = recordedSequelize.migration(`
    await queryInterface.sequelize.transaction(async (transaction) => {
      await queryInterface.addColumn("orders", "a", Sequelize.TEXT, { transaction });
      await queryInterface.addColumn("orders", "b", { type: Sequelize.TEXT, transaction });
      await queryInterface.addIndex("orders", { fields: ["a"], name: "a", transaction });
      await queryInterface.addIndex("orders", ["b"], { name: "b" });
      await queryInterface.removeIndex("orders", "b", { transaction });
      await queryInterface.renameColumn("orders", "b", "c", { transaction });
      await queryInterface.changeColumn("orders", "c", { type: Sequelize.TEXT }, { transaction });
      await queryInterface.removeColumn("orders", "c", transaction);
      await queryInterface.bulkUpdate("orders", { note: "x" }, { id: 1 }, { transaction });
      await queryInterface.bulkDelete("orders", { id: 1 }, { transaction });
      await queryInterface.createTable("t", { id: Sequelize.INTEGER }, { transaction });
      await queryInterface.dropTable("t", { transaction });
      await queryInterface.sequelize.query("SELECT 1", { transaction });
      await queryInterface.sequelize.query("SELECT 2");
    });`);
  const logged: { sql: string; isInside: boolean }[] = [];
  const server = await startRecordingServer();
  const library = new Sequelize(server.url, {
    dialect: "postgres",
    // The connection of a transaction has a name.
    logging: (line) => {
      const [, connection = "", sql = ""] = /^Executing \((.*?)\): ([^]*)$/.exec(line) ?? [];
      if (!sql.includes("information_schema")) logged.push({ sql, isInside: connection !== "default" });
    },
  });
  try {
    await server.prepare(recordedSequelize.setup);
    await library.authenticate();
    logged.length = 0;
    const { up } = loadProgram<{ up: (...given: readonly unknown[]) => Promise<void> }>(source);
    await up(library.getQueryInterface(), Sequelize);
  } finally {
    await library.close();
    await server.close();
  }
  const files = { ...recordedSequelize.repository, [recordedSequelize.file]: source };
  const { evaluate } = sequelize.open(new Listing(memoryTree(new Map(Object.entries(files)), "head")), "migrations");
  const evaluated = evaluate?.(source, recordedSequelize.file, { has: () => false, read: () => undefined });
  const words = (sql: string): string => sql.replace(/\s*\$1.*$/, "").trim();
  expect(
    evaluated?.up.map((sent) => ({
      sql: "sql" in sent ? words(fillHoles(sent.sql).sql) : sent.reason,
      isInside: sent.transaction === undefined,
    })),
  ).toEqual(logged.map(({ sql, isInside }) => ({ sql: words(sql), isInside })));
});
