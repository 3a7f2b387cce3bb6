import { expect, it } from "vitest";
import { LOCK_MODES, lockConflict } from "../../src/postgres/lock-modes.js";

/** PostgreSQL documentation, "Explicit Locking", table "Conflicting Lock Modes": rows and columns from weak to strong. */
const MATRIX = [".......X", "......XX", "....XXXX", "...XXXXX", "..XX.XXX", "..XXXXXX", ".XXXXXXX", "XXXXXXXX"];

it("conflicts are those of PostgreSQL's table", () => {
  expect(LOCK_MODES.map((one) => LOCK_MODES.map((other) => (lockConflict(one, other) ? "X" : ".")).join(""))).toEqual(
    MATRIX,
  );
});
