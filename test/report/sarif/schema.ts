import { Ajv } from "ajv";
import schema from "./sarif-2.1.0.json" with { type: "json" };

const uri = (text: string): boolean => /^[\w!#$%&'()*+,./:;=?@[\]~-]*$/.test(text) && !/%(?![\dA-F]{2})/i.test(text);

const validate = new Ajv({
  strict: false,
  allErrors: true,
  formats: { uri: (text) => uri(text) && /^[a-z][\w+.-]*:/i.test(text), "uri-reference": uri, "date-time": true },
}).compile(schema);

/** What is wrong with a log by the official schema of SARIF 2.1.0; empty where nothing is. */
export function sarifErrors(log: unknown): string[] {
  return validate(log) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
