import { describe, expect, test } from "vitest";
import type { Half, Outcome } from "./labelled-set.js";
import { outcomeOf, readSets } from "./labelled-set.js";

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const outcomes = readSets().map(outcomeOf);

describe.each<[half: Half, references: number, decoys: number]>([
  ["worked with", 130, 116],
  ["held out", 190, 190],
])("the half %s", (half, references, decoys) => {
  const own = outcomes.filter(({ set }) => set.half === half);
  const sum = (count: (outcome: Outcome) => number): number =>
    own.reduce((total, outcome) => total + count(outcome), 0);
  const right = sum((outcome) => outcome.right);
  const wrong = sum((outcome) => outcome.wrong.length);
  const missed = sum((outcome) => outcome.missed.length);
  const graded = sum((outcome) => outcome.graded);
  const uses = sum((outcome) => outcome.uses);

  test("precision and recall", () => {
    const list = (word: string, places: (outcome: Outcome) => readonly string[]): string[] =>
      own.flatMap((outcome) => places(outcome).map((place) => `${word} in ${outcome.set.name}: ${place}`));
    console.log(
      [
        ...list("wrong", (outcome) => outcome.wrong),
        ...list("missed", (outcome) => outcome.missed),
        ...list("use missed", (outcome) => outcome.usesMissed),
        `${half}: ${right + missed} references, ${sum((outcome) => outcome.decoys)} decoys: ` +
          `precision ${percent(right, right + wrong)}, recall ${percent(right, right + missed)}`,
        ...(graded === 0
          ? []
          : [
              `of ${graded} found, ${percent(
                sum((outcome) => outcome.sameGrade),
                graded,
              )} with the very grade and ${percent(
                sum((outcome) => outcome.sameKind),
                graded,
              )} with the kind; ${uses - sum((outcome) => outcome.usesMissed.length)} of ${uses} uses without the name`,
            ]),
      ].join("\n"),
    );
    expect(right + missed).toBeGreaterThanOrEqual(references);
    expect(sum((outcome) => outcome.decoys)).toBeGreaterThanOrEqual(decoys);
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.95);
    expect(right / (right + missed)).toBeGreaterThanOrEqual(0.9);
  });
});

/**
 * Not labelled as uses, which they are: `sql(["id", "name"])` in a query reads the column, beside a type that does not, and
 * SQLAlchemy selects every column that a class of the table declares.
 */
const MISLABELLED = ["src/postgres-js/sql.ts:14 name", "app/models.py:7 id"];

test("common names give no certain or likely decoy", () => {
  const common = /^\S+ (?:id|name|status|type|role|title)\b/;
  expect(
    outcomes.flatMap(({ wrong }) =>
      wrong.filter((place) => common.test(place) && !MISLABELLED.some((one) => place.startsWith(one))),
    ),
  ).toEqual([]);
});
