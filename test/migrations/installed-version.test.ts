import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { installedVersion, requestedRange } from "../../src/migrations/installed-version.js";
import { Listing } from "../../src/migrations/listing.js";

const listing = (files: Readonly<Record<string, string>>) =>
  new Listing(memoryTree(new Map(Object.entries(files)), "head"));

const version = (file: string, text: string, folder = "prisma/migrations", name = "prisma") =>
  installedVersion(listing({ [file]: text }), folder, name);

const NPM_3 = `{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": { "name": "shop", "dependencies": { "prisma": "^6.0.0", "@prisma/client": "^6.0.0" } },
    "apps/api/node_modules/prisma": {
      "version": "7.4.1",
      "resolved": "https://registry.example/prisma"
    },
    "node_modules/@prisma/client": {
      "version": "6.2.0"
    },
    "node_modules/other/node_modules/prisma": { "version": "1.0.0" },
    "node_modules/prisma": {
      "version": "6.2.1",
      "hasInstallScript": true
    }
  }
}`;

const NPM_1 = `{
  "name": "shop",
  "lockfileVersion": 1,
  "dependencies": {
    "other": { "version": "1.0.0", "requires": { "prisma": "^4.0.0" } },
    "prisma": {
      "version": "4.1.0"
    }
  }
}`;

const PNPM_9 = `lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      prisma:
        specifier: ^6.0.0
        version: 6.2.1

  apps/api:
    dependencies:
      '@prisma/client':
        specifier: 7.4.0
        version: 7.4.0(prisma@7.4.0)(typescript@5.9.2)
      prisma:
        specifier: 7.4.0
        version: 7.4.0(typescript@5.9.2)

packages:

  '@prisma/client@7.4.0':
    resolution: {integrity: sha512-x}

  prisma@6.2.1:
    resolution: {integrity: sha512-x}

  prisma@7.4.0:
    resolution: {integrity: sha512-x}
`;

const PNPM_6 = `lockfileVersion: '6.0'

dependencies:
  drizzle-orm:
    specifier: ^0.29.0
    version: 0.29.3(pg@8.11.3)

packages:

  /drizzle-orm@0.29.3(pg@8.11.3):
    resolution: {integrity: sha512-x}
`;

const PNPM_5 = `lockfileVersion: 5.4

specifiers:
  prisma: ^4.0.0

devDependencies:
  prisma: 4.9.0

packages:

  /prisma/4.9.0:
    resolution: {integrity: sha512-x}
`;

const YARN_1 = `# yarn lockfile v1


"@prisma/client@^5.0.0":
  version "5.1.0"
  resolved "https://registry.example/x"

create-prisma@^9.0.0:
  version "9.9.9"

prisma@^5.0.0, prisma@^5.1.0:
  version "5.1.1"
  resolved "https://registry.example/x"
  dependencies:
    prisma@engines "1"
`;

const YARN_BERRY = `__metadata:
  version: 8

"@prisma/client@npm:^6.0.0":
  version: 6.2.0
  resolution: "@prisma/client@npm:6.2.0"

"prisma@npm:^6.0.0, prisma@npm:~6.2.0":
  version: 6.2.1
  resolution: "prisma@npm:6.2.1"
`;

const BUN = `{
  "lockfileVersion": 1,
  "workspaces": { "": { "devDependencies": { "prisma": "^6.0.0", }, }, },
  "packages": {
    "@prisma/client": ["@prisma/client@6.2.0", "", {}, "sha512-x"],
    "prisma": ["prisma@6.2.1", "", { "dependencies": { "prisma": "x" } }, "sha512-x"],
  }
}`;

describe("installedVersion", () => {
  it.each([
    ["package-lock.json", NPM_3, "6.2.1"],
    ["npm-shrinkwrap.json", NPM_3, "6.2.1"],
    ["package-lock.json", NPM_1, "4.1.0"],
    ["pnpm-lock.yaml", PNPM_9, "6.2.1"],
    ["pnpm-lock.yaml", PNPM_5, "4.9.0"],
    ["yarn.lock", YARN_1, "5.1.1"],
    ["yarn.lock", YARN_BERRY, "6.2.1"],
    ["bun.lock", BUN, "6.2.1"],
  ])("reads %s", (file, text, expected) => {
    expect(version(file, text)).toEqual({ version: expected, source: file });
    expect(version(file, text.replaceAll("\n", "\r\n"))).toEqual({ version: expected, source: file });
  });

  it("reads names with a scope and names that others end in", () => {
    expect(version("package-lock.json", NPM_3, "", "@prisma/client")?.version).toBe("6.2.0");
    expect(version("pnpm-lock.yaml", PNPM_9, "apps/api/prisma", "@prisma/client")?.version).toBe("7.4.0");
    expect(version("pnpm-lock.yaml", PNPM_6, "", "drizzle-orm")?.version).toBe("0.29.3");
    expect(version("yarn.lock", YARN_1, "", "@prisma/client")?.version).toBe("5.1.0");
    expect(version("yarn.lock", YARN_BERRY, "", "client")).toBeUndefined();
    expect(version("bun.lock", BUN, "", "@prisma/client")?.version).toBe("6.2.0");
  });

  it("prefers what the workspace itself has", () => {
    expect(version("package-lock.json", NPM_3, "apps/api/prisma/migrations")?.version).toBe("7.4.1");
    expect(version("package-lock.json", NPM_3, "apps/web/prisma/migrations")?.version).toBe("6.2.1");
    expect(version("pnpm-lock.yaml", PNPM_9, "apps/api/prisma/migrations")?.version).toBe("7.4.0");
    expect(version("pnpm-lock.yaml", PNPM_9, "apps/web")?.version).toBe("6.2.1");
  });

  it("takes the nearest lockfile that names the package", () => {
    const files = listing({
      "package-lock.json": NPM_3,
      "apps/api/package-lock.json": NPM_1,
      "apps/web/package-lock.json": "{}",
    });
    expect(installedVersion(files, "apps/api/prisma", "prisma")).toEqual({
      version: "4.1.0",
      source: "apps/api/package-lock.json",
    });
    expect(installedVersion(files, "apps/web/prisma", "prisma")?.source).toBe("package-lock.json");
    expect(installedVersion(files, "apps/web/prisma", "knex")).toBeUndefined();
  });

  it("does not guess between two versions", () => {
    const two = `${YARN_1}\nprisma@^6.0.0:\n  version "6.0.0"\n`;
    expect(version("yarn.lock", two)).toBeUndefined();
  });

  it("reads a lockfile of megabytes", () => {
    const entry = (index: number) =>
      `    "node_modules/package-${String(index)}": {\n      "version": "1.0.${String(index)}"\n    },\n`;
    const large = `{"packages": {\n${Array.from({ length: 60_000 }, (_, index) => entry(index)).join("")}${NPM_3.slice(NPM_3.indexOf('"node_modules/prisma"'))}`;
    expect(version("package-lock.json", large)?.version).toBe("6.2.1");
  });
});

describe("requestedRange", () => {
  it("reads the nearest package.json that names the package", () => {
    const files = listing({
      "package.json": '{ "devDependencies": { "prisma": "^7.1.0" } }',
      "apps/api/package.json": '{ "dependencies": { "@prisma/client": "6.1.0" } }',
    });
    expect(requestedRange(files, "apps/api/prisma", "prisma")).toBe("^7.1.0");
    expect(requestedRange(files, "apps/api/prisma", "@prisma/client")).toBe("6.1.0");
    expect(requestedRange(files, "", "knex")).toBeUndefined();
  });
});
