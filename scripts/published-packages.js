/**
 * Packages that ship the migrations of a PostgreSQL schema, for `npm run test:histories`: fetched once from the package
 * registry where they are not there. They are no dependencies, and nothing of them is ever run.
 *
 *   node scripts/published-packages.js    fetches them, and prints where they are
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ readonly name: string, readonly version: string, readonly integrity: string }} PublishedPackage */

/**
 * Those whose SQL stands in the package as it is sent, and runs unconditionally, the licence of each one a free one.
 * @type {readonly PublishedPackage[]}
 */
export const PUBLISHED_PACKAGES = [
  {
    name: "@boxyhq/saml-jackson",
    version: "26.2.0",
    integrity: "sha512-6+7dneWWj2nqXlCuTBYYVhVvWdHFApYLqkwdyMtd/mNwClf42IEeFlNsVvH6LCSztJDplrsoZvNyHgNXDeb49w==",
  },
  {
    name: "@medusajs/cart",
    version: "2.21.2",
    integrity: "sha512-ZPG6Fbl5lU86OzI3O3BiA2umePC0GF3z9hhDb9IHSuffm0mbXm8IZyE9huNXCw9YF+Vf9/532iFpbUFf1d2oFw==",
  },
  {
    name: "@medusajs/medusa",
    version: "1.20.11",
    integrity: "sha512-oSnsOV9nTY8MGRPIsMfq93lsO7dVz87XxU9+HiCT/ugODmNuy4pYiREz42MabgFpoxPgFi2+NUozNqJp8lhf8A==",
  },
  {
    name: "@medusajs/order",
    version: "2.21.2",
    integrity: "sha512-3yHznzM7ZIyIDTpUuVFQe/H/Pb8oqXV69TgYiaK1wpXWXYO/np0bI/uzF1z8QG7QDiF3WQgncwQLZiAneSwt/A==",
  },
  {
    name: "@medusajs/pricing",
    version: "2.21.2",
    integrity: "sha512-/Pv0LKwcyhQxtORTmYOjgy8ZzYjxdgl4qoz4uS+Nu9NnF3V8ZBu3p/HaH70fj3pdh7mvxi7H/qo8u+Gw+R20Pw==",
  },
  {
    name: "@medusajs/product",
    version: "2.21.2",
    integrity: "sha512-BUg+el+LDnJD9bGnDY7EoRLw+QZAaiWjbujnY62FMH7IEXojRCOlkhObQejYGb7H2V16Sw8P0aZlr3POw9dQ5A==",
  },
  {
    name: "@medusajs/promotion",
    version: "2.21.2",
    integrity: "sha512-nCOMuxwxEUjthiPAghiBcvwjdzvOd4R47XGYRiu/+b7Gh1oeMROd8XISudIQi8ai93f49wRRab9XGe94nir3dw==",
  },
  {
    name: "unleash-server",
    version: "7.5.1",
    integrity: "sha512-Kp8C9z7imgkclgxT42mYgmd1wxDV+WC9cuCLcFfewRA/WpMpP4vkbiLt+I+sKxjnHrIAI2kzZQz41lKuFpI4gg==",
  },
];

/**
 * The folder of a package's files; it is there after `fetchPackage`.
 * @param {PublishedPackage} published
 */
export function folderOf({ name, version }) {
  const folder = `${name.replace("@", "").replace("/", "-")}-${version}`;
  return fileURLToPath(new URL(`../.cache/histories/${folder}/package`, import.meta.url));
}

/** @param {PublishedPackage} published */
function fetchPackage(published) {
  const folder = folderOf(published);
  if (existsSync(folder)) return folder;
  const parent = join(folder, "..");
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  const wanted = `${published.name}@${published.version}`;
  const printed = execFileSync("npm", ["pack", "--json", wanted], {
    cwd: parent,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const archive = /** @type {{ filename: string }[]} */ (JSON.parse(printed))[0]?.filename ?? "";
  const digest = createHash("sha512")
    .update(readFileSync(join(parent, archive)))
    .digest("base64");
  if (`sha512-${digest}` !== published.integrity) throw new Error(`${wanted} is not what it was: sha512-${digest}`);
  // A name of its own until it is whole.
  mkdirSync(join(parent, "unpacked"));
  execFileSync("tar", ["-xzf", archive, "-C", "unpacked"], { cwd: parent });
  renameSync(join(parent, "unpacked", "package"), folder);
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const published of PUBLISHED_PACKAGES) console.log(fetchPackage(published));
}
