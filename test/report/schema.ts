import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../src/report/report.schema.json" with { type: "json" };

const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

/** What is wrong with a report by its published schema; empty where nothing is. */
export function schemaErrors(report: unknown): string[] {
  return validate(report)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
