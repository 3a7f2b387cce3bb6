/** The configuration of a repository: `.github/migration-safety.yml`, what a workflow adds to it, and the defaults. */
import { createRequire } from "node:module";
import type { Document, Node } from "yaml";
import type {
  Acceptance,
  AcceptedUses,
  Configuration,
  ConfigurationProblem,
  DatabaseSetting,
  DeploySetting,
  Override,
  RuleLevel,
  RuleSetting,
  TableLists,
} from "../model/configuration.js";
import type { Tree } from "../model/tree.js";
import { configurationChanges } from "./configuration-changes.js";
import { configurationSchema } from "./configuration-schema.js";
import type { ConfigurableRule } from "./configuration-schema.js";
import { nearestName } from "./nearest-name.js";
import { checkAgainstSchema } from "./schema-check.js";

export { configurationSchema } from "./configuration-schema.js";
export type { ConfigurableRule } from "./configuration-schema.js";

const require = createRequire(import.meta.url);

/** Where the file is looked for. */
const CONFIGURATION_FILES: readonly string[] = [
  ".github/migration-safety.yml",
  ".github/migration-safety.yaml",
  ".github/migration-safety.json",
];

/** Largest configuration that is read, in UTF-16 units. */
const MAX_LENGTH = 256 * 1024;

/** The configuration cannot be used; nothing was checked. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join("\n"));
  }
}

/** A text with configuration in it. */
export interface ConfigurationText {
  /** As messages and reports name it: a path, or `inline`. */
  readonly name: string;
  readonly text: string;
}

export interface ConfigurationOptions {
  /** Every rule, with the schema of its options. */
  readonly rules: readonly ConfigurableRule[];
  readonly head: Tree;
  readonly base?: Tree | undefined;
  /**
   * Whose file counts. A pull request from the same repository is checked with the configuration that it brings, one
   * from a fork with that of base; where base has none, head's is used and `source` says so.
   */
  readonly side?: "head" | "base";
  /** Given in place of the repository's file. */
  readonly file?: ConfigurationText;
  /** Merged under the file: the file wins, key by key. */
  readonly inline?: ConfigurationText;
}

export const DEFAULT_CONFIGURATION: Configuration = {
  extends: "recommended",
  rules: {},
  overrides: [],
  deploy: { model: "rolling", migrations: "before" },
  databases: {},
  ignore: [],
  source: "default",
};

/** Reads, checks and completes the configuration. Throws a ConfigurationError that lists everything that is wrong. */
export function readConfiguration(options: ConfigurationOptions): Configuration {
  const { text: file, note } = fileOf(options);
  const texts = [file, options.inline].filter((text) => text !== undefined);
  const changes = changesOf(options);
  if (texts.length === 0) return { ...DEFAULT_CONFIGURATION, ...changes };
  const problems: ConfigurationProblem[] = [];
  const values = texts.map((text) => parse(text, options, problems));
  if (problems.length > 0) throw new ConfigurationError(problems);
  const [first, second] = values;
  return {
    ...complete(
      second === undefined ? (first ?? {}) : (merge(second, first ?? {}) as Settings),
      texts.map(({ name }) => name).join(" and ") + note,
    ),
    ...changes,
  };
}

/** Against the base branch, where head's file counts; a file that the caller gives is not the repository's. */
function changesOf({ file, base, head, side }: ConfigurationOptions): Pick<Configuration, "changes"> {
  if (file !== undefined || base === undefined) return {};
  if (side === "base" && CONFIGURATION_FILES.some((one) => base.has(one))) return {};
  const text = (tree: Tree): string | undefined => {
    const name = CONFIGURATION_FILES.find((one) => tree.has(one));
    return name === undefined ? undefined : tree.read(name);
  };
  const changes = configurationChanges(text(base), text(head));
  return changes.length > 0 ? { changes } : {};
}

function fileOf({ file, side, base, head }: ConfigurationOptions): { text?: ConfigurationText; note: string } {
  if (file !== undefined) return { text: file, note: "" };
  if (side === "base" && base !== undefined) {
    const text = repositoryFile(base);
    if (text !== undefined) return { text, note: " of the base branch" };
    const own = repositoryFile(head);
    return own === undefined ? { note: "" } : { text: own, note: " of this pull request (the base branch has none)" };
  }
  const text = repositoryFile(head);
  return text === undefined ? { note: "" } : { text, note: "" };
}

function repositoryFile(tree: Tree): ConfigurationText | undefined {
  const [name, other] = CONFIGURATION_FILES.filter((file) => tree.has(file));
  if (name === undefined) return undefined;
  const refuse = (message: string): never => {
    throw new ConfigurationError([{ file: name, line: 1, column: 1, message }]);
  };
  if (other !== undefined) return refuse(`There is also ${other}. Keep one of the two.`);
  const text = tree.read(name);
  return text === undefined
    ? refuse(`The file ${tree.whyUnreadable?.(name) ?? "is not valid UTF-8"}.`)
    : { name, text };
}

/** What a checked document holds; the schema vouches for the shape. */
interface Settings {
  readonly extends?: Configuration["extends"];
  readonly postgres?: number | string;
  readonly rules?: Readonly<Record<string, WrittenRule>>;
  readonly overrides?: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, WrittenRule>>;
  }[];
  readonly deploy?: Partial<Omit<DeploySetting, "released">> & {
    readonly released?: string | NonNullable<DeploySetting["released"]>;
  };
  readonly databases?: Readonly<
    Record<
      string,
      Partial<Omit<DatabaseSetting, "session" | "rules" | "tables">> & {
        readonly session?: Readonly<Record<string, string | number>>;
        readonly rules?: Readonly<Record<string, WrittenRule>>;
        readonly tables?: Partial<TableLists>;
      }
    >
  >;
  readonly ignore?: readonly string[];
  readonly accept?: readonly (Acceptance | AcceptedUses)[];
}

type WrittenLevel = RuleLevel | "warning";
type WrittenRule = WrittenLevel | readonly [WrittenLevel, ...unknown[]];

function parse(
  { name, text }: ConfigurationText,
  { rules, head, base }: ConfigurationOptions,
  problems: ConfigurationProblem[],
): Settings {
  const report = (offset: number, message: string): void => {
    // A path with a line break in it would begin a line of the log, and a runner take that for a command.
    const shown = message.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "·");
    problems.push({ file: name, ...positionAt(text, offset), message: shown });
  };
  if (text.length > MAX_LENGTH) {
    report(0, `The configuration has ${text.length} characters; more than ${MAX_LENGTH} are not read.`);
    return {};
  }
  const yaml = require("yaml") as typeof import("yaml");
  let document: Document.Parsed;
  try {
    const documents = yaml.parseAllDocuments(text, { prettyErrors: false, version: "1.2", stringKeys: false });
    if (!("length" in documents) || documents.length === 0) return {};
    const [parsed, second] = documents as Document.Parsed[];
    if (second !== undefined) report(second.range[0], "The file holds more than one YAML document.");
    if (parsed === undefined) return {};
    document = parsed;
    // One syntax error brings others with it that nobody has to mend.
    const wrong = document.errors[0] ?? document.warnings[0];
    if (wrong !== undefined) {
      report(wrong.pos[0], sentence(wrong.message));
      return {};
    }
    const root = document.contents as Node | null;
    const found = isEmpty(yaml, root) ? [] : checkAgainstSchema(yaml, root, configurationSchema(rules));
    for (const { offset, message } of found) report(offset, message);
    if (found.length > 0) return {};
    const settings = (document.toJS() as Settings | null) ?? {};
    for (const { at, problem } of pathProblems(settings, head, base)) {
      report((document.getIn(at, true) as Node | undefined)?.range?.[0] ?? 0, problem);
    }
    return withPlaces(settings, (section, entry) => {
      const parent = document.get(section, true);
      const node = yaml.isMap(parent)
        ? (parent.items.find(({ key }) => yaml.isScalar(key) && String(key.value) === entry)?.key as Node | undefined)
        : (document.getIn([section, entry], true) as Node | undefined);
      return { file: name, line: positionAt(text, node?.range?.[0] ?? 0).line };
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(0, "The configuration is nested too deeply.");
    return {};
  }
}

/** Reports name what they say of the configuration by its place. */
function withPlaces(
  settings: Settings,
  placeOf: (section: "accept" | "databases" | "deploy", entry: number | string) => Acceptance["place"],
): Settings {
  const { accept, databases, deploy } = settings;
  const pattern = deploy?.released;
  return {
    ...settings,
    ...(typeof pattern === "string" && {
      deploy: { ...deploy, released: { pattern, place: placeOf("deploy", "released") } },
    }),
    ...(accept && { accept: accept.map((entry, index) => ({ ...entry, place: placeOf("accept", index) })) }),
    ...(databases && {
      databases: Object.fromEntries(
        Object.entries(databases).map(([name, database]) => [name, { ...database, place: placeOf("databases", name) }]),
      ),
    }),
  };
}

/** What is wrong with the files and folders that the databases name, and at which key. */
function pathProblems(
  { databases = {} }: Settings,
  head: Tree,
  base: Tree | undefined,
): readonly { readonly at: readonly (string | number)[]; readonly problem: string }[] {
  return Object.entries(databases).flatMap(([database, { schema, stats, migrations = [] }]) =>
    [
      ...Object.entries({ schema, stats }).map(([key, file]) => ({
        at: ["databases", database, key],
        problem: file === undefined ? undefined : fileProblem(plainPath(file), head, base),
      })),
      ...migrations.map(({ path }, index) => ({
        at: ["databases", database, "migrations", index, "path"],
        problem: folderProblem(plainPath(path), head, base),
      })),
    ].flatMap(({ at, problem }) => (problem === undefined ? [] : { at, problem })),
  );
}

/** What keeps a file that is named from being read; one that this change adds or takes away is on one side only. */
function fileProblem(file: string, head: Tree, base: Tree | undefined): string | undefined {
  const trees = [base, head].filter((tree) => tree?.has(file));
  const [tree] = trees;
  if (tree === undefined) return `There is no file ${file}.`;
  if (trees.some((side) => side?.read(file) !== undefined)) return undefined;
  return `The file ${file} ${tree.whyUnreadable?.(file) ?? "is not valid UTF-8"}.`;
}

/** A misspelt folder would hold no migration, and every change would be safe. */
function folderProblem(path: string, head: Tree, base: Tree | undefined): string | undefined {
  const files = [head, base].flatMap((tree) => tree?.files() ?? []);
  if (path === "" || path === "." || files.some((file) => file === path || file.startsWith(`${path}/`)))
    return undefined;
  const nearest = nearestName(path, [...new Set(files.flatMap(foldersOf))]);
  return `There is no file or folder ${path}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`;
}

/** The folders that a file is in: `a` and `a/b` for `a/b/c.sql`. */
function foldersOf(file: string): readonly string[] {
  const parts = file.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** A path as trees name it. */
function plainPath(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/+$/, "");
}

function isEmpty(yaml: typeof import("yaml"), node: Node | null): boolean {
  return node === null || (yaml.isScalar(node) && node.value === null);
}

function sentence(message: string): string {
  const first = message.split("\n")[0] ?? "";
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** `over` wins, key by key; lists and single values are replaced as a whole. */
function merge(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over;
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function complete(settings: Settings, source: string): Configuration {
  return {
    extends: settings.extends ?? DEFAULT_CONFIGURATION.extends,
    ...(settings.postgres !== undefined && versionRange(String(settings.postgres))),
    rules: ruleSettings(settings.rules),
    overrides: (settings.overrides ?? []).map(({ files, rules }): Override => ({ files, rules: ruleSettings(rules) })),
    deploy: { ...DEFAULT_CONFIGURATION.deploy, ...(settings.deploy as Partial<DeploySetting> | undefined) },
    databases: Object.fromEntries(
      Object.entries(settings.databases ?? {}).map(
        ([name, { migrations, code, session, rules, tables, schema, stats, place }]) => [
          name,
          {
            migrations: migrations ?? [],
            code: code ?? [],
            session: Object.fromEntries(
              Object.entries(session ?? {}).map(([variable, value]) => [variable.toLowerCase(), String(value)]),
            ),
            ...(rules && { rules: ruleSettings(rules) }),
            ...(tables && { tables: { hot: tables.hot ?? [], small: tables.small ?? [] } }),
            ...(schema !== undefined && { schema: plainPath(schema) }),
            ...(stats !== undefined && { stats: plainPath(stats) }),
            ...(place && { place }),
          },
        ],
      ),
    ),
    ignore: settings.ignore ?? [],
    ...accepted(settings.accept),
    source,
  };
}

function accepted(entries: NonNullable<Settings["accept"]> = []): Pick<Configuration, "accept" | "acceptUses"> {
  const accept = entries.filter((entry) => "rule" in entry);
  const acceptUses = entries.filter((entry) => "reference" in entry);
  return { ...(accept.length > 0 && { accept }), ...(acceptUses.length > 0 && { acceptUses }) };
}

/** @param written One version or two: `16`, `13-18`. */
export function versionRange(written: string): Pick<Configuration, "postgres" | "postgresUntil"> {
  const versions = written.split("-").map(Number);
  const [postgres, postgresUntil] = [Math.min(...versions), Math.max(...versions)];
  return { postgres, ...(postgresUntil > postgres && { postgresUntil }) };
}

function ruleSettings(written: Readonly<Record<string, WrittenRule>> = {}): Record<string, RuleSetting> {
  return Object.fromEntries(
    Object.entries(written).map(([rule, setting]) => {
      const [level, ...options] = typeof setting === "string" ? [setting] : setting;
      return [rule, [level === "warning" ? "warn" : level, ...options]];
    }),
  );
}
