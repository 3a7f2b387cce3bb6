import { mikroOrmFixtures, recordedMikroOrm } from "./mikro-orm.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("MikroORM", recordedMikroOrm, mikroOrmFixtures);
