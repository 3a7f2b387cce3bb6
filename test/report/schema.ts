import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import explanationSchema from "../../src/report/explanation.schema.json" with { type: "json" };
import planSchema from "../../src/report/plan.schema.json" with { type: "json" };
import replaySchema from "../../src/report/replay.schema.json" with { type: "json" };
import reportSchema from "../../src/report/report.schema.json" with { type: "json" };

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });

/** What is wrong with a report by its published schema; empty where nothing is. */
export const schemaErrors = errorsOf(ajv.compile(reportSchema));

/** The same for a replay, which refers to the report's schema. */
export const replayErrors = errorsOf(ajv.addSchema(reportSchema, "report.schema.json").compile(replaySchema));

/** The same for a plan, which refers to it, too. */
export const planErrors = errorsOf(ajv.compile(planSchema));

/** The same for an explanation. */
export const explanationErrors = errorsOf(ajv.compile(explanationSchema));

function errorsOf(validate: ValidateFunction): (value: unknown) => string[] {
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
