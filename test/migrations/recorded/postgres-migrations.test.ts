import { postgresMigrationsFixtures, recordedPostgresMigrations } from "./postgres-migrations.js";
import { describeFixtures } from "./recorded-tool.js";

describeFixtures("postgres-migrations", recordedPostgresMigrations, postgresMigrationsFixtures);
