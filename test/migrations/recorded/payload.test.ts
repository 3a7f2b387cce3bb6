import { payloadFixtures, recordedPayload } from "./payload.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("Payload", recordedPayload, payloadFixtures);
