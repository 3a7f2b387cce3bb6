/** What Flyway is told: by its own files, Spring Boot, Quarkus, Micronaut, and its Maven and Gradle plugins. */
import { createRequire } from "node:module";
import { join, parentOf } from "../listing.js";
import type { Listing } from "../listing.js";
import { isNotDeployed } from "../not-deployed.js";

const require = createRequire(import.meta.url);

/** Settings under one name for each, whatever the file calls it: `out-of-order` and `outOfOrder` are `outoforder`. */
export type SettingValues = ReadonlyMap<string, readonly string[]>;

export const NO_VALUES: SettingValues = new Map();

/** What the files of one module say together. */
export interface FlywaySettings {
  /** The folder that the module's files stand in; relative locations start here. */
  readonly module: string;
  /** The file that says most about the migrations: the one with the locations, else the first. */
  readonly source: string;
  readonly values: SettingValues;
}

/** Keys with dots, as Java's properties have them, and what they are set to. */
type Properties = readonly (readonly [key: string, value: string | readonly string[]])[];

/** Ways to write settings: which files, which of their keys are Flyway's, and how the file is read. */
const FILES: readonly {
  readonly names: readonly string[];
  /** What a file's text has where it says anything about Flyway. */
  readonly mentions: RegExp;
  readonly read: (text: string) => Properties;
}[] = [
  { names: ["flyway.conf", "flyway.properties"], mentions: /flyway\./, read: readProperties },
  { names: ["flyway.toml"], mentions: /flyway/, read: readToml },
  {
    names: ["application.properties", "application-prod.properties", "microprofile-config.properties"],
    mentions: /flyway/,
    read: readProperties,
  },
  {
    names: [
      "application.yml",
      "application.yaml",
      "application-prod.yml",
      "application-production.yml",
      "application-postgres.yml",
      "application-postgresql.yml",
    ],
    mentions: /flyway/,
    read: readYaml,
  },
  { names: ["pom.xml"], mentions: /flyway-maven-plugin/, read: readMaven },
  { names: ["build.gradle", "build.gradle.kts"], mentions: /\bflyway\s*\{/, read: readGradle },
];

/** Folders of a module in which its settings stand. */
const INSIDE_MODULE = /(?:^|\/)(?:src\/main\/resources(?:\/(?:config|META-INF))?|conf|config)$/;

/** What stands before a setting's own name, by who reads it. */
const PREFIX = /^(?:%prod\.)?(?:spring\.flyway|quarkus\.flyway(?:\."[^"]*")?|flyway\.datasources\.[^.]+|flyway)\./;

/** Settings whose values are no lists, whatever commas they have. */
const WHOLE = /^(?:placeholders\.|initsql|placeholderprefix|placeholdersuffix)/;

/** Settings of every module that has some, by the module's folder. */
export function flywaySettings(listing: Listing): ReadonlyMap<string, FlywaySettings> {
  const found = new Map<string, { source: string; values: Map<string, readonly string[]> }>();
  const files: (Omit<(typeof FILES)[number], "names"> & { readonly file: string })[] = [];
  for (const folder of listing.folders()) {
    const here = listing.filesIn(folder);
    if (isNotDeployed(folder)) continue;
    for (const { names, ...how } of FILES) {
      for (const name of names) if (here.includes(name)) files.push({ ...how, file: join(folder, name) });
    }
  }
  listing.tree.prefetch?.(files.map(({ file }) => file));
  for (const { file, mentions, read } of files) {
    const text = listing.read(file);
    if (text === undefined || !mentions.test(text)) continue;
    const values = flywayValues(read(text));
    if (values.size === 0) continue;
    const module = parentOf(file).replace(INSIDE_MODULE, "");
    const known = found.get(module);
    if (known === undefined) found.set(module, { source: file, values });
    else {
      if (values.has("locations")) known.source = file;
      for (const [key, value] of values) known.values.set(key, value);
    }
  }
  return new Map([...found].map(([module, settings]) => [module, { module, ...settings }]));
}

/** Only Flyway's keys, without what stands before them; and the database's URL. */
function flywayValues(properties: Properties): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of properties) {
    const prefix = PREFIX.exec(key)?.[0];
    if (prefix === undefined) continue;
    const plain = plainKey(key.slice(prefix.length));
    const list = typeof value !== "string" ? value : WHOLE.test(plain) ? [value] : value.split(",");
    values.set(
      plain,
      list.map((item) => item.trim()),
    );
  }
  if (values.size === 0) return values;
  for (const [key, value] of properties) {
    if (DATABASE_KEY.test(key)) values.set("database", typeof value === "string" ? [value] : value);
  }
  return values;
}

/** Which database system the application uses: a URL or the name of the system. */
const DATABASE_KEY = /^(?:%prod\.)?(?:spring\.datasource\.url|quarkus\.datasource\.db-kind|datasources\.default\.url)$/;

/** Placeholders keep their own spelling: only what is before them is a setting's name. */
function plainKey(key: string): string {
  const placeholder = /^placeholders\.(.*)$/.exec(key);
  if (placeholder !== null) return `placeholders.${(placeholder[1] ?? "").toLowerCase()}`;
  return key
    .replaceAll("-", "")
    .replace(/\[\d+\]$/, "")
    .toLowerCase();
}

/** Java's properties: `key=value` or `key: value`, one on a line, a backslash at the end continues it. */
function readProperties(text: string): Properties {
  const found: [string, string][] = [];
  for (const line of text.replace(/\\\r?\n[ \t]*/g, "").split(/\r?\n/)) {
    const match = /^\s*([^#!\s:=][^:=\s]*)\s*[:=]\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) found.push([match[1], match[2] ?? ""]);
  }
  return joinIndexed(found);
}

/** `locations[0]` and `locations[1]` are one list. */
function joinIndexed(properties: readonly (readonly [string, string])[]): Properties {
  const lists = new Map<string, string[]>();
  const single: (readonly [string, string])[] = [];
  for (const [key, value] of properties) {
    const list = /^(.*)\[\d+\]$/.exec(key)?.[1];
    if (list === undefined) single.push([key, value]);
    else lists.set(list, [...(lists.get(list) ?? []), value]);
  }
  return [...single, ...lists];
}

function readYaml(text: string): Properties {
  const { parseAllDocuments } = require("yaml") as typeof import("yaml");
  const found: (readonly [string, string | readonly string[]])[] = [];
  for (const document of parseAllDocuments(text, { logLevel: "silent" })) {
    const value: unknown = "toJS" in document ? document.toJS() : undefined;
    // A later document is for a profile; which one production has, only its name can tell.
    const flat = flatten(value);
    const profile = flat.find(([key]) => /^spring\.(?:config\.activate\.on-profile|profiles)$/.test(key))?.[1];
    if (profile === undefined || /prod|postgres/i.test(String(profile))) found.push(...flat);
  }
  return found;
}

function readToml(text: string): Properties {
  const { parse } = require("smol-toml") as typeof import("smol-toml");
  try {
    return flatten(parse(text));
  } catch {
    return [];
  }
}

/** `<locations><location>…</location></locations>` of the plugin's configuration. */
function readMaven(text: string): Properties {
  const plugin = /<artifactId>\s*flyway-maven-plugin\s*<\/artifactId>([^]*?)<\/plugin>/.exec(text)?.[1] ?? "";
  const configuration = (/<configuration>([^]*?)<\/configuration>/.exec(plugin)?.[1] ?? "").replace(
    /<!--[^]*?-->/g,
    "",
  );
  const found: (readonly [string, string | readonly string[]])[] = [];
  for (const [, key = "", inside = ""] of configuration.matchAll(/<(\w+)>([^]*?)<\/\1>/g)) {
    const children = [...inside.matchAll(/<([\w.]+)>\s*([^<]*?)\s*<\/\1>/g)];
    if (key === "placeholders") {
      for (const [, name = "", value = ""] of children) found.push([`flyway.placeholders.${name}`, value]);
    } else
      found.push([`flyway.${key}`, children.length === 0 ? inside.trim() : children.map(([, , value = ""]) => value)]);
  }
  return found;
}

/** `locations = ['filesystem:db/migration']` and `locations = arrayOf("…")` in the block of the plugin. */
function readGradle(text: string): Properties {
  const block = /\bflyway\s*\{([^]*?)\n\s*\}/.exec(text)?.[1] ?? "";
  const found: (readonly [string, string | readonly string[]])[] = [];
  for (const [, key = "", value = ""] of block.matchAll(/^\s*(\w+)\s*=?\s*(.+(?:\n\s+['"].*)*)$/gm)) {
    const strings = [...value.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? "");
    found.push([`flyway.${key}`, strings.length > 0 ? strings : value.trim()]);
  }
  return found;
}

function flatten(value: unknown, prefix = ""): (readonly [string, string | readonly string[]])[] {
  if (Array.isArray(value)) return [[prefix, value.map(String)]];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inside]) => flatten(inside, prefix === "" ? key : `${prefix}.${key}`));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? [[prefix, String(value)]]
    : [];
}

/** What a module's settings hold for its single values: the first of a list. */
export function single(values: SettingValues, key: string): string | undefined {
  return values.get(key)?.[0];
}

export function isOn(values: SettingValues, key: string): boolean | undefined {
  const value = single(values, key)?.toLowerCase();
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** The folders that a module's locations mean, and those that only the environment knows. */
export function locationsOf(
  listing: Listing,
  { module, source, values }: FlywaySettings,
  key = "locations",
): { readonly folders: readonly string[]; readonly unknown: readonly string[] } {
  const folders: string[] = [];
  const unknown: string[] = [];
  for (const written of values.get(key) ?? []) {
    const location = written
      .replaceAll("{vendor}", "postgresql")
      .replace(/^(?:\$\{?(?:project\.)?(?:basedir|projectDir|rootDir|rootProject\.projectDir)\}?|\.)\//, "");
    const inside = location.replace(
      /^filesystem:(?:\$\{?(?:project\.)?(?:basedir|projectDir|rootDir)\}?\/)?/,
      "filesystem:",
    );
    if (/[$@{]/.test(inside)) {
      unknown.push(written);
      continue;
    }
    const [, scheme = "classpath", path = ""] = /^(?:(\w+):)?\/?(.*?)\/*$/.exec(inside) ?? [];
    if (scheme === "filesystem") folders.push(...onDisk(listing, [module, parentOf(source)], path));
    else if (scheme === "classpath") folders.push(...onClasspath(listing, module, path));
  }
  return { folders: [...new Set(folders)], unknown };
}

function onDisk(listing: Listing, starts: readonly string[], path: string): readonly string[] {
  const plain = path.replace(/^(?:\.\/)+/, "");
  for (const start of starts) {
    for (let at = start; ; at = parentOf(at)) {
      const found = matching(listing, resolve(at, plain));
      if (found.length > 0) return found;
      if (at === "") break;
    }
  }
  return [];
}

function onClasspath(listing: Listing, module: string, path: string): readonly string[] {
  for (const resources of ["src/main/resources", "resources", "src/main/java", "src/main/kotlin"]) {
    const found = matching(listing, join(module, `${resources}/${path}`));
    if (found.length > 0) return found;
  }
  // Another module of the same build has them.
  const ends = `/src/main/resources/${path}`;
  return [...listing.folders()].filter((folder) => `/${folder}`.endsWith(ends) && !isNotDeployed(folder)).slice(0, 1);
}

/** The folder itself, or those that a pattern of `*`, `**` and `?` means. */
function matching(listing: Listing, path: string): readonly string[] {
  if (!/[*?]/.test(path)) return hasFolder(listing, path) ? [path] : [];
  const picomatch = require("picomatch") as typeof import("picomatch");
  const matches = picomatch(path, { nobrace: true, noextglob: true, nobracket: true });
  return [...listing.folders()].filter((folder) => matches(folder)).sort();
}

function hasFolder(listing: Listing, folder: string): boolean {
  return folder === "" || listing.filesIn(folder).length > 0 || listing.foldersIn(folder).length > 0;
}

function resolve(folder: string, path: string): string {
  let at = folder;
  let rest = path;
  for (; rest.startsWith("../../"); rest = rest.slice(3)) at = parentOf(at);
  return rest === "" || rest === "." ? at : join(at, rest);
}
