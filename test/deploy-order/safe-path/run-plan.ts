/** Carries out the plan of a pull request on PostgreSQL, and asks after each step whether all code that may be live works. */
import { DEFAULT_CONFIGURATION } from "../../../src/change/configuration.js";
import { loadChange } from "../../../src/change/load.js";
import { projectOf } from "../../../src/change/project.js";
import { checkChange } from "../../../src/check/check.js";
import { momentAt, positionOf } from "../../../src/deploy-order/moment.js";
import { type Run, runsOf } from "../../../src/deploy-order/schedule.js";
import type { Configuration } from "../../../src/model/configuration.js";
import type { Plan } from "../../../src/model/plan.js";
import type { Report } from "../../../src/model/report.js";
import { memorySource } from "../../check/memory-source.js";
import { differencesOf } from "../../postgres/catalog/description.js";
import { comparable, type SharedPostgres } from "../shared-postgres.js";
import { type PullRequest, type Queries, SHOP, SHOP_ROWS } from "./pull-request.js";

export interface Planned {
  readonly report: Report;
  readonly plan: Plan;
  readonly runs: readonly Run[];
}

const MIGRATION = "db/migrations/0002_next.sql";

/** Application code that sends the queries, as a file of the repository. */
function program(queries: Queries): string {
  const functions = queries.map(
    (sql, index) =>
      `export const query${String(index)} = (db) => db.query(${JSON.stringify(sql.replaceAll(":n", "1"))});`,
  );
  return `${functions.join("\n")}\n`;
}

/** The plan of the pull request, as the whole check makes it: its rules and its search of the code. */
export function planFor(request: PullRequest): Planned {
  const { schema = "", migration, running, next, postgres = 16, deploy } = request;
  const configuration: Configuration = {
    ...DEFAULT_CONFIGURATION,
    postgres,
    ...(deploy && { deploy }),
  };
  const source = memorySource(
    { "db/migrations/0001_init.sql": SHOP + schema, "src/shop.ts": program(running) },
    { [MIGRATION]: migration, "src/shop.ts": program(next) },
  );
  const change = loadChange(source, configuration);
  const report = checkChange(change);
  const { plan, findings } = report;
  const project = projectOf(change);
  const runs = runsOf({
    change,
    findings,
    isLive: (placed, relation) => project.isLive(placed, relation),
    isListed: (list, placed, relation) => project.isListed(list, placed, relation),
    referencesTo: (placed) => project.referencesOf(placed),
    usesOf: (placed, column) => project.usesOf(placed, column),
  });
  return { report, plan, runs };
}

/** The code of each release of the plan, the pull request's own code last. */
function releasesOf({ next, between = [] }: PullRequest, runs: readonly Run[]): readonly Queries[] {
  const last = Math.max(
    0,
    ...runs.filter(({ step }) => step.actor === "code").map(({ position }) => momentAt(position).release),
  );
  if (between.length !== last) {
    throw new Error(
      `The plan ships the code of the pull request in release ${String(last)}, not in ${String(between.length)}.`,
    );
  }
  return [...between, next];
}

export interface Outcome {
  /** Steps with SQL that were run. */
  readonly steps: number;
  /** Queries that were prepared and run. */
  readonly queries: number;
  /** What went wrong, each with where. */
  readonly failures: readonly string[];
}

let number = 1000;

/** Prepares and runs queries; the messages of those that fail. */
async function send(postgres: SharedPostgres, queries: Queries): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const query of queries) {
    const sql = query.replaceAll(":n", () => String(++number));
    try {
      await postgres.database.exec(`PREPARE sent AS ${sql}; EXECUTE sent; DEALLOCATE sent;`);
    } catch (error) {
      await postgres.database.exec("DEALLOCATE ALL");
      failed.push(`${error instanceof Error ? error.message : String(error)} (${query})`);
    }
  }
  return failed;
}

export async function carryOut(postgres: SharedPostgres, request: PullRequest, runs: readonly Run[]): Promise<Outcome> {
  const { schema = "", rows = "", running, decided = {} } = request;
  await postgres.reset(SHOP + schema, SHOP_ROWS + rows);
  const releases = releasesOf(request, runs);
  // A pipeline that migrates behind the deploy runs then what is planned for the time before.
  const late = request.deploy?.migrations === "after" ? positionOf({ release: 0, slot: "after" }) : 0;
  const codeOf = (release: number): Queries => (release < 0 ? running : (releases[release] ?? releases.at(-1) ?? []));
  const failures: string[] = [];
  let [steps, queries] = [0, 0];
  const ask = async (where: string, code: Queries): Promise<void> => {
    queries += code.length;
    for (const failure of await send(postgres, code)) failures.push(`${where}: ${failure}`);
  };
  await ask("before everything", running);
  const end = Math.max(
    positionOf({ release: releases.length - 1, slot: "after" }),
    ...runs.map(({ position }) => position + late),
  );
  for (let position = 0; position <= end; position++) {
    const { release, slot } = momentAt(position);
    const live =
      slot === "before"
        ? [codeOf(release - 1)]
        : slot === "deploy"
          ? [codeOf(release - 1), codeOf(release)]
          : [codeOf(release)];
    for (const { step } of runs.filter((run) => run.position + late === position)) {
      const own = decided[step.name];
      if (step.sql === undefined && own === undefined) continue;
      steps++;
      try {
        if (own !== undefined) await postgres.database.exec(own);
        await postgres.run(step);
        if (step.check) {
          const answer = await postgres.answer(step);
          if (answer !== step.check.answer) failures.push(`${step.name}: its check answers ${String(answer)}`);
        }
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      for (const code of live) await ask(step.name, code);
    }
    if (slot === "deploy") for (const code of live) await ask(`while release ${String(release)} is deployed`, code);
  }
  for (const [sql, answer] of request.finally ?? []) {
    const { rows: found } = await postgres.database.query<unknown[]>(sql, [], { rowMode: "array" });
    if (found[0]?.[0] !== answer) failures.push(`${sql} answers ${String(found[0]?.[0])}`);
  }
  return { steps, queries, failures };
}

/** How the schema that the plan has made differs from the one that the migration makes. */
export async function differencesAtTheEnd(postgres: SharedPostgres, { schema = "", migration }: PullRequest) {
  const made = comparable(await postgres.description());
  await postgres.reset(SHOP + schema);
  for (const statement of [migration]) await postgres.database.exec(statement);
  return differencesOf(comparable(await postgres.description()), made);
}

/** The first thing that goes wrong if the migration runs as it is, and the running code meets it. */
export async function migrationFirst(postgres: SharedPostgres, request: PullRequest): Promise<string | undefined> {
  await postgres.reset(SHOP + (request.schema ?? ""), SHOP_ROWS + (request.rows ?? ""));
  try {
    await postgres.database.exec(request.migration);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return firstOf(await send(postgres, request.running));
}

/** The first thing that goes wrong if the new code meets the old schema. */
export async function codeFirst(postgres: SharedPostgres, request: PullRequest): Promise<string | undefined> {
  await postgres.reset(SHOP + (request.schema ?? ""), SHOP_ROWS + (request.rows ?? ""));
  return firstOf(await send(postgres, request.next));
}

function firstOf(failures: readonly string[]): string | undefined {
  return failures[0]?.replace(/ \([^]*$/, "");
}
