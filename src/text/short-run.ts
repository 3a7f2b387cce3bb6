import { setFlagsFromString } from "node:v8";

/**
 * Tells V8 that this process is soon over. For our own two entries only: the ESLint plugin is a guest in somebody
 * else's process. Called before the first parse, because the parser is compiled at its first use.
 */
export function expectShortRun(): void {
  // Optimising one huge function of the parser costs more than most whole runs, and exit waits for it.
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
  // Since V8 12 the middle tier is good enough, also for thousands of files; before, long runs need the last one.
  if (Number.parseInt(process.versions.v8, 10) >= 12) setFlagsFromString("--no-opt");
}
