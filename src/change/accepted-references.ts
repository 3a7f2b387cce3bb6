/**
 * References that somebody declares harmless, by a comment beside the code or an entry of the configuration. They break
 * nothing as far as rules and plan are concerned, and every report lists them with the reason.
 */
import type { PlacedAcceptComment } from "../references/find-references.js";
import { ACCEPT_REFERENCE } from "../references/accept-comments.js";
import type { Change } from "../model/change.js";
import type { AcceptedUses } from "../model/configuration.js";
import type { AcceptedReference, Reference } from "../model/reference.js";
import type { Report } from "../model/report.js";
import { isOver } from "./acceptance.js";
import { matcher } from "./overlay-tree.js";

/** Who accepts a reference. */
type Acceptance = Pick<AcceptedReference, "reason" | "until" | "by" | "directive" | "added">;

export class AcceptedReferences {
  /** By file, side and release; head's hold for the same lines of the running code, too. */
  readonly #comments = new Map<string, PlacedAcceptComment>();
  readonly #entries: readonly (AcceptedUses & { readonly matches: (file: string) => boolean })[];
  readonly #accepted = new Map<string, AcceptedReference>();
  /** The objects that were looked for, as comments may name them. */
  readonly #sought = new Set<string>();
  /** Comments and entries that accept something. */
  readonly #used = new Set<unknown>();
  /** By entry that has run out: what it would have accepted. */
  readonly #expired = new Map<AcceptedUses, Set<string>>();

  constructor(readonly change: Change) {
    this.#entries = (change.configuration.acceptUses ?? []).map((entry) => ({
      ...entry,
      matches: matcher([entry.file]),
    }));
  }

  /** Takes note of a comment that a search has come across. */
  see(comment: PlacedAcceptComment): void {
    const key = [comment.side, comment.release, comment.file, comment.line].join("\0");
    if (!this.#comments.has(key)) this.#comments.set(key, comment);
  }

  /**
   * The references of an object that nobody accepts.
   * @param key The object as `targetKey` names it.
   */
  without(key: string, references: readonly Reference[]): readonly Reference[] {
    const object = objectOf(key);
    this.#sought.add(object);
    if (references.length === 0 || (this.#comments.size === 0 && this.#entries.length === 0)) return references;
    const atHead = new Map<string, Acceptance>();
    for (const reference of references) {
      const comment = reference.side === "head" ? this.#commentFor(object, reference) : undefined;
      if (comment) atHead.set(placeless(reference, reference.file), comment);
    }
    return references.filter((reference) => {
      const acceptance =
        this.#commentFor(object, reference) ??
        atHead.get(placeless(reference, this.#atHead(reference.file))) ??
        this.#entryFor(object, reference);
      if (acceptance === undefined) return true;
      const { side, release, file, line, column, kind } = reference;
      this.#accepted.set([object, side, release, file, line, column, kind].join("\0"), {
        ...reference,
        object,
        ...acceptance,
      });
      return false;
    });
  }

  /** The references of an object that somebody accepts. */
  usesOf(key: string): readonly AcceptedReference[] {
    const object = objectOf(key);
    return [...this.#accepted.values()].filter((one) => one.object === object).sort(byPlace);
  }

  /** What was accepted, by object and place, and what is to be said of comments and entries that accept nothing. */
  report(): { readonly accepted: readonly AcceptedReference[]; readonly notes: Report["notes"] } {
    return {
      accepted: [...this.#accepted.values()].sort(byPlace),
      notes: [...this.#commentNotes(), ...this.#entryNotes()],
    };
  }

  #commentFor(object: string, { side, release, file, line }: Reference): Acceptance | undefined {
    for (const comment of this.#comments.values()) {
      const [first, last] = comment.lines;
      if (comment.file !== file || comment.side !== side || comment.release !== release) continue;
      if (comment.reason === "" || !names(comment.objects, object) || line < first || line > last) continue;
      this.#used.add(comment);
      const directive = { file, line: comment.line };
      return { reason: comment.reason, by: "directive", directive, ...(this.#isAdded(comment) && { added: true }) };
    }
    return undefined;
  }

  #entryFor(object: string, { file, line }: Reference): Acceptance | undefined {
    for (const entry of this.#entries) {
      if (!names([entry.reference], object) || !(entry.file === file || entry.matches(file))) continue;
      this.#used.add(entry);
      if (isOver(entry)) {
        const places = this.#expired.get(entry) ?? new Set();
        this.#expired.set(entry, places.add(`${file}:${String(line)}`));
        continue;
      }
      const { reason, until, place } = entry;
      return { reason, by: "configuration", directive: place, ...(until !== undefined && { until }) };
    }
    return undefined;
  }

  /** The name at head of a file of base. */
  #atHead(file: string): string {
    return this.change.changed?.find(({ previousFile }) => previousFile === file)?.file ?? file;
  }

  /** Whether this change brings the comment along. */
  #isAdded({ side, file, line }: PlacedAcceptComment): boolean {
    const { base, head, changed } = this.change;
    if (side !== "head" || base === undefined) return false;
    const before = base.tree.read(changed?.find((one) => one.file === file)?.previousFile ?? file);
    const text = head.tree.read(file)?.split("\n")[line - 1]?.trim() ?? "";
    return !(before?.split("\n").some((one) => one.trim() === text) ?? false);
  }

  *#commentNotes(): Iterable<Report["notes"][number]> {
    for (const comment of this.#comments.values()) {
      const { side, file, line, lines, objects, reason } = comment;
      if (side !== "head" || this.#used.has(comment)) continue;
      const note = (message: string): Report["notes"][number] => ({ file, line, message });
      const sought = objects.filter((object) => [...this.#sought].some((one) => names([object], one)));
      const written = `${ACCEPT_REFERENCE} ${objects.join(", ")}`;
      if (objects.length === 0) {
        yield note(
          `\`${ACCEPT_REFERENCE}\` names no object and accepts nothing. Name it and give a reason: ` +
            `\`${ACCEPT_REFERENCE} orders.legacy_ref -- reason\`.`,
        );
      } else if (sought.length > 0 && reason === "") {
        yield note(`\`${written}\` gives no reason and accepts nothing. Add one: \`${written} -- reason\`.`);
      } else if (sought.length > 0) {
        const [first, last] = lines;
        const where = first === last ? `line ${String(first)}` : `lines ${String(first)} to ${String(last)}`;
        yield note(`\`${written}\` accepts nothing: no use of ${sought.join(", ")} was found on ${where}.`);
      }
    }
  }

  *#entryNotes(): Iterable<Report["notes"][number]> {
    for (const entry of this.#entries) {
      const { reference, file, until = "", place } = entry;
      const places = this.#expired.get(entry);
      if (places) {
        const [first = ""] = places;
        const more = places.size > 1 ? ` and ${String(places.size - 1)} more` : "";
        const message = `This entry accepted the use of ${reference} at ${first}${more} until ${until}. That day has passed, and it counts again.`;
        yield { ...place, message };
      } else if (!this.#used.has(entry) && [...this.#sought].some((one) => names([reference], one))) {
        yield { ...place, message: `This entry accepts nothing: no use of ${reference} was found in ${file}.` };
      }
    }
  }
}

/** An object as findings name it: `public.orders.legacy_ref`. */
function objectOf(key: string): string {
  return key.replace(/^(?:function|type|schema|sequence) /, "").replaceAll('"', "");
}

/** Whether one of these names is the object's, `public` left out or not. */
function names(written: readonly string[], object: string): boolean {
  return written.some((name) => name === object || `public.${name}` === object);
}

/** The same line, wherever it stands in the file. */
function placeless({ excerpt, kind }: Reference, file: string): string {
  return [file, excerpt, kind].join("\0");
}

function byPlace(one: AcceptedReference, other: AcceptedReference): number {
  const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return (
    order(one.object, other.object) ||
    order(other.side, one.side) ||
    order(one.file, other.file) ||
    one.line - other.line ||
    one.column - other.column
  );
}
