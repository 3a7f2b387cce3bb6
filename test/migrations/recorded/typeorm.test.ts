import { describeFixtures, describeRecorded } from "./recorded-tool.js";
import { recordedTypeorm, typeormFixtures } from "./typeorm.js";

/** What it sends depends on what the database has, or it writes into its own table of metadata besides. */
const LOOKS_AT_THE_DATABASE =
  /^(?:dropTable|renameTable|dropView|renameColumn|changeColumns?|dropColumns?|updatePrimaryKeys|dropPrimaryKey)\b|generated/;

const fixtures = Object.entries(typeormFixtures);
const isCompared = ([name]: readonly [string, unknown]): boolean => !LOOKS_AT_THE_DATABASE.test(name);

describeRecorded(recordedTypeorm, Object.fromEntries(fixtures.filter(isCompared)));
describeFixtures("TypeORM", recordedTypeorm, Object.fromEntries(fixtures.filter((one) => !isCompared(one))));
