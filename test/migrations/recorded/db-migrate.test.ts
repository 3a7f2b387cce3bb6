import { dbMigrateFixtures, recordedDbMigrate } from "./db-migrate.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("db-migrate", recordedDbMigrate, dbMigrateFixtures);
