/** What a pull request changes in the configuration that it is checked with: whoever reviews it should see that. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** More changes than a reader takes in are counted. */
const LISTED = 20;
const VALUE_LENGTH = 120;

/**
 * The settings that differ between two texts of a configuration, a sentence each: `rules.no-rename: error → off`,
 * `ignore: + "db/legacy/**"`. Of a list, whatever its order, what came and what went.
 * @param before Undefined where there was no file.
 */
export function configurationChanges(before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  const [old, now] = [settingsIn(before), settingsIn(after)];
  if (old === undefined || now === undefined) return ["Its text changed, and one side cannot be read."];
  const changes: string[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key) ?? [], now.get(key) ?? []];
    const [gone, come] = [was.filter((value) => !is.includes(value)), is.filter((value) => !was.includes(value))];
    if (gone.length === 1 && come.length === 1) {
      changes.push(`${key}: ${shortened(gone[0]!)} → ${shortened(come[0]!)}`);
    } else {
      changes.push(
        ...come.map((value) => `${key}: + ${shortened(value)}`),
        ...gone.map((value) => `${key}: − ${shortened(value)}`),
      );
    }
  }
  const more = changes.length - LISTED;
  return more > 0 ? [...changes.slice(0, LISTED), `and ${String(more)} more`] : changes;
}

/** By the path of its keys, the values of a setting: one, or those of a list. Undefined for what is no configuration. */
function settingsIn(text: string | undefined): ReadonlyMap<string, readonly string[]> | undefined {
  const settings = new Map<string, string[]>();
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      settings.set(path, path.startsWith("rules.") ? [written(value)] : value.map(written));
    } else if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, path === "" ? key : `${path}.${key}`);
    } else if (path !== "") {
      settings.set(path, [written(value)]);
    }
  };
  try {
    const { parseDocument } = require("yaml") as typeof import("yaml");
    const document = parseDocument(text ?? "", { version: "1.2", prettyErrors: false });
    if (document.errors.length > 0) return undefined;
    visit(document.toJS(), "");
    return settings;
  } catch {
    return undefined;
  }
}

/** Words as they are, everything else as JSON. */
function written(value: unknown): string {
  return typeof value === "string" && /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
}

function shortened(value: string): string {
  return value.length <= VALUE_LENGTH ? value : `${value.slice(0, VALUE_LENGTH - 1)}…`;
}
