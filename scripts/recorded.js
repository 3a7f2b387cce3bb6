/**
 * Which calls of the migration libraries' type definitions the recorded tests make.
 *
 *   npm run recorded              a line for each library
 *   npm run recorded -- --list    every call
 */
import { importTypeScript } from "./import-typescript.js";

/** @type {typeof import("../test/migrations/recorded/api-calls.js")} */
const { coveredCalls } = await importTypeScript("test/migrations/recorded/api-calls.ts");
const isList = process.argv.includes("--list");

for (const { label, version, compared, fixtures, covered, without, missing } of coveredCalls()) {
  const reasons = Object.keys(without).length;
  const all = covered.length + reasons + missing.length;
  console.log(
    `${label} ${version}: ${String(covered.length)} of ${String(all)} calls in ${String(fixtures)} migrations, ` +
      `${String(reasons)} left out with a reason, ${String(missing.length)} missing` +
      (compared ? "" : "; sent, and not compared yet"),
  );
  if (!isList) continue;
  console.log(`  covered: ${covered.join(", ")}`);
  for (const [call, reason] of Object.entries(without)) console.log(`  ${call} ${reason}`);
  for (const call of missing) console.log(`  ${call} is missing`);
}
