/**
 * An update within a major version turns no pull request red. `docs/presets.json` has each rule's levels and options by
 * version; the entry of the version in `package.json` is written anew by `npm run docs` until the changelog has its
 * section, which is when it is released. From then on it stays as it is.
 */

/** @typedef {"off" | "warn" | "error"} Level */
/** @typedef {{ readonly recommended: Level, readonly strict: Level, readonly options?: readonly unknown[] }} RuleEntry */
/** @typedef {Readonly<Record<string, RuleEntry>>} Presets By the name of the rule. */

const LEVELS = ["off", "warn", "error"];

/**
 * What would turn red with an update from one version to the other; empty where that is a major one.
 * @param {string} from @param {Presets} before @param {string} to @param {Presets} after
 */
export function brokenPromises(from, before, to, after) {
  if (majorOf(from) !== majorOf(to)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((rule) => {
    const [old, now] = [before[rule], after[rule]];
    if (now === undefined) return [`${rule} is gone: configurations that name it are refused.`];
    const levels = /** @type {const} */ (["recommended", "strict"]).flatMap((preset) => {
      const level = old?.[preset] ?? "off";
      if (LEVELS.indexOf(now[preset]) <= LEVELS.indexOf(level)) return [];
      return [`${rule} is ${now[preset]} in ${preset}, and was ${old ? level : "no rule"} in ${from}.`];
    });
    const same = old === undefined || JSON.stringify(old.options) === JSON.stringify(now.options);
    return same ? levels : [...levels, `${rule} has other options by default than in ${from}.`];
  });
}

/** What stays the same within it: before 1.0.0 that is a minor version. @param {string} version */
function majorOf(version) {
  const [major = "", minor = ""] = version.split(".");
  return major === "0" ? `0.${minor}` : major;
}

/** The version before another one; undefined for the first. @param {readonly string[]} versions @param {string} version */
export function versionBefore(versions, version) {
  return versions
    .filter((one) => compare(one, version) < 0)
    .sort(compare)
    .at(-1);
}

/** @param {string} one @param {string} other */
function compare(one, other) {
  return one.localeCompare(other, "en", { numeric: true });
}

/** Whether a version has its section in the changelog. @param {string} changelog @param {string} version */
export function isReleased(changelog, version) {
  return changelog.split("\n").some((line) => line === `## ${version}` || line.startsWith(`## ${version} `));
}
