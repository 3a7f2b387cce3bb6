/** What the pages name is there: files, headings, scripts, commands and their options. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/command-line/commands.js";

const project = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(project, file), "utf8");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: project,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(project, file)));
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

const PAGES = tracked.filter((file) => /^(?:[A-Z]+\.md|docs\/.*\.md|bench\/[^/]*\.md)$/.test(file));
/** Written by hand for people who work on the project, so that paths in them are the project's. */
const FOR_CONTRIBUTORS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md"];

/** GitHub's anchors of a page's headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = page.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Links of a page to files of the project, that are not there or have no such heading. */
function brokenLinks(file: string): readonly string[] {
  const links = read(file)
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g);
  return Array.from(links, ([, path = "", anchor]) => ({ path, anchor })).flatMap(({ path, anchor }) => {
    const target = path === "" ? file : join(dirname(file), path);
    if (!existsSync(join(project, target))) return [path];
    return anchor === undefined || anchorsOf(read(target)).has(anchor) ? [] : [`${path}#${anchor}`];
  });
}

/** Names of files between backticks or in a drawing that stand for no file, whole or as the end of a path. */
function missingFiles(file: string): readonly string[] {
  const words = read(file).matchAll(/(?<![\w/.<>*{}-])(?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|json|md|yml)(?![\w*/{<])/g);
  return [...new Set(Array.from(words, ([word]) => word))].filter(
    (word) =>
      // The reader's own files, those that a build makes, and the rule that somebody is about to write.
      !/^(?:\.github|\.cache|dist|lib|https?:|rules\/no-something)/.test(word) &&
      !tracked.some((one) => one === word || one.endsWith(`/${word}`)),
  );
}

describe.each(PAGES)("%s", (file) => {
  const text = read(file);

  it("links to what is there", () => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it("names scripts that exist", () => {
    const named = Array.from(text.matchAll(/\bnpm run ([a-z][\w:-]*)/g), ([, name = ""]) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("calls commands with options that they have", () => {
    const calls = text.matchAll(/migration-safety (check|plan|explain|detect|replay|stats)\b([^\n`|>#]*)/g);
    const unknown = Array.from(calls).flatMap(([, name, rest = ""]) => {
      const command = COMMANDS.find((one) => one.name === name);
      const options = Array.from(rest.matchAll(/\s--([a-z][a-z-]*)/g), ([, option = ""]) => option);
      return options.filter((option) => command?.options[option] === undefined).map((option) => `${name} --${option}`);
    });
    expect(unknown).toEqual([]);
  });
});

describe.each(FOR_CONTRIBUTORS)("%s", (file) => {
  it("names files that exist", () => {
    expect(missingFiles(file)).toEqual([]);
  });
});

it("lists every command in the README", () => {
  const readme = read("README.md");
  expect(COMMANDS.map(({ name }) => name).filter((name) => !readme.includes(`npx migration-safety ${name}`))).toEqual(
    [],
  );
});
