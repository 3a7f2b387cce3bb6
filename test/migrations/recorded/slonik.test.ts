import { recordedSlonik, slonikFixtures } from "./slonik.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("Slonik", recordedSlonik, slonikFixtures);
