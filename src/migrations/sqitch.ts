import type { FileFacts } from "../model/migration.js";
import { POSTGRESQL, dialectOf, dialectOfFiles } from "./dialect.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ToolSheet } from "./tool.js";

const CONFIGURATION = "sqitch.conf";
const PLAN = "sqitch.plan";

const SHEET: ToolSheet = {
  layout:
    "`deploy/<change>.sql` for each change in `sqitch.plan`; an earlier version of a reworked change is " +
    "`deploy/<change>@<tag>.sql`.",
  order: "That of the plan.",
  transaction: "None. `BEGIN` and `COMMIT` in the deploy script open and close it.",
  optOut: "A deploy script without `BEGIN` and `COMMIT`.",
  sends: "Through `psql --file`, one statement after the other, up to the first error (`ON_ERROR_STOP`).",
  checksum: "A hash of the script is recorded, but deploying does not compare it; `sqitch check` does.",
  outOfOrder:
    "Refused: a line before one that is deployed changes the ids of all changes behind it, and Sqitch does not find " +
    "the last one again: “Cannot find change … in sqitch.plan”.",
  duplicate: "Refused, unless there is a tag between the two: “Change … duplicates earlier declaration on line …”.",
  undo: "`revert/`, never read; nor is `verify/`.",
  placeholders: "psql's variables, which stay names.",
  configuration:
    "`sqitch.conf`: `engine`, `top_dir`, `deploy_dir`, `reworked_dir`, `plan_file` and `extension` of core, engines and targets.",
  sources: [
    "https://sqitch.org/docs/manual/sqitch-configuration/",
    "https://github.com/sqitchers/sqitch (App::Sqitch::Plan, Plan::Change, Engine, Engine::pg, Target)",
  ],
};

/** Sqitch: `deploy/<change>.sql`, in the order of `sqitch.plan`. What it does, and where that stands, is in its sheet. */
export const sqitch: MigrationTool = {
  name: "sqitch",
  label: "Sqitch",
  reads: [CONFIGURATION, PLAN],
  sheet: SHEET,

  find: (listing) => [...new Set(targets(listing).map(({ deploy }) => deploy))],

  open(listing, folder): MigrationSource {
    // Where several databases share the scripts, PostgreSQL is the one that is checked.
    const here = targets(listing).filter(({ deploy }) => deploy === folder);
    const target = here.find(({ dialect }) => dialect === POSTGRESQL) ?? here[0] ?? defaultTarget(parentOf(folder));
    const { files, facts, leftOut } = readPlan(listing, { ...target, deploy: folder });
    const dialect = target.dialect ?? dialectOfFiles(listing, files);
    return {
      folder,
      tool: {
        name: "sqitch",
        label: "Sqitch",
        transaction: "per-statement",
        outsideTransaction: "in a change of its own whose deploy script has no BEGIN and COMMIT",
        checksums: false,
        outOfOrder: {
          does: "refuses",
          says:
            "Sqitch refuses to deploy: a line before changes that are deployed gives those behind it new ids, and it " +
            `stops with "Cannot find change … in ${nameOf(target.plan)}".`,
        },
        duplicate: {
          does: "refuses",
          says: 'Sqitch refuses the plan: "Change … duplicates earlier declaration on line …".',
        },
      },
      because: `because ${target.because} names it`,
      owns: ["revert", "verify"].map((name) => join(parentOf(folder), name)),
      downFile: revertFile(listing, folder),
      files,
      facts,
      reworks: true,
      leftOut,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },
};

/** `revert/<change>.sql`; where the scripts are kept elsewhere, that is not looked for. */
function revertFile(listing: Listing, folder: string): NonNullable<MigrationSource["downFile"]> {
  const reverts = join(parentOf(folder), "revert");
  const areThere = listing.filesUnder(reverts).next().done !== true;
  return (file) => (areThere ? join(reverts, file.slice(folder === "" ? 0 : folder.length + 1)) : undefined);
}

/** Where one target's plan and scripts are. */
interface Target {
  readonly plan: string;
  readonly deploy: string;
  /** Where earlier versions of reworked changes are. */
  readonly reworked: string;
  readonly extension: string;
  readonly dialect?: string;
  /** The file that says so. */
  readonly because: string;
}

const targets = oncePerListing(findTargets);

function findTargets(listing: Listing): readonly Target[] {
  const found: Target[] = [];
  const plans: string[] = [];
  for (const folder of listing.folders()) {
    const names = listing.filesIn(folder);
    const [configured, planned] = [names.includes(CONFIGURATION), names.includes(PLAN)];
    if ((!configured && !planned) || isNotDeployed(folder)) continue;
    if (configured) found.push(...configuredTargets(listing, folder));
    if (planned) plans.push(folder);
  }
  const known = new Set(found.map(({ plan }) => plan));
  for (const folder of plans) if (!known.has(join(folder, PLAN))) found.push(defaultTarget(folder));
  return found.filter(
    ({ plan, deploy }) =>
      listing.tree.has(plan) && listing.filesIn(deploy).length + listing.foldersIn(deploy).length > 0,
  );
}

function defaultTarget(top: string): Target {
  const [plan, deploy] = [join(top, PLAN), join(top, "deploy")];
  return { plan, deploy, reworked: deploy, extension: "sql", because: plan };
}

/** Sections of a configuration file, which is one of git's kind: `core`, `engine.pg`, `target.production`. */
type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

function configuredTargets(listing: Listing, folder: string): readonly Target[] {
  const because = join(folder, CONFIGURATION);
  const sections = readSections(listing.read(because) ?? "");
  const core = sections.get("core");
  const target = (engine: string | undefined, own: ReadonlyMap<string, string> | undefined): Target => {
    const key = (name: string): string | undefined =>
      own?.get(name) ?? sections.get(`engine.${engine ?? ""}`)?.get(name) ?? core?.get(name);
    const at = (path: string): string =>
      join(folder, path.replace(/^(?:\.\/)+|^\.$/, "").replace(/\/+$/, "")).replace(/\/$/, "");
    const top = at(key("top_dir") ?? "");
    const [deploy, reworked, plan] = [key("deploy_dir"), key("reworked_dir"), key("plan_file")];
    const dialect = engine === undefined ? undefined : (dialectOf(engine) ?? engine);
    return {
      plan: plan === undefined ? join(top, PLAN) : at(plan),
      deploy: deploy === undefined ? join(top, "deploy") : at(deploy),
      reworked: reworked === undefined ? join(top, "deploy") : join(at(reworked), "deploy"),
      extension: key("extension") ?? "sql",
      because,
      ...(dialect === undefined ? {} : { dialect }),
    };
  };
  const all = [target(core?.get("engine"), undefined)];
  for (const [name, section] of sections) {
    const [kind, ...rest] = name.split(".");
    if (kind === "engine") all.push(target(rest.join("."), undefined));
    else if (kind === "target")
      all.push(target(/^db:(\w+):/.exec(section.get("uri") ?? "")?.[1] ?? core?.get("engine"), section));
  }
  return all;
}

function readSections(text: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([\w-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line);
    if (header !== null) {
      const name = [header[1]?.toLowerCase(), ...(header[2] === undefined ? [] : [header[2]])].join(".");
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      continue;
    }
    const pair = /^\s*([A-Za-z][\w-]*)\s*=\s*(?:"([^"]*)"|([^#;]*))/.exec(line);
    if (pair?.[1] !== undefined) section.set(pair[1].toLowerCase(), (pair[2] ?? pair[3] ?? "").trim());
  }
  return sections;
}

interface PlannedChange {
  readonly name: string;
  /** Tags between this change and the next. */
  readonly tags: string[];
  readonly requires: readonly string[];
}

/** A line of a plan: a change with its dependencies, or a tag. `%` lines are pragmas, what follows `#` is a note. */
const LINE = /^[ \t]*(@)?[+]?[ \t]*([^\s@:#[\]\\%][^\s@:#[\]\\]*)[ \t]*(?:\[([^\]]*)\])?/;

function readPlan(
  listing: Listing,
  target: Target,
): { files: readonly string[]; facts: ReadonlyMap<string, FileFacts>; leftOut: readonly LeftOutFile[] } {
  const changes: PlannedChange[] = [];
  const leftOut: LeftOutFile[] = [];
  /** Changes since the last tag, and all. */
  let section = new Set<string>();
  const planned = new Set<string>();
  for (const line of (listing.read(target.plan) ?? "").split(/\r?\n/)) {
    const [, tag, name, dependencies = ""] = LINE.exec(line.replace(/#.*/, "")) ?? [];
    if (name === undefined) continue;
    if (tag !== undefined) {
      changes.at(-1)?.tags.push(name);
      section = new Set();
      continue;
    }
    const requires = dependencies.split(/\s+/).filter((dependency) => /^[^!]/.test(dependency));
    if (section.has(name)) {
      leftOut.push({ file: target.plan, reason: `has ${name} twice without a tag between, so Sqitch refuses it` });
      continue;
    }
    section.add(name);
    planned.add(name);
    changes.push({ name, tags: [], requires });
  }
  leftOut.push(...unmet(changes, planned, target.plan));
  return { ...scripts(listing, target, changes, leftOut), leftOut };
}

/** Dependencies that the plan has only later: Sqitch refuses the whole plan (Plan.pm, check_changes). */
function unmet(changes: readonly PlannedChange[], planned: ReadonlySet<string>, plan: string): LeftOutFile[] {
  const found: LeftOutFile[] = [];
  const seen = new Set<string>();
  for (const { name, requires } of changes) {
    for (const required of requires) {
      const own = required.replace(/@.*/, "");
      // Those of other projects (`project:change`) are not in this plan.
      if (own === "" || own.includes(":") || seen.has(own) || !planned.has(own)) continue;
      found.push({ file: plan, reason: `has ${name} before ${own}, which it requires, so Sqitch refuses it` });
    }
    seen.add(name);
  }
  return found;
}

function scripts(
  listing: Listing,
  { deploy, reworked, extension, plan }: Target,
  changes: readonly PlannedChange[],
  leftOut: LeftOutFile[],
): { files: readonly string[]; facts: ReadonlyMap<string, FileFacts> } {
  const last = new Map(changes.map(({ name }, index) => [name, index]));
  const times = new Map<string, number>();
  const files: string[] = [];
  const facts = new Map<string, FileFacts>();
  for (const [index, { name }] of changes.entries()) {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    const candidates =
      last.get(name) === index
        ? [join(deploy, `${name}.${extension}`)]
        : tagsUntilRework(changes, index).flatMap((tag) =>
            [deploy, reworked].map((folder) => join(folder, `${name}@${tag}.${extension}`)),
          );
    const file = candidates.find((candidate) => listing.tree.has(candidate)) ?? candidates[0];
    if (file === undefined) continue;
    if (!listing.tree.has(file)) {
      leftOut.push({ file, reason: `is in ${plan} but does not exist, so Sqitch cannot deploy it` });
    } else if (!facts.has(file)) {
      files.push(file);
      facts.set(file, { version: time === 1 ? name : `${name} (${String(time)})` });
    }
  }
  for (const folder of new Set([deploy, reworked])) {
    for (const file of filesBelow(listing, folder)) {
      if (!facts.has(file) && file.endsWith(`.${extension}`)) {
        leftOut.push({ file, reason: `is not in ${plan}, so Sqitch does not run it` });
      }
    }
  }
  return { files, facts };
}

/** Tags from a change up to the next one of the same name. */
function tagsUntilRework(changes: readonly PlannedChange[], index: number): readonly string[] {
  const next = changes.findIndex(({ name }, other) => other > index && name === changes[index]?.name);
  return changes.slice(index, next < 0 ? undefined : next).flatMap(({ tags }) => tags);
}

function* filesBelow(listing: Listing, folder: string): Generator<string> {
  for (const name of listing.filesIn(folder)) yield join(folder, name);
  for (const name of listing.foldersIn(folder)) yield* filesBelow(listing, join(folder, name));
}
