import { knexFixtures, recordedKnex } from "./knex.js";
import { describeRecorded } from "./recorded-tool.js";

describeRecorded(recordedKnex, knexFixtures);
