import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import { byFile, type Files } from "./tool-fixture.js";

const RESOURCES = "src/main/resources";
const FOLDER = `${RESOURCES}/db/migration`;

function detect(files: Files) {
  return detectMigrations(memoryTree(new Map(Object.entries(files)), "head"));
}

/** The only source; fails where there are none or several. */
function open(files: Files): MigrationSource {
  const { databases } = detect(files);
  expect(databases.map(({ sources }) => sources.map(({ tool }) => tool.name))).toEqual([["flyway"]]);
  return databases[0]?.sources[0] as MigrationSource;
}

/** Migrations of the default location, without text. */
const named = (...names: readonly string[]): Files =>
  Object.fromEntries(names.map((name) => [`${FOLDER}/${name}`, ""]));

const names = (source: MigrationSource) => source.files.map((file) => file.slice(source.folder.length + 1));

describe("which folders", () => {
  it("finds the default location by the names in it", () => {
    const source = open({ ...named("V1__users.sql"), "pom.xml": "<artifactId>flyway-core</artifactId>" });
    expect(source.folder).toBe(FOLDER);
    expect(source.because).toBe("because pom.xml uses Flyway and its files are named so");
    expect(source.tool.assumption).toBeUndefined();
  });

  it("says what it assumes where nothing configures Flyway", () => {
    const source = open(named("V1__users.sql"));
    expect(source.because).toBe("because it is Flyway's default location and its files are named so");
    expect(source.tool.assumption).toBe("No settings of Flyway are in the repository, so its defaults are assumed.");
  });

  it.each([
    ["docker/compose.yaml", "services:\n  migrate:\n    image: flyway/flyway:11\n"],
    [".github/workflows/deploy.yml", "      - run: flyway -locations=filesystem:sql migrate\n"],
    ["package.json", '{"devDependencies": {"node-flywaydb": "^3.0.7"}}'],
  ])("takes files that are named so for Flyway's where %s uses it", (file, text) => {
    const source = open({ "sql/V1__users.sql": "", [file]: text });
    expect(source.folder).toBe("sql");
    expect(source.because).toBe(`because ${file} uses Flyway and its files are named so`);
  });

  it("does not guess where nothing does", () => {
    const { databases } = detect({
      "migrations/V2__b.sql": "",
      "migrations/V10__c.sql": "",
      "compose.yaml": "services:",
    });
    expect(databases.map(({ sources }) => sources.map(({ tool, files }) => [tool.name, files]))).toEqual([
      [["sql", ["migrations/V2__b.sql", "migrations/V10__c.sql"]]],
    ]);
  });

  it("leaves out what only another profile than production's has", () => {
    const profile = (location: string) => `spring:\n  flyway:\n    locations: ${location}\n`;
    const source = open({
      [`${RESOURCES}/application.yml`]: profile("classpath:sql/common"),
      [`${RESOURCES}/application-dev.yml`]: profile("classpath:sql/common,classpath:sql/dev"),
      [`${RESOURCES}/sql/common/V1__a.sql`]: "",
      [`${RESOURCES}/sql/dev/V1_1__people.sql`]: "",
    });
    expect(source.files).toEqual([`${RESOURCES}/sql/common/V1__a.sql`]);
    expect(source.leftOut).toEqual([
      {
        file: `${RESOURCES}/sql/dev`,
        reason: `is a location in ${RESOURCES}/application-dev.yml only, and not in production`,
      },
    ]);
  });

  it("takes services that migrate the same folders for one, with all of them", () => {
    const service = (name: string, locations: string): Files => ({
      [`${name}/${RESOURCES}/application.yml`]: `spring:\n  flyway:\n    locations: ${locations}\n`,
    });
    const source = open({
      ...service("a", "classpath:sql/common"),
      ...service("b", "classpath:sql/common,classpath:sql/grants"),
      [`db/${RESOURCES}/sql/common/V1__a.sql`]: "",
      [`db/${RESOURCES}/sql/grants/V2__b.sql`]: "",
    });
    expect(source.files).toHaveLength(2);
    expect(source.because).toBe(`because b/${RESOURCES}/application.yml names it`);
  });

  it.each([
    ["flyway.conf", "flyway.conf", "# paths\nflyway.locations=filesystem:db/sql\n"],
    ["flyway.toml", "flyway.toml", '[flyway]\nlocations = ["filesystem:db/sql"]\n'],
    ["Spring's YAML", `${RESOURCES}/application.yml`, "spring:\n  flyway:\n    locations: filesystem:./db/sql\n"],
    ["Spring's properties", `${RESOURCES}/application.properties`, "spring.flyway.locations[0]=filesystem:db/sql\n"],
    ["Quarkus", `${RESOURCES}/application.properties`, "%prod.quarkus.flyway.locations=filesystem:db/sql\n"],
    [
      "Micronaut",
      `${RESOURCES}/application.yml`,
      "flyway:\n  datasources:\n    default:\n      locations: [filesystem:db/sql]\n",
    ],
    [
      "Maven",
      "pom.xml",
      "<plugin><artifactId>flyway-maven-plugin</artifactId><configuration><locations>" +
        "<location>filesystem:${project.basedir}/db/sql</location></locations></configuration></plugin>",
    ],
    ["Gradle", "build.gradle", "flyway {\n    locations = ['filesystem:db/sql']\n}\n"],
    ["Gradle in Kotlin", "build.gradle.kts", 'flyway {\n    locations = arrayOf("filesystem:$projectDir/db/sql")\n}\n'],
  ])("reads the location that %s names", (_, config, text) => {
    const source = open({ [config]: text, "db/sql/2024/V1__users.sql": "", "README.md": "" });
    expect(source.folder).toBe("db/sql");
    expect(source.because).toBe(`because ${config} names it`);
    expect(names(source)).toEqual(["2024/V1__users.sql"]);
  });

  it("takes several locations for one order of versions", () => {
    const source = open({
      [`service/${RESOURCES}/application.yml`]:
        "spring:\n  flyway:\n    locations: 'classpath:db/common,classpath:db/{vendor}'\n",
      [`service/${RESOURCES}/db/common/V1__users.sql`]: "",
      [`service/${RESOURCES}/db/postgresql/V2__index.sql`]: "",
      [`service/${RESOURCES}/db/common/V3__orders.sql`]: "",
      [`service/${RESOURCES}/db/h2/V2__index.sql`]: "",
    });
    expect(source.files.map((file) => file.slice("service/src/main/resources/db/".length))).toEqual([
      "common/V1__users.sql",
      "postgresql/V2__index.sql",
      "common/V3__orders.sql",
    ]);
  });

  it("keeps apart folders below one location whose versions collide, and leaves other systems out", () => {
    const { databases, leftOut } = detect(named("postgresql/V1__a.sql", "mysql/V1__a.sql"));
    expect(databases.flatMap(({ sources }) => sources.map(({ folder }) => folder))).toEqual([`${FOLDER}/postgresql`]);
    expect(leftOut).toEqual([
      { file: `${FOLDER}/mysql`, reason: "holds migrations for MySQL; only PostgreSQL is checked" },
    ]);
  });

  it("leaves another system's folder out where the settings name PostgreSQL's alone", () => {
    const { databases, leftOut } = detect({
      ...named("h2/V1__a.sql", "h2/V2__b.sql", "postgres/V1__a.sql", "postgres/V2__b.sql"),
      [`${RESOURCES}/application.yml`]: "spring:\n  flyway:\n    locations: classpath:db/migration/postgres\n",
    });
    expect(databases.flatMap(({ sources }) => sources.map(({ folder }) => folder))).toEqual([`${FOLDER}/postgres`]);
    expect(leftOut).toEqual([{ file: `${FOLDER}/h2`, reason: "holds migrations for H2; only PostgreSQL is checked" }]);
  });

  it("knows the system by the application's database URL", () => {
    const { databases, leftOut } = detect({
      ...named("V1__a.sql"),
      [`${RESOURCES}/application.yml`]:
        "spring:\n  datasource:\n    url: jdbc:mysql://db/shop\n  flyway:\n    enabled: true\n",
    });
    expect(databases).toEqual([]);
    expect(leftOut).toEqual([{ file: FOLDER, reason: "holds migrations for MySQL; only PostgreSQL is checked" }]);
  });

  it("does not read test resources, nor files that are not named so", () => {
    const build = { "pom.xml": "<artifactId>flyway-core</artifactId>" };
    const { databases } = detect({ ...build, "src/test/resources/db/migration/V1__a.sql": "", "app/V1_a.sql": "" });
    expect(databases).toEqual([]);
  });

  it("says when a location comes from the environment", () => {
    const source = open({
      ...named("V1__a.sql"),
      [`${RESOURCES}/application.yml`]:
        "spring:\n  flyway:\n    locations: classpath:db/migration,${EXTRA_MIGRATIONS}\n",
    });
    expect(source.tool.assumption).toBe(
      "src/main/resources/application.yml takes the location ${EXTRA_MIGRATIONS} from the environment, so it is not among the migrations.",
    );
  });

  it("survives settings that cannot be read", () => {
    const source = open({
      ...named("V1__a.sql"),
      "flyway.toml": "[flyway\nlocations =",
      [`${RESOURCES}/application.yml`]: "spring:\n  flyway: @flyway@\n\t- x: [",
      "pom.xml": "<plugin><artifactId>flyway-maven-plugin</artifactId><configuration><locations>",
    });
    expect(source.folder).toBe(FOLDER);
  });
});

describe("order", () => {
  it("compares versions part by part as numbers, then runs repeatable ones by description", () => {
    const source = open(
      named(
        "R__views.sql",
        "R__Functions.sql",
        "V10__j.sql",
        "V9__i.sql",
        "V1_2__c.sql",
        "V1.10__d.sql",
        "V001__a.sql",
        "V1.1.5__b.sql",
        "V20240102030405__z.sql",
        "V9.0.1__k.sql",
      ),
    );
    expect(names(source)).toEqual([
      "V001__a.sql",
      "V1.1.5__b.sql",
      "V1_2__c.sql",
      "V1.10__d.sql",
      "V9__i.sql",
      "V9.0.1__k.sql",
      "V10__j.sql",
      "V20240102030405__z.sql",
      "R__Functions.sql",
      "R__views.sql",
    ]);
    expect(source.facts?.get(`${FOLDER}/R__views.sql`)).toEqual({ kind: "repeatable" });
  });

  it("has one spelling for versions that are equal", () => {
    const source = open(named("V1_02__x.sql", "V3.0__y.sql", "V004__z.sql"));
    expect([...(source.facts?.values() ?? [])]).toEqual([{ version: "1.2" }, { version: "3" }, { version: "4" }]);
    expect(source.tool.duplicate?.does).toBe("refuses");
  });

  it("never reads undo migrations, and reads a baseline only where it stands alone", () => {
    const source = open(named("V1__a.sql", "V2__b.sql", "B2__all.sql", "U2__b.sql"));
    expect(names(source)).toEqual(["V1__a.sql", "V2__b.sql"]);
    expect(source.leftOut).toEqual([
      {
        file: `${FOLDER}/B2__all.sql`,
        reason: "stands for the migrations up to 2 on a new database; these are read themselves",
      },
    ]);
    const alone = open(named("B7__all.sql", "V8__c.sql"));
    expect(names(alone)).toEqual(["B7__all.sql", "V8__c.sql"]);
    expect(alone.facts?.get(`${FOLDER}/B7__all.sql`)).toEqual({ kind: "baseline", version: "7" });
  });

  it("leaves out what Flyway passes over", () => {
    const source = open({
      ...named("V1__a.sql", "V12_b.sql", "R_views.sql", "readme.sql", "afterMigrate__grants.sql", "V3__c.sql"),
      [`${FOLDER}/V3__c.sql.conf`]: "shouldExecute=false\n",
    });
    expect(names(source)).toEqual(["V1__a.sql"]);
    expect(byFile(source.leftOut, FOLDER)).toEqual({
      "V12_b.sql": "is not named V<version>__<description>.sql, so Flyway does not run it",
      "R_views.sql": "is not named V<version>__<description>.sql, so Flyway does not run it",
      "afterMigrate__grants.sql": "is a callback of Flyway, which runs around the migrations and is not checked",
      "V3__c.sql": "is not run: V3__c.sql.conf says shouldExecute=false",
    });
  });

  it("reads other prefixes, separators and suffixes from the settings", () => {
    const source = open({
      "flyway.conf":
        "flyway.locations=filesystem:sql\nflyway.sqlMigrationPrefix=\nflyway.sqlMigrationSeparator=-\n" +
        "flyway.sqlMigrationSuffixes=.sql,.ddl\n",
      "sql/2-b.ddl": "",
      "sql/10-c.sql": "",
      "sql/1.5-a.SQL": "",
    });
    expect(names(source)).toEqual(["1.5-a.SQL", "2-b.ddl", "10-c.sql"]);
  });

  it.each([
    ["", "refuses"],
    ["flyway.outOfOrder=true", "runs"],
    ["flyway.validateOnMigrate=false", "skips"],
    ["flyway.ignoreMigrationPatterns=*:ignored", "skips"],
    ["flyway.ignoreMigrationPatterns=repeatable:ignored", "refuses"],
  ])("an older version, with %j: %s", (setting, does) => {
    const source = open({ "flyway.conf": `flyway.cleanDisabled=true\n${setting}\n`, "sql/V1__a.sql": "" });
    expect(source.tool.outOfOrder?.does).toBe(does);
    expect(source.tool.checksums).toBe(setting !== "flyway.validateOnMigrate=false");
  });
});

it.each([
  ["compose.yaml", "    environment:\n      FLYWAY_OUT_OF_ORDER: 'true'\n"],
  ["Makefile", "migrate:\n\tflyway -outOfOrder=true migrate\n"],
])("an older version runs where %s says so", (file, text) => {
  expect(open({ ...named("V1__a.sql"), [file]: text }).tool.outOfOrder).toEqual({
    does: "runs",
    says: `Flyway runs it as any other, because ${file} sets outOfOrder=true.`,
  });
});

describe("transactions", () => {
  const mode = (sql: string, settings = "", conf?: string) => {
    const source = open({
      "flyway.conf": `flyway.cleanDisabled=true\n${settings}\n`,
      "sql/V1__a.sql": sql,
      ...(conf === undefined ? {} : { "sql/V1__a.sql.conf": conf }),
    });
    const parts = source.read?.(sql, "sql/V1__a.sql").parts;
    expect(parts?.length ?? 1).toBe(1);
    return source.transactions?.get("sql/V1__a.sql") ?? parts?.[0]?.transaction ?? source.tool.transaction;
  };
  const BUILD = "-- one\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_idx ON a (b);\n";

  it.each([
    ["ALTER TABLE a ADD b int;", "per-file"],
    [BUILD, "per-statement"],
    [`${BUILD}drop index concurrently b_idx;`, "per-statement"],
    ["VACUUM ANALYZE a;", "per-statement"],
    ["ALTER SYSTEM SET work_mem = '1MB'", "per-statement"],
    ["REINDEX SCHEMA app;", "per-statement"],
    // Flyway's parser does not know these as statements that need to run outside.
    ["REINDEX INDEX CONCURRENTLY a_idx;", "per-file"],
    ["ALTER TABLE a DETACH PARTITION b CONCURRENTLY;", "per-file"],
    // It refuses this one: `mixed` is off.
    [`SET lock_timeout = 0;\n${BUILD}`, "per-file"],
    ["DO $$ BEGIN; VACUUM; END $$;", "per-file"],
  ])("%j runs %s", (sql, expected) => {
    expect(mode(sql)).toBe(expected);
  });

  it("follows the settings", () => {
    expect(mode(`SET lock_timeout = 0;\n${BUILD}`, "flyway.mixed=true")).toBe("per-statement");
    expect(mode("SELECT 1;", "flyway.group=true")).toBe("all-pending");
    expect(mode("SELECT 1;", "flyway.executeInTransaction=false")).toBe("per-statement");
    expect(mode("SELECT 1;", "", "executeInTransaction=false\n")).toBe("per-statement");
    expect(mode(BUILD, "", "executeInTransaction=true\n")).toBe("per-file");
  });

  it("a remedy names the lock setting unless it is set", () => {
    const remedy = (settings: string) => open({ "flyway.conf": settings, "sql/V1__a.sql": "" }).tool;
    const outsideTransaction =
      "in a migration of its own, with executeInTransaction=false in a file of its name and .conf beside it";
    expect(remedy("flyway.locations=filesystem:sql")).toMatchObject({
      outsideTransaction,
      outsideWaiting:
        "; set flyway.postgresql.transactional.lock=false, too, or it can wait forever for the transaction that holds " +
        "Flyway's lock",
    });
    const without = remedy("flyway.postgresql.transactional.lock=false");
    expect(without).toMatchObject({ outsideTransaction });
    expect(without).not.toHaveProperty("outsideWaiting");
  });
});

describe("session", () => {
  it("has what is set on every connection and before each migration, not what a connection of its own sets", () => {
    const source = open({
      [`${RESOURCES}/application.yml`]: "spring:\n  flyway:\n    init-sqls:\n      - SET statement_timeout TO '30s'\n",
      ...named("V1__a.sql"),
      [`${FOLDER}/beforeEachMigrate.sql`]: "-- short\nSET LOCAL lock_timeout = '5s';\n",
      [`${FOLDER}/beforeMigrate.sql`]: "SET idle_in_transaction_session_timeout = '1min';\n",
      [`${FOLDER}/afterConnect.sql`]: "SET work_mem = '1GB';\n",
    });
    expect(source.session).toEqual(
      new Map([
        ["statement_timeout", "30s"],
        ["lock_timeout", "5s"],
      ]),
    );
  });
});

describe("placeholders", () => {
  it.each([
    ["ALTER TABLE ${schema}.users ADD x int;", "ALTER TABLE app      .users ADD x int;"],
    ["DROP TABLE ${APP}_users;", "DROP TABLE      s_users;"],
    ["SELECT '${schema}';", "SELECT '${schema}';"],
    ["SELECT ${long}, ${unknown}, ${", "SELECT ${long}, ${unknown}, ${"],
  ])("%j is read as %j", (sql, expected) => {
    const source = open({
      "flyway.conf":
        "flyway.placeholders.schema=app\nflyway.placeholders.app=s\nflyway.placeholders.long=a_name_that_does_not_fit\n",
      "sql/V1__a.sql": sql,
    });
    expect(source.read?.(sql, "sql/V1__a.sql").sql).toBe(expected);
    expect(expected).toHaveLength(sql.length);
  });
});
