/** Finds the migration that a linted file is. ESLint asks file by file; the change is the same for all of them. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { DEFAULT_CONFIGURATION } from "../change/configuration.js";
import { loadChange } from "../change/load.js";
import { memoryTree } from "../change/overlay-tree.js";
import type { Configuration } from "../model/configuration.js";
import type { LocatedMigration } from "../rule/linted-migration.js";
import { fileBelow, isChangeProvided, migrationsOf, providedMigration } from "../rule/project-registry.js";
import { OpenRepository } from "./open-repository.js";

/**
 * The migration that a file is. A file of no migration folder is a change of its own, without base.
 * @param path Absolute, or a name such as `<text>` for what has no file.
 * @param text The file's text as it is linted, without its byte order mark; it may differ from the file on disk.
 */
export function locateMigration(path: string, text: string): LocatedMigration {
  if (isChangeProvided()) return providedMigration(path, text) ?? alone(path, text, DEFAULT_CONFIGURATION);
  const repository = isAbsolute(path) ? repositoryAround(dirname(path)) : undefined;
  return (
    (repository && locateIn(repository, path, text)) ??
    alone(path, text, repository?.configuration ?? DEFAULT_CONFIGURATION)
  );
}

/** The migration of a repository that a file is; undefined for a file of no migration folder. */
export function locateInRepository(path: string, text: string): LocatedMigration | undefined {
  if (isChangeProvided()) return providedMigration(path, text);
  const repository = isAbsolute(path) ? repositoryAround(dirname(path)) : undefined;
  return repository && locateIn(repository, path, text);
}

function locateIn(repository: OpenRepository, path: string, text: string): LocatedMigration | undefined {
  const file = fileIn(repository, path);
  if (file === undefined || !repository.hasMigrations(file)) return undefined;
  const onDisk = migrationsOf(repository.change).get(file);
  return onDisk?.migration.sql.text === text ? onDisk : migrationsOf(repository.changeWith(file, text)).get(file);
}

/** A file that no tool is known to run, as a change of its own. */
function alone(path: string, text: string, configuration: Configuration): LocatedMigration {
  const file = basename(path) || "migration.sql";
  const tree = memoryTree(new Map([[file, text]]), "the linted text");
  const source = { root: "/", head: { label: tree.label, tree }, changed: [], incomplete: [] };
  const change = loadChange(source, { ...configuration, databases: {}, ignore: [] }, { files: [file] });
  const located = migrationsOf(change).get(file);
  if (!located) throw new TypeError(`${file} is no migration of the change that it makes up.`);
  return located;
}

/** A path relative to a repository's root, with `/`; undefined for one outside it. */
export function fileIn({ root }: OpenRepository, path: string): string | undefined {
  return fileBelow(root, join(realFolder(dirname(path)), basename(path)));
}

const repositories = new Map<string, OpenRepository>();

/** The repository that a folder is in, else the folder that ESLint runs in; undefined for a folder outside both. */
export function repositoryAround(folder: string): OpenRepository | undefined {
  const real = realFolder(folder);
  const here = realFolder(process.cwd());
  const root = rootAbove(real) ?? (fileBelow(here, join(real, "file")) === undefined ? undefined : here);
  if (root === undefined) return undefined;
  let repository = repositories.get(root);
  if (!repository) repositories.set(root, (repository = new OpenRepository(root)));
  return repository;
}

const roots = new Map<string, string | undefined>();

function rootAbove(folder: string): string | undefined {
  if (!roots.has(folder)) {
    const parent = dirname(folder);
    roots.set(folder, existsSync(join(folder, ".git")) ? folder : parent === folder ? undefined : rootAbove(parent));
  }
  return roots.get(folder);
}

/** Git names folders without symbolic links. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
