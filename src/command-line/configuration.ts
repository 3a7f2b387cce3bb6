import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ChangeSource } from "../change/change-source.js";
import { configurationOf } from "../check/configuration.js";
import type { Configuration } from "../model/configuration.js";

/**
 * The repository's configuration, or the file of `--config`, with what other options put in its place. Throws a
 * ConfigurationError, and the file system's error for a file that cannot be read.
 */
export function configurationWith(
  source: ChangeSource,
  {
    config,
    postgres,
  }: { readonly config?: string; readonly postgres?: Pick<Configuration, "postgres" | "postgresUntil"> },
  cwd: string,
): Configuration {
  const file = config === undefined ? undefined : { name: config, text: readFileSync(resolve(cwd, config), "utf8") };
  const { postgresUntil, ...configuration } = configurationOf(source, file && { file });
  if (postgres !== undefined) return { ...configuration, ...postgres, postgresSource: "--postgres" };
  return { ...configuration, ...(postgresUntil !== undefined && { postgresUntil }) };
}
