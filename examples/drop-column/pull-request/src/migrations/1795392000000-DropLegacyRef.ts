import type { MigrationInterface, QueryRunner } from "typeorm";

export class DropLegacyRef1795392000000 implements MigrationInterface {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '2s'`);
    await queryRunner.query(`ALTER TABLE "orders" DROP COLUMN "legacy_ref"`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "orders" ADD COLUMN "legacy_ref" text`);
  }
}
