/** The command line's entry: starts, and turns the answer into an exit code. */
import { run } from "./command-line/run.js";
import { readStandardInput } from "./command-line/standard-input.js";
import { packageVersion } from "./text/package-version.js";
import { spareLastTier, spareParserOptimisation } from "./text/short-run.js";

spareParserOptimisation();
spareLastTier();

// A reader such as `head` may close the pipe before everything is written: nobody wants the rest then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: readStandardInput,
  stdout: process.stdout,
  stderr: process.stderr,
  version: packageVersion(),
});
