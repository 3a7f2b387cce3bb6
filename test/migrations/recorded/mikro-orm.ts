/** MikroORM itself: what its migrations send. */
import { type Migration, MigrationRunner, Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

type MigrationClass = new (...of: ConstructorParameters<typeof Migration>) => Migration;

export const recordedMikroOrm: Recorder = {
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
