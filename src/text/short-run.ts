import { setFlagsFromString } from "node:v8";

/** Whether the process is our own: only then its flags are. */
let isOurs = false;

/**
 * Spares the optimisation of the parser: of one huge function it costs more than most whole runs, and exit waits for
 * it. For our own two entries only: the ESLint plugin is a guest in somebody else's process. Called before the first
 * parse, because the parser is compiled at its first use.
 */
export function spareParserOptimisation(): void {
  isOurs = true;
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

/**
 * Spares V8's last tier, which does not pay within a run of seconds, also with thousands of files: since V8 12 the
 * middle tier is good enough. Not for the Action, which is mostly start-up: there it measured slower.
 */
export function spareLastTier(): void {
  if (Number.parseInt(process.versions.v8, 10) >= 12) setFlagsFromString("--no-opt");
}

/** The same for an Action that turns out to be more than start-up, with hundreds of files to search. */
export function spareLastTierFromHere(): void {
  if (isOurs) spareLastTier();
}
