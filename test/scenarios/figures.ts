/** How many scenarios there were, how often the Action ran, and how many requests were checked against GitHub's description, over all files. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import build from "../bundle/build.js";

const folder = join(import.meta.dirname, "../../.cache");

/** Each run and each stopped GitHub adds a line, from whichever process. */
export const figures = join(folder, "scenarios.txt");

export default async function setup(): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  rmSync(figures, { force: true });
  await build();
  return () => {
    const sums = new Map<string, number>();
    for (const line of readFileSync(figures, "utf8").trim().split("\n")) {
      const [what = "", count = "0"] = line.split(" ");
      sums.set(what, (sums.get(what) ?? 0) + Number(count));
    }
    const node = process.env["MIGRATION_SAFETY_NODE"] ?? process.version;
    console.log(
      `${String(sums.get("scenarios"))} scenarios, ${String(sums.get("runs"))} runs of the Action (${node}), ` +
        `${String(sums.get("requests"))} requests, ` +
        "each checked against GitHub's description.",
    );
  };
}
