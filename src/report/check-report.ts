/** Whether data is a report: for one that comes from elsewhere, and may be anything. */
import { createRequire } from "node:module";
import type { Report } from "../model/report.js";
import schema from "./report.schema.json" with { type: "json" };

const require = createRequire(import.meta.url);

export type CheckedReport = { readonly report: Report } | { readonly problem: string };

/** Checks parsed JSON against the report's published schema. */
export function checkReport(value: unknown): CheckedReport {
  const { Ajv2020 } = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const validate = new Ajv2020({ strict: false }).compile(schema);
  if (validate(value)) return { report: value as Report };
  const [first] = validate.errors ?? [];
  return { problem: `${first?.instancePath || "The report"} ${first?.message ?? "is wrong"}` };
}
