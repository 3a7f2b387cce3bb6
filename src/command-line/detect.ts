/** `migration-safety detect`: which migrations there are, and why it is thought so. It judges nothing. */
import { folderChangeSource } from "../change/change-source.js";
import { detect } from "../check/detect.js";
import { renderDetection } from "../report/detect-text.js";
import { renderJson } from "../report/json.js";
import { choiceOption, defineCommand } from "./command.js";
import { configurationWith } from "./configuration.js";
import { configOption, postgresOption } from "./options.js";
import { colorOf, outputOption, writeResult } from "./output.js";

export const detectCommand = defineCommand({
  name: "detect",
  summary: "which migrations, tools and PostgreSQL version are found, why, and what is left out",
  description:
    "Says which folders hold migrations, which tool runs them in which transaction, which PostgreSQL version is meant " +
    "and what says so, what is left out and why, and the configuration that says the same.",
  options: {
    config: configOption,
    format: choiceOption("FORMAT", ["text", "json"] as const, "text (default) or json"),
    output: outputOption,
    postgres: postgresOption,
  },
  exitCodes: "0 done; 2 wrong usage, a broken configuration, or a failure of this program.",
  run({ config, format = "text", output, postgres }, _, surroundings) {
    const { cwd } = surroundings;
    const source = folderChangeSource(cwd);
    const settings = { ...(config !== undefined && { config }), ...(postgres !== undefined && { postgres }) };
    const detection = detect(source.head.tree, configurationWith(source, settings, cwd));
    const text =
      format === "json" ? renderJson(detection) : renderDetection(detection, { color: colorOf(output, surroundings) });
    writeResult(text, output, surroundings);
    return 0;
  },
});
