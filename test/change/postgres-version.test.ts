import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { postgresVersion } from "../../src/change/postgres-version.js";
import { Listing } from "../../src/migrations/listing.js";

const read = (files: Readonly<Record<string, string>>, folder = "db/migrations", postgres?: number) =>
  postgresVersion(
    new Listing(memoryTree(new Map(Object.entries(files)), "head")),
    {
      ...DEFAULT_CONFIGURATION,
      ...(postgres === undefined ? {} : { postgres, source: ".github/migration-safety.yml" }),
    },
    folder,
  );

const COMPOSE = `services:
  app:
    image: ghcr.io/example/app:17
  db:
    image: postgres:16-alpine
`;

const WORKFLOW = `jobs:
  test:
    services:
      # image: postgres:9.6
      postgres:
        image: postgres:13
`;

describe("postgresVersion", () => {
  it("is 14 where nothing says otherwise", () => {
    expect(read({ "README.md": "image: postgres:16" })).toEqual({ version: 14, source: "default" });
  });

  it("takes the configuration's word first", () => {
    expect(read({ "compose.yml": COMPOSE }, "db/migrations", 12)).toEqual({
      version: 12,
      source: ".github/migration-safety.yml",
    });
  });

  it("names the line in Supabase's configuration", () => {
    const toml =
      'project_id = "x"\n\n[api]\nmajor_version = 3\n\n[db]\nport = 54322\n# major_version = 12\nmajor_version = 15\n';
    expect(read({ "supabase/config.toml": toml, "compose.yml": COMPOSE }, "supabase/migrations")).toEqual({
      version: 15,
      source: "supabase/config.toml:9",
    });
  });

  it("names the line in a compose file, the nearest and plainest first", () => {
    expect(read({ "docker-compose.yml": COMPOSE, ".github/workflows/ci.yml": WORKFLOW })).toEqual({
      version: 16,
      source: "docker-compose.yml:5",
    });
    expect(
      read(
        {
          "docker-compose.yml": COMPOSE,
          "apps/api/compose.test.yaml": "    image: postgres:12\n",
          "apps/api/compose.yaml": "    image: 'postgres:15.3'\n",
        },
        "apps/api/prisma/migrations",
      ),
    ).toEqual({ version: 15, source: "apps/api/compose.yaml:1" });
  });

  it("reads compose files under names of their own before workflows, which run tests", () => {
    const files = { "quickstart.yml": "services: {}\n", ".github/workflows/ci.yml": WORKFLOW };
    expect(read({ ...files, "quickstart-postgres.yml": COMPOSE })).toEqual({
      version: 16,
      source: "quickstart-postgres.yml:5",
    });
    expect(read({ ...files, "dev-compose.yaml": COMPOSE }).source).toBe("dev-compose.yaml:5");
    expect(read({ ...files, "postgres-notes.md": COMPOSE }).source).toBe(".github/workflows/ci.yml:6");
  });

  it("falls back to the services of GitHub workflows", () => {
    expect(read({ ".github/workflows/ci.yml": WORKFLOW, ".github/workflows/a.txt": "image: postgres:11" })).toEqual({
      version: 13,
      source: ".github/workflows/ci.yml:6",
    });
  });

  it.each([
    ["postgres:16", 16],
    ["postgres:16.4-bookworm", 16],
    ['"postgres:17beta1"', 17],
    ["docker.io/library/postgres:15-alpine", 15],
    ["registry.example.com:5000/mirror/postgres:14", 14],
    ["postgis/postgis:16-3.4-alpine", 16],
    ["pgvector/pgvector:pg17", 17],
    ["pgvector/pgvector:0.8.0-pg16", 16],
    ["ankane/pgvector:v0.5.0", undefined],
    ["timescale/timescaledb:2.14.2-pg16", 16],
    ["timescale/timescaledb:latest-pg15", 15],
    ["timescale/timescaledb-ha:pg14.11-ts2.14.2", 14],
    ["bitnami/postgresql:15.3.0-debian-11-r0", 15],
    ["bitnami/postgresql-repmgr:14", 14],
    ["16 # not an image", undefined],
    ["supabase/postgres:15.1.0.147", 15],
    ["cimg/postgres:14.0", 14],
    ["citusdata/citus:12.1", undefined],
    ["postgres", undefined],
    ["postgres:latest", undefined],
    ["postgres:alpine", undefined],
    ["postgres:${PG_VERSION}", undefined],
    ["postgres:${PG_VERSION:-16}-alpine", 16],
    ["postgres:16@sha256:1234567890", 16],
    ["${IMAGE:-postgres:16}", 16],
    ["postgres@sha256:1234", undefined],
    ["postgrest/postgrest:v12.0", undefined],
    ["prometheuscommunity/postgres-exporter:v0.15", undefined],
    ["wrouesnel/postgres_exporter:11", undefined],
    ["prodrigestivill/postgres-backup-local:16", undefined],
    ["mysql:16", undefined],
    ["postgres:9.6", 9],
  ])("reads the image %s", (image, version) => {
    expect(read({ "compose.yml": `services:\n  db:\n    image: ${image}\n` })).toEqual(
      version === undefined ? { version: 14, source: "default" } : { version, source: "compose.yml:3" },
    );
  });

  it("passes over what names no version and reads on", () => {
    expect(read({ "compose.yml": "image: postgres:latest\n", ".github/workflows/ci.yml": WORKFLOW }).version).toBe(13);
    expect(read({ "compose.yml": "image: postgres:${V}\n\n\nimage: postgres:16\n" }).source).toBe("compose.yml:4");
  });
});
