import { describeRecorded } from "./recorded-tool.js";
import { recordedTypeorm, typeormFixtures } from "./typeorm.js";

describeRecorded(recordedTypeorm, typeormFixtures);
