/** The commands, in the order in which the help lists them. */
import { checkCommand } from "./check.js";
import type { Command } from "./command.js";
import { detectCommand } from "./detect.js";
import { explainCommand } from "./explain.js";
import { planCommand } from "./plan.js";
import { replayCommand } from "./replay.js";
import { statsCommand } from "./stats.js";

export const COMMANDS: readonly Command[] = [
  checkCommand,
  detectCommand,
  explainCommand,
  planCommand,
  replayCommand,
  statsCommand,
];
