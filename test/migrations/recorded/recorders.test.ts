/** Each library runs: what it sends reaches PostgreSQL, and is written down. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordedDbMigrate } from "./db-migrate.js";
import { recordedKnex } from "./knex.js";
import { recordedKysely } from "./kysely.js";
import { recordedMikroOrm } from "./mikro-orm.js";
import { recordedNodePgMigrate } from "./node-pg-migrate.js";
import { recordedPayload } from "./payload.js";
import { recordedPostgresMigrations } from "./postgres-migrations.js";
import { type Recorder, RESET } from "./recorded-tool.js";
import { type RecordingServer, startRecordingServer } from "./recording-server.js";
import { recordedSequelize } from "./sequelize.js";
import { recordedSlonik } from "./slonik.js";
import { recordedTypeorm } from "./typeorm.js";

let server: RecordingServer;
beforeAll(async () => void (server = await startRecordingServer()));
afterAll(() => server.close());

const DROP = "DROP TABLE old";

/** One migration for each library that drops a table, written by hand. */
const cases: readonly (readonly [name: string, recorder: Recorder, body: string])[] = [
  ["Knex", recordedKnex, `await knex.raw("${DROP}");`],
  ["node-pg-migrate", recordedNodePgMigrate, `pgm.sql("${DROP}");`],
  ["TypeORM", recordedTypeorm, `await queryRunner.query("${DROP}");`],
  ["Kysely", recordedKysely, `await sql\`${DROP}\`.execute(db);`],
  ["Sequelize", recordedSequelize, `await queryInterface.sequelize.query("${DROP}");`],
  ["MikroORM", recordedMikroOrm, `this.addSql("${DROP}");`],
  ["db-migrate", recordedDbMigrate, `await db.runSql("${DROP}");`],
  ["Slonik", recordedSlonik, `await connection.query(sql\`${DROP}\`);`],
  ["Payload", recordedPayload, `await db.execute(sql\`${DROP}\`);`],
  ["postgres-migrations", recordedPostgresMigrations, `return "${DROP}";`],
];

it.each(cases)("%s", async (_, recorder, body) => {
  await server.prepare(RESET + recorder.setup);
  const library = await recorder.connect(server);
  server.sent();
  await library.run(recorder.migration(body));
  const sent = server.sent().map(({ sql }) => sql.replace(/;$/, ""));
  expect(sent).toContain(DROP);
  await library.close();
});
