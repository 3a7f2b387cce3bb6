/** Enums that a client checks values against, and their places in code. */
import { expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { clientEnums, enumReference } from "../../src/references/models/enums.js";

const tree = (files: Readonly<Record<string, string>>) => memoryTree(new Map(Object.entries(files)), "head");

test("of Prisma, by its name in the database, with values that have another one there", () => {
  const files = tree({
    "prisma/schema.prisma":
      'enum State {\n  NEW  @map("new")\n  PAID // @map("no")\n\n  @@map("state")\n}\n\nenum Other {\n  NEW\n}\n',
    "prisma/test/schema.prisma": 'enum State {\n  OLD\n  @@map("state")\n}\n',
  });
  const [found, ...others] = clientEnums(files, "state");
  expect(others).toEqual([]);
  expect(found?.values.map(({ values }) => values)).toEqual([["new"], ["PAID"]]);
  expect(enumReference(found!, found!.values[1]!.offset, "base", files)).toEqual({
    side: "base",
    grade: "certain",
    kind: "enum literal",
    file: "prisma/schema.prisma",
    line: 3,
    column: 3,
    excerpt: 'PAID // @map("no")',
  });
  expect(clientEnums(files, "State")).toEqual([]);
});

test("of sqlx, with every spelling that rename_all may give", () => {
  const files = tree({
    "src/state.rs":
      '#[derive(sqlx::Type)]\n#[sqlx(type_name = "app.state", rename_all = "snake_case")]\npub enum State {\n    New,\n    #[sqlx(rename = "gone-away")]\n    Gone,\n    PaidBack,\n}\n',
  });
  const [found] = clientEnums(files, "state");
  expect(found?.values.map(({ values }) => values[0])).toEqual(["New", "gone-away", "PaidBack"]);
  expect(found?.values[2]?.values).toContain("paid_back");
  expect(enumReference(found!, undefined, "head", files)).toMatchObject({ kind: "enum literal", line: 3 });
});
