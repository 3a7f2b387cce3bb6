/**
 * The plans as people read them: each sentence was read against its pull request. A word that changes shows up here, and is
 * read again before the file is.
 */
import { expect, test } from "vitest";
import { renderPlanText } from "../../../src/report/plan-text.js";
import { PULL_REQUESTS } from "./pull-requests.js";
import { planFor } from "./run-plan.js";

test.each(PULL_REQUESTS.map((request) => [request.title, request] as const))("%s", async (title, request) => {
  const { report } = planFor(request);
  const name = title.replace(/\W+/g, "-").toLowerCase();
  const text = `${request.migration}\n\n--\n\n${renderPlanText(report, false)}`;
  await expect(text).toMatchFileSnapshot(`plans/${name}.txt`);
});
