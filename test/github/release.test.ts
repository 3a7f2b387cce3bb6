/** The scripts of the release workflow, as a runner runs them, with `gh` and `npm` that write down what they are asked. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly run?: string;
}

const workflow = parse(readFileSync(join(import.meta.dirname, "../../.github/workflows/release.yml"), "utf8")) as {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
};

function script(job: string, fits: (step: Step) => boolean): string {
  const run = workflow.jobs[job]?.steps.find(fits)?.run;
  if (run === undefined) throw new Error(`The job ${job} has no such step.`);
  return run;
}

const CHANGELOG = `# Changelog

## 1.2.3

- Says what \`no-rename\` found.

## 1.2.2

- Older.
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "migration-safety-release-"));
  mkdirSync(join(root, "bin"));
  for (const program of ["gh", "npm"]) {
    // `gh api --method PATCH` is refused where a test says so.
    writeFileSync(
      join(root, "bin", program),
      `#!/bin/bash\necho "${program} $*" >> "$ASKED"\ncase "$*" in\n` +
        `*PATCH*) exit "\${PATCH_STATUS:-0}" ;;\n"config get registry") echo https://packages.example.test/ ;;\nesac\n`,
    );
    chmodSync(join(root, "bin", program), 0o755);
  }
  writeFileSync(join(root, "package.json"), '{ "version": "1.2.3" }');
  writeFileSync(join(root, "CHANGELOG.md"), CHANGELOG);
  git("init", "--quiet", "--initial-branch=main");
  commit("release");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.test", ...args], {
    cwd: root,
    encoding: "utf8",
  }).trim();
}

function commit(message: string): void {
  git("add", "package.json", "CHANGELOG.md");
  git("commit", "--quiet", "--allow-empty", "--message", message);
}

/** Runs a step as the runner does: bash that stops at the first failure. */
function run(text: string, env: Readonly<Record<string, string>> = {}) {
  const { status } = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text], {
    cwd: root,
    env: {
      PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`,
      ASKED: join(root, "asked"),
      GITHUB_REF_NAME: "v1.2.3",
      GITHUB_SHA: git("rev-parse", "HEAD"),
      GITHUB_REPOSITORY: "acme/shop",
      ...env,
    },
  });
  const asked = existsSync(join(root, "asked")) ? readFileSync(join(root, "asked"), "utf8").trim().split("\n") : [];
  return { status, asked };
}

describe("a tag", () => {
  const check = script("check", ({ name }) => name?.startsWith("The tag is the version") === true);

  it("is released where it is the version, has notes and is on main", () => {
    expect(run(check).status).toBe(0);
  });

  it("is refused where it is another version", () => {
    expect(run(check, { GITHUB_REF_NAME: "v1.2.4" }).status).not.toBe(0);
  });

  it.each(["## 1.2.2", "## 1.2.30", "## 1.2.3-beta.1", "## 1x2.3", "### 1.2.3", "Not yet: ## 1.2.3"])(
    "is refused where the changelog has %j and nothing of it",
    (heading) => {
      writeFileSync(join(root, "CHANGELOG.md"), `# Changelog\n\n${heading}\n\n- More.\n`);
      expect(run(check).status).not.toBe(0);
    },
  );

  it("is released where its heading says the day, too", () => {
    writeFileSync(join(root, "CHANGELOG.md"), CHANGELOG.replace("## 1.2.3", "## 1.2.3 (2026-11-23)"));
    expect(run(check).status).toBe(0);
  });

  it("is refused where main does not have it", () => {
    commit("elsewhere");
    expect(run(check).status).not.toBe(0);
  });
});

describe("a release", () => {
  it.each([
    ["", CHANGELOG],
    [" beside one whose number begins alike", CHANGELOG.replace("## 1.2.3", "## 1.2.30\n\n- Newer.\n\n## 1.2.3")],
    [" under a heading with the day", CHANGELOG.replace("## 1.2.3", "## 1.2.3 (2026-11-23)")],
  ])("has the notes of its own version%s", (_, changelog) => {
    writeFileSync(join(root, "CHANGELOG.md"), changelog);
    const { status, asked } = run(script("github", ({ name }) => name === "Release"));
    expect(status).toBe(0);
    expect(asked).toEqual(["gh release create v1.2.3 --verify-tag --notes-file notes.md"]);
    expect(readFileSync(join(root, "notes.md"), "utf8").trim()).toBe("- Says what `no-rename` found.");
  });

  it("moves the tag of the major version, or makes it", () => {
    const move = script("github", ({ name }) => name === "The major version's tag follows");
    const sha = git("rev-parse", "HEAD");
    const patch = `gh api --method PATCH repos/acme/shop/git/refs/tags/v1 -f sha=${sha} -F force=true`;
    expect(run(move)).toEqual({ status: 0, asked: [patch] });
    rmSync(join(root, "asked"));
    expect(run(move, { PATCH_STATUS: "1" })).toEqual({
      status: 0,
      asked: [patch, `gh api --method POST repos/acme/shop/git/refs -f ref=refs/tags/v1 -f sha=${sha}`],
    });
  });

  it("is published with its provenance, with the token for the registry in use", () => {
    const publish = script("npm", ({ run: text }) => text?.includes("npm publish") === true);
    expect(run(publish, { NODE_AUTH_TOKEN: "not-a-token" })).toEqual({
      status: 0,
      asked: [
        "npm config get registry",
        "npm config set //packages.example.test/:_authToken not-a-token",
        "npm publish --provenance --access public",
      ],
    });
  });
});
