import type { MigrationInterface, QueryRunner } from "typeorm";

export class Orders1768900000000 implements MigrationInterface {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "orders" ("id" bigint PRIMARY KEY, "legacy_ref" text NOT NULL, "total" numeric NOT NULL)`,
    );
    await queryRunner.query(`CREATE VIEW "order_export" AS SELECT "id", "legacy_ref" FROM "orders"`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP VIEW "order_export"`);
    await queryRunner.query(`DROP TABLE "orders"`);
  }
}
