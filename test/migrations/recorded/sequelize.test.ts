import { describeFixtures } from "./recorded-tool.js";
import { recordedSequelize, sequelizeFixtures } from "./sequelize.js";

describeFixtures("Sequelize", recordedSequelize, sequelizeFixtures);
