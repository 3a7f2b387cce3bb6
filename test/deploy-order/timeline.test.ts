import fc from "fast-check";
import { expect, test } from "vitest";
import { solve, type Task } from "../../src/deploy-order/timeline.js";

function task(key: string, from: number, needs: Readonly<Record<string, string>> = {}, more: Partial<Task> = {}): Task {
  return { key, from, needs: new Map(Object.entries(needs)), ...more };
}

test("a task waits for what it needs, and what stays keeps its order", () => {
  const { placements, contradictions } = solve([
    task("a", 0),
    task("b", 4),
    task("c", 0, { b: "it needs b" }),
    task("d", 0),
  ]);
  expect(placements.map(({ task: { key }, position, heldBy }) => [key, position, heldBy])).toEqual([
    ["a", 0, undefined],
    ["d", 0, undefined],
    ["b", 4, undefined],
    ["c", 4, "b"],
  ]);
  expect(contradictions).toEqual([]);
});

test("what must happen before it can is a contradiction, with every link of the chain", () => {
  const { contradictions } = solve([
    task("drop", 4, {}, { fromReason: "the drop waits" }),
    task("rename", 0, { drop: "the name must be free" }),
    task("add", 0, { rename: "it needs the table" }, { until: 0, untilReason: "the code needs it" }),
  ]);
  expect(contradictions).toEqual([
    { key: "add", reasons: ["the code needs it", "it needs the table", "the name must be free", "the drop waits"] },
  ]);
});

test("needs that go in a circle do not hang, and unknown ones are nothing", () => {
  const { placements } = solve([task("a", 0, { b: "" }), task("b", 2, { a: "", missing: "" })]);
  expect(placements.map(({ task: { key }, position }) => [key, position])).toEqual([
    ["b", 2],
    ["a", 2],
  ]);
});

/** Tasks whose needs point backwards, as those of a pull request do. */
const tasks = fc
  .array(fc.record({ from: fc.nat(11), needs: fc.array(fc.nat(20), { maxLength: 3 }) }), { maxLength: 20 })
  .map((drafts) =>
    drafts.map(({ from, needs }, index): Task =>
      task(
        `t${String(index)}`,
        from,
        Object.fromEntries(needs.filter((need) => need < index).map((need) => [`t${String(need)}`, "needs it"])),
      ),
    ),
  );

test("every task is placed once, not before its window, behind what it needs, and no later than it must", () => {
  fc.assert(
    fc.property(tasks, (given) => {
      const { placements } = solve(given);
      const at = new Map(placements.map((placement, index) => [placement.task.key, { ...placement, index }]));
      expect(at.size).toBe(given.length);
      for (const { key, from, needs } of given) {
        const { position, index } = at.get(key)!;
        const needed = [...needs.keys()].map((need) => at.get(need)!);
        expect(position).toBe(Math.max(from, ...needed.map((one) => one.position)));
        for (const one of needed) expect(one.index).toBeLessThan(index);
      }
    }),
  );
});
