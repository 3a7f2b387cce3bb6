import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Tree } from "../../src/model/tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const COUPONS = { table: { schema: "public", name: "coupons" } };

const PRISMA = `model Coupon {
  id       Int     @id
  account  Account @relation(fields: [accountId], references: [id])
  accountId Int

  @@map("coupons")
}

model Account {
  id       Int      @id
  vouchers Coupon[]

  @@map("accounts")
}
`;
const DRIZZLE = 'export const coupons = pgTable("coupons", { id: serial("id") });\n';
const TYPEORM = '@Entity("coupons")\nexport class Coupon {\n  @PrimaryColumn() id: number;\n}\n';

const tree = (files: Readonly<Record<string, string>>): Tree => memoryTree(new Map(Object.entries(files)), "memory");

/** The grades of the places where models of the running code declare the table. */
function declared(files: Readonly<Record<string, string>>): readonly string[] {
  const head = tree({ "README.md": "" });
  const found = findReferences([COUPONS], { head, base: tree(files), exclude: [] }).get(targetKey(COUPONS)) ?? [];
  return found.filter(({ kind }) => kind === "declared").map(({ grade }) => grade);
}

describe("a model that nothing works with is no use of its table", () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ["Prisma's, alone", { "prisma/schema.prisma": PRISMA }],
    [
      "Prisma's, beside code for another",
      { "prisma/schema.prisma": PRISMA, "src/a.ts": "export const all = () => prisma.account.findMany();\n" },
    ],
    [
      "Prisma's, whose type code has",
      { "prisma/schema.prisma": PRISMA, "src/a.ts": 'import type { Coupon } from "@prisma/client";\n' },
    ],
    [
      "Prisma's, in tests only",
      { "prisma/schema.prisma": PRISMA, "test/a.test.ts": "export const all = () => load(prisma.coupon);\n" },
    ],
    [
      "Drizzle's, which another model names",
      {
        "src/schema.ts": DRIZZLE,
        "src/uses.ts":
          'import { coupons } from "./schema";\nexport const uses = pgTable("uses", { id: integer("id").references(() => coupons.id) });\n',
      },
    ],
    ["TypeORM's, alone", { "src/coupon.entity.ts": TYPEORM }],
  ])("%s", (_, files) => {
    expect(declared(files)).toEqual(["possible"]);
  });
});

describe("a model counts where something may work with it", () => {
  const client = (code: string): Readonly<Record<string, string>> => ({
    "prisma/schema.prisma": PRISMA,
    "src/a.ts": code,
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ["a query", client("export const all = () => prisma.coupon.findMany();\n")],
    ["a client's member that is handed on", client("export const all = () => list(prisma.coupon);\n")],
    ["a member by its name", client('export const all = () => list("coupon");\n')],
    ["a relation that is included", client("prisma.account.findMany({ include: { vouchers: true } });\n")],
    ["a relation that is written to", client("account.vouchers.push(one);\n")],
    ["a delegate that a pattern takes out", client("const { coupon } = prisma;\n")],
    ["SQL", client("await sql`SELECT id FROM coupons`;\n")],
    [
      "Drizzle's table in a query",
      {
        "src/schema.ts": DRIZZLE,
        "src/a.ts": 'import { coupons } from "./schema";\nawait db.select().from(coupons);\n',
      },
    ],
    [
      "Drizzle's table in a query beside it",
      { "src/schema.ts": `${DRIZZLE}export const all = () => db.select().from(coupons);\n` },
    ],
    [
      "Drizzle's table in a function of the project's own",
      { "src/schema.ts": DRIZZLE, "src/a.ts": 'import { coupons } from "./schema";\nawait paginate(coupons);\n' },
    ],
    [
      "a repository",
      {
        "src/coupon.entity.ts": TYPEORM,
        "src/a.ts": "constructor(@InjectRepository(Coupon) private readonly all) {}\n",
      },
    ],
  ])("%s", (_, files) => {
    expect(declared(files)).toEqual(["certain"]);
  });
});

test("each side and each release has its own uses, and a model at head has to have its table", () => {
  const query = { "src/a.ts": "export const all = () => prisma.coupon.findMany();\n" };
  const schema = { "prisma/schema.prisma": PRISMA };
  const found = findReferences([COUPONS], {
    head: tree(schema),
    base: tree({ ...schema, "src/b.ts": "" }),
    release: { tag: "v1.2", tree: tree({ ...schema, ...query }) },
    exclude: [],
  }).get(targetKey(COUPONS));
  expect(found?.map(({ side, grade, kind, release }) => [side, grade, kind, release])).toEqual([
    ["head", "certain", "declared", undefined],
    ["base", "certain", "table", "v1.2"],
    ["base", "possible", "declared", undefined],
  ]);
});

test("a declared column is listed in every query of its model, and stays what it is", () => {
  const column = { table: { schema: "public", name: "coupons" }, column: "id" };
  const found = findReferences([column], { head: tree({ "prisma/schema.prisma": PRISMA }), exclude: [] });
  expect(found.get(targetKey(column))?.map(({ grade, kind }) => [grade, kind])).toEqual([["certain", "declared"]]);
});
