import { kyselyFixtures, recordedKysely } from "./kysely.js";
import { describeRecorded } from "./recorded-tool.js";

describeRecorded(recordedKysely, kyselyFixtures);
