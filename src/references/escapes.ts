/**
 * A string literal's content with its escape sequences replaced so that offsets stay: an escaped quote becomes that quote
 * and a blank, on its outer side where it opens and closes something; every other escape becomes blanks.
 */
export function withoutEscapes(raw: string): string {
  if (!raw.includes("\\")) return raw;
  const open = new Set<string>();
  return raw.replaceAll(/\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g, (escape) => {
    const escaped = escape.charAt(1);
    if (escape.length !== 2 || !/['"`$]/.test(escaped)) return " ".repeat(escape.length);
    if (open.delete(escaped)) return `${escaped} `;
    open.add(escaped);
    return ` ${escaped}`;
  });
}

/** A text as a part of a regular expression that fits it alone. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
