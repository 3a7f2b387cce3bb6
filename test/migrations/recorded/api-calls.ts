/** The calls in the type definitions of each library, and which of them a fixture makes. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { dbMigrateFixtures, recordedDbMigrate } from "./db-migrate.js";
import { knexFixtures, recordedKnex } from "./knex.js";
import { kyselyFixtures, recordedKysely } from "./kysely.js";
import { mikroOrmFixtures, recordedMikroOrm } from "./mikro-orm.js";
import { nodePgMigrateFixtures, recordedNodePgMigrate } from "./node-pg-migrate.js";
import { payloadFixtures, recordedPayload } from "./payload.js";
import { postgresMigrationsFixtures, recordedPostgresMigrations } from "./postgres-migrations.js";
import type { Fixtures, Recorder } from "./recorded-tool.js";
import { recordedSequelize, sequelizeFixtures, unreadSequelizeFixtures } from "./sequelize.js";
import { slonikFixtures, recordedSlonik } from "./slonik.js";
import { typeormFixtures, recordedTypeorm } from "./typeorm.js";

const require = createRequire(import.meta.url);

/** Where a library declares what a migration can call. */
interface Api {
  readonly label: string;
  readonly package: string;
  /** Declarations by their file in the package: interfaces, classes, types, namespaces, prototypes. */
  readonly declared: Readonly<Record<string, readonly string[]>>;
  /** Calls that no fixture makes, with the reason. */
  readonly without: Readonly<Record<string, string>>;
  readonly recorder: Recorder;
  readonly fixtures: Fixtures;
}

const ASKS = "asks, and changes nothing";
const SENDS_NOTHING = "sends nothing";
const OTHER_DATABASE = "is refused on PostgreSQL before anything is sent";
const NOT_IN_MIGRATIONS = "is not for migrations";

const APIS: readonly Api[] = [
  {
    label: "Knex",
    package: "knex",
    declared: {
      "types/index.d.ts": [
        "SchemaBuilder",
        "TableBuilder",
        "ViewBuilder",
        "CreateTableBuilder",
        "AlterColumnView",
        "AlterViewBuilder",
        "ColumnBuilder",
        "ForeignConstraintBuilder",
        "MultikeyForeignConstraintBuilder",
        "ReferencingColumnBuilder",
      ],
    },
    without: {
      queryContext: SENDS_NOTHING,
      toString: SENDS_NOTHING,
      toSQL: SENDS_NOTHING,
      hasColumn: ASKS,
      extend: "adds methods of the project's own",
      geometry: "needs PostGIS",
      geography: "needs PostGIS",
      engine: OTHER_DATABASE,
      charset: OTHER_DATABASE,
    },
    recorder: recordedKnex,
    fixtures: knexFixtures,
  },
  {
    label: "TypeORM",
    package: "typeorm",
    declared: { "query-runner/QueryRunner.d.ts": ["QueryRunner"] },
    without: {
      connect: SENDS_NOTHING,
      beforeMigration: SENDS_NOTHING,
      afterMigration: SENDS_NOTHING,
      release: SENDS_NOTHING,
      clearDatabase: NOT_IN_MIGRATIONS,
      startTransaction: "is the runner's",
      commitTransaction: "is the runner's",
      rollbackTransaction: "is the runner's",
      stream: "needs a package of its own",
      getDatabases: ASKS,
      getSchemas: ASKS,
      getTable: ASKS,
      getTables: ASKS,
      getView: ASKS,
      getViews: ASKS,
      getReplicationMode: SENDS_NOTHING,
      hasDatabase: ASKS,
      getCurrentDatabase: ASKS,
      hasSchema: ASKS,
      getCurrentSchema: ASKS,
      hasTable: ASKS,
      hasColumn: ASKS,
      createDatabase: NOT_IN_MIGRATIONS,
      dropDatabase: NOT_IN_MIGRATIONS,
      enableSqlMemory: SENDS_NOTHING,
      disableSqlMemory: SENDS_NOTHING,
      clearSqlMemory: SENDS_NOTHING,
      getMemorySql: SENDS_NOTHING,
      executeMemoryUpSql: NOT_IN_MIGRATIONS,
      executeMemoryDownSql: NOT_IN_MIGRATIONS,
    },
    recorder: recordedTypeorm,
    fixtures: typeormFixtures,
  },
  {
    label: "Kysely",
    package: "kysely",
    declared: Object.fromEntries(
      [
        ["schema", "SchemaModule"],
        ["alter-column-builder", "AlterColumnBuilder"],
        ["alter-table-add-foreign-key-constraint-builder", "AlterTableAddForeignKeyConstraintBuilder"],
        ["alter-table-add-index-builder", "AlterTableAddIndexBuilder"],
        ["alter-table-builder", "AlterTableBuilder"],
        ["alter-table-drop-constraint-builder", "AlterTableDropConstraintBuilder"],
        ["column-definition-builder", "ColumnDefinitionBuilder"],
        ["create-index-builder", "CreateIndexBuilder"],
        ["create-schema-builder", "CreateSchemaBuilder"],
        ["create-table-builder", "CreateTableBuilder"],
        ["create-type-builder", "CreateTypeBuilder"],
        ["create-view-builder", "CreateViewBuilder"],
        ["drop-index-builder", "DropIndexBuilder"],
        ["drop-schema-builder", "DropSchemaBuilder"],
        ["drop-table-builder", "DropTableBuilder"],
        ["drop-type-builder", "DropTypeBuilder"],
        ["drop-view-builder", "DropViewBuilder"],
        ["foreign-key-constraint-builder", "ForeignKeyConstraintBuilder"],
        ["primary-key-constraint-builder", "PrimaryKeyConstraintBuilder"],
        ["refresh-materialized-view-builder", "RefreshMaterializedViewBuilder"],
        ["unique-constraint-builder", "UniqueConstraintBuilder"],
      ].map(([file = "", name = ""]) => [`dist/esm/schema/${file}.d.ts`, [name]]),
    ),
    without: {
      compile: SENDS_NOTHING,
      toOperationNode: SENDS_NOTHING,
      withPlugin: "changes names in a way that only the plugin knows",
      withoutPlugins: SENDS_NOTHING,
      autoIncrement: OTHER_DATABASE,
      identity: OTHER_DATABASE,
      unsigned: OTHER_DATABASE,
    },
    recorder: recordedKysely,
    fixtures: kyselyFixtures,
  },
  {
    label: "Sequelize",
    package: "sequelize",
    declared: { "types/dialects/abstract/query-interface.d.ts": ["QueryInterface"] },
    without: {
      commitTransaction: NOT_IN_MIGRATIONS,
      rollbackTransaction: NOT_IN_MIGRATIONS,
      startTransaction: NOT_IN_MIGRATIONS,
      setAutocommit: NOT_IN_MIGRATIONS,
      setIsolationLevel: NOT_IN_MIGRATIONS,
      deferConstraints: NOT_IN_MIGRATIONS,
      databaseVersion: ASKS,
      describeTable: ASKS,
      getForeignKeyReferencesForTable: ASKS,
      getForeignKeysForTables: ASKS,
      nameIndexes: SENDS_NOTHING,
      quoteIdentifiers: SENDS_NOTHING,
      rawSelect: ASKS,
      select: ASKS,
      showAllSchemas: ASKS,
      showAllTables: ASKS,
      showIndex: ASKS,
      tableExists: ASKS,
      delete: "needs a model",
      increment: "needs a model",
      insert: "needs a model",
      update: "needs a model",
      upsert: "needs a model",
    },
    recorder: recordedSequelize,
    fixtures: { ...sequelizeFixtures, ...unreadSequelizeFixtures },
  },
  {
    label: "MikroORM",
    package: "@mikro-orm/migrations",
    declared: { "Migration.d.ts": ["Migration"] },
    without: {
      up: "is the migration's own",
      down: "is the migration's own",
      isTransactional: "is the migration's own",
      reset: NOT_IN_MIGRATIONS,
      setTransactionContext: NOT_IN_MIGRATIONS,
      getQueries: NOT_IN_MIGRATIONS,
    },
    recorder: recordedMikroOrm,
    fixtures: mikroOrmFixtures,
  },
  {
    label: "node-pg-migrate",
    package: "node-pg-migrate",
    declared: { "dist/bundle/index.d.ts": ["MigrationBuilder"] },
    without: {
      enableReverseMode: NOT_IN_MIGRATIONS,
      isUsingTransaction: SENDS_NOTHING,
      getSql: SENDS_NOTHING,
      getSqlSteps: SENDS_NOTHING,
    },
    recorder: recordedNodePgMigrate,
    fixtures: nodePgMigrateFixtures,
  },
  {
    label: "db-migrate",
    package: "db-migrate",
    // It has no type definitions: this is what a migration is given.
    declared: { "lib/interface/migratorInterface.js": ["MigratorInterface"] },
    without: {
      renameCollection: OTHER_DATABASE,
      dropCollection: OTHER_DATABASE,
      createCollection: OTHER_DATABASE,
      checkDBMS: ASKS,
      createDatabase: NOT_IN_MIGRATIONS,
      dropDatabase: NOT_IN_MIGRATIONS,
      bindForeignKey: SENDS_NOTHING,
      createMigrationsTable: NOT_IN_MIGRATIONS,
      createSeedsTable: NOT_IN_MIGRATIONS,
      normalizeColumnSpec: SENDS_NOTHING,
      createColumnDef: SENDS_NOTHING,
      createColumnConstraint: SENDS_NOTHING,
      mapDataType: SENDS_NOTHING,
      recurseCallbackArray: SENDS_NOTHING,
      quoteDDLArr: SENDS_NOTHING,
      quoteArr: SENDS_NOTHING,
      escapeString: SENDS_NOTHING,
      escape: SENDS_NOTHING,
      escapeDDL: SENDS_NOTHING,
      allLoadedMigrations: NOT_IN_MIGRATIONS,
      allLoadedSeeds: NOT_IN_MIGRATIONS,
      addSeedRecord: NOT_IN_MIGRATIONS,
      addMigrationRecord: NOT_IN_MIGRATIONS,
      deleteMigration: NOT_IN_MIGRATIONS,
      deleteSeed: NOT_IN_MIGRATIONS,
      startMigration: NOT_IN_MIGRATIONS,
      endMigration: NOT_IN_MIGRATIONS,
      close: NOT_IN_MIGRATIONS,
    },
    recorder: recordedDbMigrate,
    fixtures: dbMigrateFixtures,
  },
  {
    label: "Slonik",
    package: "slonik",
    declared: { "dist/src/types.d.ts": ["CommonQueryMethods", "SqlTaggedTemplate"] },
    without: {},
    recorder: recordedSlonik,
    fixtures: slonikFixtures,
  },
  {
    label: "Payload (Drizzle's sql)",
    package: "drizzle-orm",
    declared: { "sql/sql.d.ts": ["sql"] },
    without: { placeholder: "is for prepared queries" },
    recorder: recordedPayload,
    fixtures: payloadFixtures,
  },
  {
    label: "postgres-migrations",
    package: "postgres-migrations",
    declared: {},
    without: {},
    recorder: recordedPostgresMigrations,
    fixtures: postgresMigrationsFixtures,
  },
];

/** The calls of one library. */
export interface CoveredCalls {
  readonly label: string;
  readonly version: string;
  /** Whether what is sent is compared with what we say; otherwise it is only sent. */
  readonly compared: boolean;
  readonly fixtures: number;
  readonly covered: readonly string[];
  /** With the reason why no fixture makes them. */
  readonly without: Readonly<Record<string, string>>;
  /** Neither covered nor left out for a reason. */
  readonly missing: readonly string[];
  /** Left out, but not declared any more, or covered after all. */
  readonly stale: readonly string[];
}

export function coveredCalls(): readonly CoveredCalls[] {
  return APIS.map(({ label, package: name, declared, without, recorder, fixtures }) => {
    const calls = new Set<string>();
    for (const [file, names] of Object.entries(declared)) {
      for (const call of declaredCalls(`${name}/${file}`, names)) calls.add(call);
    }
    const made = callsIn(
      Object.values(fixtures).map((fixture) => (typeof fixture === "string" ? fixture : fixture.up)),
    );
    const covered = [...calls].filter((call) => made.has(call));
    const { version } = JSON.parse(readFileSync(fileOf(`${name}/package.json`), "utf8")) as { version: string };
    return {
      label,
      version,
      compared: "tool" in recorder,
      fixtures: Object.keys(fixtures).length,
      covered,
      without: Object.fromEntries(Object.entries(without).filter(([call]) => calls.has(call) && !made.has(call))),
      missing: [...calls].filter((call) => !made.has(call) && !(call in without)),
      stale: Object.keys(without).filter((call) => !calls.has(call) || made.has(call)),
    };
  });
}

/** A file of a package, also where the package does not export it. */
function fileOf(path: string): string {
  return join(process.cwd(), "node_modules", path);
}

function parse(path: string, text: string): ts.SourceFile {
  const typescript = require("typescript") as typeof ts;
  return typescript.createSourceFile(path, text, typescript.ScriptTarget.Latest, true);
}

/** The methods of the declarations with these names. */
function declaredCalls(path: string, names: readonly string[]): Set<string> {
  const typescript = require("typescript") as typeof ts;
  const calls = new Set<string>();
  const add = (name: ts.Node | undefined): void => {
    if (name && typescript.isIdentifier(name)) calls.add(name.text);
  };
  const members = (node: ts.Node): void => {
    if (typescript.isTypeLiteralNode(node) || typescript.isInterfaceDeclaration(node) || typescript.isClassLike(node)) {
      for (const member of node.members) {
        const isPrivate = typescript.canHaveModifiers(member)
          ? member.modifiers?.some(({ kind }) =>
              [typescript.SyntaxKind.PrivateKeyword, typescript.SyntaxKind.ProtectedKeyword].includes(kind),
            )
          : false;
        if (!isPrivate && isCall(member)) add(member.name);
      }
    } else if (typescript.isModuleBlock(node)) {
      for (const statement of node.statements) if (typescript.isFunctionDeclaration(statement)) add(statement.name);
    } else if (typescript.isObjectLiteralExpression(node)) {
      for (const property of node.properties) add(property.name);
    } else typescript.forEachChild(node, members);
  };
  /** A method, or a property that holds a function. */
  const isCall = (member: ts.ClassElement | ts.TypeElement): boolean =>
    typescript.isMethodSignature(member) ||
    typescript.isMethodDeclaration(member) ||
    ((typescript.isPropertySignature(member) || typescript.isPropertyDeclaration(member)) &&
      member.type !== undefined &&
      /=>|Function\b/.test(member.type.getText()));
  const visit = (node: ts.Node): void => {
    const isNamed =
      (typescript.isInterfaceDeclaration(node) ||
        typescript.isClassDeclaration(node) ||
        typescript.isTypeAliasDeclaration(node) ||
        typescript.isModuleDeclaration(node)) &&
      node.name !== undefined &&
      names.includes(node.name.text);
    const isPrototype =
      typescript.isBinaryExpression(node) &&
      names.some((name) => node.left.getText() === `${name}.prototype`) &&
      node.operatorToken.kind === typescript.SyntaxKind.EqualsToken;
    if (isNamed) members(node);
    else if (isPrototype) members(node.right);
    else typescript.forEachChild(node, visit);
  };
  visit(parse(path, readFileSync(fileOf(path), "utf8")));
  return calls;
}

/** The names that programs call: `a.name(…)`, `` a.name`…` `` and `name(…)`. */
function callsIn(programs: readonly string[]): Set<string> {
  const typescript = require("typescript") as typeof ts;
  const calls = new Set<string>();
  const visit = (node: ts.Node): void => {
    const callee = typescript.isCallExpression(node)
      ? node.expression
      : typescript.isTaggedTemplateExpression(node)
        ? node.tag
        : undefined;
    if (callee && typescript.isPropertyAccessExpression(callee)) calls.add(callee.name.text);
    if (callee && typescript.isIdentifier(callee)) calls.add(callee.text);
    typescript.forEachChild(node, visit);
  };
  for (const program of programs) visit(parse("fixture.ts", `async () => {\n${program}\n};`));
  return calls;
}
