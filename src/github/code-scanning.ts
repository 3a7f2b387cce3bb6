/**
 * What code scanning is told. It keeps one set of alerts for each branch and closes those that an analysis of it no
 * longer has. A pull request's analysis is its report. The default branch's are made anew with every push, and the
 * report of one push would close the alerts of the one before; all that ever was merged would open thousands. So an
 * analysis of the default branch has the findings of what is merged and not released: an alert opens with the merge,
 * stays over later pushes, and closes with the release. Where the configuration does not say what is released, what is
 * merged counts as shipped, and the branch has no alerts.
 */
import type { ChangeSource } from "../change/change-source.js";
import type { Configuration } from "../model/configuration.js";
import type { Report } from "../model/report.js";
import { readChange } from "./change.js";
import type { Event } from "./event.js";

export interface AnalysisOptions {
  readonly event: Event;
  /** The checkout. */
  readonly root: string;
  readonly configuration: Configuration;
  /** Of the event itself. */
  readonly report: Report;
  readonly check: (source: ChangeSource) => Report;
}

/** The report to upload; undefined where it is not known, so that the alerts stay as they are. */
export async function analysisOf(options: AnalysisOptions): Promise<Report | undefined> {
  const { event, root, configuration, report, check } = options;
  const { trigger, defaultBranch } = event;
  if (trigger.kind !== "push" || trigger.branch !== defaultBranch) {
    return report.verdict === "incomplete" ? undefined : report;
  }
  const pattern = configuration.deploy.released?.pattern;
  if (pattern === undefined) return withoutFindings(report);
  const search = (await readChange({ event, root, base: "HEAD" })).findRelease?.(pattern);
  if (search === undefined || "incomplete" in search) return undefined;
  if (!("release" in search)) return withoutFindings(report);
  const { findRelease: _, ...unreleased } = await readChange({ event, root, base: search.release.commit });
  const merged = check(unreleased);
  return merged.verdict === "incomplete" ? undefined : merged;
}

function withoutFindings(report: Report): Report {
  return { ...report, verdict: "safe", migrations: [], findings: [], suppressed: [], unknowns: [] };
}
