/**
 * Reminders: findings about a setting that a repository seldom shows, so that nobody can tell whether it is missing.
 * Beside other findings they are worth their line; as all that a pull request is told they would be said again and again
 * to people who have set it elsewhere.
 */
import type { Configuration } from "../model/configuration.js";
import type { Finding } from "../model/finding.js";
import type { Report } from "../model/report.js";

/** Whether the configuration wants to hear of the rule in any case: it names it, or extends more than the usual preset. */
export function isChosen({ extends: preset, rules, databases, overrides }: Configuration, rule: string): boolean {
  const settings = [
    rules,
    ...Object.values(databases).map((database) => database.rules),
    ...overrides.map((one) => one.rules),
  ];
  return preset !== "recommended" || settings.some((named) => named !== undefined && Object.hasOwn(named, rule));
}

/** What is listed instead of a reminder that would be all that is said. */
export function reminderNotes(findings: readonly Finding[]): Report["notes"] {
  return findings.map(({ rule, file, line, message }) => ({
    file,
    line,
    message: `A reminder and no finding (${rule}), since the connection that migrates may set it: ${message}`,
  }));
}
