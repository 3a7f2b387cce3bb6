/** How the models of tools that generate their SQL spell a type: an edit of the SQL alone would not last. */
import type { RuleMigration } from "./types.js";

/** The types that rules advise. */
export type AdvisedType = "bigint" | "identity" | "jsonb" | "numeric" | "text" | "timestamptz";

interface Models {
  /** The end of `in …`. */
  readonly where: string;
  readonly types: Partial<Record<AdvisedType, string>>;
}

/** By the tool's name. Prisma's documentation, "Native type mapping"; Drizzle's, "PostgreSQL column types". */
const MODELS: Readonly<Record<string, Models>> = {
  prisma: {
    where: "the Prisma schema",
    types: {
      bigint: "BigInt",
      jsonb: "@db.JsonB",
      numeric: "Decimal",
      text: "@db.Text",
      timestamptz: "@db.Timestamptz(3)",
    },
  },
  drizzle: {
    where: "the Drizzle schema",
    types: {
      bigint: "bigint() or bigserial()",
      identity: "generatedByDefaultAsIdentity()",
      jsonb: "jsonb()",
      numeric: "numeric()",
      text: "text()",
      timestamptz: "timestamp({ withTimezone: true })",
    },
  },
};

/** What to write in the tool's model, as the end of a sentence; empty for a tool whose SQL is written by hand. */
export function inModel({ migration: { tool } }: RuleMigration, type: AdvisedType): string {
  const models = MODELS[tool.name];
  const spelling = models?.types[type];
  return models && spelling !== undefined ? ` (${spelling} in ${models.where})` : "";
}
