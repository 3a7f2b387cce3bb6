import { rules } from "../../rules/index.js";
import type { ConfigurableRule } from "../change/configuration.js";

/** Every rule, as the configuration file may name it. */
export function configurableRules(): readonly ConfigurableRule[] {
  return Object.entries(rules).map(([name, { meta }]) => ({
    name,
    description: meta.docs.description,
    schema: meta.schema,
  }));
}
