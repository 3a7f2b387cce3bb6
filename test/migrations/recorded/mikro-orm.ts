/** MikroORM itself: what its migrations send. */
import { type Migration, MigrationRunner, Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { mikroOrm } from "../../../src/migrations/mikro-orm.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

type MigrationClass = new (...of: ConstructorParameters<typeof Migration>) => Migration;

export const recordedMikroOrm: RecordedTool = {
  tool: mikroOrm,
  file: "migrations/Migration20260101000000.ts",
  repository: { "package.json": '{ "dependencies": { "@mikro-orm/postgresql": "^6.6.16" } }' },
  // The character set of the connection; what it is, the database decides again.
  bookkeeping: /^set names/,
  setup: `
    CREATE TABLE orders (id serial PRIMARY KEY, code varchar(20), total numeric, note text);
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `import { Migration } from "@mikro-orm/migrations";\n\nexport class Migration20260101000000 extends Migration {\n  override async up(): Promise<void> {\n${body}\n  }\n}\n`,
  async connect({ url }) {
    const library = await MikroORM.init({
      clientUrl: url,
      entities: [],
      extensions: [Migrator],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 1, max: 1 },
    });
    const driver = library.em.getDriver();
    return {
      async run(source) {
        const { Migration20260101000000: Change } = loadProgram<{ Migration20260101000000: MigrationClass }>(source);
        const { config } = library;
        const options = { ...config.get("migrations"), transactional: true, disableForeignKeys: false };
        await new MigrationRunner(driver, options, config).run(new Change(driver, config), "up");
      },
      close: () => library.close(),
    };
  },
};

/** By what is called; everything of Migration that sends SQL. */
export const mikroOrmFixtures: Fixtures = {
  addSql: `this.addSql("drop table old");`,
  "addSql of several statements": `this.addSql('create table "a" ("id" serial primary key); create table "b" ("id" int not null);');`,
  "addSql, in order": `this.addSql('alter table "orders" add column "a" text null;'); this.addSql(\`alter table "orders" drop column "note"\`);`,
  execute: `await this.execute("update orders set note = 'x'"); this.addSql("drop table old");`,
  "execute with parameters": `await this.execute("update orders set note = ? where id = ?", ["x", 5]);`,
  getKnex: `const knex = this.getKnex(); this.addSql(knex.schema.dropTable("old").toString()); this.addSql(knex("orders").update({ note: "x" }).toQuery());`,
  "execute with names": `await this.execute("alter table ?? add column ?? text", ["orders", "a"]);`,
  "execute of a query of Knex": `await this.execute(this.getKnex()("orders").update({ note: "x" }).where({ id: 5 }));`,
  getEntityManager: `await this.getEntityManager().execute("update orders set note = 'x' where id = ?", [5]);`,
  "getKnex, in the transaction": `await this.getKnex().raw("drop table old").transacting(this.ctx);`,
  "addSql of a query of Knex": `this.addSql(this.getKnex().raw("drop table old"));`,
};
