/** Which version of a package a lockfile has, without parsing the whole of it: lockfiles have megabytes. */
import type { ToolFacts } from "../model/migration.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";

export interface InstalledVersion {
  readonly version: string;
  /** The lockfile. */
  readonly source: string;
}

/** What a tool's facts say of its version. */
export function versionFacts(installed: InstalledVersion | undefined): Pick<ToolFacts, "version" | "versionSource"> {
  return installed === undefined ? {} : { version: installed.version, versionSource: installed.source };
}

type Reader = (text: string, name: string, workspace: string) => string | undefined;

const LOCKFILES: readonly (readonly [file: string, read: Reader])[] = [
  ["package-lock.json", fromNpm],
  ["npm-shrinkwrap.json", fromNpm],
  ["pnpm-lock.yaml", fromPnpm],
  ["yarn.lock", fromYarn],
  ["bun.lock", fromBun],
];

/** The names of lockfiles. */
export const LOCKFILE_NAMES: readonly string[] = LOCKFILES.map(([file]) => file);

/** The version of a package that code in `folder` gets, by the nearest lockfile that names it. */
export function installedVersion(listing: Listing, folder: string, name: string): InstalledVersion | undefined {
  for (const at of upwards(folder)) {
    for (const [file, read] of LOCKFILES) {
      if (!listing.has(at, file)) continue;
      const source = join(at, file);
      const workspace = at === "" ? folder : folder.slice(at.length + 1);
      const text = (listing.read(source) ?? "").replaceAll("\r\n", "\n");
      const version = read(text, name, workspace);
      if (version !== undefined) return { version, source };
    }
  }
  return undefined;
}

/** What the nearest package.json asks for: `^7.1.0`. */
export function requestedRange(listing: Listing, folder: string, name: string): string | undefined {
  for (const at of upwards(folder)) {
    if (!listing.has(at, "package.json")) continue;
    const found = new RegExp(`"${escape(name)}"\\s*:\\s*"([^"]*)"`).exec(listing.read(join(at, "package.json")) ?? "");
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `a/b`, `a`, and the root, for a workspace folder `a/b`. */
function* workspaces(workspace: string): Generator<string> {
  yield* upwards(workspace);
}

function fromNpm(text: string, name: string, workspace: string): string | undefined {
  for (const at of workspaces(workspace)) {
    const key = `"${join(at, `node_modules/${name}`)}"`;
    const version = versionAfter(text, key);
    if (version !== undefined) return version;
  }
  // lockfileVersion 1 has no paths.
  return text.includes('"node_modules/') ? undefined : versionAfter(text, `"${name}"`);
}

function versionAfter(text: string, key: string): string | undefined {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    const found = /^\s*:\s*\{\s*(?:"name"\s*:\s*"[^"]*"\s*,\s*)?"version"\s*:\s*"([^"]+)"/.exec(
      text.slice(at + key.length, at + key.length + 400),
    );
    if (found !== null) return found[1];
  }
  return undefined;
}

function fromPnpm(text: string, name: string, workspace: string): string | undefined {
  // `importers:` has a block for each workspace; a repository without workspaces had none before version 9.
  for (const at of workspaces(workspace)) {
    const block = pnpmBlock(text, at === "" ? "." : at);
    const version = block === undefined ? undefined : pnpmDependency(block, name);
    if (version !== undefined) return version;
  }
  const top = text.split(/^(?:packages|importers):/m)[0] ?? "";
  return pnpmDependency(top, name) ?? pnpmPackage(text, name);
}

function pnpmBlock(text: string, importer: string): string | undefined {
  const start = text.search(new RegExp(`^  '?${escape(importer)}'?:\\s*$`, "m"));
  if (start < 0) return undefined;
  const block = text.slice(text.indexOf("\n", start) + 1);
  const end = block.search(/^ {0,2}\S/m);
  return end < 0 ? block : block.slice(0, end);
}

function pnpmDependency(block: string, name: string): string | undefined {
  const key = `^ +'?${escape(name)}'?:`;
  const found =
    new RegExp(`${key}\\s*\\n\\s+specifier:[^\\n]*\\n\\s+version: '?([0-9][^\\s'(_]*)`, "m").exec(block) ??
    new RegExp(`${key} '?([0-9][^\\s'(_]*)`, "m").exec(block);
  return found?.[1];
}

function pnpmPackage(text: string, name: string): string | undefined {
  const versions = new Set<string>();
  for (const found of text.matchAll(new RegExp(`^  '?/?${escape(name)}[@/]([0-9][^\\s:'(_]*)`, "gm"))) {
    if (found[1] !== undefined) versions.add(found[1]);
  }
  return versions.size === 1 ? [...versions][0] : undefined;
}

function fromYarn(text: string, name: string): string | undefined {
  const versions = new Set<string>();
  // `prisma@^5.0.0:` (1), `"prisma@npm:^5.0.0":` (berry), several descriptors joined with commas.
  const entry = new RegExp(`^"?(?:[^\\n]*, "?)?${escape(name)}@[^\\n]*:\\n  version:? "?([^"\\s]+)`, "gm");
  for (const found of text.matchAll(entry)) if (found[1] !== undefined) versions.add(found[1]);
  return versions.size === 1 ? [...versions][0] : undefined;
}

function fromBun(text: string, name: string): string | undefined {
  return new RegExp(`"${escape(name)}"\\s*:\\s*\\[\\s*"${escape(name)}@([0-9][^"]*)"`).exec(text)?.[1];
}

/** Major and minor of a version or of the lowest version in a range; undefined where it is not that simple. */
export function majorMinor(version: string): readonly [number, number] | undefined {
  const found = /^[\^~>=v\s]*(\d+)(?:\.(\d+))?/.exec(version);
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
}
