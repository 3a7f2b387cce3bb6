import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Reference, ReferenceTarget } from "../../src/model/reference.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const FOLDER = new URL("labelled/", import.meta.url);

type Meaning = "ref" | "decoy" | "either";

interface LabelledSet {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly targets: readonly ReferenceTarget[];
  /** By `file:line column`. */
  readonly labels: ReadonlyMap<string, Meaning>;
}

function readSet(name: string): LabelledSet {
  const [first = "", ...lines] = readFileSync(new URL(name, FOLDER), "utf8").split("\n");
  const targets = first
    .replace("targets: ", "")
    .split(" ")
    .map((target) => {
      const [table = "", column = ""] = target.split(".");
      return { table: { schema: "public", name: table }, column };
    });
  const files = new Map<string, string>();
  const labels = new Map<string, Meaning>();
  let file = "";
  let text: string[] = [];
  for (const line of [...lines, "=== "]) {
    const heading = /^=== (.*)$/.exec(line);
    if (heading !== null) {
      if (file !== "") files.set(file, text.join("\n"));
      file = heading[1] ?? "";
      text = [];
      continue;
    }
    for (const [, meaning, column] of line.matchAll(/«(ref|decoy|either) (\w+)»/g)) {
      labels.set(`${file}:${text.length + 1} ${column}`, meaning as Meaning);
    }
    text.push(line.replace(/\s*«.*$/, ""));
  }
  return { name: name.replace(".txt", ""), files, targets, labels };
}

const SETS = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".txt"))
  .map(readSet);

interface Outcome {
  readonly right: number;
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
  readonly decoys: number;
}

function outcomeOf({ files, targets, labels }: LabelledSet): Outcome {
  const references = findReferences(targets, { head: memoryTree(files, "head"), exclude: [] });
  const found = new Map<string, Reference>();
  for (const target of targets) {
    for (const reference of references.get(targetKey(target)) ?? []) {
      if (reference.grade !== "certain" && reference.grade !== "likely") continue;
      found.set(`${reference.file}:${reference.line} ${target.column}`, reference);
    }
  }
  const wrong = [...found].flatMap(([place, { grade, excerpt }]) =>
    labels.get(place) === "ref" || labels.get(place) === "either" ? [] : [`${place} (${grade}): ${excerpt}`],
  );
  const expected = [...labels].flatMap(([place, meaning]) => (meaning === "ref" ? [place] : []));
  const missed = expected.filter((place) => !found.has(place));
  const decoys = [...labels.values()].filter((meaning) => meaning === "decoy").length;
  return { right: expected.length - missed.length, wrong, missed, decoys };
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

describe("the labelled set", () => {
  const outcomes = SETS.map((set) => ({ set, outcome: outcomeOf(set) }));
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, { outcome }) => total + count(outcome), 0);
  const right = sum((outcome) => outcome.right);
  const wrong = sum((outcome) => outcome.wrong.length);
  const missed = sum((outcome) => outcome.missed.length);

  test.each(outcomes)("$set.name: nothing that is no reference", ({ outcome }) => {
    expect(outcome.wrong).toEqual([]);
  });

  test("precision and recall", () => {
    for (const { set, outcome } of outcomes) {
      for (const place of outcome.missed) console.log(`missed in ${set.name}: ${place}`);
    }
    console.log(
      `${right + missed} references, ${sum((outcome) => outcome.decoys)} decoys: ` +
        `precision ${percent(right, right + wrong)}, recall ${percent(right, right + missed)}`,
    );
    expect(right + missed).toBeGreaterThanOrEqual(40);
    expect(sum((outcome) => outcome.decoys)).toBeGreaterThanOrEqual(40);
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.95);
    expect(right / (right + missed)).toBeGreaterThanOrEqual(0.9);
  });
});
