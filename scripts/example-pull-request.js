/** A project of `examples/` as a pull request on a GitHub of this machine, and the Action's run on it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { importTypeScript } from "./import-typescript.js";

const project = fileURLToPath(new URL("..", import.meta.url));
const repository = "example/web-shop";
const number = 7;

/** @param {string} folder @returns {Record<string, string>} Path → text. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return [relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8")];
    }),
  );
}

/**
 * Serves the example and calls `use` with what runs the Action on it; everything is gone afterwards.
 * @template Result
 * @param {string} example A folder of `examples/`, with `base/` and `pull-request/`.
 * @param {(pullRequest: {
 *   run: (options: { program: string, node?: string }) => Promise<import("../test/github/runner.js").RunResult>,
 *   comments: readonly import("../test/github/fake-github.js").StoredComment[],
 * }) => Promise<Result>} use
 * @param {Record<string, string>} [change] Another pull request than the example's: path → text.
 */
export async function withExample(example, use, change = filesIn(join(project, "examples", example, "pull-request"))) {
  return withPullRequest(filesIn(join(project, "examples", example, "base")), change, use);
}

/**
 * The same for any pull request: path → text, of its base and of what it changes.
 * @template Result
 * @param {Record<string, string>} before
 * @param {Record<string, string>} change
 * @param {Parameters<typeof withExample<Result>>[1]} use
 */
export async function withPullRequest(before, change, use) {
  /** @type {typeof import("../test/github/checkout.js")} */
  const { serve } = await importTypeScript("test/github/checkout.ts");
  /** @type {typeof import("../test/github/fake-github.js")} */
  const { FakeGitHub } = await importTypeScript("test/github/fake-github.ts");
  /** @type {typeof import("../test/github/runner.js")} */
  const { runAction } = await importTypeScript("test/github/runner.ts");
  /** @type {typeof import("../test/github/events.js")} */
  const { pullRequestEvent } = await importTypeScript("test/github/events.ts");

  const served = serve(before, change);
  const { git, base, head, merge, changedFiles } = served;
  const github = await FakeGitHub.start({ repository, git, pullRequests: { [number]: { base, head } } });
  try {
    const workspace = served.checkout(merge, 2);
    return await use({
      comments: github.comments,
      run: ({ program, node }) =>
        runAction({
          program,
          metadata: join(project, "action.yml"),
          workspace,
          event: pullRequestEvent({ repository, number, base, head, changedFiles }),
          repository,
          apiUrl: github.url,
          ...(node ? { node } : {}),
        }),
    });
  } finally {
    await github.stop();
    served.remove();
  }
}
