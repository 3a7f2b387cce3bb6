/** TypeORM itself, and the calls of its QueryRunner. */
import { DataSource, type MigrationInterface } from "typeorm";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedTypeorm: Recorder = {
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email character varying, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total integer, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `import { Table, TableCheck, TableColumn, TableExclusion, TableForeignKey, TableIndex, TableUnique, View, type MigrationInterface, type QueryRunner } from "typeorm";\n\nexport class Change1767225600000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n${body}\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {}\n}\n`,
  async connect({ url }) {
    const source = new DataSource({ type: "postgres", url, poolSize: 1, entities: [], installExtensions: false });
    await source.initialize();
    return {
      async run(text) {
        const { Change1767225600000: Change } = loadProgram<{ Change1767225600000: new () => MigrationInterface }>(
          text,
        );
        const queryRunner = source.createQueryRunner();
        try {
          await queryRunner.startTransaction();
          await new Change().up(queryRunner);
          await queryRunner.commitTransaction();
        } catch (error) {
          await queryRunner.rollbackTransaction();
          throw error;
        } finally {
          await queryRunner.release();
        }
      },
      close: () => source.destroy(),
    };
  },
};
