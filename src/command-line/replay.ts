/** `migration-safety replay`: what the check would have said of the merges that a branch already has. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { replayMerges } from "../check/replay-merges.js";
import type { Replay } from "../model/replay.js";
import { renderJson } from "../report/json.js";
import { renderReplayMarkdown } from "../report/replay-markdown.js";
import { renderReplayText } from "../report/replay-text.js";
import { wantsColor } from "../report/text.js";
import {
  choiceOption,
  defineCommand,
  type Option,
  type Output,
  type Surroundings,
  textOption,
  UsageError,
} from "./command.js";
import { configOption, postgresOption } from "./options.js";

const FORMATS = ["text", "markdown", "json"] as const;

const lastOption: Option<number> = {
  value: "N",
  help: "how many merges with migrations (default: 30), or all",
  read(text, name) {
    if (text === "all") return Infinity;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${name} is a number of merges, 1 or more, or all.`);
    return Number(text);
  },
};

export const replayCommand = defineCommand({
  name: "replay",
  summary: "what check would have said of the last merges with migrations",
  description:
    "Checks the last merges of a branch that touched migrations, each as if it were a pull request: its first parent " +
    "is the base. All are judged with the configuration that is checked out now.",
  options: {
    last: lastOption,
    base: textOption("BRANCH", "the branch that the merges went into (default: the default branch)"),
    config: configOption,
    format: choiceOption("FORMAT", FORMATS, "text (default), markdown or json"),
    postgres: postgresOption,
    released: textOption("PATTERN", "a glob over the tags that say what had shipped, such as 'v*'"),
  },
  exitCodes: "0 whatever was found; 2 wrong usage, a broken configuration, or a failure of this program.",
  run({ last = 30, base, config, format = "text", postgres, released }, _operands, surroundings) {
    const { cwd, stdout, stderr } = surroundings;
    const progress = progressOn(stderr);
    let replay: Replay;
    try {
      replay = replayMerges({
        root: cwd,
        last,
        ...(base !== undefined && { branch: base }),
        ...(config !== undefined && {
          configure: { file: { name: config, text: readFileSync(resolve(cwd, config), "utf8") } },
        }),
        ...(postgres !== undefined && { postgres }),
        ...(released !== undefined && { released }),
        onProgress: (done) => progress.show(last === Infinity ? String(done) : `${String(done)} of ${String(last)}`),
      });
    } finally {
      progress.clear();
    }
    stdout.write(rendered(replay, format, surroundings));
    return 0;
  },
});

function rendered(replay: Replay, format: (typeof FORMATS)[number], { stdout, env }: Surroundings): string {
  switch (format) {
    case "json":
      return renderJson(replay);
    case "markdown":
      return renderReplayMarkdown(replay);
    case "text":
      return renderReplayText(replay, { color: wantsColor(stdout, env) });
  }
}

/** One line that a person watches, and no log keeps. */
function progressOn(stderr: Output): { show(count: string): void; clear(): void } {
  const write = (line: string): unknown => stderr.isTTY === true && stderr.write(`\r\u001b[K${line}`);
  return { show: (count) => write(`${count} merges checked`), clear: () => write("") };
}
