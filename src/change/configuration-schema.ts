import { MIGRATION_TOOLS } from "../migrations/tools.js";
import type { JsonSchema } from "./schema-check.js";

/** What the configuration needs to know of a rule. */
export interface ConfigurableRule {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the options, one entry per option. */
  readonly schema?: readonly object[];
}

/** Versions of PostgreSQL whose locks are known: 12 to 18 measured, 10 and 11 documented. */
const POSTGRES = { minimum: 10, maximum: 18 };

const TEXT: JsonSchema = { type: "string", minLength: 1 };

/** A duration as PostgreSQL reads it; without a unit it is in milliseconds. */
const TIMEOUT: JsonSchema = {
  type: ["string", "integer"],
  pattern: "^ *\\d+(?:\\.\\d+)? *(?:us|ms|s|min|h|d)? *$",
  examples: ["3s"],
};

const GLOBS: JsonSchema = { type: "array", items: TEXT };

/** `warning` is accepted because the report says `warning`, ESLint says `warn`. */
const LEVEL: JsonSchema = { enum: ["off", "warn", "error", "warning"] };

/** JSON Schema of the configuration file. It is what the file is checked against, and what editors are given. */
export function configurationSchema(rules: readonly ConfigurableRule[]): JsonSchema {
  const settings: JsonSchema = {
    type: "object",
    description: "A level for each rule, or a list of level and options.",
    properties: Object.fromEntries(rules.map((rule) => [rule.name, ruleSetting(rule)])),
    additionalProperties: false,
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Migration Safety",
    description: "Configuration of Migration Safety: .github/migration-safety.yml. Every key has a default.",
    type: "object",
    properties: {
      $schema: { type: "string", description: "Where this schema is, for editors." },
      extends: {
        description: "The preset that the rules start from.",
        enum: ["recommended", "strict", "all"],
        default: "recommended",
      },
      postgres: {
        description:
          "PostgreSQL's major version, or a range of them. Default: what the repository says elsewhere, else 14.",
        anyOf: [
          { type: "integer", ...POSTGRES },
          { type: "string", pattern: "^1[0-8](?:-1[0-8])?$", examples: ["16", "13-18"] },
        ],
      },
      rules: settings,
      overrides: {
        description: "Other settings for some files. The last one that names a file decides.",
        type: "array",
        items: {
          type: "object",
          properties: {
            files: { ...GLOBS, description: "Globs, relative to the repository's root.", minItems: 1 },
            rules: settings,
          },
          required: ["files", "rules"],
          additionalProperties: false,
        },
      },
      deploy: {
        description: "How the application is deployed.",
        type: "object",
        properties: {
          model: {
            description: "rolling: old and new instances run at once. recreate: the old ones stop first.",
            enum: ["rolling", "recreate"],
            default: "rolling",
          },
          migrations: {
            description: "Whether the pipeline runs migrations before or after it replaces the code.",
            enum: ["before", "after"],
            default: "before",
          },
          released: {
            description: "A glob over the tags that say what has shipped. Default: what is merged has shipped.",
            ...TEXT,
          },
        },
        additionalProperties: false,
      },
      databases: {
        description: "Only where detection is not enough, or there are several. The key is the database's name.",
        type: "object",
        additionalProperties: {
          type: "object",
          properties: {
            migrations: {
              description: "Where its migrations are, in the order in which they run. Default: detected.",
              type: "array",
              items: {
                type: "object",
                properties: {
                  path: { description: "A folder, or one SQL file.", type: "string", minLength: 1 },
                  tool: {
                    description: "The tool that runs them. Default: detected.",
                    enum: MIGRATION_TOOLS.map(({ name }) => name),
                  },
                  transaction: {
                    description: "Whether the runner puts a transaction around each file. Default: as the tool does.",
                    enum: ["file", "none"],
                  },
                },
                required: ["path"],
                additionalProperties: false,
              },
            },
            code: {
              description: "Folders with the application code that uses it. Default: the whole repository.",
              type: "array",
              items: TEXT,
            },
            session: {
              description: "Settings on the connection or role that runs the migrations, such as lock_timeout: 3s.",
              type: "object",
              properties: {
                lock_timeout: { description: "How long a statement waits for a lock at most.", ...TIMEOUT },
                statement_timeout: { description: "How long a statement runs at most.", ...TIMEOUT },
              },
              additionalProperties: { type: ["string", "integer"] },
            },
            rules: { ...settings, description: "Other levels for its migrations. They come before `overrides`." },
            tables: {
              description: "What nobody can see in a migration: names or globs, in `public` where no schema is named.",
              type: "object",
              properties: {
                hot: { ...GLOBS, description: "Busy tables: a lock_timeout is asked for whatever the statement does." },
                small: { ...GLOBS, description: "Small tables: reading or rewriting one is over in an instant." },
              },
              additionalProperties: false,
            },
            schema: {
              description:
                "A file of SQL, such as pg_dump writes, with the schema from which the first migration starts.",
              ...TEXT,
            },
            stats: {
              description: "A file of JSON that says how large the tables are; `migration-safety stats` has the query.",
              ...TEXT,
            },
          },
          additionalProperties: false,
        },
      },
      ignore: { ...GLOBS, description: "Globs of migrations that are not judged. They are still replayed." },
      accept: {
        description:
          "Findings that you take on, and uses in code that are harmless. Each is silenced, and listed with its reason in every report.",
        type: "array",
        items: {
          type: "object",
          properties: {
            rule: { description: "The rule that found it.", enum: rules.map(({ name }) => name) },
            object: { ...TEXT, description: "What it is about, as the report names it: `public.orders.legacy_ref`." },
            reference: {
              ...TEXT,
              description:
                "In place of a rule: what code in `file` may still name, such as `public.orders.legacy_ref`.",
            },
            file: {
              ...TEXT,
              description:
                "A path or glob, relative to the repository's root: of migrations; with `reference`, of code.",
            },
            reason: { ...TEXT, description: "Why it is fine." },
            until: { description: "The last day on which it is, such as 2027-01-31.", type: "string", format: "date" },
          },
          required: ["reason"],
          anyOf: [
            { required: ["rule", "object"] },
            { required: ["rule", "file"] },
            { required: ["reference", "file"] },
          ],
          not: { required: ["rule", "reference"] },
          dependencies: { object: ["rule"] },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}

function ruleSetting({ description, schema = [] }: ConfigurableRule): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [
      LEVEL,
      {
        type: "array",
        items: [LEVEL, ...(schema as readonly JsonSchema[])],
        minItems: 1,
        additionalItems: false,
      },
    ],
  };
}
