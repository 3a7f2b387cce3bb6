/** What a rule says of a change as a whole, as ESLint would write it. */
import type { Change } from "../../src/model/change.js";
import type { DefinedRule } from "../../src/rule/define-rule.js";

/** `file: message` for each finding, in order. */
export function checkedMessages(rule: DefinedRule, change: Change): readonly string[] {
  const { meta, definition } = rule;
  return [...(definition.checkChange?.(change) ?? [])].map(({ file, messageId, data = {} }) => {
    const template = meta.messages[messageId] ?? "";
    return `${file}: ${template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => data[name] ?? whole)}`;
  });
}
