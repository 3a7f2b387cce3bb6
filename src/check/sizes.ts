/** Findings say how large the tables are that they are about, where the configuration names statistics. */
import type { Change } from "../model/change.js";
import type { Finding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import { sizeWords } from "../text/size-words.js";

/** Whether code breaks does not depend on the size. */
const SIZELESS: ReadonlySet<Finding["harm"]> = new Set(["breaks code"]);

/** Adds the sizes to the messages; they silence nothing. */
export function withSizes<Kind extends Finding>(change: Change, findings: readonly Kind[]): readonly Kind[] {
  const known = new Set(change.databases.filter(({ statistics }) => statistics).map(({ name }) => name));
  if (known.size === 0) return findings;
  const migrations = new Map(
    change.databases.flatMap((database) =>
      database.migrations.map((migration) => [`${database.name}\0${migration.file}`, migration] as const),
    ),
  );
  return findings.map((finding) => {
    const { database, file, statement, harm } = finding;
    if (statement === undefined || !known.has(database) || SIZELESS.has(harm)) return finding;
    const analysed = migrations.get(`${database}\0${file}`)?.statements[statement];
    const words = sizesOf(analysed?.locks ?? []);
    return words === "" ? finding : { ...finding, message: `${finding.message} ${words}` };
  });
}

/** Of the tables that the statement works on; where it works on none, of those that it locks. */
function sizesOf(locks: readonly Lock[]): string {
  const sized = locks.filter(({ size }) => size !== undefined);
  const worked = sized.filter(({ while: work }) => work !== "instant");
  return (worked.length > 0 ? worked : sized)
    .map(({ relation, size }) => (size ? `${relation.replace(/^public\./, "")}: ${sizeWords(size)}.` : ""))
    .join(" ");
}
