/** What the migrations of other pull requests have to do with those of a change. */
import type { ChangeSource, OtherPullRequest } from "../change/change-source.js";
import { loadChange } from "../change/load.js";
import { changesOfPullRequest } from "../deploy-order/other-changes.js";
import type { Configuration } from "../model/configuration.js";
import type { OtherChange } from "../model/plan.js";
import { type TimeLimit, withinTime } from "../text/out-of-time.js";
import { parsedOnce } from "./parsed-once.js";
import { beforeTheEnd } from "./time-limit.js";
import { eachVersion } from "./versions.js";

/** Undefined where the time is over before all are read. Throws only for failures of ours. */
export function changesOfOthers(
  source: ChangeSource,
  configuration: Configuration,
  others: readonly OtherPullRequest[],
  limit?: TimeLimit,
): readonly OtherChange[] | undefined {
  const [version = configuration] = eachVersion(configuration);
  const parse = parsedOnce();
  return withinTime(limit, () =>
    beforeTheEnd(() => {
      const ours = loadChange(source, version, { parse });
      return others.flatMap((other) =>
        changesOfPullRequest(ours, loadChange(other.source, version, { parse }), other.number),
      );
    }),
  );
}
