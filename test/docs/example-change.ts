/** An example of a rule's page as a change: its SQL is the migration, and what stands before it says what is around. */
import type { Change } from "../../src/model/change.js";
import type { EvaluateMigration } from "../../src/migrations/tool.js";
import type { ToolFacts } from "../../src/model/migration.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";
import {
  drizzle,
  goose,
  knex,
  knexProgram,
  prisma6,
  prisma7,
  sequelize,
  sequelizeProgram,
  supabase,
  typeorm,
  typeormProgram,
  unknownRunner,
} from "../rules/tools.js";
import type { Example } from "./rule-page.js";

const tools: Readonly<Record<string, ToolFacts>> = {
  drizzle,
  goose,
  knex,
  "prisma 6": prisma6,
  "prisma 7": prisma7,
  sequelize,
  supabase,
  typeorm,
  "typeorm each": { ...typeorm, transaction: "per-file" },
};

const programs: Readonly<Record<string, EvaluateMigration | undefined>> = {
  knex: knexProgram,
  sequelize: sequelizeProgram,
  typeorm: typeormProgram,
};

/** The tool that runs the example; one that is not known unless it says. */
export function toolOf({ language, settings }: Example): ToolFacts {
  const tool = settings["tool"] ?? (language === "js" ? "knex" : undefined);
  const facts = tool === undefined ? unknownRunner : tools[tool];
  if (!facts) throw new Error(`No test knows the tool ${String(tool)}.`);
  return facts;
}

export function changeOf(example: Example): Change {
  const { sql, language, history, settings } = example;
  const { postgres, was, meanwhile } = settings;
  const { change } = memoryChange("/repo", sql, {
    history: [history],
    tool: toolOf(example),
    ...(language === "js" && { program: programs[toolOf(example).name], file: "db/migrations/0009_next.js" }),
    sections: /^-- \+goose up$/im.test(sql),
    ...(was === undefined ? {} : { was }),
    ...(meanwhile === undefined ? {} : { meanwhile: [meanwhile] }),
    ...(postgres === undefined ? {} : { postgres: Number(postgres) }),
    ...(settings["migrations"] === "after" && { deploy: { migrations: "after" } }),
    ...codeOf("baseCode", settings["code at base"]),
    ...codeOf("headCode", settings["code at head"]),
    ...codeOf("releaseCode", settings["code at release"]),
  });
  return change;
}

/** A path, then the text of that file. */
function codeOf(side: "baseCode" | "headCode" | "releaseCode", setting: string | undefined): Surroundings {
  const [path, ...lines] = setting?.split("\n") ?? [];
  return path === undefined ? {} : { [side]: { [path]: lines.join("\n") } };
}
