import { describeFixtures } from "./recorded-tool.js";
import { recordedTypeorm, typeormFixtures } from "./typeorm.js";

describeFixtures("TypeORM", recordedTypeorm, typeormFixtures);
