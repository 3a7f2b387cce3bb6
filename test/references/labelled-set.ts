/** The labelled set: small repositories whose lines say what a search for references has to find in them. */
import { readdirSync, readFileSync } from "node:fs";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Reference, ReferenceTarget } from "../../src/model/reference.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const FOLDER = new URL("labelled/", import.meta.url);

export type Half = "worked with" | "held out";

/** `use`: a statement works on the column without naming it. */
type Meaning = "ref" | "certain" | "likely" | "decoy" | "either" | "use";

interface Label {
  readonly meaning: Meaning;
  readonly kind?: string;
}

interface LabelledSet {
  readonly half: Half;
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly targets: readonly ReferenceTarget[];
  /** By `file:line name`. */
  readonly labels: ReadonlyMap<string, Label>;
}

export interface Outcome {
  readonly set: LabelledSet;
  readonly right: number;
  /** Found as certain or likely, and no reference. */
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
  readonly decoys: number;
  /** Of the right ones that are labelled with grade and kind: those that have the very ones. */
  readonly graded: number;
  readonly sameGrade: number;
  readonly sameKind: number;
  /** Uses that do not name the column. */
  readonly uses: number;
  readonly usesMissed: readonly string[];
}

export function readSets(): readonly LabelledSet[] {
  return [...readFolder("worked with", FOLDER), ...readFolder("held out", new URL("held-out/", FOLDER))];
}

function readFolder(half: Half, folder: URL): readonly LabelledSet[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .map((name) => readSet(half, name.replace(".txt", ""), readFileSync(new URL(name, folder), "utf8")));
}

function readSet(half: Half, name: string, text: string): LabelledSet {
  const [first = "", ...lines] = text.split("\n");
  const targets = first
    .replace("targets: ", "")
    .split(" ")
    .map((target): ReferenceTarget => {
      const [table = "", column] = target.split(".");
      return { table: { schema: "public", name: table }, ...(column !== undefined && { column }) };
    });
  const files = new Map<string, string>();
  const labels = new Map<string, Label>();
  let file = "";
  let own: string[] = [];
  for (const line of [...lines, "=== "]) {
    const heading = /^=== (.*)$/.exec(line);
    if (heading !== null) {
      if (file !== "") files.set(file, own.join("\n"));
      file = heading[1] ?? "";
      own = [];
      continue;
    }
    for (const [, meaning, kind, what] of line.matchAll(
      /«(ref|certain|likely|decoy|either|use) (?:([a-z ]+) )?(\w+)»/g,
    )) {
      const key = `${file}:${String(own.length + 1)} ${what ?? ""}${meaning === "use" ? ` ${kind ?? ""}` : ""}`;
      // A line with a reference and a decoy of one name has the reference.
      if (!labels.has(key) || meaning !== "decoy")
        labels.set(key, { meaning: meaning as Meaning, ...(kind !== undefined && { kind }) });
    }
    own.push(line.replace(/\s*«.*$/, ""));
  }
  return { half, name, files, targets, labels };
}

export function outcomeOf(set: LabelledSet): Outcome {
  const { files, targets, labels } = set;
  const head = memoryTree(files, "head");
  const found = new Map<string, Reference[]>();
  for (const [target, reference] of sureReferences(targets, head, false)) {
    const place = `${reference.file}:${String(reference.line)} ${target.column ?? target.table.name}`;
    found.set(place, [...(found.get(place) ?? []), reference]);
  }
  const uses = new Set(
    [...sureReferences(targets, head, true)].map(
      ([{ column = "" }, { file, line, kind = "" }]) => `${file}:${String(line)} ${column} ${kind}`,
    ),
  );
  const isRight = (place: string): boolean => /^(?:ref|certain|likely)$/.test(labels.get(place)?.meaning ?? "");
  const expected = [...labels.keys()].filter(isRight);
  const expectedUses = [...labels].flatMap(([place, { meaning }]) => (meaning === "use" ? [place] : []));
  const graded = expected.filter((place) => labels.get(place)?.meaning !== "ref" && found.has(place));
  return {
    set,
    right: expected.filter((place) => found.has(place)).length,
    wrong: [...found].flatMap(([place, [reference]]) =>
      isRight(place) || labels.get(place)?.meaning === "either"
        ? []
        : [`${place} (${reference?.grade ?? ""}): ${reference?.excerpt ?? ""}`],
    ),
    missed: expected.filter((place) => !found.has(place)),
    decoys: [...labels.values()].filter(({ meaning }) => meaning === "decoy").length,
    graded: graded.length,
    sameGrade: graded.filter((place) => found.get(place)?.some(({ grade }) => grade === labels.get(place)?.meaning))
      .length,
    sameKind: graded.filter((place) => found.get(place)?.some(({ kind }) => kind === labels.get(place)?.kind)).length,
    uses: expectedUses.length,
    usesMissed: expectedUses.filter((place) => !uses.has(place)),
  };
}

function* sureReferences(
  targets: readonly ReferenceTarget[],
  head: ReturnType<typeof memoryTree>,
  unnamed: boolean,
): Generator<[ReferenceTarget, Reference]> {
  const references = findReferences(targets, { head, exclude: [] }, { unnamed });
  for (const target of targets) {
    for (const reference of references.get(targetKey(target)) ?? []) {
      if (reference.grade === "certain" || reference.grade === "likely") yield [target, reference];
    }
  }
}
