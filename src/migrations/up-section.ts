/** Lines that start the part of a file that undoes the migration: dbmate, goose, sql-migrate, node-pg-migrate, Play. */
const DOWN_MARKER =
  /^[ \t]*(?:--[ \t]*(?:migrate:down|\+goose[ \t]+down|\+migrate[ \t]+down|down[ \t]+migration|@down)|(?:--|#)[ \t-]*!downs)\b.*$/gim;

/** Lines that start, or start again, the part that runs. */
const UP_MARKER =
  /^[ \t]*(?:--[ \t]*(?:migrate:up|\+goose[ \t]+up|\+migrate[ \t]+up|up[ \t]+migration|@up)|(?:--|#)[ \t-]*!ups)\b.*$/gim;

/**
 * The text with everything that undoes the migration turned into blanks, line breaks excepted, so that all places stay
 * the same. Returns the very text where there is nothing to blank.
 */
export function upSection(text: string): string {
  const downs = [...text.matchAll(DOWN_MARKER)];
  if (downs.length === 0) return text;
  const ups = [...text.matchAll(UP_MARKER)].map(({ index }) => index);
  let result = "";
  let at = 0;
  for (const { index } of downs) {
    if (index < at) continue;
    const end = ups.find((up) => up > index) ?? text.length;
    result += text.slice(at, index) + text.slice(index, end).replace(/[^\r\n]/g, " ");
    at = end;
  }
  return result + text.slice(at);
}
