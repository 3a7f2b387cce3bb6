import { expect, it } from "vitest";
import { releaseTags } from "../../src/change/release-tags.js";

it.each([
  ["v*", ["v1.9.0", "v1.10.0"]],
  ["v*", ["v1.2", "v1.2.1", "v1.3", "v2"]],
  ["server-v*", ["server-v0.9.0", "server-v0.10.0"]],
  ["*", ["2-app-1.0.0", "10-app-0.1.0"]],
  ["deploy-*", ["deploy-20240501-abc1234", "deploy-20240502-0a1b2c3"]],
  ["release/*", ["release/2024.5.9", "release/2024.5.10", "release/2024.11.1"]],
  ["[0-9]*", ["9.64", "10.2"]],
])("versions that match %s are ordered by their numbers: %j", (pattern, versions) => {
  const { compare, matches } = releaseTags(pattern);
  expect(versions.filter(matches)).toEqual(versions);
  expect([...versions].reverse().sort(compare)).toEqual(versions);
});

it.each([
  ["v1.0", "v1.0.0"],
  ["v1.2.3", "v1.2.3-hotfix.1"],
  ["v1.2.3+5", "v1.2.3+12"],
  ["v1.0.0-rc.9", "v1.0.0-rc.10"],
])("%s and %s have the same numbers", (one, other) => {
  expect(releaseTags("v*").compare(one, other)).toBe(0);
});

it.each([
  ["v1.0.0-rc.1", true],
  ["v1.0.0-alpha", true],
  ["v1.0.0-beta.12", true],
  ["v1.0rc1", true],
  ["v1.0b2", true],
  ["v3.0.0.M1", true],
  ["v2.0.0-next.3", true],
  ["v2.0.0-SNAPSHOT", true],
  ["v1.0.0.dev3", true],
  ["v1.0.0-test-publish-2", true],
  ["v1.0.0", false],
  ["v1.2.3-hotfix.1", false],
  ["v1.2.3-1", false],
  ["v1.0.0.Final", false],
  ["v2024.05.01b", false],
  ["v1.0.0-march", false],
  ["v1.0.0+b3a9c1e", false],
])("whether %s is a pre-release: %s", (tag, expected) => {
  expect(releaseTags("v*").isPreRelease(tag)).toBe(expected);
});

it("a pattern that names pre-releases means them", () => {
  expect(releaseTags("v*-beta.*").isPreRelease("v1.0.0-beta.2")).toBe(false);
  expect(releaseTags("rc*").isPreRelease("rc2.196.0-rc.23")).toBe(false);
  // The part that every tag starts with says nothing of one of them.
  expect(releaseTags("developer-*").isPreRelease("developer-1.0.0")).toBe(false);
});

it("a pattern is a glob in which * stops at a slash", () => {
  const { matches } = releaseTags("v*");
  expect(["v1", "v1.0.0", "release/v1", "v1/2", "version"].filter(matches)).toEqual(["v1", "v1.0.0", "version"]);
});
