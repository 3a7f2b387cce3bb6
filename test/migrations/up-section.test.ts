import { describe, expect, it } from "vitest";
import { upSection } from "../../src/migrations/up-section.js";

const blank = (text: string) => text.replace(/[^\r\n]/g, " ");

describe("upSection", () => {
  it.each([
    ["dbmate", "-- migrate:up\nCREATE TABLE a ();\n\n", "-- migrate:down\nDROP TABLE a;\n"],
    [
      "dbmate with options",
      "-- migrate:up transaction:false\nSELECT 1;\n",
      "-- migrate:down transaction:false\nDROP TABLE a;\n",
    ],
    ["goose", "-- +goose Up\nCREATE TABLE a ();\n", "-- +goose Down\nDROP TABLE a;\n"],
    ["sql-migrate", "-- +migrate Up\r\nCREATE TABLE a ();\r\n", "-- +migrate Down\r\nDROP TABLE a;\r\n"],
    ["node-pg-migrate", "-- Up Migration\nCREATE TABLE a ();\n", "-- Down Migration\nDROP TABLE a;"],
    ["Play", "# --- !Ups\nCREATE TABLE a ();\n", "# --- !Downs\nDROP TABLE a;\n"],
  ])("blanks what undoes the migration: %s", (_, up, down) => {
    expect(upSection(up + down)).toBe(up + blank(down));
  });

  it("reads on where another part runs", () => {
    const [down, up] = ["-- +goose Down\nDROP TABLE a;\n", "-- +goose Up\nCREATE TABLE a ();\n"];
    expect(upSection(down + up)).toBe(blank(down) + up);
  });

  it.each([
    "CREATE TABLE a ();",
    "-- the downs and ups of it\nSELECT 1;",
    "-- how we migrate: down\nSELECT 1;",
    "INSERT INTO notes VALUES ('x -- migrate:down');",
    "--> statement-breakpoint\n",
    "",
  ])("leaves alone %j", (text) => {
    expect(upSection(text)).toBe(text);
  });
});
