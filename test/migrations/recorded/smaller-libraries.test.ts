/** Libraries whose migrations are given a way to send SQL and little more; together, because each file costs a server. */
import { dbMigrateFixtures, recordedDbMigrate } from "./db-migrate.js";
import { mikroOrmFixtures, recordedMikroOrm } from "./mikro-orm.js";
import { payloadFixtures, recordedPayload } from "./payload.js";
import { postgresMigrationsFixtures, recordedPostgresMigrations } from "./postgres-migrations.js";
import { describeRecorded } from "./recorded-tool.js";
import { recordedSlonik, slonikFixtures } from "./slonik.js";

describeRecorded(recordedDbMigrate, dbMigrateFixtures);
describeRecorded(recordedMikroOrm, mikroOrmFixtures);
describeRecorded(recordedPayload, payloadFixtures);
describeRecorded(recordedPostgresMigrations, postgresMigrationsFixtures);
describeRecorded(recordedSlonik, slonikFixtures);
