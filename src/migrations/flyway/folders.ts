/** Which folders Flyway migrates: those that its settings name, and those whose files are named as its are. */
import { DEFAULT_NAME, holdsVersions, namingOf, versionsIn } from "./names.js";
import { type FlywaySettings, NO_VALUES, flywaySettings, locationsOf } from "./settings.js";
import { join, nameOf, parentOf, upwards } from "../listing.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";
import { manifestNaming } from "../manifests.js";
import { isNotDeployed } from "../not-deployed.js";
import type { LeftOutFile } from "../tool.js";

/** Folders that Flyway migrates together, because their versions are one order. */
export interface Run {
  /** The first of them. */
  readonly folder: string;
  readonly folders: readonly string[];
  readonly settings?: FlywaySettings;
  readonly because: string;
  /** Neither settings nor a build file say how Flyway runs, so it is taken for as it is without settings. */
  readonly assumed?: boolean;
  /** Locations that only the environment knows. */
  readonly unknown: readonly string[];
  readonly leftOut: readonly LeftOutFile[];
}

export const runsOf = oncePerListing(findRuns);

/** A folder that somebody says is Flyway's. */
export function configuredRun(listing: Listing, folder: string): Run {
  const settings = settingsOf(folder, flywaySettings(listing));
  const because = "because the configuration says so";
  return { folder, folders: [folder], because, unknown: [], leftOut: [], ...(settings && { settings }) };
}

function findRuns(listing: Listing): readonly Run[] {
  const named: string[] = [];
  let configured = false;
  for (const folder of listing.folders()) {
    for (const name of listing.filesIn(folder)) {
      if (DEFAULT_NAME.test(name)) {
        if (!isNotDeployed(folder)) named.push(folder);
        break;
      }
      configured ||= name === "flyway.conf" || name === "flyway.toml";
    }
  }
  if (named.length === 0 && !configured) return [];
  const settings = flywaySettings(listing);
  const runs = fromLocations(listing, [...settings.values()]);
  const taken = new Set(runs.flatMap(({ folders }) => folders));
  const roots = new Map<string, string[]>();
  for (const folder of named.sort()) {
    if ([...upwards(folder)].some((at) => taken.has(at))) continue;
    const root = rootOf(folder, new Set(roots.keys()));
    roots.set(root, [...(roots.get(root) ?? []), folder]);
  }
  for (const [root, folders] of roots) {
    const profile = profileNaming(listing, root, runs);
    if (profile === undefined) {
      // Beside a location that settings name, each folder is a run of its own, and the settings are not about it.
      const beside = [...taken].some((one) => one.startsWith(`${root}/`));
      if (beside) runs.push(...folders.flatMap((folder) => inferred(listing, folder, [folder], new Map())));
      else runs.push(...inferred(listing, root, folders, settings));
    } else profile.leftOut.push({ file: root, reason: `is a location in ${profile.file} only, and not in production` });
  }
  return runs;
}

/** A run whose files other profiles add to. */
interface OpenRun extends Run {
  readonly leftOut: LeftOutFile[];
}

/** The runs that settings describe; of services that migrate the same folders, that with most of them. */
function fromLocations(listing: Listing, settings: readonly FlywaySettings[]): (Run | OpenRun)[] {
  const found = settings.map((of) => {
    const { folders, unknown } = locationsOf(listing, of);
    const naming = namingOf(of.values);
    return { of, unknown, folders: folders.filter((folder) => holdsVersions(listing, folder, naming)) };
  });
  const runs: OpenRun[] = [];
  const taken = new Set<string>();
  for (const { of, folders, unknown } of found.sort((a, b) => b.folders.length - a.folders.length)) {
    const [folder] = folders;
    if (folder === undefined || folders.every((one) => taken.has(one))) continue;
    for (const one of folders) taken.add(one);
    runs.push({ folder, folders, settings: of, because: `because ${of.source} names it`, unknown, leftOut: [] });
  }
  return runs;
}

/** The settings of a profile that is not production's and has the folder as a location. */
function profileNaming(
  listing: Listing,
  folder: string,
  runs: readonly (Run | OpenRun)[],
): { readonly file: string; readonly leftOut: LeftOutFile[] } | undefined {
  for (const { settings, leftOut } of runs as readonly OpenRun[]) {
    if (settings === undefined) continue;
    const at = parentOf(settings.source);
    if (!folder.startsWith(at === "" ? "" : `${at}/`)) continue;
    const path = folder.slice(at === "" ? 0 : at.length + 1);
    const file = listing
      .filesIn(at)
      .filter((name) => /^application-[\w-]+\.(?:ya?ml|properties)$/.test(name))
      .map((name) => join(at, name))
      .find((profile) => listing.read(profile)?.includes(path) === true);
    if (file !== undefined) return { file, leftOut };
  }
  return undefined;
}

/** The location that a folder with migrations belongs to: `db/migration` above it, else the highest that has some. */
function rootOf(folder: string, known: ReadonlySet<string>): string {
  const standard = /^(?:.*\/)?db\/migrations?(?=\/|$)/.exec(folder)?.[0];
  if (standard !== undefined) return standard;
  return [...upwards(folder)].findLast((at) => known.has(at) && at !== "") ?? folder;
}

/** The settings of the module that a folder is in; of the only module that has some. */
function settingsOf(folder: string, settings: ReadonlyMap<string, FlywaySettings>): FlywaySettings | undefined {
  const nearest = [...upwards(folder)].find((at) => settings.has(at));
  if (nearest !== undefined) return settings.get(nearest);
  return settings.size === 1 ? [...settings.values()][0] : undefined;
}

/** One run where all versions below the root differ; else each folder below it is a database's, or a vendor's. */
function inferred(
  listing: Listing,
  root: string,
  folders: readonly string[],
  settings: ReadonlyMap<string, FlywaySettings>,
): readonly Run[] {
  const of = settingsOf(root, settings);
  const evidence = evidenceOf(listing, root, of);
  if (evidence === undefined) return [];
  const naming = namingOf(of?.values ?? NO_VALUES);
  const run = (at: string, leftOut: readonly LeftOutFile[] = []): Run => ({
    folder: at,
    folders: [at],
    ...evidence,
    unknown: [],
    leftOut,
    ...(of === undefined ? {} : { settings: of }),
  });
  const versions = folders.flatMap((folder) => versionsIn(listing, folder, naming));
  if (new Set(versions).size === versions.length) return [run(root)];
  if (folders.includes(root)) {
    const others = folders.filter((folder) => folder !== root);
    const own = new Set(versionsIn(listing, root, naming));
    const clash = others.filter((folder) => versionsIn(listing, folder, naming).some((version) => own.has(version)));
    return [
      run(
        root,
        clash.map((file) => ({
          file,
          reason: `has versions that ${root} has too, and nothing says which of the two Flyway runs`,
        })),
      ),
    ];
  }
  const children = new Map<string, string[]>();
  for (const folder of folders) {
    const child = join(root, folder.slice(root === "" ? 0 : root.length + 1).split("/")[0] ?? "");
    children.set(child, [...(children.get(child) ?? []), folder]);
  }
  return [...children].flatMap(([child, inside]) => inferred(listing, child, inside, settings));
}

/** What in the repository says that Flyway is used. Files that are only named so may be run by anything. */
function evidenceOf(
  listing: Listing,
  folder: string,
  settings: FlywaySettings | undefined,
): Pick<Run, "because" | "assumed"> | undefined {
  const says = (file: string): string => `because ${file} uses Flyway and its files are named so`;
  const known = manifestNaming(listing, folder, BUILD_FILES, /flyway/) ?? settings?.source;
  if (known !== undefined) return { because: says(known) };
  const mention = mentions(listing);
  if (mention !== undefined) return { because: says(mention), assumed: true };
  return /(?:^|\/)resources\/db\/migration(?:\/|$)/.test(folder)
    ? { because: "because it is Flyway's default location and its files are named so", assumed: true }
    : undefined;
}

const BUILD_FILES = ["pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml", "package.json"];

/** Files that start programs. */
const STARTS_PROGRAMS =
  /^(?:(?:docker-)?compose[\w.-]*\.ya?ml|(?:[\w-]+\.)?Dockerfile(?:\.[\w-]+)?|Makefile|justfile|Taskfile\.ya?ml|\.gitlab-ci\.yml)$/i;

/** How many of them are opened: a repository with more has named Flyway in one of these. */
const OPENED = 50;

function mentions(listing: Listing): string | undefined {
  const files: string[] = [];
  for (const folder of listing.folders()) {
    if (isNotDeployed(folder)) continue;
    const isWorkflows = nameOf(folder) === "workflows" && nameOf(parentOf(folder)) === ".github";
    for (const name of listing.filesIn(folder)) {
      if (STARTS_PROGRAMS.test(name) || (isWorkflows && /\.ya?ml$/.test(name))) files.push(join(folder, name));
    }
  }
  const depth = (file: string): number => file.split("/").length;
  const opened = files.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).slice(0, OPENED);
  listing.tree.prefetch?.(opened);
  return opened.find((file) => /\bflyway\b/i.test(listing.read(file) ?? ""));
}
