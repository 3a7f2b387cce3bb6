/** Programs beside the SQL of Prisma's migrations that move data. Prisma does not run them; the project's scripts do. */
import { evaluator, exportedFunction } from "../evaluator/evaluate.js";
import { Callable, Dictionary, Handle } from "../evaluator/value.js";
import type { EvaluateMigration } from "../tool.js";
import { client, PRISMA } from "./client.js";
import { isGeneratedClient, type SchemaFile } from "./generated-client.js";
import { type Model, modelsOf } from "./models.js";

const PROGRAM = /^(?!.*\.(?:d|test|spec)\.[cm]?[jt]s$).*\.[cm]?[jt]s$/;
const USES_CLIENT = /\$(?:executeRaw|queryRaw|transaction)|\bPrismaClient\b|@prisma\/client/;

/** Whether a file in a migration's folder is a data step. */
export function isDataStep(name: string, text: () => string): boolean {
  return PROGRAM.test(name) && USES_CLIENT.test(text());
}

/** What the function is called that a runner of the project's own calls. */
const ENTRIES = ["run", "up", "main", "migrate", "default"];

/** @param schemas Reads the files of the Prisma schema, when a step is read. */
export function dataSteps(schemas: () => readonly SchemaFile[]): EvaluateMigration {
  let read:
    { readonly models: ReadonlyMap<string, Model>; readonly isGenerated: (path: string) => boolean } | undefined;
  return (text, file, files) => {
    read ??= readSchema(schemas());
    const { models: known, isGenerated } = read;
    // A program that makes its own client is a script; one that is given one is called by a runner.
    let isScript = false;
    const made = (): Handle => {
      isScript = true;
      return client(known, false);
    };
    const packageOfPrisma = new Dictionary(
      [
        ["PrismaClient", new Callable("PrismaClient", made, made)],
        ["Prisma", PRISMA],
      ],
      undefined,
      "is Prisma's",
    );
    return evaluator({
      modules: { "@prisma/client": packageOfPrisma },
      generated: (path) => (isGenerated(path) ? packageOfPrisma : undefined),
      entry(program) {
        const { exports, site } = program;
        const callee = ENTRIES.map((name) => exportedFunction(program, name)).find((one) => one !== undefined);
        const objects = [...exports.properties.values()].filter((one) => one instanceof Dictionary);
        const method = objects.map((one) => one.get("run") ?? one.get("up")).find((one) => one instanceof Callable);
        const found = callee ?? method;
        return {
          up() {
            if (isScript && site.run.sent.length > 0) return undefined;
            return found?.call([argument(known)], site, undefined);
          },
          facts: () => ({ transaction: isScript ? "per-statement" : "unknown" }),
        };
      },
    })(text, file, files);
  };
}

function readSchema(schema: readonly SchemaFile[]): {
  readonly models: ReadonlyMap<string, Model>;
  readonly isGenerated: (path: string) => boolean;
} {
  return { models: modelsOf(schema.map(({ text }) => text)), isGenerated: isGeneratedClient(schema) };
}

/** What a runner hands over: the client, or an object with it. */
function argument(models: ReadonlyMap<string, Model>): Handle {
  const inside = client(models, true);
  return new Handle("the step's argument", inside.methods, {
    get: (property, site) =>
      ["tx", "prisma", "db", "client", "transaction"].includes(property) ? inside : inside.more.get?.(property, site),
  });
}
