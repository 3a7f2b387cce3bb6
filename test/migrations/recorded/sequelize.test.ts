import { describeFixtures, describeRecorded } from "./recorded-tool.js";
import { recordedSequelize, sequelizeFixtures, unreadSequelizeFixtures } from "./sequelize.js";

describeRecorded(recordedSequelize, sequelizeFixtures);
describeFixtures("Sequelize", recordedSequelize, unreadSequelizeFixtures);
