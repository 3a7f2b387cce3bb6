import { kyselyFixtures, recordedKysely } from "./kysely.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("Kysely", recordedKysely, kyselyFixtures);
