import { nodePgMigrateFixtures, recordedNodePgMigrate } from "./node-pg-migrate.js";
import { describeRecorded } from "./recorded-tool.js";

describeRecorded(recordedNodePgMigrate, nodePgMigrateFixtures);
