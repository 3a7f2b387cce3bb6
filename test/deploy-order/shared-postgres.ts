/** One PostgreSQL for all cases of a file, emptied before each. */
import type { RecipeStep } from "../../src/deploy-order/recipe.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { describePostgres } from "../postgres/catalog/postgres-catalog.js";
import type { Description } from "../postgres/catalog/description.js";
import { startPGlite } from "../postgres/start-pglite.js";

/** A session with a database: PGlite, or a real server. */
export interface StepDatabase {
  /** Runs statements; of each, how many rows it has changed. */
  exec(sql: string): Promise<readonly { readonly affectedRows?: number }[]>;
  query<Row>(sql: string, parameters?: never[], options?: { rowMode: "array" | "object" }): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

export class SharedPostgres {
  constructor(readonly database: StepDatabase) {}

  static async start(): Promise<SharedPostgres> {
    return new SharedPostgres(await startPGlite());
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  async reset(...scripts: readonly string[]): Promise<void> {
    await this.database.exec(`
      RESET ALL; DEALLOCATE ALL;
      DROP SCHEMA IF EXISTS app, archive, "Old Shop" CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;`);
    for (const script of scripts) await this.database.exec(script);
  }

  /** Runs the SQL of a step as it asks for: in one transaction, or each statement outside of any. */
  async run({
    sql,
    transaction,
    repeat,
    name,
  }: Pick<RecipeStep, "sql" | "transaction" | "repeat" | "name">): Promise<void> {
    if (sql === undefined) return;
    const { database } = this;
    try {
      if (transaction !== "outside") {
        await database.exec(`BEGIN;\n${sql}\nCOMMIT;`);
        return;
      }
      for (;;) {
        const [result] = await database.exec(sql);
        if (repeat !== true || (result?.affectedRows ?? 0) === 0) return;
      }
    } catch (error) {
      await database.exec("ROLLBACK");
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}\n${sql}`);
    }
  }

  /** What the check of a step answers, as psql prints it. */
  async answer({ check }: Pick<RecipeStep, "check">): Promise<string | undefined> {
    if (!check) return undefined;
    const statements = parseSql(check.sql).statements.map(({ sql }) => sql);
    const query = statements.pop() ?? "";
    for (const sql of statements) await this.database.exec(sql);
    const { rows } = await this.database.query<unknown[]>(query, [], { rowMode: "array" });
    const value = rows[0]?.[0];
    return value === true ? "t" : value === false ? "f" : String(value);
  }

  async description(): Promise<Description> {
    const { database } = this;
    return describePostgres({ query: async <Row>(sql: string) => (await database.query<Row>(sql)).rows });
  }
}

/**
 * A description in which what a recipe cannot bring about is left out: the place of a column among the others, and the
 * names that PostgreSQL itself gives to NOT NULL.
 */
export function comparable(description: Description): Description {
  return Object.fromEntries(
    Object.entries(description).map(([object, lines]) => [
      object,
      lines.map((line) => line.replace(/^constraint .* (not null \()/, "$1")).sort(),
    ]),
  );
}
