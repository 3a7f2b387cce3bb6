/** Options that several commands share, each with the one help text that it has everywhere. */
import { versionRange } from "../change/configuration.js";
import { type Option, textOption, UsageError } from "./command.js";

export const baseOption = textOption("REF", "compare with this branch, tag or commit (default: the default branch)");

export const configOption = textOption("FILE", "configuration file (default: .github/migration-safety.yml)");

export const postgresOption: Option<ReturnType<typeof versionRange>> = {
  value: "MAJOR",
  help: "PostgreSQL's major version, or a range such as 13-18 (default: read from the repository, else 14)",
  read(text, name) {
    if (!/^1[0-8](-1[0-8])?$/.test(text)) throw new UsageError(`${name} is a major version from 10 to 18, or a range.`);
    return versionRange(text);
  },
};
