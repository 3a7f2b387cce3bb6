/** The run: change and configuration in, report out. The Action and the command line call this; nothing else does. */
import type { ChangeSource } from "../change/change-source.js";
import { loadChange, type LoadOptions } from "../change/load.js";
import { Project } from "../change/project.js";
import { planOf } from "../deploy-order/plan.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import type { Report } from "../model/report.js";
import { lint } from "./lint.js";
import { oneFindingPerHarm } from "./one-finding-per-harm.js";
import { makeReport } from "./report.js";

/** Checks a change. Synchronous; throws only for failures of ours, never for what stands in a migration. */
export function check(source: ChangeSource, configuration: Configuration, options: LoadOptions = {}): Report {
  return checkChange(loadChange(source, configuration, options));
}

/** Checks a change that is loaded already. */
export function checkChange(change: Change): Report {
  const project = new Project(change);
  const { findings, suppressed, notes } = lint(change);
  const standing = oneFindingPerHarm(findings, suppressed);
  const accepted = suppressed.map(({ finding }) => finding);
  const plan = planOf({
    change,
    findings: standing,
    accepted,
    isLive: (placed, relation) => project.isLive(placed, relation),
    isListed: (list, placed, relation) => project.isListed(list, placed, relation),
    referencesTo: (placed) => project.referencesOf(placed),
  });
  return makeReport({ change, findings: standing, suppressed: accepted, notes, plan });
}
