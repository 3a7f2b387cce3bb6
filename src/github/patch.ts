/** Which lines a pull request adds, from the patch of a file as GitHub's API gives it. */

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/**
 * Whether all lines from one to another are added, in one hunk. A line counts only where the judged text has the same
 * one in its place: the merge that was checked out can have moved it.
 * @param text The file as it was judged.
 */
export function addedRanges(patch: string, text: string): (line: number, endLine: number) => boolean {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const hunkOf = new Map<number, number>();
  let [hunk, at] = [0, 0];
  for (const row of patch.split("\n")) {
    const header = HUNK.exec(row);
    if (header) {
      hunk += 1;
      at = Number(header[1]);
    } else if (row.startsWith("+")) {
      if (withoutReturn(lines[at - 1]) === withoutReturn(row.slice(1).replace(at === 1 ? /^\ufeff/ : "", ""))) {
        hunkOf.set(at, hunk);
      }
      at += 1;
    } else if (!row.startsWith("-") && !row.startsWith("\\")) {
      at += 1;
    }
  }
  return (line, endLine) => {
    const first = hunkOf.get(line);
    for (let one = line; one <= endLine; one += 1) if (hunkOf.get(one) !== first) return false;
    return first !== undefined;
  };
}

/**
 * The text of a file that a pull request adds: all of its lines are in the patch. Undefined where that is not whole.
 */
export function addedText(patch: string): string | undefined {
  const [header = "", ...rows] = patch.split("\n");
  const hunk = /^@@ -0,0 \+1(?:,(\d+))? @@/.exec(header);
  const lines = rows.filter((row) => row.startsWith("+")).map((row) => row.slice(1));
  if (hunk === null || lines.length !== Number(hunk[1] ?? 1)) return undefined;
  return lines.join("\n") + (rows.at(-1)?.startsWith("\\") === true ? "" : "\n");
}

/** Patches keep the carriage return of CRLF. */
function withoutReturn(line: string | undefined): string | undefined {
  return line?.replace(/\r$/, "");
}
