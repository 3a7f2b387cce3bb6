/** The command line's entry: starts, and turns the answer into an exit code. */
import { setFlagsFromString } from "node:v8";
import { run } from "./command-line/run.js";
import { packageVersion } from "./text/package-version.js";

// Optimising one large function of the parser costs more than most whole runs; the parser starts at its first use.
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");

process.exitCode = run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version: packageVersion(),
});
